"""Makes records of many files at once in other processes; a file that kills its process is named, not lost.

The work holds the interpreter lock from start to end, so threads would not help. A process gets the bytes of
files and gives back encoded records; it opens no file itself, and has a limit of memory.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from analyzers.source.file_records import encode_record, failed_record, file_record
from analyzers.source.walking import SourceFile

Content = tuple[SourceFile, bytes]
Encoded = bytes
"""A `FileRecord` as MessagePack."""
_CHUNK_BYTES = 1 << 20
_CHUNK_FILES = 64
_WORTHWHILE_BYTES = 1 << 20
"""Below this much source other processes would start more slowly than this one works."""
_MEMORY_BYTES = 4 << 30


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
    beginning = [chunk for chunk in (next(chunks, []), next(chunks, [])) if chunk]
    size_bytes = sum(len(data) for chunk in beginning for _, data in chunk)
    if jobs > 1 and size_bytes >= _WORTHWHILE_BYTES:
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
    """Processes that are replaced when one of them dies."""

    def __init__(self, jobs: int, precise: bool) -> None:
        self._jobs, self._precise = jobs, precise
        self._executor = self._started(jobs)
        self._alone: ProcessPoolExecutor | None = None

    @staticmethod
    def _started(jobs: int) -> ProcessPoolExecutor:
        # A fork would copy locks that other threads hold; the server forks before there are any.
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload(["analyzers.source.extraction", "ast_grep_py"])
        return ProcessPoolExecutor(jobs, mp_context=context, initializer=_limit_memory)

    def run(self, chunks: Iterator[list[Content]]) -> Iterator[Encoded]:
        """The record of every file of the chunks, in order; few chunks are under way at once."""
        under_way: deque[tuple[list[Content], Future[list[Encoded]], ProcessPoolExecutor]] = deque()
        try:
            for chunk in chunks:
                under_way.append((chunk, self._submit(chunk), self._executor))
                if len(under_way) > 2 * self._jobs:
                    yield from self._result(*under_way.popleft())
            while under_way:
                yield from self._result(*under_way.popleft())
        finally:
            self._executor.shutdown(wait=False, cancel_futures=True)
            if self._alone is not None:
                self._alone.shutdown(wait=False, cancel_futures=True)

    def _submit(self, chunk: list[Content]) -> Future[list[Encoded]]:
        try:
            return self._executor.submit(_record_chunk, chunk, self._precise)
        except BrokenProcessPool as error:
            broken: Future[list[Encoded]] = Future()
            broken.set_exception(error)
            return broken

    def _result(
        self, chunk: list[Content], future: Future[list[Encoded]], executor: ProcessPoolExecutor
    ) -> list[Encoded]:
        try:
            return future.result()
        except BrokenProcessPool:
            if executor is self._executor:
                self._executor = self._started(self._jobs)
            executor.shutdown(wait=False, cancel_futures=True)
        except (MemoryError, RecursionError):
            pass  # the process lives; which file it was shows below
        return [self._record_alone(content) for content in chunk]

    def _record_alone(self, content: Content) -> Encoded:
        """The record of one file from a process that does nothing else, whose death is the file's doing."""
        self._alone = self._alone or self._started(1)
        try:
            return self._alone.submit(_record_chunk, [content], self._precise).result()[0]
        except BrokenProcessPool:
            self._alone.shutdown(wait=False, cancel_futures=True)
            self._alone = None
            reason = "the process that analysed it died"
        except (MemoryError, RecursionError) as error:
            reason = f"cannot be analysed: {type(error).__name__}"
        return encode_record(failed_record(content[0], reason))


def _record_chunk(contents: Sequence[Content], precise: bool) -> list[Encoded]:
    return [record_one(content, precise=precise) for content in contents]


def _limit_memory() -> None:
    import gc
    import signal

    gc.set_threshold(200_000, 20, 20)  # looking for cycles costs a tenth of the work, and finds few

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever waits for the result
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
