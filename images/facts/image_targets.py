"""An image as a target: the facts of its report and the interpreter that is meant.

What a user states besides may add what the image does not tell, and choose among its interpreters; it must
not contradict. Nothing of the machine that runs the program enters: which kernel, processor and memory an
image will meet is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from packaging.version import InvalidVersion, Version

from images.errors import (
    ContradictedTargetError,
    UndecidedPythonError,
    UnknownPlatformError,
    UnservedTargetError,
)
from images.facts.distribution_libcs import libc_of
from images.facts.environment import ABSENT, Fact, FactValue, RuntimeEnvironment
from images.facts.platforms import container_platform, stated_target
from images.facts.pythons import is_free_threaded, python_target
from images.native.symbol_ceilings import CXX_LIBRARY, GLIBCXX
from images.reports.records import Interpreter
from images.reports.report import ImageReport

_PYTHON = "python."
_OF_INTERPRETER = (_PYTHON, "headers.python")
_ENVIRONMENTS = frozenset({"venv", "virtualenv"})
_FIRST_TOLD = frozenset({"arch", "os.kernel"})
_MOST_NAMED = 5


class ImageTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What an image is as a target.

    Attributes:
        interpreter: the one that is meant; None where the image has none and the user names one.
    """

    environment: RuntimeEnvironment
    interpreter: Interpreter | None


def wanted_platform(platform: str | None) -> str | None:
    """What ``--platform`` says of which image to take of one for several platforms; None where it is silent.

    Raises:
        UnknownPlatformError: it cannot be understood.
    """
    if platform is None:
        return None
    stated = stated_target(platform, "--platform")
    return platform.strip().lower() if "/" in platform else container_platform(stated)


def image_target(
    report: ImageReport, *, python_version: str | None = None, platform: str | None = None
) -> ImageTarget:
    """The target that an image is.

    Args:
        report: of the image.
        python_version: which of its interpreters is meant, by version or by path, or which one will be added
            where it has none.
        platform: see `images.facts.platforms`; what a name leaves open says nothing here.

    Raises:
        ContradictedTargetError: the image is for another platform, or has other Pythons only.
        UndecidedPythonError: nothing tells which Python is meant.
        UnknownPlatformError: `platform` cannot be understood.
        UnknownPythonError: `python_version` cannot be understood.
        UnservedTargetError: the image states no version that Python could have.
    """
    machine = _machine(report)
    if platform is not None:
        stated = stated_target(platform, "--platform")
        _refuse_contradictions(platform, stated, machine)
        machine = stated.overridden_by(machine)
    python, interpreter = _python(report, python_version)
    environment = machine.overridden_by(python)
    _check_version(str(environment["python.version"]))
    return ImageTarget(environment=environment, interpreter=interpreter)


def _machine(report: ImageReport) -> RuntimeEnvironment:
    facts = RuntimeEnvironment(
        facts={
            name: fact
            for name, fact in report.environment.facts.items()
            if not name.startswith(_OF_INTERPRETER)
        }
    )
    if _has_no_cxx_library(report):
        source = f"no {CXX_LIBRARY} in the image"
        facts = facts.overridden_by(RuntimeEnvironment(facts={GLIBCXX: Fact(value=ABSENT, source=source)}))
    facts = libc_of(facts).overridden_by(facts) if "libc.name" not in facts else facts
    if report.platform is None:
        return facts
    try:
        return stated_target(report.platform, "configuration of the image").overridden_by(facts)
    except UnknownPlatformError:
        return facts


def _has_no_cxx_library(report: ImageReport) -> bool:
    """Whether the image was searched for native libraries, which is where its libc came from, without one."""
    facts, libraries = report.environment, report.libraries
    known = "libc.version" in facts and any(library.name in ("glibc", "musl") for library in libraries)
    found = GLIBCXX in facts or any(library.soname == CXX_LIBRARY for library in libraries)
    return known and not found


def _refuse_contradictions(platform: str, stated: RuntimeEnvironment, known: RuntimeEnvironment) -> None:
    for name in sorted(stated, key=lambda name: (name not in _FIRST_TOLD, name)):
        if name in known and known[name] != stated[name]:
            raise ContradictedTargetError(
                f"--platform {platform}",
                f"{name} {known[name]} ({known.facts[name].source})",
                "leave --platform out, or name an image for that platform",
            )


