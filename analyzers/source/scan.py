"""One scan of one tree: files in, records from a cache or from other processes, one `SourceReport` out."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from analyzers.evidence import Finding, Location
from analyzers.files import FileReader, FileReaderError, read_file
from analyzers.manifests.declared import Declared, Format, Manifest
from analyzers.manifests.discovery import manifest_format, read_manifest, reading
from analyzers.manifests.errors import MalformedManifestError, ManifestError, UnreadableManifestError
from analyzers.manifests.references import without_credentials
from analyzers.reports import Input, Tool, Unknown
from analyzers.source.demand import ApiDemand, demands
from analyzers.source.file_records import FORMAT, FileRecord, decode_record, record_key
from analyzers.source.findings import DEPENDENCY_FINDINGS, dependency_findings
from analyzers.source.hardware import hints
from analyzers.source.ignoring import NO_RULES, IgnoreRules
from analyzers.source.linking import LinkedFile, linked
from analyzers.source.linking import SourceFile as LinkFile
from analyzers.source.module_names import ModuleNames
from analyzers.source.native import libraries
from analyzers.source.notebooks import Cells
from analyzers.source.processes import Content, record_each
from analyzers.source.project import Project, project_of
from analyzers.source.protocols import DistributionNames, NoSurfaces, Surfaces
from analyzers.source.provided_names import Provided
from analyzers.source.python_versions import bounds
from analyzers.source.records import FileFact, FileStatus, Language, Role
from analyzers.source.report import Security, SecurityIndicator, SourceReport
from analyzers.source.roles import role
from analyzers.source.security import counted
from analyzers.source.settings import ScanSettings, read_scan_settings
from analyzers.source.source_texts import source_bytes
from analyzers.source.standard_library import PythonVersion
from analyzers.source.suppressions import Suppression, read_suppressions
from analyzers.source.walking import ManifestFile, SourceFile, WalkOptions, files, path_text

INSTRUMENT = f"source/{FORMAT}"
"""Under which records are kept; see `RecordCache`."""
_BATCH_FILES = 256
_MANIFEST_BYTES = 16 << 20
_MANIFEST_SOURCES = ("setup.py", "noxfile.py")


class RecordCache(Protocol):
    """Records by content, kept between runs; losing any costs time alone."""

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        """The encoded records of those contents that are kept."""

    def keep(self, records: Mapping[str, bytes]) -> None:
        """Keep encoded records by content."""


class NoCache:
    """Keeps nothing."""

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        """See `RecordCache.known`."""
        return {}

    def keep(self, records: Mapping[str, bytes]) -> None:
        """See `RecordCache.keep`."""


class ScanProgress(Protocol):
    """Is told how far a scan is."""

    def analysed(self, files: int, cached: int) -> None:
        """So many files so far, of which so many were known before."""


class ScanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of a scan.

    Attributes:
        tests: whether files that are tests count.
        precise: whether files that bind imported names anew are read a second time, by libcst.
        jobs: processes at the most.
        python: that the project is to run on; None where that is not known.
    """

    walk: WalkOptions = WalkOptions()
    tests: bool = True
    precise: bool = False
    jobs: int = 1
    python: PythonVersion | None = None


class Knowledge(NamedTuple):
    """What a scan may ask, beside the tree itself.

    Attributes:
        provided: what is installed where the project runs.
        wheels: what the wheels of these projects hold.
        surfaces: what is installed exports.
        lacking: what of a demand the installed release does not offer.
    """

    cache: RecordCache = NoCache()
    provided: Sequence[Provided] = ()
    wheels: Callable[[Collection[str]], DistributionNames] | None = None
    surfaces: Surfaces = NoSurfaces()
    lacking: Callable[[ApiDemand], Iterable[Finding]] | None = None


class Source(NamedTuple):
    """One file of a scan."""

    fact: FileFact
    record: FileRecord


