"""Runs HTTP clients in background threads, for callers that do not want to wait yet.

Nothing of the network is imported before the first request, so a run that the store can answer does not pay
for it. Work enters as functions over a client; `concurrent.futures.Future` objects leave. Each thread owns
one client, and with it its connections, so that nothing is shared while bytes travel.
"""

from __future__ import annotations

import concurrent.futures
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.transport.settings import TransportSettings
from knowledge.transport.statistics import Traffic

if TYPE_CHECKING:
    from knowledge.transport.client import Client
    from knowledge.transport.connections import Connections

T = TypeVar("T")
Work = Callable[["Client"], T]
THREAD_NAME = "stackwright-transport"
_JOIN_S = 1.0
"""How long closing waits for threads; one that waits for the name of a host cannot be woken."""


class Transport:
    """Threads with a client each, started as work needs them.

    `submit` and `close` are for any thread. Closing cancels what is under way.

    Args:
        waiting: told, from another thread, the address of the first request to a host that takes longer than
            the settings' patience.
    """

    def __init__(
        self, settings: TransportSettings | None = None, waiting: Callable[[str], None] | None = None
    ) -> None:
        self.settings = settings or TransportSettings()
        self._told = waiting
        self.statistics = Traffic()
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[Work[Any], concurrent.futures.Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._workers: list[_Worker] = []
        self._unfinished = 0
        self._connections: Connections | None = None
        self._closed = False
        self._ended = threading.Event()

    def submit(self, work: Work[T]) -> concurrent.futures.Future[T]:
        """Starts work; its result, or its exception, arrives in the future. Cancelling that ends the work."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._unfinished += 1
            self._waiting.put((work, future))
            if len(self._workers) < min(self._unfinished, self.settings.connections):
                if not self._workers:
                    threading.Thread(target=self._watch, name=THREAD_NAME, daemon=True).start()
                worker = _Worker(self)
                self._workers.append(worker)
                worker.thread.start()
        return future

    def close(self) -> None:
        """Cancels what is under way and ends the threads. May be called again, and at any moment."""
        self._ended.set()
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        while True:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is not None:
                item[1].cancel()
        for worker in workers:
            self._waiting.put(None)
            worker.cancel()
        deadline_s = time.monotonic() + _JOIN_S
        for worker in workers:
            worker.thread.join(max(0.0, deadline_s - time.monotonic()))

    def client(self) -> Client:
        """A client of its own for one thread."""
        from knowledge.transport.client import Client
        from knowledge.transport.connections import Connections

        with self._lock:
            if self._connections is None:
                self._connections = Connections(self.settings, self._told)
            return Client(self._connections, self.statistics)

    def _watch(self) -> None:
        """Tells of hosts that keep us waiting, and ends what they draw out."""
        period_s = min(1.0, self.settings.patience_s / 4, self.settings.read_s / 4)
        while not self._ended.wait(period_s):
            with self._lock:
                connections, workers = self._connections, list(self._workers)
            if connections is not None:
                connections.patience.say()
            for worker in workers:
                worker.check(time.monotonic())

    def next_work(self) -> tuple[Work[Any], concurrent.futures.Future[Any]] | None:
        """What to do next; waits for it. None where there will be no more."""
        item = self._waiting.get()
        return None if self._closed else item

    def finished(self) -> None:
        """One piece of work is done."""
        with self._lock:
            self._unfinished -= 1


class _Worker:
    """One thread; `cancel` is for the other ones."""

    def __init__(self, transport: Transport) -> None:
        self.thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._transport = transport
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._current: concurrent.futures.Future[Any] | None = None

    def cancel(self) -> None:
        """Ends what is under way."""
        with self._lock:
            current = self._current
        if current is not None:
            current.cancel()

    def check(self, now_s: float) -> None:
        """See `Client.check`."""
        if self._client is not None:
            self._client.check(now_s)

    def cancelled(self, future: concurrent.futures.Future[Any]) -> None:
        """Wakes the thread, if it is at the work of this future and that was cancelled."""
        with self._lock:
            if future.cancelled() and self._current is future and self._client is not None:
                self._client.abort()

    def _run(self) -> None:
        try:
            while (item := self._transport.next_work()) is not None:
                self._perform(*item)
        finally:
            if self._client is not None:
                self._client.close()

    def _perform(self, work: Work[Any], future: concurrent.futures.Future[Any]) -> None:
        try:
            if future.cancelled():
                return
            with self._lock:
                self._current = future
                if self._client is not None:
                    self._client.begin()
            future.add_done_callback(self.cancelled)
            try:
                if self._client is None:
                    client = self._transport.client()
                    with self._lock:
                        self._client = client
                    self.cancelled(future)  # it may have been meanwhile
                result = work(self._client)
            except BaseException as error:  # reported to whoever waits: nobody sees this thread's traceback
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)
            else:
                if future.set_running_or_notify_cancel():
                    future.set_result(result)
        finally:
            with self._lock:
                self._current = None
            self._transport.finished()
