"""From what ``measure`` is asked for to figures: interpreter, benchmarks, candidate releases, report."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from analyzers.digests import sha256_of
from analyzers.reports import Input, Unknown
from images.facts.environment import RuntimeEnvironment
from knowledge.errors import MeasuringError
from knowledge.measuring.benchmarks import Benchmark
from knowledge.measuring.report import Figure, MeasurementReport
from knowledge.measuring.venvs import Venv, Venvs
from knowledge.observations.record import ReleaseIdentity
from resolver.commands.heads import tool
from resolver.errors import InputError

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

    from knowledge.catalog import Knowledge
    from knowledge.measuring.sessions import MeasuringSession

_LIMIT_S = 30.0
_LARGEST_SCRIPT = 1 << 20
_MOST_RELEASES = 50
_FACTS = (
    "arch", "cores", "cpu.level", "cpu.microarchitecture", "cpu.vendor", "libc.name", "libc.version",
    "memory_bytes", "os.id", "os.kernel", "os.version", "python.implementation", "python.version",
)  # fmt: skip
"""What is told of the machine with each figure."""


class Interpreter(NamedTuple):
    """What measures.

    Attributes:
        path: of the program.
        version: of Python.
        environment: facts of this machine with it.
    """

    path: Path
    version: str
    environment: RuntimeEnvironment


class Asked(NamedTuple):
    """One project, which releases of it, and what is measured."""

    project: str
    specifiers: str
    benchmarks: tuple[Benchmark, ...]


def interpreter(path: Path | None) -> Interpreter:
    """The interpreter of that path, by default this one.

    Raises:
        InputError: it is none, or not one that can be measured with.
    """
    from images.facts.targets import target_environment
    from images.hardware.probing import hardware_environment
    from images.host.facts import host_environment

    machine = host_environment()
    arch, cores = machine.text("arch"), machine.text("cores")
    if arch is not None:
        usable = int(cores) if cores and cores.isdigit() else None
        machine = machine.overridden_by(hardware_environment(arch, os.environ, usable_cores=usable))
    version = None if path is None else _version(path)
    machine = target_environment(machine, python_version=version, platform=None)
    return Interpreter(path or Path(sys.executable), str(machine["python.version"]), machine)


def _version(path: Path) -> str:
    program = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])"
    remedy = "name the program of a CPython from 3.8 on"
    try:
        command = [str(path), "-I", "-S", "-c", program]
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=_LIMIT_S, check=True, stdin=subprocess.DEVNULL
        ).stdout.split()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        raise InputError(f"--python {path}: it does not run: {error}"[:300], remedy) from error
    if len(told) != 2 or told[0] != "cpython" or not re.fullmatch(r"3\.\d+\.\d+", told[1]):
        raise InputError(f"--python {path}: it is no CPython", remedy)
    return told[1]


def conditions(environment: RuntimeEnvironment) -> RuntimeEnvironment:
    """What of a machine is kept beside what was seen on it."""
    facts = environment.facts
    return RuntimeEnvironment(facts={name: facts[name] for name in _FACTS if name in facts})


def wanted(texts: Iterable[str], benchmarks: tuple[Benchmark, ...], script: Path | None) -> list[Asked]:
    """What is measured of each requirement.

    Raises:
        InputError: one is no requirement, or there is nothing to measure of it.
    """
    from packaging.utils import canonicalize_name

    found = []
    for text in texts:
        requirement = _requirement(text)
        if requirement.url or requirement.extras or requirement.marker:
            raise InputError(
                f"{text[:100]!r} has more than a name and versions", "write it like 'numpy>=1.26'"
            )
        project = canonicalize_name(requirement.name)
        own = tuple(one for one in benchmarks if one.project == project)
        if script is not None:
            own += (_of_script(script, project),)
        if not own:
            have = ", ".join(sorted({one.project for one in benchmarks}))
            remedy = f"there are some of {have}; or name a file of your own with --benchmark, or a --script"
            raise InputError(f"there is no benchmark of {project}", remedy)
        found.append(Asked(project, str(requirement.specifier), own))
    return found


def requirements(texts: Iterable[str]) -> list[str]:
    """Requirements as installers read them; never an option of theirs.

    Raises:
        InputError: one is none.
    """
    return [str(_requirement(text)) for text in texts]


def _requirement(text: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise InputError(f"{text[:100]!r} is no requirement", "write it like 'numpy>=1.26'") from error


def _of_script(path: Path, project: str) -> Benchmark:
    """A script as a benchmark: it stands for what it uses of the project."""
    from analyzers.manifests.errors import ManifestError
    from resolver.commands.heads import report_moment
    from resolver.commands.subjects.scanning import ScanWishes, scanned

    remedy = "name a Python program"
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST_SCRIPT else b"\xff"
        text = data.decode("utf-8")
        compile(text, str(path), "exec", dont_inherit=True)
    except OSError as error:
        raise InputError(f"--script {path}: {error.strerror}", remedy) from error
    except (UnicodeDecodeError, SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f"{path}:{line}" if line else str(path)
        raise InputError(
            f"--script {place}: it is no Python: {getattr(error, 'msg', error)}", remedy
        ) from error
    symbols: set[str] = set()
    try:
        report = scanned(ScanWishes(path=path, store=None, tests=True, quiet=True), tool(), report_moment())
        for demand in report.demands:
            if demand.distribution == project:
                symbols |= {
                    one.symbol for one in (*demand.required, *demand.optional) if one.kind != "import"
                }
    except ManifestError:
        symbols = set()
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "script"
    digest = hashlib.sha256(data).hexdigest()[:12]
    return Benchmark(
        id=f"{project}-script-{name[:40]}-{digest}",
        project=project,
        stands_for=tuple(sorted(symbols)) or (project,),
        size=f"the program {path.name}",
        script=text,
    )


def candidates(
    asked: Sequence[Asked], releases: str, python: Interpreter, knowledge: Knowledge
) -> dict[Asked, list[ReleaseIdentity]]:
    """Which releases are measured: those that this machine can install from a wheel.

    Raises:
        InputError: there are none, or `releases` is not understood.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    from knowledge.releases import FileKind
    from resolver.targets.formats import Formats
    from resolver.targets.target import Target

    target = Target(python.environment)
    found = {}
    for one in asked:
        listing = knowledge.listing(one.project)
        if listing is None:
            near = knowledge.near_names(one.project)
            remedy = f"did you mean: {', '.join(near)}?" if near else f"the index is {knowledge.index_url}"
            raise InputError(f"no index has {one.project}", remedy)
        usable = [
            listing.versions[position]
            for position in range(len(listing.versions))
            if position not in listing.yanked
            and any(
                each.kind is FileKind.WHEEL
                for each in target.usable_files(listing.files(position), Formats())
            )
        ]
        admitted = [Version(text) for text in SpecifierSet(one.specifiers).filter(usable)]
        if releases.isdigit():
            chosen = _newest_series(admitted, int(releases[:4]))
        else:
            try:
                parts = [
                    SpecifierSet(part if part[:1] in "<>=!~" else f"=={part}")
                    for part in releases.replace(" ", "").split(",")
                ]
                if all(part[:1] in "<>!~" for part in releases.replace(" ", "").split(",")):
                    parts = [SpecifierSet(releases)]
            except (InvalidSpecifier, InvalidVersion) as error:
                remedy = "give a number, versions (1.26.4,2.0.2) or a range (>=2,<2.3)"
                raise InputError(f"--releases {releases[:100]!r} is not understood", remedy) from error
            chosen = [each for each in admitted if any(part.contains(each) for part in parts)]
        if not chosen:
            raise InputError(
                f"no release of {one.project}{one.specifiers} that --releases {releases[:100]} names has a "
                f"wheel for Python {python.version} here"
            )
        if len(chosen) > _MOST_RELEASES:
            raise InputError(
                f"{len(chosen)} releases of {one.project} are too many", "name fewer with --releases"
            )
        found[one] = [ReleaseIdentity(project=one.project, version=str(each)) for each in sorted(chosen)]
    return found