class Scan:
    """A scan under way.

    Args:
        reader: the tree.
        root: as the user named it.
        rules: what is ignored by files above the root.
        unknowns: what could not be read of the tree so far.
    """

    def __init__(
        self,
        reader: FileReader,
        root: str,
        options: ScanOptions,
        knowledge: Knowledge,
        progress: ScanProgress | None = None,
        rules: IgnoreRules = NO_RULES,
        unknowns: Sequence[Unknown] = (),
    ) -> None:
        self._reader = reader
        self._rules = rules
        self._root = root
        self._knowledge = knowledge
        self._progress = progress
        self._unknowns: list[Unknown] = [*unknowns]
        self._manifest_paths: list[str] = []
        self.settings = self._read_settings()
        exclude = (*options.walk.exclude, *self.settings.exclude)
        walk = msgspec.structs.replace(options.walk, exclude=exclude)
        self._options = msgspec.structs.replace(options, walk=walk)

    def report(self, tool: Tool, created_at: str) -> SourceReport:
        """Run it.

        Raises:
            KeyboardInterrupt: it was interrupted; what was analysed is kept in the cache.
        """
        sources = self._sources()
        manifests = self._manifests(sources)
        names = ModuleNames([source.fact.path for source in sources])
        sources = [_named(source, names) for source in sources]
        found = linked(
            {source.fact.path: _linkable(source, names) for source in sources},
            surfaces=self._knowledge.surfaces,
        )
        project = project_of(
            manifests,
            first_party=_first_party(sources, names),
            settings=self.settings,
            provided=self._knowledge.provided,
            wheels=self._wheels(manifests),
            python=self._options.python,
        )
        return self._assembled(sources, manifests, found, project, tool, created_at)

    def _wheels(self, manifests: Sequence[Manifest]) -> DistributionNames | None:
        if self._knowledge.wheels is None:
            return None
        declared = {one.name for manifest in manifests for one in manifest.declared if one.name is not None}
        return self._knowledge.wheels(declared)

    # Files

    def _sources(self) -> list[Source]:
        """Every file with its record, in the order of the walk."""
        walked: list[_Walked] = []
        asked: deque[_Walked] = deque()
        records: dict[int, FileRecord] = {}
        made: dict[str, bytes] = {}
        cached = 0

        def missing() -> Iterator[Content]:
            nonlocal cached
            for batch in self._batches():
                known = self._knowledge.cache.known([file.key for file, _ in batch])
                for file, data in batch:
                    number = len(walked)
                    walked.append(file)
                    record = _decoded(known.get(file.key))
                    if record is not None and record.is_of(file.path):
                        records[number] = record
                        cached += 1
                    else:
                        asked.append(file)
                        numbers.append(number)
                        yield file.source, data
                if self._progress is not None:
                    self._progress.analysed(len(records), cached)

        numbers: deque[int] = deque()
        try:
            for encoded in record_each(missing(), self._options.jobs, precise=self._options.precise):
                records[numbers.popleft()] = decode_record(encoded)
                made[asked.popleft().key] = encoded
                if len(made) >= _BATCH_FILES:
                    self._knowledge.cache.keep(made)
                    made = {}
        finally:
            if made:
                self._knowledge.cache.keep(made)
        return [Source(_fact(file, records[number]), records[number]) for number, file in enumerate(walked)]

    def _batches(self) -> Iterator[list[tuple[_Walked, bytes]]]:
        """Files of source with their contents; manifests are put aside."""
        batch: list[tuple[_Walked, bytes]] = []
        walk = self._options.walk
        for found in files(self._reader, options=walk, rules=self._rules, unknown=self._unknowns.append):
            path = path_text(found.path)
            if isinstance(found, ManifestFile):
                self._manifest_paths.append(path)
                continue
            is_for = role(path, is_packaged=found.is_packaged)
            if is_for is Role.TEST and not self._options.tests:
                continue
            data = source_bytes(self._reader, found)
            if isinstance(data, Unknown):
                self._unknowns.append(data)
                continue
            if path.endswith(_MANIFEST_SOURCES) and manifest_format(path) is not None:
                self._manifest_paths.append(path)
            sha256 = hashlib.sha256(data).hexdigest()
            key = record_key(sha256, found.language, precise=self._options.precise)
            batch.append((_Walked(found, path, is_for, sha256, key, len(data)), data))
            if len(batch) == _BATCH_FILES:
                yield batch
                batch = []
        if batch:
            yield batch

    # Manifests

    def _read_settings(self) -> ScanSettings:
        """What the project says about being scanned.

        Raises:
            ManifestError: it says something that is not understood.
        """
        try:
            data = read_file(self._reader, b"pyproject.toml", _MANIFEST_BYTES)
            return read_scan_settings(data, "pyproject.toml", DEPENDENCY_FINDINGS)
        except (FileReaderError, UnreadableManifestError):
            return ScanSettings()  # as a manifest it is read again, and becomes an unknown

    def _manifests(self, sources: Sequence[Source]) -> list[Manifest]:
        """What files state, and what scripts and notebooks state about themselves."""
        read = reading(self._reader)
        found: list[Manifest] = []
        for path in self._manifest_paths:
            try:
                manifest = read_manifest(read, path)
            except MalformedManifestError as error:
                manifest = error.readable
            except ManifestError as error:
                self._unknowns.append(Unknown(what="manifest", where=path, reason=str(error)))
                continue
            self._unknowns += manifest.unknowns
            found.append(manifest)
        for source in sources:
            record = source.record
            self._unknowns += record.unknowns
            if record.declared or record.requires_python:
                is_notebook = source.fact.language is Language.NOTEBOOK
                found.append(
                    Manifest(
                        path=source.fact.path,
                        format=Format.NOTEBOOK if is_notebook else Format.SCRIPT,
                        requires_python=record.requires_python,
                        declared=record.declared,
                        unknowns=record.unknowns,
                    )
                )
        return found

    def _suppressions(
        self, sources: Sequence[Source], manifests: Sequence[Manifest]
    ) -> dict[tuple[str, int | None], Sequence[Suppression]]:
        """What lines of source and of manifests ask to be left out."""
        found: dict[tuple[str, int | None], list[Suppression]] = {}
        for source in sources:
            for one in source.record.suppressions:
                cell, line = _placed(source.record.cells, one.line)
                found.setdefault((source.fact.path, cell), []).append(Suppression(line, one.ids))
        for manifest in manifests:
            if manifest.format in (Format.SCRIPT, Format.NOTEBOOK):
                continue
            try:
                data = read_file(self._reader, os.fsencode(manifest.path), _MANIFEST_BYTES)
            except FileReaderError:
                continue
            stated = read_suppressions(data.decode("utf-8", "replace"))
            if stated:
                found.setdefault((manifest.path, None), []).extend(stated)
        return {place: tuple(each) for place, each in found.items()}

    # The report

    def _assembled(
        self,
        sources: Sequence[Source],
        manifests: Sequence[Manifest],
        found: Mapping[str, LinkedFile],
        project: Project,
        tool: Tool,
        created_at: str,
    ) -> SourceReport:
        imports = project.linked(one for file in found.values() for one in file.imports)
        uses = [use for file in found.values() for use in file.uses]
        standard = [use for file in found.values() for use in file.standard_uses]
        main = [source for source in sources if source.fact.role is Role.MAIN]
        indicators = [one for source in main for one in _indicators(source)]
        for source in sources:
            self._unknowns += _unknowns_of(source)
        suppressions = self._suppressions(sources, manifests)
        demanded = demands(uses, imports)
        findings = list(dependency_findings(imports, project, suppressions))
        if self._knowledge.lacking is not None:
            findings += [finding for demand in demanded for finding in self._knowledge.lacking(demand)]
        return SourceReport(
            tool=tool,
            input=_input(self._root, sources, manifests, self._reader),
            created_at=created_at,
            unknowns=tuple(sorted(set(self._unknowns))),
            root=self._root,
            files=tuple(source.fact for source in sources),
            imports=tuple(imports),
            uses=tuple(uses),
            declared=tuple(_displayed(one) for manifest in manifests for one in manifest.declared),
            findings=tuple(findings),
            python=bounds({s.fact.path: s.record.facts.features for s in main}, imports, standard),
            hardware=hints([*uses, *standard], {s.fact.path: s.record.facts.devices for s in main}),
            native=libraries([*standard, *uses]),
            security=Security(
                counts=counted(one for source in main for one in source.record.facts.indicators),
                indicators=tuple(indicators),
            ),
            demands=demanded,
        )


