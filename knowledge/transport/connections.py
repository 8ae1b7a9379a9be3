"""What the clients of one transport share: certificates, proxies, credentials, addresses of hosts."""

from __future__ import annotations

import base64
import concurrent.futures
import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from knowledge.errors import ConfigurationError
from knowledge.transport.credentials import Credentials
from knowledge.transport.patience import Patience
from knowledge.transport.settings import TransportSettings

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
_MOST_ADDRESSES = 6


class Route(NamedTuple):
    """The way to an address: connections are kept by it.

    Attributes:
        netloc: host and port of the server.
        proxy: address of the proxy in between; None for none.
    """

    scheme: str
    netloc: str
    proxy: str | None


class Connections:
    """Makes connections; safe for several threads.

    Args:
        waiting: see `knowledge.transport.threads.Transport`.
    """

    def __init__(self, settings: TransportSettings, waiting: Callable[[str], None] | None = None) -> None:
        self.settings = settings
        self.patience = Patience(settings.patience_s, waiting)
        self._proxies = getproxies() if settings.proxies is None else dict(settings.proxies)
        self._credentials = Credentials(settings.credentials, settings.netrc_file, keyring=settings.keyring)
        self._lock = threading.Lock()
        self._trust: ssl.SSLContext | None = None
        if settings.ca_file is not None:  # a mistake there is told of even where nothing is encrypted
            self._context()
        self._lookups: dict[tuple[str, int, socket.AddressFamily], _Lookup] = {}

    def route(self, url: str) -> Route:
        """How to reach an address.

        Raises:
            ConfigurationError: what the environment names is no address of a proxy.
        """
        parts = urlsplit(url)
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all")
        if proxy is not None and proxy_bypass(parts.netloc):
            proxy = None
        address = None if proxy is None else _proxy_address(proxy, parts.scheme)
        return Route(parts.scheme, parts.netloc.rpartition("@")[2], address)

    def credentials(self, url: str) -> tuple[str, str] | None:
        """See `Credentials.of`."""
        with self._lock:
            return self._credentials.of(url)

    def ask_keyring(self, url: str, refused: tuple[str, str] | None) -> bool:
        """Whether there are other credentials for an address than those that were refused."""
        with self._lock:
            return self._credentials.from_keyring(url) or self._credentials.of(url) != refused

    def connection(self, route: Route) -> http.client.HTTPConnection:
        """A connection that is not open yet.

        Raises:
            ConfigurationError: the proxy or the certificates are of no use.
        """
        made = self._unopened(route)
        # The one seam that the standard library leaves: names are looked up once, not by every thread.
        made._create_connection = self._dialled  # type: ignore[attr-defined]
        return made

    def _unopened(self, route: Route) -> http.client.HTTPConnection:
        timeout_s = self.settings.connect_s
        if route.proxy is None:
            if route.scheme == "https":
                return http.client.HTTPSConnection(route.netloc, timeout=timeout_s, context=self._context())
            return http.client.HTTPConnection(route.netloc, timeout=timeout_s)
        proxy = urlsplit(route.proxy)
        if proxy.scheme != "http":
            place = f"{proxy.scheme}://{proxy.hostname}"
            raise ConfigurationError("proxy", place, "only proxies of http:// are known")
        at = proxy.netloc.rpartition("@")[2]
        if route.scheme != "https":
            return http.client.HTTPConnection(at, timeout=timeout_s)
        tunnel = http.client.HTTPSConnection(at, timeout=timeout_s, context=self._context())
        tunnel.set_tunnel(route.netloc, headers=proxy_headers(route))
        return tunnel

    def _dialled(
        self, address: tuple[str, int], timeout_s: float, source_address: tuple[str, int] | None = None
    ) -> socket.socket:
        """A socket to the first address of a host that answers; version 6 only where 4 leads nowhere."""
        failure: OSError | None = None
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                return _opened(self._looked_up(address, family), timeout_s)
            except OSError as error:
                failure = failure or error
        raise failure or OSError(f"{address[0]} has no address")

    def _looked_up(self, address: tuple[str, int], family: socket.AddressFamily) -> list[_Address]:
        with self._lock:
            lookup = self._lookups.setdefault((*address, family), _Lookup())
        return lookup.addresses(*address, family, self.settings.connect_s)

    def _context(self) -> ssl.SSLContext:
        """Certificates of the authorities that are trusted; reading the system's takes 20 ms."""
        with self._lock:
            if self._trust is None:
                self._trust = _trusting(self.settings.ca_file)
            return self._trust


class _Lookup:
    """The addresses of one host; whoever asks while they are looked up waits for the same answer.

    A thread of its own asks: that cannot be interrupted while a name server keeps silent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: concurrent.futures.Future[list[_Address]] | None = None

    def addresses(
        self, host: str, port: int, family: socket.AddressFamily, timeout_s: float
    ) -> list[_Address]:
        """At most a few.

        Raises:
            OSError: there is no such host, or nobody knows.
        """
        with self._lock:
            if self._answer is None or (self._answer.done() and self._answer.exception() is not None):
                answer = self._answer = concurrent.futures.Future()

                def look_up() -> None:
                    try:
                        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
                        answer.set_result([*found[:_MOST_ADDRESSES]])
                    except Exception as error:  # whoever waits gets it
                        answer.set_exception(error)

                threading.Thread(target=look_up, name="stackwright-names", daemon=True).start()
            answer = self._answer
        return answer.result(timeout_s)


def _opened(addresses: list[_Address], timeout_s: float) -> socket.socket:
    failure: OSError | None = None
    for family, kind, protocol, _, place in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout_s)
            sock.connect(place)
        except OSError as error:
            failure = failure or error
            sock.close()
        else:
            return sock
    raise failure or OSError("no address")


def _proxy_address(stated: str, scheme: str) -> str:
    """The address of a proxy with its scheme; a password in it is never shown."""
    address = stated if "://" in stated else f"http://{stated}"
    try:
        parts = urlsplit(address)
        if parts.hostname and parts.port != 0:
            return address
    except ValueError:
        pass
    failure = ConfigurationError("proxy", f"{scheme}_proxy or all_proxy", "it is no address")
    failure.add_note("write it as http://HOST:PORT")
    raise failure


def proxy_headers(route: Route) -> dict[str, str]:
    """What a proxy wants to be told: the user and password of its address."""
    proxy = urlsplit(route.proxy or "")
    if proxy.username is None:
        return {}
    return {"Proxy-Authorization": basic(unquote(proxy.username), unquote(proxy.password or ""))}


def basic(user: str, password: str) -> str:
    """The value of an authorization header. Source: RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _trusting(ca_file: str | None) -> ssl.SSLContext:
    """Certificates of a file or directory; those of the system where none is named.

    Raises:
        ConfigurationError: there are none.
    """
    from pathlib import Path

    try:
        if ca_file is not None and Path(ca_file).is_dir():
            return ssl.create_default_context(capath=ca_file)
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            "cert", str(ca_file), f"no usable certificates: {error.strerror or error}"
        ) from error