def _newest_series(versions: Iterable[Version], count: int) -> list[Version]:
    newest: dict[tuple[int, ...], Version] = {}
    for version in sorted(versions):
        newest[(version.epoch, version.major, version.minor)] = version
    return list(newest.values())[-count:] if count else []


def measured(
    chosen: Mapping[Asked, Sequence[ReleaseIdentity]],
    venvs: Venvs,
    taking: MeasuringSession,
    python: Interpreter,
    created_at: str,
    progress: Callable[[str], None],
) -> MeasurementReport:
    """Install and measure; what cannot be is among the report's unknowns."""
    unknowns: list[Unknown] = []
    figures: list[Figure] = []
    for asked, releases in chosen.items():
        made: list[Venv] = []
        for release in releases:
            progress(f"installing {release}")
            try:
                made.append(venvs.make(release))
            except MeasuringError as error:
                unknowns.append(Unknown(what="environment", where=error.what, reason=error.reason))
        for benchmark in asked.benchmarks:
            figures += taking.figures(benchmark, made)
    told = " ".join(str(release) for releases in chosen.values() for release in releases)
    what = msgspec.json.encode([asked.benchmarks for asked in chosen])
    return MeasurementReport(
        tool=tool(),
        input=Input(what=told, digest=sha256_of(what)),
        created_at=created_at,
        unknowns=(*unknowns, *taking.unknowns),
        environment=conditions(python.environment),
        figures=tuple(figures),
    )