class _Walked(NamedTuple):
    """A file whose content was read."""

    source: SourceFile
    path: str
    role: Role
    sha256: str
    key: str
    size_bytes: int


def _decoded(kept: bytes | None) -> FileRecord | None:
    """The record; None where nothing was kept, or something else."""
    try:
        return None if kept is None else decode_record(kept)
    except msgspec.MsgspecError:
        return None


def _fact(file: _Walked, record: FileRecord) -> FileFact:
    errors = [f"line {line}: {reason}" for line, reason in record.facts.errors]
    status = FileStatus.OK
    if record.failure is not None:
        errors.insert(0, record.failure)
        status = FileStatus.FAILED
    elif errors:
        status = FileStatus.PARTIAL
    return FileFact(
        path=file.path,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        language=file.source.language,
        role=file.role,
        status=status,
        errors=(*record.notes, *errors),
    )


def _named(source: Source, names: ModuleNames) -> Source:
    found = names.names(source.fact.path)
    if not found:
        return source
    return source._replace(fact=msgspec.structs.replace(source.fact, module=found[0]))


def _linkable(source: Source, names: ModuleNames) -> LinkFile:
    path = source.fact.path
    return LinkFile(
        facts=source.record.facts,
        names=names.names(path),
        is_package=path.rpartition("/")[2].partition(".")[0] == "__init__",
        role=source.fact.role,
        cells=source.record.cells,
    )


