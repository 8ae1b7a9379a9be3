"""What is in an image, for the terminal: Pythons, what is installed for each, packages, native libraries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from images.facts.environment import RuntimeEnvironment
from images.reports.records import Interpreter, PythonDistribution, SystemPackage
from images.reports.report import ImageReport
from resolver.outputs.texts.columns import counted, flowed, table

_T = TypeVar("_T")
_MOST_DISTRIBUTIONS = 60
_MOST_LIBRARIES = 15
_MOST_PLACES = 6
_MOST_INTERPRETERS = 20
_HINT = "--all or --format json has all"
_KINDS = {
    "distribution": "the system",
    "source": "own build",
    "pyenv": "pyenv",
    "conda": "conda",
    "uv": "uv",
    "standalone": "standalone",
    "venv": "venv",
    "virtualenv": "virtualenv",
}
_FACTS = (
    ("cuda.runtime", "CUDA"),
    ("cudnn.version", "cuDNN"),
    ("rocm.version", "ROCm"),
)


def pythons(report: ImageReport, width: int, *, whole: bool) -> Iterator[str]:
    """A table of interpreters and environments."""
    found = report.interpreters
    if not found:
        yield "Python     none was found"
        return
    yield f"Python ({counted(len(found), 'interpreter')}):"
    counts = Counter(one.interpreter for one in report.distributions)
    shown = _shown(found, _MOST_INTERPRETERS, whole=whole)
    rows: list[tuple[str, ...]] = [("", "version", "path", "made by", "distributions", "layer", "made from")]
    rows += [_interpreter(one, counts[one.path], layered=bool(report.layers)) for one in shown]
    yield from table(rows, width, give=2, spare=6)
    if len(shown) < len(found):
        yield f"  and {len(found) - len(shown)} more ({_HINT})"
    if any(one.is_default for one in shown):
        yield "  * is what python or python3 runs"


def _interpreter(one: Interpreter, count: int, *, layered: bool) -> tuple[str, ...]:
    implementation = "" if one.implementation == "cpython" else f"{one.implementation} "
    return (
        "*" if one.is_default else "",
        f"{implementation}{one.version or 'unknown'}",
        one.path,
        _KINDS.get(one.kind, one.kind),
        str(count),
        "" if one.layer is None or not layered else str(one.layer),
        one.base or "",
    )


def distributions(report: ImageReport, width: int, *, whole: bool) -> Iterator[str]:
    """What each interpreter has."""
    by_interpreter: dict[str | None, list[PythonDistribution]] = {one.path: [] for one in report.interpreters}
    for one in report.distributions:
        by_interpreter.setdefault(one.interpreter, []).append(one)
    default = next((one.path for one in report.interpreters if one.is_default), None)
    filled = sorted(
        (path for path, found in by_interpreter.items() if found), key=lambda path: path != default
    )
    for path in _shown(filled, _MOST_PLACES, whole=whole):
        found = by_interpreter[path]
        where = path or "no interpreter"
        yield f"Installed for {where} ({counted(len(found), 'distribution')}{_by_layer(found, report)}):"
        shown = _shown(found, _MOST_DISTRIBUTIONS, whole=whole)
        yield from flowed([_distribution(one) for one in shown], width)
        if len(shown) < len(found):
            yield f"    and {len(found) - len(shown)} more ({_HINT})"
    if not whole and len(filled) > _MOST_PLACES:
        count = sum(len(by_interpreter[path]) for path in filled[_MOST_PLACES:])
        places = len(filled) - _MOST_PLACES
        yield f"and {counted(count, 'distribution')} for {places} other interpreters ({_HINT})"


def _distribution(one: PythonDistribution) -> str:
    origin = " (editable)" if one.editable else " (from a URL)" if one.url else ""
    return f"{one.name} {one.version or '(no version)'}{origin}"


def packages(report: ImageReport, width: int, *, whole: bool) -> Iterator[str]:
    """How many there are of which kind and layer, and with `whole` each."""
    by_kind: dict[str, list[SystemPackage]] = {}
    for one in report.packages:
        by_kind.setdefault(one.type, []).append(one)
    for kind, found in by_kind.items():
        told = f"{counted(len(found), f'{kind} package')}{_by_layer(found, report)}"
        if whole:
            yield f"{told}:"
            yield from flowed([f"{one.name} {one.version}" for one in found], width)
        else:
            yield f"Packages   {told}; {_HINT}"


def native(report: ImageReport, width: int, *, whole: bool) -> Iterator[str]:
    """The C library, accelerators, what can be built, and the libraries that decide what runs."""
    environment = report.environment
    parts = [_libc(environment), _cxx(environment), _level(environment)]
    parts += [f"{name} {environment.text(fact)}" for fact, name in _FACTS if environment.text(fact)]
    told = "; ".join(filter(None, parts))
    builds = _builds(environment)
    if told or builds:
        yield f"Native     {told or builds}"
        if told and builds:
            yield f"           {builds}"
    found = report.libraries
    shown = _shown(found, _MOST_LIBRARIES, whole=whole)
    rows = [("library", "version", "path", "from", "layer")]
    rows += [
        (
            one.name,
            one.version or "",
            one.path,
            one.provider or "",
            "" if one.layer is None else str(one.layer),
        )
        for one in shown
    ]
    yield from table(rows, width, give=2)
    if len(shown) < len(found):
        yield f"  and {len(found) - len(shown)} more ({_HINT})"


def _libc(environment: RuntimeEnvironment) -> str:
    name, version = environment.text("libc.name"), environment.text("libc.version")
    return " ".join(filter(None, (name, version)))


def _cxx(environment: RuntimeEnvironment) -> str:
    version = environment.text("libstdcxx.glibcxx")
    return f"GLIBCXX {version}" if version else ""


def _level(environment: RuntimeEnvironment) -> str:
    level = environment.text("cpu.level.needed")
    return f"needs x86-64-v{level}" if level and level != "1" else ""


def _builds(environment: RuntimeEnvironment) -> str:
    fact = environment.facts.get("build.extensions")
    compilers = [environment.text(f"compiler.{name}") for name in ("c", "cxx", "fortran", "rust", "cuda")]
    told = ", ".join(filter(None, compilers))
    if fact is None:
        return f"compilers: {told}" if told else ""
    can = "C extensions can be built" if fact.value is True else "C extensions cannot be built"
    return f"{can} ({f'compilers: {told}' if told else 'no compiler'})"


def _shown(found: Sequence[_T], most: int, *, whole: bool) -> Sequence[_T]:
    return found if whole or len(found) <= most else found[:most]


def _by_layer(found: Iterable[PythonDistribution | SystemPackage], report: ImageReport) -> str:
    counts: Mapping[int, int] = Counter(one.layer for one in found if one.layer is not None)
    if len(report.layers) < 2 or not counts:
        return ""
    if len(counts) == 1:
        return f", layer {next(iter(counts))}"
    return f"; {', '.join(f'{counts[layer]:,} in layer {layer}' for layer in sorted(counts))}"
