"""The HTTP client of the index: bounded requests with retries; addresses in, bytes out.

It follows redirects itself, so that neither credentials nor a request travel where they should not, and gives
every failure as an error of this package. Runs in the transport's event loop.
"""

from __future__ import annotations

import asyncio
import base64
import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from knowledge.credentials import Credentials
from knowledge.errors import ConfigurationError, CorruptResponseError, RedirectError
from knowledge.failures import SilenceError, TryAgainError, of_exception, of_status
from knowledge.patience import Pace, Patience, TooSlowError
from knowledge.statistics import RequestKind, Statistics
from knowledge.transport_settings import TransportSettings
from knowledge.urls import displayed, split_credentials

MISSING = frozenset({403, 404, 410})
_DRAINED_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Response(NamedTuple):
    """An answer; `headers` have lower-case names, `url` is where it finally came from."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What `Client.get` was asked for, but for the address."""

    kind: RequestKind
    headers: Mapping[str, str]
    largest_bytes: int
    accepted: frozenset[int]
    enough: Callable[[bytearray], bool] | None


class Client:
    """Makes requests. An asynchronous context manager.

    Args:
        waiting: see `knowledge.transport.Transport`.
    """

    def __init__(
        self,
        settings: TransportSettings,
        statistics: Statistics,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.connections)
        self._patience = Patience(settings.patience_s, waiting)
        self._statistics = statistics
        self._random = random.Random(settings.seed)
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str] = {}
        self._credentials = Credentials(settings.credentials, settings.netrc_file, keyring=settings.keyring)

    async def __aenter__(self) -> Self:
        settings = self._settings
        context: ssl.SSLContext | bool = True
        if settings.ca_file not in (None, ssl.get_default_verify_paths().cafile):  # those aiohttp has loaded
            context = _trusting(str(settings.ca_file))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=settings.connections, ssl=context),
            timeout=aiohttp.ClientTimeout(
                total=settings.total_s,
                connect=settings.connect_s,
                sock_connect=settings.connect_s,
                sock_read=settings.read_s,
            ),
            headers={"User-Agent": settings.user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._proxies = getproxies() if settings.proxies is None else dict(settings.proxies)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
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
        wanted = _Wanted(
            kind=kind, headers=headers or {}, largest_bytes=largest_bytes, accepted=accepted, enough=enough
        )
        async with self._slots:  # so that no limit counts the time behind other requests
            with self._patience.waiting_for(url):
                return await self._answer(url, wanted)

    async def _answer(self, url: str, wanted: _Wanted) -> Response:
        settings = self._settings
        since_s = asyncio.get_running_loop().time()
        attempt = 0
        while True:
            attempt += 1
            self._patience.require_hope(url)
            try:
                return await self._follow(url, wanted)
            except TryAgainError as failure:
                silent = isinstance(failure, SilenceError)
                if attempt >= (settings.silent_attempts if silent else settings.attempts):
                    failure.error.attempts = attempt
                    if isinstance(failure, SilenceError):
                        self._patience.gave_up(url, since_s, failure.silence)
                    raise failure.error from failure.__cause__
                pause_s = failure.pause_s
            self._statistics[wanted.kind].retries += 1
            await asyncio.sleep(self._pause_s(attempt, pause_s))

    def _pause_s(self, attempt: int, asked_s: float | None) -> float:
        settings = self._settings
        pause_s = settings.backoff_s * 2.0 ** (attempt - 1) * (1 - self._random.random() / 2)
        return min(max(pause_s, asked_s or 0.0), settings.longest_pause_s)

    async def _follow(self, url: str, wanted: _Wanted) -> Response:
        at = url
        for _ in range(self._settings.redirects + 1):
            response = await self._attempt(at, wanted)
            if response.status not in _REDIRECTS:
                return response
            at = _redirected(at, response.headers.get("location", ""))
        raise RedirectError(displayed(url), f"more than {self._settings.redirects} redirects")

    async def _attempt(self, url: str, wanted: _Wanted) -> Response:
        assert self._session is not None
        self._statistics[wanted.kind].requests += 1
        headers = wanted.headers
        credentials = self._credentials.of(url)
        if credentials is not None:
            headers = {**headers, "Authorization": _basic(*credentials)}
        try:
            async with asyncio.timeout(self._settings.connect_s + self._settings.read_s):
                answer = await self._session.get(
                    url, headers=headers, allow_redirects=False, proxy=self._proxy(url)
                )
            self._patience.answered(url)
            async with answer:
                if answer.status != 401 or not await self._credentials.from_keyring(url):
                    return await self._read(url, wanted, answer, sent=credentials is not None)
            return await self._attempt(url, wanted)
        except (aiohttp.ClientError, OSError, TooSlowError) as error:  # a TimeoutError is an OSError
            raise of_exception(displayed(url), error, self._settings) from error

    def _proxy(self, url: str) -> str | None:
        if not self._proxies:
            return None
        parts = urlsplit(url)
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all")
        return None if proxy is None or proxy_bypass(parts.netloc) else proxy

    async def _read(
        self, url: str, wanted: _Wanted, answer: aiohttp.ClientResponse, *, sent: bool
    ) -> Response:
        """Judges the head of an answer, and reads its body where that is wanted."""
        status = answer.status
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if status in MISSING:
            self._statistics[wanted.kind].missing += 1
        if status not in wanted.accepted and status not in _REDIRECTS:
            raise of_status(url, status, answer.reason or "", headers, sent=sent)
        length = answer.content_length
        whole = status == 200 and "Range" in wanted.headers
        if status not in (200, 206):
            if length is not None and length <= _DRAINED_BYTES:  # then the connection can be used again
                pace = Pace(self._settings)
                async for chunk in answer.content.iter_any():
                    pace.received(len(chunk))
            return Response(status, url, headers, b"")
        if whole and (length is None or length > wanted.largest_bytes):
            return Response(status, url, headers, b"")
        return Response(status, url, headers, await self._body(displayed(url), wanted, answer))

    async def _body(self, shown: str, wanted: _Wanted, answer: aiohttp.ClientResponse) -> bytes:
        counts = self._statistics[wanted.kind]
        body = bytearray()
        checked = 0
        pace = Pace(self._settings)
        async for chunk in answer.content.iter_any():
            pace.received(len(chunk))
            body += chunk
            counts.received_bytes += len(chunk)
            if len(body) > wanted.largest_bytes:
                raise CorruptResponseError(shown, f"the answer is larger than {wanted.largest_bytes} bytes")
            if wanted.enough is not None and len(body) >= 2 * checked:
                checked = len(body)
                if wanted.enough(body):
                    answer.close()
                    break
        return bytes(body)


def _basic(user: str, password: str) -> str:
    """Source: RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


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


def _trusting(ca_file: str) -> ssl.SSLContext:
    from pathlib import Path

    try:
        if Path(ca_file).is_dir():
            return ssl.create_default_context(capath=ca_file)
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            "cert", ca_file, f"no usable certificates: {error.strerror or error}"
        ) from error
