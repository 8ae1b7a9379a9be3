"""The files of the releases of a stack, opened as trees: read by ranges, small wheels whole and verified.

Nothing is installed, imported or run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from analyzers.files import FileKind as Kind
from analyzers.files import FileReader, FileReaderError
from analyzers.importing.failures import BudgetSpentError
from analyzers.importing.outlines import Outlines
from analyzers.importing.stack import ModuleFile, Part, StackFiles
from analyzers.ranges import BytesReader
from analyzers.reports import Unknown
from analyzers.wheels import WheelReader
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.files.digests import verify
from knowledge.files.read_ahead import ReadAheadFile
from knowledge.imports.evidence_budget import EvidenceBudget
from knowledge.releases import File, FileKind

_WHOLE_BYTES = 1 << 20
_SOURCES_BYTES = 8 << 20
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


class Reached(NamedTuple):
    """What a simulation depended on.

    Attributes:
        distributions: normalised names of those whose files it looked at, or whose versions it asked for.
        absent: outermost modules and distributions that it looked for in vain.
    """

    distributions: frozenset[str]
    absent: frozenset[str]


class _Versions(dict[str, str]):
    """Versions that remember which ones were asked for."""

    def __init__(self, versions: Mapping[str, str]) -> None:
        super().__init__(versions)
        self.asked: set[str] = set()

    def get(self, name: str, default: object = None) -> str | None:  # type: ignore[override]  # strings only
        self.asked.add(name)
        return super().get(name)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str):
            self.asked.add(name)
        return super().__contains__(name)


class RecordedFiles(StackFiles):
    """The files of a stack that remember what was looked for, and read nothing once the budget is spent.

    Attributes:
        was_short: something was not read because the budget was spent.
        missing: distributions whose files could not be had or opened.
        trouble: why something else could not be read; None where all could.
        vague: distributions of which not every module is known: files that could not be had, and source
            distributions, whose modules may be made by a build.
    """

    def __init__(
        self,
        parts: Iterable[Part],
        versions: Mapping[str, str],
        budget: EvidenceBudget,
        count: Callable[[], object] = lambda: None,
        outlines: Outlines | None = None,
    ) -> None:
        super().__init__(parts, versions, outlines)
        self._count = count
        self._told = self.versions = _Versions(versions)
        self._budget = budget
        self._owners: set[str] = set()
        self._absent: set[str] = set()
        self.was_short = False
        self.missing: frozenset[str] = frozenset()
        self.trouble: str | None = None
        self.vague: frozenset[str] = frozenset()

    def find(self, name: str) -> ModuleFile | None:
        """See `StackFiles.find`."""
        found = super().find(name)
        if found is None:
            if "." not in name:
                self._absent.add(name)
            return None
        if found.distribution is not None:
            self._owners.add(found.distribution)
        if found.is_namespace:
            for number, path in found.directories:
                owner = self._owner(number, path)
                if owner is not None:
                    self._owners.add(owner)
        return found

    def read(self, file: ModuleFile, path: bytes, limit_bytes: int) -> bytes:
        """See `StackFiles.read`.

        Raises:
            BudgetSpentError: no more may be read.
            FileReaderError: it cannot be read, or not be had.
        """
        self._count()
        if self._budget.spent() is not None:
            self.was_short = True
            raise BudgetSpentError
        try:
            return super().read(file, path, limit_bytes)
        except KnowledgeError as error:
            self.trouble = self.trouble or str(error)
            raise FileReaderError(path, str(error)) from error

    def reached(self) -> Reached:
        """What was depended on so far."""
        asked = self._told.asked
        known = {name for name in asked if dict.__contains__(self._told, name)}
        return Reached(frozenset(self._owners | known), frozenset(self._absent | (asked - known)))


class PinnedFiles:
    """Opens files of releases, each once in a run.

    Args:
        knowledge: opens files of indexes, and is told what could not be known.
        budget: of the run.
    """

    def __init__(self, knowledge: Knowledge, budget: EvidenceBudget) -> None:
        self._knowledge, self._budget = knowledge, budget
        self._readers: dict[str, FileReader | None] = {}
        self._remote: dict[str, ReadAheadFile] = {}
        self._listed: dict[str, tuple[str, ...]] = {}
        self._counted: dict[str, int] = {}
        self._of_stacks: set[str] = set()
        self._outlines = Outlines()

    def stack(self, pins: Mapping[str, Pinned], before: Iterable[Part] = ()) -> RecordedFiles:
        """The files of a stack.

        Args:
            pins: normalised name to release.
            before: trees in which modules are looked for first.
        """
        for pin in pins.values():
            self.begin(pin)
        parts = list(before)
        vague = {name for name, pin in pins.items() if pin.file.kind is not FileKind.WHEEL}
        missing = set()
        for name, pin in sorted(pins.items()):
            reader = self.reader(name, pin)
            if reader is None:
                missing.add(name)
            else:
                parts += [Part(reader, directory, name) for directory in module_directories(reader, pin)]
        versions = {name: pin.version for name, pin in pins.items()}
        files = RecordedFiles(parts, versions, self._budget, self.count, self._outlines)
        files.vague, files.missing = frozenset(vague | missing), frozenset(missing)
        files.was_short = bool(missing) and self._budget.spent() is not None
        return files

    def roots(self, name: str, pin: Pinned) -> tuple[str, ...]:
        """The outermost modules of a distribution, by name."""
        url = pin.file.url
        if url not in self._listed:
            reader = self.reader(name, pin)
            self._listed[url] = () if reader is None else tuple(_roots(reader, pin))
        return self._listed[url]

    def begin(self, pin: Pinned, *, is_question: bool = False) -> None:
        """Ask for what is read of a file in any case, so that many are asked for at once.

        Args:
            pin: of the file.
            is_question: only a few modules of it will be read.
        """
        file = pin.file
        if not is_question:
            self._of_stacks.add(file.url)
        if file.kind is not FileKind.WHEEL or file.url in self._remote or file.url in self._readers:
            return
        size = file.size_bytes
        if size is None or self._knowledge.is_local(file) or self._is_short(is_question=is_question):
            return
        remote = self._remote[file.url] = self._knowledge.read_ahead(file, size)
        if size <= (_WHOLE_BYTES >> 2 if is_question else _WHOLE_BYTES):
            remote.prefetch([(0, size)])
        else:
            remote.prefetch([(size - _TAIL_BYTES, _TAIL_BYTES)])
        self._count(file.url)

    def reader(self, name: str, pin: Pinned) -> FileReader | None:
        """The tree of a file; None where it cannot be had, which is then doubted."""
        url = pin.file.url
        if url not in self._readers:
            try:
                if self._is_short(is_question=url not in self._of_stacks) and url not in self._remote:
                    self.doubt(f"what {name} {pin.version} imports and offers", self._why())
                    return None
                self._readers[url] = self._opened(pin.file)
            except (KnowledgeError, FileReaderError) as error:
                self._readers[url] = None
                self.doubt(f"what {name} {pin.version} imports and offers", str(error))
        return self._readers[url]

    def doubt(self, what: str, reason: str) -> None:
        """Tell what is not known, once."""
        unknown = Unknown(what=what, where="imports", reason=reason)
        if unknown not in self._knowledge.unknowns:
            self._knowledge.doubt([unknown])

    def _is_short(self, *, is_question: bool = False) -> bool:
        is_closed = self._budget.is_stored_only or self._knowledge.offline
        return is_closed or self._budget.spent(with_reserve=is_question) is not None

    def _why(self) -> str:
        return self._budget.spent() or "it is not stored, and files of indexes must not be read"

    def _opened(self, file: File) -> FileReader:
        if file.kind is FileKind.SDIST:
            tree = self._knowledge.sdist_tree(file, _LARGEST_SDIST_BYTES)
            self._budget.spent_bytes += file.size_bytes or 0
            return tree
        if self._knowledge.is_local(file):
            return WheelReader(BytesReader(self._knowledge.content(file)))
        remote = self._remote.get(file.url)
        if remote is None:
            whole = self._knowledge.remote_file(file)
            remote = self._remote[file.url] = self._knowledge.read_ahead(file, whole.size_bytes)
        if remote.requested_bytes >= remote.size_bytes:
            content = remote.whole()
            verify(file, file.hashes, content, "the wheel")
            return WheelReader(BytesReader(content))
        wheel = WheelReader(remote)
        sources = [
            wheel.archive.range_of(member)
            for path, member in wheel.archive.members.items()
            if path.endswith(b".py") and not _TESTS.search(path)
        ]
        remote.expect(sources)
        if file.url in self._of_stacks and remote.cost_bytes(sources) <= _SOURCES_BYTES:
            remote.prefetch(sources)
        return wheel

    def count(self) -> None:
        """Add up what was asked for since."""
        for url in self._remote:
            self._count(url)

    def _count(self, url: str) -> None:
        asked = self._remote[url].requested_bytes
        self._budget.spent_bytes += asked - self._counted.get(url, 0)
        self._counted[url] = asked


def _roots(reader: FileReader, pin: Pinned) -> list[str]:
    found = []
    for directory in module_directories(reader, pin):
        for child in reader.list(directory):
            text = child.name.decode("utf-8", "replace")
            stem = text if child.kind is Kind.DIRECTORY else text.partition(".")[0]
            is_module = child.kind is Kind.DIRECTORY or text.endswith((".py", ".so", ".pyd"))
            if is_module and stem.isidentifier() and stem not in _PASSED_OVER:
                found.append(stem)
    return sorted(dict.fromkeys(found))


def module_directories(reader: FileReader, pin: Pinned) -> list[bytes]:
    """Where the outermost modules of a file are: the root of a wheel, in an sdist as the project has it."""
    if pin.file.kind is FileKind.WHEEL:
        return [b""]
    roots = [child.name for child in reader.list(b"") if child.kind is Kind.DIRECTORY]
    found = []
    for root in roots[:1]:
        inner = {child.name for child in reader.list(root) if child.kind is Kind.DIRECTORY}
        found += [root, *(root + b"/" + name for name in (b"src", b"lib") if name in inner)]
    return found
