"""A connection to one registry for one repository: authenticated when asked, redirects followed warily.

Credentials go to the registry and to the place it gives out tokens, over HTTPS unless the registry itself is
spoken to without it; never to where a redirect leads. Messages hold neither them nor addresses with queries.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import requests.auth

from images.errors import DamagedImageError, SourceUnavailableError
from images.sources.image_names import ImageName
from images.sources.registry.bodies import BrokenBodyError, body_chunks
from images.sources.registry.challenges import Challenge, parse_challenge
from images.sources.registry.credentials import Credentials, find_credentials
from images.sources.registry.hosts import authorities, is_loopback, origin, proxies, serving_host
from images.sources.registry.patience import Patience

_LIMIT_REDIRECTS = 6
_LIMIT_TOKEN_BYTES = 1 << 20
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
        self._name, self._environ, self._patience, self._sleep = name, environ, patience, sleep
        self._host = serving_host(name.registry)
        self._insecure = insecure
        plain = insecure or is_loopback(urlsplit(f"//{self._host}").hostname)
        self._schemes = ["https", "http"] if plain else ["https"]
        self._authorization: str | None = None
        self._credentials: Credentials | None = None
        self._trouble: SourceUnavailableError | None = None
        self._session = _session()
        self._verify = False if insecure else authorities(environ)
        if insecure:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def close(self) -> None:
        """Close what is open."""
        self._session.close()

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
                return response, self._whole(response, limit_bytes)
            except BrokenBodyError as error:
                broken = error
                self._sleep(self._patience.pause(attempt))
        raise self.unavailable(str(broken))

    def wait(self, seconds: float) -> None:
        """Pause before the next attempt."""
        self._sleep(seconds)

    def refusal(self, response: requests.Response, what: str) -> SourceUnavailableError:
        """What to say of a status that is no success."""
        status, registry = response.status_code, self._name.registry
        login = f"log in: docker login {registry}"
        if status in (401, 403) and self._trouble is not None:
            return self._trouble
        match status:
            case 401 if self._credentials is not None:
                return self.unavailable(f"does not accept the credentials for {what}", login)
            case 401:
                return self.unavailable(f"asks for credentials for {what}, if it has it at all", login)
            case 403:
                return self.unavailable(f"denies {what}", login)
            case 429:
                return self.unavailable("is asked more often than it allows", f"try again later, or {login}")
            case _:
                return self.unavailable(f"answers {status} for {what}")

    def unavailable(self, reason: str, remedy: str | None = None) -> SourceUnavailableError:
        """An error about this registry."""
        return SourceUnavailableError(f"registry {self._name.registry}", reason, remedy)

    def _whole(self, response: requests.Response, limit_bytes: int) -> bytes:
        content = bytearray()
        for chunk in body_chunks(response, self._patience):
            content += chunk
            if len(content) > limit_bytes:
                response.close()
                raise DamagedImageError(str(self._name), f"a document of more than {limit_bytes:,} bytes")
        return bytes(content)

    def _answer(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """One answer, after credentials and redirects."""
        is_answered = False
        url = self._url(path)
        for _ in range(_LIMIT_REDIRECTS):
            ours = origin(url) == origin(self._url(path))
            authorization = {"Authorization": self._authorization} if ours and self._authorization else {}
            response = self._request("GET", url, {**headers, **authorization})
            url = response.url or url
            if ours and response.status_code == 401 and not is_answered:
                is_answered = True
                if self._is_granted(response):
                    response.close()
                    continue
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not location:
                return response
            response.close()
            url = self._redirected(url, location)
        raise self.unavailable("redirects without end")

    def _url(self, path: str) -> str:
        return f"{self._schemes[0]}://{self._host}/v2/{self._name.repository}/{path}"

    def _redirected(self, url: str, location: str) -> str:
        """Where a redirect leads, if it may."""
        try:
            found = urljoin(url, location)
            scheme, host, _ = origin(found)
        except ValueError as error:
            raise self.unavailable("redirects to what is no address") from error
        if not host or scheme not in ("https", self._schemes[0]):
            raise self.unavailable("redirects to where no encryption protects")
        return found

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], data: Mapping[str, str] | None = None
    ) -> requests.Response:
        """One request; where nothing but HTTP is spoken and may be, that is remembered."""
        while True:
            try:
                response = self._session.request(
                    method,
                    url,
                    headers={"Accept-Encoding": "identity", **headers},
                    data=data,
                    timeout=(self._patience.connect_s, self._patience.read_s),
                    proxies=proxies(url, self._environ),
                    verify=self._verify,
                    stream=True,
                    allow_redirects=False,
                )
            except (requests.exceptions.RequestException, OSError, ValueError) as error:
                if len(self._schemes) == 2 and url.startswith("https:") and not _is_distrust(error):
                    self._schemes = ["http"]
                    url = f"http:{url.removeprefix('https:')}"
                    continue
                raise self._failure(url, error) from error
            if urlsplit(url).netloc == self._host:
                self._schemes = [urlsplit(url).scheme]
            return response

    def _failure(self, url: str, error: Exception) -> SourceUnavailableError:
        place = "" if urlsplit(url).netloc == self._host else f" ({urlsplit(url).hostname})"
        if _is_distrust(error):
            return self.unavailable(
                f"has a certificate that is not trusted{place}",
                "name its authority's certificate by SSL_CERT_FILE, or trust anything by --insecure",
            )
        if isinstance(error, requests.exceptions.Timeout):
            return self.unavailable(f"does not answer{place}")
        if isinstance(error, requests.exceptions.ProxyError):
            return self.unavailable("cannot be reached through the proxy of the environment")
        if _has_cause(error, socket.gaierror):
            return self.unavailable(f"is not known: its name has no address{place}")
        if isinstance(error, requests.exceptions.SSLError):
            remedy = "if it speaks HTTP only: --insecure"
            return self.unavailable(f"cannot be spoken to by HTTPS{place}", remedy)
        return self.unavailable(f"cannot be reached{place}")

    def _is_granted(self, response: requests.Response) -> bool:
        """Whether what a refusal asks for is at hand now."""
        challenge = parse_challenge(response.headers.get("WWW-Authenticate", ""))
        try:
            return challenge is not None and self._authenticate(challenge)
        except BaseException:
            response.close()
            raise

    def _authenticate(self, challenge: Challenge) -> bool:
        """Get what the registry asks for; False where there is nothing to offer."""
        if self._credentials is None and self._trouble is None:
            try:
                self._credentials = find_credentials(self._name, self._environ)
            except SourceUnavailableError as error:
                self._trouble = error  # what is public needs none
        if challenge.realm is None:
            if self._credentials is None or not self._credentials.username:
                return False
            self._authorization = _basic(self._credentials)
            return True
        token = self._token(challenge, challenge.realm)
        if token is None:
            return False
        self._authorization = f"Bearer {token}"
        return True

    def _token(self, challenge: Challenge, realm: str) -> str | None:
        """A token for pulling from this repository; None where none is given."""
        try:
            scheme, host, _ = origin(realm)
        except ValueError:
            scheme, host = "", None
        if not host or scheme not in ("https", self._schemes[0]):
            raise self.unavailable("gives out tokens where no encryption protects")
        fields = {"scope": f"repository:{self._name.repository}:pull", "client_id": "stackwright"}
        if challenge.service is not None:
            fields["service"] = challenge.service
        credentials = self._credentials
        if credentials is not None and credentials.identity_token:
            fields |= {"grant_type": "refresh_token", "refresh_token": credentials.identity_token}
            response = self._request("POST", realm, {}, fields)
        else:
            headers = {"Authorization": _basic(credentials)} if credentials is not None else {}
            mark = "&" if "?" in realm else "?"
            response = self._request("GET", f"{realm}{mark}{urlencode(fields)}", headers)
        if response.status_code in (400, 401, 403):
            response.close()
            return None
        if response.status_code != 200:
            response.close()
            raise self.unavailable(f"gives no token: {host} answers {response.status_code}")
        return self._token_of(response, host)

    def _token_of(self, response: requests.Response, host: str) -> str | None:
        try:
            document: Any = json.loads(self._whole(response, _LIMIT_TOKEN_BYTES))
        except (ValueError, RecursionError, BrokenBodyError) as error:
            raise self.unavailable(f"gives no token: what {host} answers is not readable") from error
        fields = document if isinstance(document, dict) else {}
        token = fields.get("token") or fields.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise self.unavailable(f"gives no token: there is none in what {host} answers")
        return token


class _NoAuth(requests.auth.AuthBase):
    """Keeps what the caller states: without it credentials of netrc would be sent unasked."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Session(requests.Session):
    """Leaves redirects alone: they would be read whole, and their addresses believed."""

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """None, whatever the response says."""
        return None


def _session() -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.auth = _NoAuth()
    return session


def _basic(credentials: Credentials) -> str:
    import base64

    text = f"{credentials.username}:{credentials.password}"
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def _stated_pause(response: requests.Response, otherwise_s: float) -> float:
    stated = response.headers.get("Retry-After", "")
    return float(stated) if stated.isdecimal() and len(stated) < 7 else otherwise_s


def _is_distrust(error: Exception) -> bool:
    import ssl

    return _has_cause(error, ssl.SSLCertVerificationError)


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error was caused by one of this kind; libraries keep causes in several places."""
    seen: list[BaseException] = [error]
    for found in seen:
        if isinstance(found, kind):
            return True
        inner = [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
        seen += [cause for cause in inner if isinstance(cause, BaseException) and cause not in seen][:10]
        if len(seen) > 30:
            break
    return False
