"""Runs the HTTP client in one background thread, for callers that are synchronous.

Nothing of the network is imported before the first request, so a run that the store can answer does not pay
for it. Work enters as coroutine functions over a client; `concurrent.futures.Future` objects leave.
"""

from __future__ import annotations

import collections
import concurrent.futures
import functools
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.statistics import Statistics
from knowledge.transport_settings import TransportSettings

if TYPE_CHECKING:
    import asyncio

    from knowledge.client import Client

T = TypeVar("T")
Work = Callable[["Client"], Coroutine[Any, Any, T]]
_JOIN_S = 10.0


class Transport:
    """A thread with an event loop and a client, started by the first `submit`.

    `submit` and `close` are for one thread, that of the caller. Closing cancels what is under way.

    Args:
        waiting: told, from another thread, the address of the first request to a host that takes longer than
            the settings' patience.
    """

    def __init__(
        self, settings: TransportSettings | None = None, waiting: Callable[[str], None] | None = None
    ) -> None:
        self.settings = settings or TransportSettings()
        self._waiting_for = waiting
        self.statistics = Statistics()
        self._lock = threading.Lock()
        self._waiting: collections.deque[tuple[Work[Any], concurrent.futures.Future[Any]]] = (
            collections.deque()
        )
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client | None = None
        self._stop: asyncio.Event | None = None
        self._tasks: dict[asyncio.Task[None], concurrent.futures.Future[Any]] = {}
        self._closed = False

    def submit(self, work: Work[T]) -> concurrent.futures.Future[T]:
        """Starts work; its result, or its exception, arrives in the future. Cancelling that ends the work."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._waiting.append((work, future))
            loop = self._loop
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="stackwright-transport", daemon=True)
                self._thread.start()
        if loop is not None:
            loop.call_soon_threadsafe(self._start_waiting)
        return future

    def close(self) -> None:
        """Cancels what is under way and ends the thread. May be called again, and at any moment."""
        with self._lock:
            self._closed = True
            if self._loop is not None and self._stop is not None:
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            import asyncio

            from knowledge.event_loop import RequestLoop

            with asyncio.Runner(loop_factory=RequestLoop) as runner:
                runner.run(self._serve())
        except BaseException as error:  # reported to whoever waits: nobody sees this thread's traceback
            failure: BaseException | None = error
        else:
            failure = None
        with self._lock:
            self._closed = True
            self._loop = None
            waiting = list(self._waiting)
            self._waiting.clear()
        for _, future in waiting:
            if failure is None:
                future.cancel()
            elif future.set_running_or_notify_cancel():
                future.set_exception(failure)

    async def _serve(self) -> None:
        import asyncio

        from knowledge.client import Client

        async with Client(self.settings, self.statistics, self._waiting_for) as client:
            self._client = client
            with self._lock:
                self._stop = asyncio.Event()
                self._loop = asyncio.get_running_loop()
                if self._closed:
                    self._stop.set()
            self._start_waiting()
            await self._stop.wait()
            with self._lock:
                self._loop = None
            tasks = dict(self._tasks)
            for task, future in tasks.items():
                task.cancel()
                future.cancel()  # a task that never ran cannot do it
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start_waiting(self) -> None:
        import asyncio

        while self._waiting:
            work, future = self._waiting.popleft()
            if future.cancelled():
                continue
            task = asyncio.get_running_loop().create_task(self._perform(work, future))
            self._tasks[task] = future
            task.add_done_callback(self._tasks.pop)
            future.add_done_callback(functools.partial(self._cancelled, task))

    def _cancelled(self, task: asyncio.Task[None], future: concurrent.futures.Future[Any]) -> None:
        with self._lock:
            if future.cancelled() and self._loop is not None:
                self._loop.call_soon_threadsafe(task.cancel)

    async def _perform(self, work: Work[T], future: concurrent.futures.Future[T]) -> None:
        assert self._client is not None
        try:
            result = await work(self._client)
        except BaseException as error:
            import asyncio

            if isinstance(error, asyncio.CancelledError):
                future.cancel()
                raise
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(result)
