"""What happens when a stack is imported: simulated over its files on the index, kept by what it was made of.

Wheels are read by ranges, small ones whole; of an sdist everything that is Python. Nothing is installed,
imported or run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from analyzers.files import FileKind as Kind
from analyzers.files import FileReader, FileReaderError
from analyzers.importing.failures import FailureKind, ImportFailure
from analyzers.importing.machine import Target
from analyzers.importing.simulation import Code, simulated
from analyzers.importing.stack import Part, StackFiles
from analyzers.reports import Unknown
from analyzers.wheels import WheelReader
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.read_ahead import ReadAheadFile
from knowledge.releases import File, FileKind

_INSTRUMENT = "stack-imports/1"
_WHOLE_BYTES = 1 << 20
_SOURCES_BYTES = 4 << 20
_TAIL_BYTES = 64 << 10
_LARGEST_SDIST_BYTES = 32 << 20
_TESTS = re.compile(rb"(?:^|/)(?:tests?|testing|benchmarks?|examples?|docs?)/")
_PASSED_OVER = frozenset(
    {"tests", "test", "docs", "doc", "examples", "example", "benchmarks", "conftest", "setup"}
)


class Pinned(NamedTuple):
    """A release of a stack: its version, and the file that the target installs."""

    version: str
    file: File


class ProjectCode(msgspec.Struct, frozen=True, kw_only=True):
    """The user's code.

    Attributes:
        reader: its directory.
        digest: of all of its files.
        modules: that are imported, by dotted name.
        scripts: that are run: path and text.
        directories: where its modules are found.
    """

    reader: FileReader
    digest: str
    modules: tuple[str, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()
    directories: tuple[bytes, ...] = (b"",)


class Examined(msgspec.Struct, frozen=True):
    """What importing a stack meets.

    Attributes:
        failures: that are certain.
        doubtful: that may be.
        is_complete: the simulation came to its end.
    """

    failures: tuple[ImportFailure, ...]
    doubtful: tuple[ImportFailure, ...] = ()
    is_complete: bool = True


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Examined).decode


class StackImports:
    """Simulates imports for one target.

    Args:
        knowledge: opens files of indexes, keeps answers, and is told what could not be known.
        target: the Python that imports.
        now: seconds since the epoch.
        code: of the user; None where only the requirements are known.
        limit_bytes: what may be read of files in all.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        target: Target,
        now: Callable[[], float],
        *,
        code: ProjectCode | None = None,
        limit_bytes: int = 60 << 20,
    ) -> None:
        self._knowledge, self._target, self._code = knowledge, target, code
        self._answers = knowledge.derivations(_INSTRUMENT, now)
        self._known: dict[str, Examined | None] = {}
        self._readers: dict[str, FileReader | None] = {}
        self._remote: dict[str, ReadAheadFile] = {}
        self._limit_bytes = limit_bytes

    def examined(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> Examined | None:
        """What importing a stack meets; None where that cannot be known, which is then doubted.

        Args:
            pins: normalised name to release.
            roots: normalised names of the distributions whose modules are imported; beside the user's code,
                where there is some, nothing else is.
        """
        names = () if self._code is not None else tuple(sorted(roots))
        return self._answered(pins, ("roots", *names), lambda: self._jobs(pins, names))

    def fails_alike(self, failure: ImportFailure, pins: Mapping[str, Pinned], roots: Iterable[str]) -> bool:
        """Whether a stack that differs from an examined one meets the same failure.

        Of names and modules it is asked alone whether they are there; of all else the import is repeated.
        """
        statement = _statement(failure)
        if statement is None:
            again = self.examined(pins, roots)
        else:
            again = self._answered(
                pins, ("statement", statement), lambda: ((), (Code("<question>", statement),))
            )
        if again is None:
            return False
        return any(_alike(failure, other, is_question=statement is not None) for other in again.failures)

    def _answered(
        self,
        pins: Mapping[str, Pinned],
        asked: Sequence[str],
        jobs: Callable[[], tuple[Sequence[str], Sequence[Code]]],
    ) -> Examined | None:
        key = self._key(pins, asked)
        if key not in self._known:
            kept = self._answers.known([key]).get(key)
            try:
                self._known[key] = _decode(kept) if kept is not None else self._read(pins, key, jobs)
            except msgspec.MsgspecError:
                self._known[key] = self._read(pins, key, jobs)
        return self._known[key]

    def _key(self, pins: Mapping[str, Pinned], asked: Sequence[str]) -> str:
        stack = [
            (name, pin.version, pin.file.hashes.get("sha256") or pin.file.url)
            for name, pin in sorted(pins.items())
        ]
        target = (self._target.python, self._target.platform, self._target.implementation)
        told = msgspec.json.encode([stack, target, list(asked), self._code.digest if self._code else None])
        return hashlib.sha256(told).hexdigest()

    def _read(
        self,
        pins: Mapping[str, Pinned],
        key: str,
        jobs: Callable[[], tuple[Sequence[str], Sequence[Code]]],
    ) -> Examined | None:
        try:
            files = self._files(pins)
            roots, code = jobs()
            found = simulated(files, self._target, roots=roots, code=code)
        except (KnowledgeError, FileReaderError) as error:
            self._doubt("what importing the stack meets", str(error))
            return None
        examined = Examined(found.failures, found.doubtful, found.is_complete)
        if not found.is_complete:
            self._doubt(
                "what importing the stack meets", "the simulation was broken off; the rest is not known"
            )
        self._answers.keep({key: _encode(examined)})
        return examined

    def _jobs(self, pins: Mapping[str, Pinned], names: Iterable[str]) -> tuple[Sequence[str], Sequence[Code]]:
        if self._code is not None:
            return self._code.modules, [Code(path, text) for path, text in self._code.scripts]
        return [root for name in names for root in self._roots(name, pins[name])], ()

    def _roots(self, name: str, pin: Pinned) -> list[str]:
        """The outermost modules of a distribution, by name."""
        reader = self._reader(name, pin)
        if reader is None:
            return []
        found = []
        for directory in _module_directories(reader, pin):
            for child in reader.list(directory):
                text = child.name.decode("utf-8", "replace")
                stem = text if child.kind is Kind.DIRECTORY else text.partition(".")[0]
                is_module = child.kind is Kind.DIRECTORY or text.endswith((".py", ".so", ".pyd"))
                if is_module and stem.isidentifier() and stem not in _PASSED_OVER:
                    found.append(stem)
        return sorted(dict.fromkeys(found))

    def _files(self, pins: Mapping[str, Pinned]) -> StackFiles:
        for pin in pins.values():
            self._begin(pin)
        parts: list[Part] = []
        if self._code is not None:
            parts += [Part(self._code.reader, directory) for directory in self._code.directories]
        for name, pin in sorted(pins.items()):
            reader = self._reader(name, pin)
            if reader is not None:
                parts += [Part(reader, directory, name) for directory in _module_directories(reader, pin)]
        return StackFiles(parts, {name: pin.version for name, pin in pins.items()})

    def _begin(self, pin: Pinned) -> None:
        """Ask for what is read of a file in any case, so that many are asked for at once."""
        file = pin.file
        if file.kind is not FileKind.WHEEL or file.url in self._remote or file.url in self._readers:
            return
        size = file.size_bytes
        if size is None:
            return
        remote = self._remote[file.url] = self._knowledge.read_ahead(file, size)
        if size <= _WHOLE_BYTES:
            remote.prefetch([(0, size)])
        else:
            remote.prefetch([(size - _TAIL_BYTES, _TAIL_BYTES)])

    def _reader(self, name: str, pin: Pinned) -> FileReader | None:
        url = pin.file.url
        if url not in self._readers:
            try:
                self._readers[url] = self._opened(pin.file)
            except (KnowledgeError, FileReaderError) as error:
                self._readers[url] = None
                self._doubt(f"what {name} {pin.version} imports and offers", str(error))
        return self._readers[url]

    def _opened(self, file: File) -> FileReader:
        if file.kind is FileKind.SDIST:
            return self._knowledge.sdist_tree(file, _LARGEST_SDIST_BYTES)
        remote = self._remote.get(file.url)
        if remote is None:
            whole = self._knowledge.remote_file(file)
            remote = self._remote[file.url] = self._knowledge.read_ahead(file, whole.size_bytes)
        wheel = WheelReader(remote)
        sources = [
            wheel.archive.range_of(member)
            for path, member in wheel.archive.members.items()
            if path.endswith(b".py") and not _TESTS.search(path)
        ]
        if remote.cost_bytes(sources) <= _SOURCES_BYTES:
            remote.prefetch(sources)
        return wheel

    def _doubt(self, what: str, reason: str) -> None:
        self._knowledge.doubt([Unknown(what=what, where="imports", reason=reason)])


def _module_directories(reader: FileReader, pin: Pinned) -> list[bytes]:
    """Where the outermost modules of a file are: the root of a wheel, the project's own layout in an sdist."""
    if pin.file.kind is FileKind.WHEEL:
        return [b""]
    roots = [child.name for child in reader.list(b"") if child.kind is Kind.DIRECTORY]
    found = []
    for root in roots[:1]:
        inner = {child.name for child in reader.list(root) if child.kind is Kind.DIRECTORY}
        found += [root, *(root + b"/" + name for name in (b"src", b"lib") if name in inner)]
    return found


def _statement(failure: ImportFailure) -> str | None:
    """The smallest code that meets a failure alone, where it is about a name or a module."""
    match failure.kind:
        case FailureKind.NAME:
            found = re.fullmatch(r"cannot import name '(\w+)' from '([\w.]+)'", failure.message)
            return f"from {found[2]} import {found[1]}" if found else None
        case FailureKind.MODULE:
            found = re.fullmatch(r"No module named '([\w.]+)'", failure.message)
            return f"import {found[1]}" if found else None
        case FailureKind.ATTRIBUTE:
            found = re.fullmatch(r"module '([\w.]+)' has no attribute '(\w+)'", failure.message)
            return f"import {found[1]}\n{found[1]}.{found[2]}" if found else None
    return None


def _alike(failure: ImportFailure, other: ImportFailure, *, is_question: bool) -> bool:
    if is_question:
        return failure.kind is other.kind and failure.message == other.message
    return (failure.kind, failure.consumer.module, failure.consumer.line) == (
        other.kind,
        other.consumer.module,
        other.consumer.line,
    )
