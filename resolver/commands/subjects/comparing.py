"""Two locks, or a lock and an image, held against each other on a target: reads, asks, and reports."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Level, Location
from analyzers.manifests.discovery import read_manifest
from analyzers.manifests.errors import ManifestError
from analyzers.reports import Input, InputFile, Unknown
from analyzers.source.report import SourceReport
from images.reports.comparison import Change
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError, OfflineError
from knowledge.imports.evidence_budget import EvidenceBudget
from knowledge.imports.stack_files import Pinned
from resolver.asked.files import InputFiles
from resolver.commands.heads import tool
from resolver.commands.runs.evidence import with_evidence
from resolver.commands.runs.imports import stack_imports
from resolver.commands.runs.session import Session
from resolver.commands.subjects.api_changes import api_changes, used_breaking
from resolver.commands.subjects.checking import read_code
from resolver.commands.subjects.locks import universe_of
from resolver.commands.subjects.reading_targets import reading_target
from resolver.comparing.advisories import affecting, only
from resolver.comparing.kinds import lock_format
from resolver.comparing.locked import IMAGE, Locked, of_installed, of_manifest
from resolver.comparing.pin_changes import file_changes, marker_changes, pin_changes
from resolver.comparing.records import Criterion, LockComparison, LockSide, PinChange, ProjectApi
from resolver.comparing.standing import Standing, scored, standing
from resolver.comparing.worse import met, worse
from resolver.context import Context
from resolver.errors import InputError
from resolver.pipeline import Pipeline
from resolver.reports.check import Clash, verdicts

_MOVES = (Change.UPGRADE, Change.DOWNGRADE)
_REMEDY = "name a lock such as pylock.toml, uv.lock or requirements.txt"


def compared_locks(options: argparse.Namespace, criteria: Iterable[Criterion]) -> LockComparison:
    """Compare what the options name, of which at least one is a lock.

    Args:
        options: of ``compare``.
        criteria: by which the later one must not be worse; none for no judgement.

    Raises:
        InputError: a file is no lock or pins nothing, or options contradict one another.
        KnowledgeError: an index or the store cannot be used.
    """
    images = [each.name for each in options.sides if not each.is_lock]
    if images and options.image not in (None, *images):
        raise InputError(f"--image {options.image}: {images[0]} is the target already", "leave --image out")
    wishes = argparse.Namespace(**vars(options))
    wishes.image = images[0] if images else options.image
    wishes.no_image_packages = options.no_image_packages and not images
    session = Session(wishes)
    context = session.context(asks=False)
    source = session.source()
    files = InputFiles(Path(), sys.stdin.buffer)
    before, after = (
        _locked(each.name, files, context) if each.is_lock else _installed(each.name, context)
        for each in options.sides
    )
    demands = {} if source is None else {demand.distribution: demand for demand in source.demands}
    context = msgspec.structs.replace(context, image=None, preferences={}, demands=demands)
    with session.knowledge(tells=False) as knowledge:
        return _Comparing(wishes, session, context, knowledge, source).told(before, after, criteria)


def _locked(name: str, files: InputFiles, context: Context) -> Locked:
    """What a lock pins, wherever it holds.

    Raises:
        InputError: it is no lock.
    """
    try:
        manifest = read_manifest(files.read, name, environ=os.environ, as_format=lock_format(files, name))
    except ManifestError as error:
        first, *others = str(error).splitlines()
        more = f", and {len(others)} more" if others else ""
        raise InputError(f"{first}{more}", _REMEDY) from error
    digest = sha256_of(files.read(name))
    locked = of_manifest(manifest, digest, context.target.is_live)
    if not locked.is_lock:
        raise InputError(f"{name} pins no release", _REMEDY)
    return locked


def _installed(name: str, context: Context) -> Locked:
    shipped = {} if context.image is None else context.image.shipped
    if context.image is None or not shipped:
        raise InputError(f"{name}: no distribution is installed for a Python there", _REMEDY)
    versions = {each: found.version for each, found in shipped.items()}
    return of_installed(name, context.image.digest, versions)


class _Side(msgspec.Struct):
    """One side while it is looked at."""

    locked: Locked
    stood: Standing
    score: int | None = None
    units: dict[str, int] = {}
    failures: tuple[Clash, ...] = ()
    is_examined: bool = False


class _Comparing:
    """One comparison.

    Args:
        source: what a scan of the user's code says; None where none was named.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        session: Session,
        context: Context,
        knowledge: Knowledge,
        source: SourceReport | None,
    ) -> None:
        self._options, self._session, self._knowledge = options, session, knowledge
        context = with_evidence(context, knowledge, scanned=source is not None)
        self._context = session.with_topics(context, knowledge)
        self._unknowns: set[Unknown] = set(context.unknowns)
        self._budget = EvidenceBudget(options.evidence_budget, is_stored_only=options.evidence == "stored")

    def told(self, before: Locked, after: Locked, criteria: Iterable[Criterion]) -> LockComparison:
        """The whole report."""
        pins = tuple(pin_changes(before, after))
        self._unknowns.update(before.unknowns, after.unknowns)
        sides = self._sides(before, after)
        is_other = any(pin.is_live for pin in pins)
        self._examine(sides, is_other=is_other)
        old, new = sides
        sizes = {name: file.size_bytes for name, file in old.stood.files.items()}
        sizes_after = {name: file.size_bytes for name, file in new.stood.files.items()}
        vulnerable = [affecting(side.locked, self._context.vulnerabilities) for side in sides]
        named = self._options.source
        report = LockComparison(
            tool=tool(),
            input=_input(before, after),
            created_at=self._session.created_at,
            before=_told(old),
            after=_told(new),
            target=self._context.target.name,
            is_same=False,
            source=None if named is None else str(named),
            pins=tuple(_sized(pin, sizes, sizes_after) if pin.is_live else pin for pin in pins),
            files=tuple(file_changes(before, after)),
            markers=tuple(marker_changes(before, after)),
            apis=tuple(self._apis(pins)),
            new_advisories=only(vulnerable[1], vulnerable[0], after),
            gone_advisories=only(vulnerable[0], vulnerable[1], after),
            kept_advisories=len(vulnerable[0].keys() & vulnerable[1].keys()),
        )
        found = tuple(worse(report, lambda name: _place(after, name)))
        return msgspec.structs.replace(
            report,
            is_same=not (report.pins or report.files or report.markers),
            unknowns=tuple(sorted(self._unknowns.union(self._knowledge.unknowns))),
            worse=found,
            failed=met(criteria, found),
        )

    def _sides(self, before: Locked, after: Locked) -> tuple[_Side, _Side]:
        """Both, scored on one scale: what counts as asked for in one of them does so in the other."""
        units = self._session.units.pipeline().applying(self._context)
        pins: dict[str, set[str]] = {}
        for locked in (before, after):
            for name, versions in locked.lock.pins.items():
                pins.setdefault(name, set()).update(versions)
        sieving = Pipeline(sieves=units.sieves, pseudonyms=units.pseudonyms)
        universe = universe_of(pins, self._context, self._knowledge, sieving, is_tolerant=True)
        old, new = (_Side(locked, standing(locked, universe)) for locked in (before, after))
        for side in (old, new):
            self._unknowns.update(
                Unknown(what=f"the release of {one.name}", where=side.locked.path, reason=one.reason.message)
                for one in side.stood.violations
                if one.reason.level is Level.WARNING
            )
        asked = {*old.stood.roots, *new.stood.roots, *self._context.demands}
        for side in (old, new):
            try:
                side.score, side.units = scored(side.stood, universe, units, asked)
            except OfflineError as error:
                self._unknowns.add(Unknown(what="the score", where=side.locked.path, reason=str(error)))
        self._unknowns |= universe.reader.unknowns
        return old, new

    def _examine(self, sides: tuple[_Side, _Side], *, is_other: bool) -> None:
        """Import both on paper, the later first; what both pin fails in both alike."""
        code = read_code(self._options.source)
        imports = stack_imports(
            self._context.target,
            self._knowledge,
            time.time,
            self._options.evidence_budget,
            code=code,
            kind=self._options.evidence,
        )
        old, new = sides
        for side in (new, old):
            if side is old and not is_other:
                old.failures, old.is_examined = new.failures, new.is_examined
                return
            members = side.stood.stack.members
            stack = {name: Pinned(members[name].version, file) for name, file in side.stood.files.items()}
            versions = {name: pin.version for name, pin in stack.items()}
            try:
                examined = imports.examined(stack, stack)
            except OfflineError as error:
                self._unknowns.add(
                    Unknown(what="what importing it meets", where=side.locked.path, reason=str(error))
                )
                continue
            if examined is not None:
                side.failures = verdicts((*examined.failures, *examined.doubtful), versions)
                side.is_examined = examined.is_complete

    def _apis(self, pins: Iterable[PinChange]) -> Iterator[ProjectApi]:
        """What other releases change for the code, as far as the budget goes."""
        from knowledge.wheels.release_surfaces import ReleaseSurfaces
        from resolver.commands.subjects.released import Providers, released

        target, knowledge = self._context.target, self._knowledge
        providers = Providers(target, knowledge)
        surfaces = ReleaseSurfaces(knowledge, reading_target(target), time.time, providers)
        for pin in pins:
            demand = self._context.demands.get(pin.name)
            if demand is None or not pin.is_live or pin.change not in _MOVES:
                continue
            assert pin.before is not None and pin.after is not None, "a release that moved was and is there"
            what, where = f"what changes from {pin.before} to {pin.after}", pin.name
            if spent := self._budget.spent():
                self._unknowns.add(Unknown(what=what, where=where, reason=spent))
                continue
            received = knowledge.statistics.received_bytes
            try:
                with self._budget:
                    old = released(pin.name, pin.before, target, knowledge)
                    new = released(pin.name, pin.after, target, knowledge)
                    changes, unreadable = api_changes(surfaces, old, new, demand)
            except (KnowledgeError, InputError) as error:
                self._unknowns.add(Unknown(what=what, where=where, reason=str(error)))
                continue
            finally:
                self._budget.spent_bytes += knowledge.statistics.received_bytes - received
            self._unknowns.update(
                Unknown(what=f"what a module of {pin.name} offers", where=path, reason=reason)
                for path, reason in unreadable
            )
            used = tuple(change for change in changes if change.used)
            if used:
                yield ProjectApi(
                    name=pin.name,
                    before=pin.before,
                    after=pin.after,
                    changes=used,
                    breaking=used_breaking(used),
                )


