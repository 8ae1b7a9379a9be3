"""A loopback HTTP server over an index: it counts what is asked of it and misbehaves on demand.

It runs on an event loop in one thread of its own, so that delays and stalls cost no threads and stopping
leaves neither threads nor sockets behind.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Self

from fakes.indexes.faults import Fault
from fakes.indexes.resources import Request, RequestKind, Response, Site
from fakes.indexes.responses import Manners, preferred_form, refusal, response_to
from fakes.indexes.wire import head_of, read_request

_START_TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """One request that was served.

    Attributes:
        range: the Range header, as sent.
        status: of the response; a fault may have kept it from being sent.
        body_bytes: length of the response's body, 0 for HEAD.
    """

    method: str
    path: str
    kind: RequestKind
    range: str | None
    status: int
    body_bytes: int
    connection: int


@dataclass(kw_only=True, slots=True)
class _Rule:
    pattern: str
    kind: RequestKind | None
    fault: Fault
    times_left: float


_ROUNDS = 10
"""Rounds of the loop from the acceptance of a connection to the beginning of its task, and some."""


class IndexServer:
    """Serves a site on 127.0.0.1 between ``with`` and its end.

    Args:
        delay_s: waited before every response, or by kind of request.
        html_only, ranges, etag, gzip, redirects, cache_control, credentials: see `Manners`.
    """

    def __init__(
        self,
        site: Site,
        *,
        delay_s: float | Mapping[RequestKind, float] = 0.0,
        html_only: bool = False,
        ranges: bool = True,
        etag: bool = False,
        gzip: bool = False,
        redirects: bool = False,
        cache_control: str | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> None:
        self.site = site
        self._delays_s = (
            delay_s if isinstance(delay_s, Mapping) else dict.fromkeys(RequestKind, float(delay_s))
        )
        self.manners = Manners(
            html_only=html_only,
            ranges=ranges,
            etag=etag,
            gzip=gzip,
            redirects=redirects,
            cache_control=cache_control,
            credentials=credentials,
        )
        self.requests: list[Recorded] = []
        self.peak_connections = 0
        self._rules: list[_Rule] = []
        self._numbers = itertools.count(1)
        self._writers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._port = 0
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The simple root, with its closing slash."""
        return f"{self.origin}/simple/"

    def fault(
        self,
        pattern: str,
        fault: Fault,
        *,
        times: int | None = None,
        kind: RequestKind | None = None,
    ) -> None:
        """Lets `fault` befall requests whose path matches a glob, the next `times` of them or all.

        Of several that match a request, the first that is not used up does.
        """
        times_left = float("inf") if times is None else times
        self._rules.append(_Rule(pattern=pattern, kind=kind, fault=fault, times_left=times_left))

    def heal(self) -> None:
        """Forgets all faults."""
        self._rules.clear()

    def counts(self) -> Counter[RequestKind]:
        """Requests served so far, by kind."""
        return Counter(request.kind for request in self.requests)

    def paths(self, kind: RequestKind | None = None) -> list[str]:
        """Paths asked for, in order."""
        return [request.path for request in self.requests if kind in (None, request.kind)]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="fake index")
        self._thread.start()
        if not self._ready.wait(_START_TIMEOUT_S):
            raise TimeoutError("the fake index did not start")
        self._raise_failure()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join()
        if error is None:
            self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            self._failure = error  # raised where the server is entered or left
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        # Nothing more is accepted; what just was gets its task, which a closed server would refuse it.
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
        server.close()
        tasks = list(self._writers)
        for task, writer in list(self._writers.items()):
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # transports close their sockets in the next round of the loop
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._writers[task] = writer
        self.peak_connections = max(self.peak_connections, len(self._writers))
        number = next(self._numbers)
        try:
            while (request := await read_request(reader, number)) is not None:
                if not await self._answer(request, writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the server stops
        except Exception as error:
            self._failure = error  # raised where the server is left: a fake must not fail silently
        finally:
            del self._writers[task]
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        response = self._response(request)
        body = b"" if request.method == "HEAD" else response.body
        self.requests.append(
            Recorded(
                method=request.method,
                path=request.path,
                kind=request.kind,
                range=request.headers.get("range"),
                status=response.status,
                body_bytes=len(body),
                connection=request.connection,
            )
        )
        await asyncio.sleep(self._delays_s.get(request.kind, 0.0))
        return await response.delivery(writer, head_of(request, response), body) and request.keep_alive

    def _response(self, request: Request) -> Response:
        fault = self._next_fault(request)
        seen = fault.on_request(request) if fault else request
        response = refusal(seen, self.manners)
        if response is None:
            form = preferred_form(seen.headers.get("accept"), self.manners.html_only)
            resource = self.site.resource(seen.path.removeprefix("/moved"), form)
            response = response_to(seen, fault.on_resource(resource) if fault else resource, self.manners)
        return fault.on_response(seen, response) if fault else response

    def _next_fault(self, request: Request) -> Fault | None:
        for rule in self._rules:
            wanted = rule.times_left > 0 and rule.kind in (None, request.kind)
            if wanted and fnmatchcase(request.path, rule.pattern):
                rule.times_left -= 1
                return rule.fault
        return None
