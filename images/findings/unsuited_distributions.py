"""Installed distributions that the interpreter that imports them is not meant for.

By Requires-Python, and by the tags of the wheel that was installed. Source: PEP 425, PEP 427, PEP 440.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

from analyzers.evidence import Evidence, Finding, Level, Location
from images.catalogers.catalog import Catalog
from images.errors import UnservedTargetError
from images.facts.environment import RuntimeEnvironment
from images.facts.tags import TagSet, supported_tags
from images.installations.target_facts import interpreter_facts
from images.installations.visible import sights
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter, PythonDistribution
from images.roots.root_files import RootFiles

_ANYWHERE = frozenset({"py3-none-any"})
"""Tags that fit without being looked for, so that those of most interpreters need not be made."""
_LIMIT_TAGS = 200
_SHOWN = 3


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """Findings for what excludes its interpreter, and for wheels of another platform."""
    found: list[Finding] = []
    tag_sets: dict[tuple[tuple[str, str], ...], TagSet | None] = {}
    for sight in sights(known):
        facts = interpreter_facts(files, config, known, sight.interpreter)
        key = tuple((name, str(facts[name])) for name in facts)
        for one in sight.own():
            found += _excluded(sight.interpreter, one)
            if not one.tags or _ANYWHERE.intersection(one.tags):
                continue
            if key not in tag_sets:
                tag_sets[key] = _tags(facts)
            tags = tag_sets[key]
            if tags is not None:
                found += _unfit(sight.interpreter, one, tags, facts)
    return tuple(found)


def _tags(facts: RuntimeEnvironment) -> TagSet | None:
    """What the interpreter can install; None where too little is known, as of the C library."""
    if facts.text("python.version") is None or facts.text("libc.name") is None:
        return None
    try:
        return supported_tags(facts)
    except UnservedTargetError:
        return None


@functools.lru_cache(4096)
def _admits(requires_python: str, version: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return True


def _excluded(interpreter: Interpreter, one: PythonDistribution) -> Iterator[Finding]:
    requires, version = one.requires_python, interpreter.version
    if requires is None or version is None or len(requires) > 1000:
        return
    if version.count(".") < 2 or _admits(requires, version):
        return  # the series alone does not decide
    yield Finding(
        id="python-not-admitted",
        level=Level.WARNING,
        message=f"{one.name} {one.version} in {one.location} requires Python {requires}, but "
        f"{interpreter.path} is Python {version}; install a version of {one.name} that admits it",
        subject=one.name,
        location=Location(path=one.where),
        evidence=(Evidence(what=f"Requires-Python: {requires}", where=one.where),),
    )


def _unfit(
    interpreter: Interpreter, one: PythonDistribution, tags: TagSet, facts: RuntimeEnvironment
) -> Iterator[Finding]:
    if any(tags.rank(tag) is not None for tag in one.tags[:_LIMIT_TAGS]):
        return
    shown = ", ".join(one.tags[:_SHOWN]) + (", …" if len(one.tags) > _SHOWN else "")
    libc = f"{facts.text('libc.name')} {facts.text('libc.version') or ''}".strip()
    is_for = f"{interpreter.implementation} {interpreter.version} on {facts.text('arch')} with {libc}"
    yield Finding(
        id="wheel-does-not-fit",
        level=Level.ERROR,
        message=f"{one.name} {one.version} in {one.location} was installed from a wheel for {shown}, but "
        f"{interpreter.path} is {is_for}; install it with the tools of this image",
        subject=one.name,
        location=Location(path=f"{one.where}/WHEEL"),
        evidence=(Evidence(what=f"tags {shown}", where=f"{one.where}/WHEEL"),),
    )
