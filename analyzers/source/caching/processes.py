"""Makes records of many files at once in other processes; a file that kills its process is named, not lost.

The work holds the interpreter lock from start to end, so threads would not help. A process gets the bytes of
files and gives back encoded records; it opens no file itself, and has a limit of memory.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from analyzers.source.caching.encoded_records import encode_record
from analyzers.source.caching.file_records import failed_record, file_record
from analyzers.source.reading.walking import SourceFile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

    _Context = ForkServerContext | SpawnContext

Content = tuple[SourceFile, bytes]
Encoded = bytes
"""A `FileRecord` as MessagePack."""
_CHUNK_BYTES = 1 << 20
_CHUNK_FILES = 64
_WORTHWHILE_BYTES = 1 << 20
"""Below this much source other processes would start more slowly than this one works."""
_MEMORY_BYTES = 4 << 30
_ENDING_S = 5.0
_ATTEMPTS = 2
"""A process that somebody else ended is not its file's doing."""


def record_one(content: Content, *, precise: bool = False) -> Encoded:
    """The record of one file; see `file_record`."""
    return encode_record(file_record(*content, precise=precise))


def record_each(contents: Iterable[Content], jobs: int, *, precise: bool = False) -> Iterator[Encoded]:
    """The record of each file, in their order.

    Args:
        contents: taken as they are needed.
        jobs: processes; with 1, or for little source, it is this one that works.
        precise: see `file_record`.
    """
    chunks = _chunks(contents)
    beginning: list[list[Content]] = []
    if jobs > 1:
        size_bytes = 0
        for chunk in chunks:
            beginning.append(chunk)
            size_bytes += sum(len(data) for _, data in chunk)
            if size_bytes >= _WORTHWHILE_BYTES:
                yield from _Pool(jobs, precise).run(_joined(beginning, chunks))
                return
    for chunk in _joined(beginning, chunks):
        for content in chunk:
            yield record_one(content, precise=precise)


def _joined(first: list[list[Content]], rest: Iterator[list[Content]]) -> Iterator[list[Content]]:
    yield from first
    yield from rest


def _chunks(contents: Iterable[Content]) -> Iterator[list[Content]]:
    chunk: list[Content] = []
    size_bytes = 0
    for content in contents:
        chunk.append(content)
        size_bytes += len(content[1])
        if size_bytes >= _CHUNK_BYTES or len(chunk) >= _CHUNK_FILES:
            yield chunk
            chunk, size_bytes = [], 0
    if chunk:
        yield chunk


class _Pool:
    """Processes, each with a thread that waits for it; one that dies is replaced.

    `concurrent.futures` has such a pool, but in Pythons before 3.12 it waits for ever when a process dies
    that was being written to, and it does not tell which one died.
    """

    def __init__(self, jobs: int, precise: bool) -> None:
        self._jobs = jobs
        self._threads = ThreadPoolExecutor(jobs)
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        # A fork would copy locks that other threads hold; the server forks before there are any.
        context: _Context = multiprocessing.get_context("spawn")
        if "forkserver" in multiprocessing.get_all_start_methods():
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["analyzers.source.extraction", "ast_grep_py"])
        self._processes = [_Process(context, precise) for _ in range(jobs)]
        for process in self._processes:
            self._idle.put(process)

    def run(self, chunks: Iterator[list[Content]]) -> Iterator[Encoded]:
        """The record of every file of the chunks, in order; few chunks are under way at once."""
        under_way: deque[Future[list[Encoded]]] = deque()
        try:
            for chunk in chunks:
                under_way.append(self._threads.submit(self._records, chunk))
                if len(under_way) > 2 * self._jobs:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            for process in self._processes:
                process.close()
            self._threads.shutdown(wait=True, cancel_futures=True)

    def _records(self, chunk: list[Content]) -> list[Encoded]:
        process = self._idle.get()
        try:
            return process.records(chunk)
        except _ProcessDiedError:
            return [self._record_alone(process, content) for content in chunk]
        finally:
            self._idle.put(process)

    @staticmethod
    def _record_alone(process: _Process, content: Content) -> Encoded:
        """The record of one file from a process that does nothing else: its death is the file's doing."""
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(_ProcessDiedError):
                return process.records([content])[0]
        return encode_record(failed_record(content[0], "the process that analysed it died"))


class _ProcessDiedError(Exception):
    """A process ended before it answered."""


class _Process:
    """A process that makes records; it is started when it is needed, and again when it has died."""

    def __init__(self, context: _Context, precise: bool) -> None:
        self._context, self._precise = context, precise
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def records(self, contents: list[Content]) -> list[Encoded]:
        """The records of files.

        Raises:
            _ProcessDiedError: it died over them, or was closed.
        """
        try:
            connection = self._connected()
            connection.send(contents)
            answer: list[Encoded] = connection.recv()
        except (EOFError, OSError) as error:
            self._end()
            raise _ProcessDiedError from error
        return answer

    def close(self) -> None:
        """End it for good, whatever it is doing."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.terminate()
                self._process.join(_ENDING_S)

    def _connected(self) -> Connection:
        with self._lock:
            if self._is_closed:
                raise EOFError
            if self._connection is None:
                self._connection, theirs = self._context.Pipe()
                self._process = self._context.Process(
                    target=_serve, args=(theirs, self._precise), daemon=True
                )
                self._process.start()
                theirs.close()  # so that its death closes the pipe
            return self._connection

    def _end(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.join()
            if self._connection is not None:
                self._connection.close()
            self._process = self._connection = None


def _serve(connection: Connection, precise: bool) -> None:
    """Answer with records until nobody asks any more, or memory is spent."""
    _limit_memory()
    with contextlib.suppress(EOFError, OSError, MemoryError, RecursionError):
        while True:
            contents: list[Content] = connection.recv()
            connection.send([record_one(content, precise=precise) for content in contents])


def _limit_memory() -> None:
    import gc
    import signal

    gc.set_threshold(200_000, 20, 20)  # looking for cycles costs a tenth of the work, and finds few

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever waits for the result
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
