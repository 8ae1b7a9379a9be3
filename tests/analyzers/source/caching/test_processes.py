"""Records of many files at once: in order, whoever makes them, and whatever becomes of the processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator

import msgspec
import pytest

from analyzers.source.caching.encoded_records import EncodedRecord
from analyzers.source.caching.file_records import FileRecord
from analyzers.source.caching.processes import Content, record_each
from analyzers.source.reading.walking import SourceFile
from analyzers.source.records import Language

PADDING = b"# " + b"x" * 12_000 + b"\n"


def content(number: int, data: bytes | None = None) -> Content:
    file = SourceFile(f"f{number}.py".encode(), Language.PYTHON)
    return file, f"import m{number}\n".encode() + PADDING if data is None else data


def many(count: int = 300) -> Iterator[Content]:
    """Enough to be worth other processes."""
    return (content(number) for number in range(count))


def records(contents: Iterator[Content], jobs: int) -> list[FileRecord]:
    replace = msgspec.structs.replace
    return [
        replace(one.record, facts=replace(one.record.facts, imports=one.taken_imports()))
        for one in map(EncodedRecord, record_each(contents, jobs))
    ]


def modules(found: list[FileRecord]) -> list[str]:
    return [record.facts.imports[0].module if record.facts.imports else "" for record in found]


class Deadly(bytes):
    """The content of a file that ends every process that it is given to."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_records_come_in_the_order_of_the_files(jobs: int) -> None:
    assert modules(records(many(), jobs)) == [f"m{number}" for number in range(300)]


@pytest.mark.parametrize("jobs", [1, 4])
def test_no_files_give_no_records(jobs: int) -> None:
    assert records(iter(()), jobs) == []


def test_for_little_source_no_process_is_started() -> None:
    found = record_each(many(5), 8)
    next(found)
    assert multiprocessing.active_children() == []
    assert len(list(found)) == 4


def test_files_are_taken_as_they_are_needed() -> None:
    taken = 0

    def counted() -> Iterator[Content]:
        nonlocal taken
        for each in many(2000):
            taken += 1
            yield each

    found = record_each(counted(), 2)
    next(found)
    assert taken < 1000
    found.close()  # type: ignore[attr-defined]  # it is a generator, whose end ends the processes


def test_a_file_that_ends_its_process_is_named_and_alone_lost() -> None:
    deadly = {100, 101, 250}
    contents = (content(n, Deadly(PADDING) if n in deadly else None) for n in range(300))
    found = records(contents, 2)
    assert [n for n, record in enumerate(found) if record.failure is not None] == sorted(deadly)
    for number in deadly:
        assert found[number].path == f"f{number}.py"
        assert found[number].failure == "the process that analysed it died"
    assert modules(found) == ["" if n in deadly else f"m{n}" for n in range(300)]


def test_processes_that_are_killed_lose_no_file() -> None:
    killed = []

    def treacherous() -> Iterator[Content]:
        for number, each in enumerate(many(600)):
            if number in (250, 400):
                for child in multiprocessing.active_children():
                    assert child.pid is not None
                    os.kill(child.pid, signal.SIGKILL)
                    killed.append(child.pid)
            yield each

    found = records(treacherous(), 2)
    assert killed
    assert [record.failure for record in found] == [None] * 600
    assert modules(found) == [f"m{number}" for number in range(600)]


def test_no_process_is_left_behind() -> None:
    assert len(records(many(), 2)) == 300
    for child in multiprocessing.active_children():
        child.join(10)
    assert multiprocessing.active_children() == []