def _python(report: ImageReport, python_version: str | None) -> tuple[RuntimeEnvironment, Interpreter | None]:
    """The facts of the interpreter that is meant, and its record where there is one."""
    known = _of_default(report)
    default = _default(report)
    if python_version is None:
        if "python.version" in known:
            return known, default
        found = _distinct(report.interpreters)
        if len(found) != 1:
            raise UndecidedPythonError(tuple(map(_named, found[:_MOST_NAMED])))
        return _facts(found[0]), found[0]
    if python_version.startswith("/"):
        return _by_path(report, python_version, known, default)
    stated = python_target(python_version, "--python-version")
    if "python.version" in known and _agrees(python_version, stated, known):
        return known, default
    found = _distinct(report.interpreters)
    for interpreter in sorted(found, key=lambda one: one.kind in _ENVIRONMENTS):
        facts = _facts(interpreter)
        if _agrees(python_version, stated, facts):
            return facts, interpreter
    if not found and "python.version" not in known:
        # An interpreter of which nothing but its place is known may be the one that the user knows.
        return stated, default
    named = [_named(one) for one in found[:_MOST_NAMED]] or [f"Python {known['python.version']}"]
    raise _other_pythons(python_version, named)


def _by_path(
    report: ImageReport, path: str, known: RuntimeEnvironment, default: Interpreter | None
) -> tuple[RuntimeEnvironment, Interpreter]:
    for interpreter in report.interpreters:
        if interpreter.path == path and interpreter.version is not None:
            return known if interpreter == default else _facts(interpreter), interpreter
    named = [_named(one) for one in report.interpreters if one.version is not None]
    raise _other_pythons(path, named[:_MOST_NAMED] or ["no Python"])


def _other_pythons(asked: str, named: Sequence[str]) -> ContradictedTargetError:
    remedy = "leave --python-version out, or name an image with that Python"
    return ContradictedTargetError(f"--python-version {asked}", ", ".join(named), remedy)


def _of_default(report: ImageReport) -> RuntimeEnvironment:
    return RuntimeEnvironment(
        facts={
            name: fact for name, fact in report.environment.facts.items() if name.startswith(_OF_INTERPRETER)
        }
    )


def _default(report: ImageReport) -> Interpreter | None:
    """The interpreter that the facts of the report are those of."""
    marked = next((one for one in report.interpreters if one.is_default), None)
    if marked is not None:
        return marked
    version = report.environment.text("python.version")
    same = (one for one in report.interpreters if one.version == version)
    return next(same, report.interpreters[0] if len(report.interpreters) == 1 else None)


def _distinct(interpreters: Iterable[Interpreter]) -> list[Interpreter]:
    """Those of known version, without environments that were made from another one of them, newest first."""
    known = [one for one in interpreters if one.version is not None and _version(one.version) is not None]
    paths = {one.path for one in known}
    found = [one for one in known if one.kind not in _ENVIRONMENTS or one.base not in paths]
    found.sort(key=lambda one: (one.path.count("/"), one.path))
    found.sort(key=lambda one: _version(one.version or "") or Version("0"), reverse=True)
    return found


def _facts(interpreter: Interpreter) -> RuntimeEnvironment:
    values: dict[str, FactValue] = {
        "python.version": interpreter.version or "",
        "python.implementation": interpreter.implementation,
        "headers.python": interpreter.has_headers,
    }
    if interpreter.abi is not None:
        values["python.abi"] = interpreter.abi
        if interpreter.implementation == "cpython":
            values["python.gil"] = not is_free_threaded(interpreter.abi)
    return RuntimeEnvironment(
        facts={name: Fact(value=value, source=interpreter.path) for name, value in values.items()}
    )


def _agrees(text: str, stated: RuntimeEnvironment, known: RuntimeEnvironment) -> bool:
    """Whether an interpreter is one that a user means by a version, of which the last part may be missing."""
    for name in ("python.implementation", "python.gil"):
        if name in known and known[name] != stated[name]:
            return False
    here, there = _version(str(known["python.version"])), _version(str(stated["python.version"]))
    if here is None or there is None:
        return False
    if text.count(".") < 2 and there.pre is None:
        return here.release[:2] == there.release[:2]
    return here.public == there.public


def _check_version(text: str) -> None:
    if _version(text) is None:
        raise UnservedTargetError("python.version", text)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _named(interpreter: Interpreter) -> str:
    return f"Python {interpreter.version} ({interpreter.path})"
