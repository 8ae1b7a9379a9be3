"""`fixes`: what rules make of many files, in as many processes as pay; nothing is written here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator

import msgspec

from analyzers.codemods.rewriting import Rewrite, rewritten
from analyzers.codemods.rules import RuleSet
from analyzers.codemods.source_text import SourceTextError, source_text
from analyzers.files import FileReader, FileReaderError, read_file

LIMIT_BYTES = 4 << 20

_PROCESSES_PAY_BYTES = 400_000
_CHUNK_FILES = 8
_NAMES_ARE_KEPT = ("__init__.py", "__init__.pyi")


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One file that rules have something to say about.

    Attributes:
        path: relative to the reader's root.
        before: its bytes.
        after: what it should be; the same where nothing changes.
        encoding: of both.
        rewrite: what was changed, and what a person should look at; its `error` says why the file was left.
    """

    path: bytes
    before: bytes
    after: bytes
    encoding: str
    rewrite: Rewrite


def fixes(
    reader: FileReader,
    paths: Iterable[bytes],
    rules: RuleSet,
    on_error: Callable[[FileReaderError], None],
    *,
    jobs: int = 1,
) -> Iterator[Fix]:
    """The files for which a rule applies or which cannot be read as Python, in the order of the paths.

    Args:
        reader: where the files are.
        paths: of Python files.
        rules: those to apply.
        on_error: told of a file that cannot be read.
        jobs: how many processes at most.
    """
    waiting: list[tuple[bytes, bytes]] = []
    for path in paths:
        try:
            data = read_file(reader, path, LIMIT_BYTES)
        except FileReaderError as error:
            on_error(error)
            continue
        if rules.for_file(data):
            waiting.append((path, data))
    made = functools.partial(_fix, rules)
    if jobs > 1 and len(waiting) > 1 and sum(len(data) for _, data in waiting) > _PROCESSES_PAY_BYTES:
        results = _in_processes(waiting, rules, jobs)
    else:
        results = map(made, waiting)
    for fix in results:
        if fix.before != fix.after or fix.rewrite.notes or fix.rewrite.error:
            yield fix


def _fix(rules: RuleSet, file: tuple[bytes, bytes]) -> Fix:
    path, data = file
    try:
        source = source_text(data)
    except SourceTextError as error:
        return Fix(
            path=path, before=data, after=data, encoding="latin-1", rewrite=Rewrite(text="", error=str(error))
        )
    keeps_names = path.decode(errors="replace").endswith(_NAMES_ARE_KEPT)
    rewrite = rewritten(source.text, rules.for_file(data), keeps_names=keeps_names)
    try:
        after = source.encoded(rewrite.text)
    except SourceTextError as error:
        rewrite, after = Rewrite(text=source.text, error=str(error)), data
    return Fix(path=path, before=data, after=after, encoding=source.encoding, rewrite=rewrite)


_rules_here = RuleSet(())


def _start(rules: RuleSet) -> None:
    """Give a new process the rules once, rather than with every file."""
    global _rules_here
    _rules_here = rules


def _fix_here(file: tuple[bytes, bytes]) -> Fix:
    return _fix(_rules_here, file)


def _in_processes(files: list[tuple[bytes, bytes]], rules: RuleSet, jobs: int) -> Iterator[Fix]:
    """Fixes from processes of their own; where one dies, what was left is reported."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    context = multiprocessing.get_context("spawn")
    workers = min(jobs, len(files))
    try:
        with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(rules,)) as pool:
            for fix in pool.map(_fix_here, files, chunksize=_CHUNK_FILES):
                yield fix
                done += 1
    except BrokenProcessPool:
        for path, data in files[done:]:
            died = Rewrite(text="", error="a process that read it, or files with it, ended unexpectedly")
            yield Fix(path=path, before=data, after=data, encoding="latin-1", rewrite=died)
