"""One scan of one tree: files in, records from a cache or from other processes, one `SourceReport` out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Finding, Location
from analyzers.files import FileReader, FileReaderError, read_file
from analyzers.manifests.declared import Declared, Format, Manifest
from analyzers.manifests.discovery import read_manifest, reading
from analyzers.manifests.errors import MalformedManifestError, ManifestError, UnreadableManifestError
from analyzers.manifests.references import without_credentials
from analyzers.reports import Input, Tool, Unknown
from analyzers.source.caching.file_records import FORMAT
from analyzers.source.caching.kept_scans import KeptScans, KeptSummary
from analyzers.source.caching.known_digests import KnownDigests
from analyzers.source.caching.record_caches import NoCache, RecordCache
from analyzers.source.caching.tree_sources import ScanProgress, Source, TreeSources
from analyzers.source.dependencies.findings import DEPENDENCY_FINDINGS, dependency_findings
from analyzers.source.dependencies.project import project_of
from analyzers.source.documents import encoded_list, joined_lists
from analyzers.source.linking.linked_sources import Collected, Linking
from analyzers.source.linking.module_names import ModuleNames
from analyzers.source.names.provided_names import Provided
from analyzers.source.names.standard_library import PythonVersion
from analyzers.source.protocols import DistributionNames, NoSurfaces, Surfaces
from analyzers.source.reading.ignoring import NO_RULES, IgnoreRules
from analyzers.source.reading.notebooks import Cells
from analyzers.source.reading.suppressions import Suppression, read_suppressions
from analyzers.source.reading.walking import WalkOptions
from analyzers.source.records import Language, Role, Use
from analyzers.source.report import Security, SecurityIndicator, SourceReport
from analyzers.source.scanned import Parts, Scanned, kept_scan, noted
from analyzers.source.security import counted
from analyzers.source.settings import ScanSettings, read_scan_settings
from analyzers.source.signals.demand import ApiDemand

INSTRUMENT = f"source/{FORMAT}"
"""Under which records are kept; see `RecordCache`."""
_MANIFEST_BYTES = 16 << 20


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
        identity: tells what is installed from all else.
    """

    cache: RecordCache = NoCache()
    provided: Sequence[Provided] = ()
    wheels: Callable[[Collection[str]], DistributionNames] | None = None
    surfaces: Surfaces = NoSurfaces()
    lacking: Callable[[ApiDemand], Iterable[Finding]] | None = None
    identity: bytes = b""


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
        self._read: dict[str, str] = {}
        """SHA-256 of what was read besides source, by path; empty where that failed."""
        self._read_manifest = noted(reading(reader), self._read)
        self.settings = self._read_settings()
        exclude = (*options.walk.exclude, *self.settings.exclude)
        walk = msgspec.structs.replace(options.walk, exclude=exclude)
        self._options = msgspec.structs.replace(options, walk=walk)

    def report(self, tool: Tool, created_at: str) -> SourceReport:
        """Run it, and give everything at once.

        Raises:
            KeyboardInterrupt: it was interrupted; what was analysed is kept in the cache.
        """
        tree = self._tree(KnownDigests(self._reader, None, lambda: 0))
        parts, uses = self._assembled(tree, tool, created_at, _listed, 1)
        return parts.whole(*uses)

    def scanned(
        self, tool: Tool, created_at: str, kept: KeptScans, *, key: str | None = None, lists: bool = True
    ) -> Scanned:
        """Run it, or give what is kept of an earlier run if nothing changed since.

        Args:
            key: under which nothing is kept, and this scan shall be; None for that of the files' contents.
            lists: whether the long lists are asked for.

        Raises:
            KeyboardInterrupt: it was interrupted; what was analysed is kept in the cache.
        """
        digests = kept.digests(self._reader)
        tree = self._tree(digests)
        if key is None and tree.settled():
            found = kept_scan(kept, kept.key(tree.identity()), created_at, reading(self._reader), lists=lists)
            if found is not None:
                kept.keep_digests(digests)
                return found
        made = self._made(tree, tool, created_at, lists=lists)
        kept.keep_digests(digests)
        name = key or kept.key(tree.identity())
        kept.keep(KeptSummary(name, {} if key else self._read, made.summary), made.lists)
        return made

    def _made(self, tree: TreeSources, tool: Tool, created_at: str, *, lists: bool) -> Scanned:
        collect = encoded_list if lists else _dropped
        parts, uses = self._assembled(tree, tool, created_at, collect, self._options.jobs)
        return Scanned(parts.summary(), parts.lists(joined_lists(uses)) if lists else None)

    def _tree(self, digests: KnownDigests) -> TreeSources:
        return TreeSources(
            self._reader,
            self._options.walk,
            tests=self._options.tests,
            rules=self._rules,
            digests=digests,
            unknown=self._unknowns.append,
        )

    def _wheels(self, manifests: Sequence[Manifest]) -> DistributionNames | None:
        if self._knowledge.wheels is None:
            return None
        declared = {one.name for manifest in manifests for one in manifest.declared if one.name is not None}
        return self._knowledge.wheels(declared)

    # Manifests

    def _read_settings(self) -> ScanSettings:
        """What the project says about being scanned.

        Raises:
            ManifestError: it says something that is not understood.
        """
        try:
            data = self._read_manifest("pyproject.toml")
            return read_scan_settings(data, "pyproject.toml", DEPENDENCY_FINDINGS)
        except (FileReaderError, UnreadableManifestError):
            return ScanSettings()  # as a manifest it is read again, and becomes an unknown

    def _manifests(self, paths: Sequence[str], sources: Sequence[Source]) -> list[Manifest]:
        """What files state, and what scripts and notebooks state about themselves."""
        found: list[Manifest] = []
        for path in paths:
            try:
                manifest = read_manifest(self._read_manifest, path)
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
        tree: TreeSources,
        tool: Tool,
        created_at: str,
        collect: Callable[[Iterator[Sequence[Use]]], Collected],
        linking_jobs: int,
    ) -> tuple[Parts, list[Collected]]:
        """The parts of the report, and what is collected of the uses; see `Linking.signals`."""
        sources = tree.sources(
            self._knowledge.cache, self._options.jobs, self._progress, precise=self._options.precise
        )
        manifests = self._manifests(tree.manifest_paths, sources)
        names = ModuleNames([source.fact.path for source in sources])
        named = {source.fact.path: names.names(source.fact.path) for source in sources}
        sources = [_named(source, named) for source in sources]
        project = project_of(
            manifests,
            first_party=_first_party(named, names),
            settings=self.settings,
            provided=self._knowledge.provided,
            wheels=self._wheels(manifests),
            python=self._options.python,
        )
        linking = Linking(sources, named, project, self._knowledge.surfaces)
        suppressions = self._suppressions(sources, manifests)
        main = [source for source in sources if source.fact.role is Role.MAIN]
        for source in sources:
            self._unknowns += _unknowns_of(source)
        collected, signals = linking.signals(collect, linking_jobs)
        findings = list(dependency_findings(linking.imports, project, suppressions))
        if self._knowledge.lacking is not None:
            findings += [one for demand in signals.demands for one in self._knowledge.lacking(demand)]
        shell = SourceReport(
            tool=tool,
            input=_input(self._root, sources, manifests, self._reader),
            created_at=created_at,
            unknowns=tuple(sorted(set(self._unknowns))),
            root=self._root,
            declared=tuple(_displayed(one) for manifest in manifests for one in manifest.declared),
            findings=tuple(findings),
            python=signals.python,
            hardware=signals.hardware,
            native=signals.native,
            security=Security(
                counts=counted(one for source in main for one in source.record.facts.indicators),
                indicators=tuple(one for source in main for one in _indicators(source)),
            ),
        )
        facts = [source.fact for source in sources]
        return Parts(shell, facts, linking.imports, signals.demands, signals.uses_by_root), collected


def _listed(uses: Iterator[Sequence[Use]]) -> list[Use]:
    return [use for each in uses for use in each]


def _dropped(uses: Iterator[Sequence[Use]]) -> bytes:
    for _ in uses:
        pass  # what they amount to is counted as they go by
    return b""


def _named(source: Source, names: Mapping[str, Sequence[str]]) -> Source:
    found = names[source.fact.path]
    return source._replace(fact=msgspec.structs.replace(source.fact, module=found[0])) if found else source


def _first_party(named: Mapping[str, Sequence[str]], names: ModuleNames) -> dict[str, str]:
    """Top-level names of the project's own modules, with a file of each."""
    found: dict[str, str] = {}
    for path, dotted in named.items():
        for name in dotted:
            found.setdefault(name.partition(".")[0], path)
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
    return Input(what=root, digest=sha256_of(told))
