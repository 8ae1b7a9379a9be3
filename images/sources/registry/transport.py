"""Single requests to a registry and to where it leads: bounded in time, over HTTPS where that is due.

Messages hold neither credentials nor addresses with queries.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import requests
import requests.auth

from images.errors import SourceUnavailableError
from images.sources.registry.hosts import authorities, is_loopback, origin, proxies, serving_host
from images.sources.registry.patience import Patience


class Transport:
    """How one registry is spoken to.

    Args:
        registry: as names of images have it.
        insecure: take any certificate, and no encryption where there is none; the latter holds for this
            machine's registries anyway.

    Attributes:
        host: that serves the registry.
    """

    def __init__(
        self, registry: str, *, insecure: bool, environ: Mapping[str, str], patience: Patience
    ) -> None:
        self._registry, self._environ, self._patience = registry, environ, patience
        self.host = serving_host(registry)
        plain = insecure or is_loopback(urlsplit(f"//{self.host}").hostname)
        self._schemes = ["https", "http"] if plain else ["https"]
        self._session = _session()
        self._verify = False if insecure else authorities(environ)
        if insecure:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    @property
    def base(self) -> str:
        """The registry's address as far as it is known by now."""
        return f"{self._schemes[0]}://{self.host}"

    def close(self) -> None:
        """Close what is open."""
        self._session.close()

    def may_go(self, url: str) -> bool:
        """Whether an address that the registry names is spoken to as safely as the registry itself."""
        try:
            scheme, host, _ = origin(url)
        except ValueError:
            return False
        return bool(host) and scheme in ("https", self._schemes[0])

    def redirected(self, url: str, location: str) -> str:
        """Where a redirect leads.

        Raises:
            SourceUnavailableError: it may not be followed.
        """
        try:
            found = urljoin(url, location)
        except ValueError as error:
            raise self.unavailable("redirects to what is no address") from error
        if not self.may_go(found):
            raise self.unavailable("redirects to where no encryption protects")
        return found

    def request(
        self, method: str, url: str, headers: Mapping[str, str], data: Mapping[str, str] | None = None
    ) -> requests.Response:
        """One answer, its body still to be read; where nothing but HTTP is spoken and may be, so it stays.

        Raises:
            SourceUnavailableError: there is none.
        """
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
            if urlsplit(url).netloc == self.host:
                self._schemes = [urlsplit(url).scheme]
            return response

    def _failure(self, url: str, error: Exception) -> SourceUnavailableError:
        place = "" if urlsplit(url).netloc == self.host else f" ({urlsplit(url).hostname})"
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

    def unavailable(self, reason: str, remedy: str | None = None) -> SourceUnavailableError:
        """An error about this registry."""
        return SourceUnavailableError(f"registry {self._registry}", reason, remedy)


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


def _is_distrust(error: Exception) -> bool:
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
