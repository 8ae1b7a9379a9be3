"""Extracts facts of many files at once in other processes; a file that kills its process is named, not lost.

The work holds the interpreter lock from start to end, so threads would not help. A process gets texts and
gives back encoded `ModuleFacts`: what the source is, it never sees a file, and it has a limit of memory.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import msgspec

from analyzers.source.module_facts import ModuleFacts

Encoded = bytes
"""`ModuleFacts` as MessagePack."""
_CHUNK_CHARACTERS = 1 << 20
_CHUNK_FILES = 64
_WORTHWHILE_CHARACTERS = 1 << 20
"""Below this much text other processes would start more slowly than this one works."""
_MEMORY_BYTES = 4 << 30

encode_facts = msgspec.msgpack.Encoder().encode
decode_facts = msgspec.msgpack.Decoder(ModuleFacts).decode


def extract_one(text: str) -> Encoded:
    """The facts of one file; whatever goes wrong in reading it becomes an error among them."""
    from analyzers.source.extraction import extracted

    try:
        return encode_facts(extracted(text))
    except (RecursionError, MemoryError, ValueError) as error:
        return _failed(f"cannot be analysed: {type(error).__name__}")


def _failed(reason: str) -> Encoded:
    return encode_facts(ModuleFacts(errors=((1, reason),), failed=True))


def extract_each(texts: Iterable[str], jobs: int) -> Iterator[Encoded]:
    """The facts of each text, in their order.

    Args:
        texts: taken as they are needed.
        jobs: processes; with 1, or for little text, it is this one that works.
    """
    chunks = _chunks(texts)
    if jobs > 1:
        first = next(chunks, [])
        second = next(chunks, [])
        beginning = [chunk for chunk in (first, second) if chunk]
        if sum(len(text) for chunk in beginning for text in chunk) >= _WORTHWHILE_CHARACTERS:
            yield from _Pool(jobs).run(_joined(beginning, chunks))
            return
        chunks = _joined(beginning, chunks)
    for chunk in chunks:
        yield from map(extract_one, chunk)


def _joined(first: list[list[str]], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from first
    yield from rest


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    characters = 0
    for text in texts:
        chunk.append(text)
        characters += len(text)
        if characters >= _CHUNK_CHARACTERS or len(chunk) >= _CHUNK_FILES:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


class _Pool:
    """Processes that are replaced when one of them dies."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._executor = self._started(jobs)

    @staticmethod
    def _started(jobs: int) -> ProcessPoolExecutor:
        # A fork would copy locks that other threads hold; the server forks before there are any.
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload(["analyzers.source.extraction"])
        return ProcessPoolExecutor(jobs, mp_context=context, initializer=_limit_memory)

    def run(self, chunks: Iterator[list[str]]) -> Iterator[Encoded]:
        """The facts of every text of the chunks, in order; few chunks are under way at once."""
        under_way: deque[tuple[list[str], Future[list[Encoded]], ProcessPoolExecutor]] = deque()
        try:
            for chunk in chunks:
                under_way.append((chunk, self._submit(chunk), self._executor))
                if len(under_way) > 2 * self._jobs:
                    yield from self._result(*under_way.popleft())
            while under_way:
                yield from self._result(*under_way.popleft())
        finally:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, chunk: list[str]) -> Future[list[Encoded]]:
        try:
            return self._executor.submit(_extract_chunk, chunk)
        except BrokenProcessPool as error:
            broken: Future[list[Encoded]] = Future()
            broken.set_exception(error)
            return broken

    def _result(
        self, chunk: list[str], future: Future[list[Encoded]], executor: ProcessPoolExecutor
    ) -> list[Encoded]:
        try:
            return future.result()
        except BrokenProcessPool:
            if executor is self._executor:
                self._restart()
        return [self._alone(text) for text in chunk]

    def _restart(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._started(self._jobs)

    def _alone(self, text: str) -> Encoded:
        """The facts of one text from a process that has nothing else to lose."""
        try:
            return self._executor.submit(_extract_chunk, [text]).result()[0]
        except BrokenProcessPool:
            self._restart()
            return _failed("the process that analysed it died")


def _extract_chunk(texts: Sequence[str], extract: Callable[[str], Encoded] = extract_one) -> list[Encoded]:
    return [extract(text) for text in texts]


def _limit_memory() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever waits for the result
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
