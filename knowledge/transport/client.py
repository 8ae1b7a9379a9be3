"""The HTTP client of the index: bounded requests with retries; addresses in, bytes out.

It follows redirects itself, so that neither credentials nor a request travel where they should not, and gives
every failure as an error of this package. One client belongs to one thread.
"""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from knowledge.errors import CorruptResponseError, RedirectError, TransportError
from knowledge.transport.bodies import ENCODINGS, chunks, decoded
from knowledge.transport.connections import Connections, Route, basic, proxy_headers
from knowledge.transport.failures import (
    ConnectionTimeoutError,
    SilenceError,
    TryAgainError,
    of_exception,
    of_status,
)
from knowledge.transport.patience import Pace, TooSlowError
from knowledge.transport.statistics import RequestKind, Traffic
from knowledge.transport.urls import displayed, split_credentials

MISSING = frozenset({403, 404, 410})
_DRAINED_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAFE = "/%:=&?~#+!$,;'@()*[]"
"""Characters of an address that are left as they are."""


class Response(NamedTuple):
    """An answer; `headers` have lower-case names, `url` is where it finally came from."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class _Wanted(NamedTuple):
    """What `Client.get` was asked for, but for the address."""

    kind: RequestKind
    headers: Mapping[str, str]
    largest_bytes: int
    accepted: frozenset[int]
    enough: Callable[[bytearray], bool] | None


class AbortedError(TransportError):
    """Nobody waits for this request any more."""


class Client:
    """Makes requests, one at a time; `abort` alone is for other threads."""

    def __init__(self, connections: Connections, statistics: Traffic) -> None:
        self._connections = connections
        self._settings = connections.settings
        self._statistics = statistics
        self._random = random.Random(connections.settings.seed)
        self._kept: dict[Route, http.client.HTTPConnection] = {}
        self._busy: http.client.HTTPConnection | None = None
        self._patience = connections.patience
        self._head_until_s: float | None = None
        self._late = False
        self._aborted = threading.Event()

    def begin(self) -> None:
        """Forget that earlier work was aborted."""
        self._aborted.clear()

    def abort(self) -> None:
        """Let the request that is under way fail at once."""
        self._aborted.set()
        self._shut()

    def check(self, now_s: float) -> None:
        """Let an attempt fail whose answer has not begun in time: a head may come in drops."""
        until_s = self._head_until_s
        if until_s is not None and now_s > until_s:
            self._late = True
            self._shut()

    def _shut(self) -> None:
        busy = self._busy
        sock = None if busy is None else busy.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what is kept open."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()

    def get(
        self,
        url: str,
        kind: RequestKind,
        *,
        headers: Mapping[str, str] | None = None,
        largest_bytes: int,
        accepted: frozenset[int] = frozenset({200}),
        enough: Callable[[bytearray], bool] | None = None,
    ) -> Response:
        """Asks for an address until it answers or the attempts are used up.

        Args:
            url: absolute; holds no credentials.
            kind: what it is for.
            headers: of the request.
            largest_bytes: limit for the body. A longer one is an error, but for an answer 200 to a request
                for a range: then the body is empty.
            accepted: statuses that are an answer; every other one is an error.
            enough: called while the body grows; when it says so, what was read so far is the body.

        Raises:
            TransportError: one of its kinds.
        """
        wanted = _Wanted(kind, headers or {}, largest_bytes, accepted, enough)
        with self._patience.waiting_for(url):
            return self._answered(url, wanted)

    def _answered(self, url: str, wanted: _Wanted) -> Response:
        settings = self._settings
        since_s = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            self._patience.require_hope(url)
            try:
                return self._follow(url, wanted)
            except TryAgainError as failure:
                if self._aborted.is_set():
                    raise AbortedError(displayed(url), "nobody waits for it") from failure
                silent = isinstance(failure, SilenceError)
                if attempt >= (settings.silent_attempts if silent else settings.attempts):
                    failure.error.attempts = attempt
                    if isinstance(failure, SilenceError):
                        self._patience.gave_up(url, since_s, failure.silence)
                    raise failure.error from failure.__cause__
                pause_s = failure.pause_s
            self._statistics.retried(wanted.kind)
            self._aborted.wait(self._pause_s(attempt, pause_s))

    def _pause_s(self, attempt: int, asked_s: float | None) -> float:
        settings = self._settings
        pause_s = settings.backoff_s * 2.0 ** (attempt - 1) * (1 - self._random.random() / 2)
        return min(max(pause_s, asked_s or 0.0), settings.longest_pause_s)

    def _follow(self, url: str, wanted: _Wanted) -> Response:
        at = url
        for _ in range(self._settings.redirects + 1):
            response = self._attempt(at, wanted)
            if response.status not in _REDIRECTS:
                return response
            at = _redirected(at, response.headers.get("location", ""))
        raise RedirectError(displayed(url), f"more than {self._settings.redirects} redirects")

    def _attempt(self, url: str, wanted: _Wanted) -> Response:
        self._statistics.asked(wanted.kind)
        credentials = self._connections.credentials(url)
        headers = {
            "User-Agent": self._settings.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ENCODINGS,
            **wanted.headers,
        }
        if credentials is not None:
            headers["Authorization"] = basic(*credentials)
        now_s = time.monotonic()
        deadline_s = now_s + self._settings.total_s
        self._head_until_s, self._late = now_s + self._settings.connect_s + self._settings.read_s, False
        try:
            route = self._connections.route(url)
            answer = self._answer(url, route, headers)
            self._head_until_s = None
            self._patience.answered(url)
            if answer.status == 401 and self._connections.ask_keyring(url, credentials):
                self._drop()
                return self._attempt(url, wanted)
            response = self._read(url, wanted, answer, deadline_s, sent=credentials is not None)
            self._keep(route, answer)
        except (http.client.HTTPException, OSError, UnicodeError, zlib.error, TooSlowError) as error:
            self._drop()
            cause = TimeoutError() if self._late else error
            raise of_exception(displayed(url), cause, self._settings) from error
        except BaseException:
            self._drop()
            raise
        finally:
            self._head_until_s = None
        return response

    def _answer(self, url: str, route: Route, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Sends a request; over a kept connection where there is one that the server has not closed."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise http.client.InvalidURL(url)
        target = quote(parts.path or "/", _SAFE) + (f"?{quote(parts.query, _SAFE)}" if parts.query else "")
        if route.proxy is not None and route.scheme == "http":
            target = f"http://{route.netloc}{target}"
            headers = {**headers, **proxy_headers(route)}
        kept = self._kept.pop(route, None)
        if kept is not None:
            with contextlib.suppress(ConnectionError, http.client.BadStatusLine):
                return self._sent(kept, route, target, headers)
            self._drop()
        return self._sent(self._connections.connection(route), route, target, headers)

    def _sent(
        self, connection: http.client.HTTPConnection, route: Route, target: str, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self._busy = connection
        if connection.sock is None:
            try:
                connection.connect()
            except TimeoutError as error:
                raise ConnectionTimeoutError from error
        if self._aborted.is_set():  # from here on aborting shuts the socket
            raise ConnectionAbortedError
        connection.sock.settimeout(self._settings.read_s)
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", route.netloc)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    def _keep(self, route: Route, answer: http.client.HTTPResponse) -> None:
        """Keeps the connection for a further request, where the answer was read to its end."""
        if (answer.isclosed() or answer.length == 0) and not answer.will_close and self._busy is not None:
            answer.close()
            self._kept[route], self._busy = self._busy, None
        else:
            self._drop()

    def _drop(self) -> None:
        if self._busy is not None:
            self._busy.close()
            self._busy = None

    def _read(
        self, url: str, wanted: _Wanted, answer: http.client.HTTPResponse, deadline_s: float, *, sent: bool
    ) -> Response:
        """Judges the head of an answer, and reads its body where that is wanted."""
        status = answer.status
        headers = {name.lower(): value for name, value in answer.getheaders()}
        if status in MISSING:
            self._statistics.missed(wanted.kind)
        if status not in wanted.accepted and status not in _REDIRECTS:
            raise of_status(url, status, answer.reason or "", headers, sent=sent)
        length = answer.length
        whole = status == 200 and "Range" in wanted.headers
        if status not in (200, 206):
            if length is not None and length <= _DRAINED_BYTES:  # then the connection can be used again
                for _ in chunks(answer, Pace(self._settings).received):
                    pass
            return Response(status, url, headers, b"")
        if whole and (length is None or length > wanted.largest_bytes):
            return Response(status, url, headers, b"")
        return Response(status, url, headers, self._body(displayed(url), wanted, answer, deadline_s))

    def _body(
        self, shown: str, wanted: _Wanted, answer: http.client.HTTPResponse, deadline_s: float
    ) -> bytes:
        body = bytearray()
        checked = 0
        pace = Pace(self._settings)
        for chunk in decoded(chunks(answer, pace.received), answer.headers.get("Content-Encoding", "")):
            body += chunk
            self._statistics.received(wanted.kind, len(chunk))
            if len(body) > wanted.largest_bytes:
                raise CorruptResponseError(shown, f"the answer is larger than {wanted.largest_bytes} bytes")
            if wanted.enough is not None and len(body) >= 2 * checked:
                checked = len(body)
                if wanted.enough(body):
                    break
            if time.monotonic() > deadline_s:
                raise TimeoutError
        return bytes(body)


def _redirected(at: str, location: str) -> str:
    try:
        target, _ = split_credentials(urljoin(at, location))
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        host = None
    if not location or not host or parts.scheme not in ("http", "https"):
        raise RedirectError(displayed(at), "redirects to no web address")
    if at.startswith("https:") and parts.scheme == "http":
        raise RedirectError(displayed(at), f"redirects from https to {displayed(target)}")
    return target