def _told(side: _Side) -> LockSide:
    locked, stood = side.locked, side.stood
    violations = stood.violations
    if locked.format == IMAGE:  # what is installed need not be on an index
        violations = tuple(one for one in violations if one.name in stood.stack.members)
    return LockSide(
        path=locked.path,
        format=locked.format,
        digest=locked.digest,
        releases=sum(locked.live(name) is not None for name in locked.pins),
        score=side.score,
        units=side.units,
        download_bytes=stood.download_bytes,
        unsized=tuple(
            name
            for name in locked.pins
            if locked.live(name) and (name not in stood.files or stood.files[name].size_bytes is None)
        ),
        violations=violations,
        failures=side.failures,
        is_examined=side.is_examined,
    )


def _sized(pin: PinChange, before: dict[str, int | None], after: dict[str, int | None]) -> PinChange:
    return msgspec.structs.replace(pin, before_bytes=before.get(pin.name), after_bytes=after.get(pin.name))


def _place(after: Locked, name: str | None) -> Location:
    pins = () if name is None else after.pins.get(name, ())
    return pins[0].location if pins else Location(path=after.path)


def _input(before: Locked, after: Locked) -> Input:
    digests = f"{before.digest} {after.digest}"
    return Input(
        what="two locks",
        digest=sha256_of(digests.encode()),
        files=tuple(InputFile(path=side.path, digest=side.digest) for side in (before, after)),
    )