def _first_party(sources: Sequence[Source], names: ModuleNames) -> dict[str, str]:
    """Top-level names of the project's own modules, with a file of each."""
    found: dict[str, str] = {}
    for source in sources:
        for name in names.names(source.fact.path):
            found.setdefault(name.partition(".")[0], source.fact.path)
    return {name: path for name, path in found.items() if name in names.top_levels}


def _placed(cells: Cells | None, line: int) -> tuple[int | None, int]:
    return (None, line) if cells is None else cells.place(line)


def _indicators(source: Source) -> Iterator[SecurityIndicator]:
    for one in source.record.facts.indicators:
        cell, line = _placed(source.record.cells, one.line)
        yield SecurityIndicator(
            id=one.id,
            severity=one.severity,
            confidence=one.confidence,
            message=one.message,
            file=source.fact.path,
            line=line,
            cell=cell,
        )


def _unknowns_of(source: Source) -> Iterator[Unknown]:
    """What of a file was not understood."""
    path, record = source.fact.path, source.record
    if record.failure is not None:
        yield Unknown(what="source", where=path, reason=record.failure)
    for line, reason in record.facts.errors:
        cell, at = _placed(record.cells, line)
        yield Unknown(what="syntax", where=str(Location(path=path, line=at, cell=cell)), reason=reason)


def _displayed(declared: Declared) -> Declared:
    """As it may be shown: without credentials."""
    return msgspec.structs.replace(
        declared,
        text=without_credentials(declared.text),
        reference=None
        if declared.reference is None
        else msgspec.structs.replace(
            declared.reference, target=without_credentials(declared.reference.target)
        ),
    )


def _input(root: str, sources: Sequence[Source], manifests: Sequence[Manifest], reader: FileReader) -> Input:
    """What was scanned, with a digest over the contents of all files."""
    digests = {source.fact.path: source.fact.sha256 for source in sources}
    for manifest in manifests:
        if manifest.path not in digests:
            try:
                data = read_file(reader, os.fsencode(manifest.path), _MANIFEST_BYTES)
            except FileReaderError:
                continue
            digests[manifest.path] = hashlib.sha256(data).hexdigest()
    told = msgspec.json.encode(sorted(digests.items()))
    return Input(what=root, digest=f"sha256:{hashlib.sha256(told).hexdigest()}")
