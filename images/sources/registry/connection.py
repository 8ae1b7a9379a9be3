"""A connection to one registry for one repository: authenticated when asked, redirects followed warily.

Credentials go to the registry and to the place it gives out tokens, over HTTPS unless the registry itself is
spoken to without it; never to where a redirect leads. Messages hold neither them nor addresses with queries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import requests

from images.errors import DamagedImageError, SourceUnavailableError
from images.sources.image_names import ImageName
from images.sources.registry.authentication import Authentication
from images.sources.registry.bodies import BrokenBodyError, LargeBodyError, whole_body
from images.sources.registry.hosts import origin
from images.sources.registry.patience import Patience
from images.sources.registry.transport import Transport

_LIMIT_REDIRECTS = 6
_REDIRECTS = {301, 302, 303, 307, 308}
_TRIED_AGAIN = {429, 500, 502, 503, 504}


class RegistryConnection:
    """What is asked of a registry about one repository.

    Args:
        insecure: take any certificate, and no encryption where there is none; the latter holds for this
            machine's registries anyway.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        name: ImageName,
        *,
        insecure: bool,
        environ: Mapping[str, str],
        patience: Patience,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._name, self._patience, self._sleep = name, patience, sleep
        self._transport = Transport(name.registry, insecure=insecure, environ=environ, patience=patience)
        self._authentication = Authentication(self._transport, name, environ, patience)

    def close(self) -> None:
        """Close what is open."""
        self._transport.close()

    def get(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer to a request below the repository, whatever its status; its body is still to be read.

        Raises:
            SourceUnavailableError: there is none, or not without credentials that are missing or wrong.
        """
        for attempt in range(self._patience.attempts):
            response = self._answer(path, headers)
            if response.status_code not in _TRIED_AGAIN or attempt == self._patience.attempts - 1:
                return response
            pause_s = _stated_pause(response, self._patience.pause(attempt))
            response.close()
            if pause_s > self._patience.longest_pause_s:
                return response
            self._sleep(pause_s)
        raise AssertionError("the last attempt returns")

    def document(
        self, path: str, headers: Mapping[str, str], limit_bytes: int
    ) -> tuple[requests.Response, bytes]:
        """A whole answer, tried again where it breaks.

        Raises:
            SourceUnavailableError: there is none.
            DamagedImageError: it is larger than the limit.
        """
        broken = BrokenBodyError("no attempt was made")
        for attempt in range(self._patience.attempts):
            response = self.get(path, headers)
            try:
                return response, whole_body(response, self._patience, limit_bytes)
            except LargeBodyError as error:
                reason = f"a document of more than {limit_bytes:,} bytes"
                raise DamagedImageError(str(self._name), reason) from error
            except BrokenBodyError as error:
                broken = error
                self._sleep(self._patience.pause(attempt))
        raise self.unavailable(str(broken))

    def wait(self, seconds: float) -> None:
        """Pause before the next attempt."""
        self._sleep(seconds)

    def refusal(self, response: requests.Response, what: str) -> SourceUnavailableError:
        """What to say of a status that is no success."""
        match response.status_code:
            case 401 | 403:
                return self._authentication.refusal(response.status_code, what)
            case 429:
                remedy = f"try again later, or log in: docker login {self._name.registry}"
                return self.unavailable("is asked more often than it allows", remedy)
            case status:
                return self.unavailable(f"answers {status} for {what}")

    def unavailable(self, reason: str, remedy: str | None = None) -> SourceUnavailableError:
        """An error about this registry."""
        return self._transport.unavailable(reason, remedy)

    def _answer(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """One answer, after credentials and redirects."""
        is_answered = False
        url = self._url(path)
        for _ in range(_LIMIT_REDIRECTS):
            ours = origin(url) == origin(self._url(path))
            shown = self._authentication.header if ours else None
            authorization = {"Authorization": shown} if shown is not None else {}
            response = self._transport.request("GET", url, {**headers, **authorization})
            url = response.url or url
            if ours and response.status_code == 401 and not is_answered:
                is_answered = True
                if self._authentication.is_granted(response):
                    response.close()
                    continue
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not location:
                return response
            response.close()
            url = self._transport.redirected(url, location)
        raise self.unavailable("redirects without end")

    def _url(self, path: str) -> str:
        return f"{self._transport.base}/v2/{self._name.repository}/{path}"


def _stated_pause(response: requests.Response, otherwise_s: float) -> float:
    stated = response.headers.get("Retry-After", "")
    return float(stated) if stated.isdecimal() and len(stated) < 7 else otherwise_s
