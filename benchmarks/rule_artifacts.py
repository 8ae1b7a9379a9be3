"""Whether the wheel exists of what rules choose, asked of the configured index by rule and platform.

Nothing is asked for but projects that rules name, and what the extras that they name ask for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers.evidence import Confidence
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.targets import target_environment
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.indexes.configuration import configure_index, pip_configuration_files
from knowledge.indexes.vendor_indexes import VendorIndexes
from knowledge.opening import open_knowledge
from knowledge.stores.store import MEMORY
from resolver.rules.circumstances import Circumstances, verdict
from resolver.rules.records import EVERY, Rule, as_list
from resolver.rules.sources import SHIPPED, load
from resolver.states.dependencies import Dependency, live_dependencies, of_requirement
from resolver.states.versions import Versions, positions
from resolver.targets.formats import Formats
from resolver.targets.target import PythonFit, Target

PLATFORMS = {
    "linux x86_64": "x86_64-manylinux_2_28",
    "linux aarch64": "aarch64-manylinux_2_28",
    "alpine x86_64": "x86_64-musllinux_1_2",
    "macOS arm64": "macosx_14_0_arm64",
    "windows x86_64": "windows",
}
_OF_PLATFORMS = ("arch", "os.kernel", "os.id", "libc.name")
"""Facts that a platform decides; that all others are as a rule wants them is taken for granted."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    Attributes:
        chosen: the project, with an extra or the index where the rule is about such.
        file: the newest wheel, or the sdist, that the target can use; else why there is none.
        is_wheel: None where nothing could be asked.
    """

    rule: str
    does: str
    chosen: str
    platform: str
    file: str
    is_wheel: bool | None


def table(python: str) -> list[Found]:
    """All lines, by rule."""
    configuration = configure_index(
        environ=os.environ,
        pip_files=pip_configuration_files(os.environ, Path.home(), Path(sys.prefix)),
        home=Path.home(),
    )
    targets = {
        name: Target(target_environment(RuntimeEnvironment(), python_version=python, platform=platform))
        for name, platform in PLATFORMS.items()
    }
    compiled = load(SHIPPED, None)
    rules = [compiled.rule(place).rule for place in range(len(compiled.encoded))]
    with open_knowledge(configuration, MEMORY, time.time, user_agent="stackwright benchmarks") as knowledge:
        return [found for rule in rules for found in _of_rule(rule, targets, knowledge)]


def _of_rule(rule: Rule, targets: dict[str, Target], knowledge: Knowledge) -> Iterator[Found]:
    choices = list(_choices(rule))
    for name, target in targets.items() if choices else ():
        if not _can_hold(rule, target):
            continue
        for does, dependency, index in choices:
            shown: tuple[str, bool | None]
            try:
                shown = _shown(dependency, target, knowledge, index)
            except KnowledgeError as error:
                shown = (f"not asked: {str(error).splitlines()[0][:60]}", None)
            extras = f"[{','.join(dependency.extras)}]" if dependency.extras else ""
            place = f" at {index}" if index else ""
            yield Found(
                rule=rule.name,
                does=does,
                chosen=f"{dependency.project}{extras}{dependency.specifiers}{place}",
                platform=name,
                file=shown[0],
                is_wheel=shown[1],
            )


def _choices(rule: Rule) -> Iterator[tuple[str, Dependency, str | None]]:
    effect = rule.do
    if effect.replace is not None:
        yield "replace", Dependency(effect.replace.by, (), effect.replace.specifier), None
    if effect.add is not None:
        yield "add", of_requirement(Requirement(effect.add)), None
    named = [name for name in rule.projects if not name.endswith(EVERY)]
    for name in named if effect.extra is not None else ():
        extras = tuple(sorted(map(canonicalize_name, as_list(effect.extra or ()))))
        yield "extra", Dependency(name, extras, rule.matches[0].specifier), None
    for name in named if effect.index is not None else ():
        yield "index", Dependency(name, (), ""), effect.index


def _can_hold(rule: Rule, target: Target) -> bool:
    """Whether the platform, and what is asked of it alone, lets the rule fire."""
    facts = {n: f for n, f in target.environment.facts.items() if n in _OF_PLATFORMS}
    libc = "musl" if target.name.endswith("musl") else "glibc"
    facts.setdefault("libc.name", Fact(value=libc, source="platform", confidence=Confidence.CERTAIN))
    known = Circumstances(environment=RuntimeEnvironment(facts=facts))
    for match in rule.matches:
        wanted = {name: condition for name, condition in match.facts.items() if name in _OF_PLATFORMS}
        if verdict(type(match)(facts=wanted), known).holds is not False:
            return True
    return False


def _shown(
    dependency: Dependency, target: Target, knowledge: Knowledge, index: str | None
) -> tuple[str, bool]:
    """The newest usable file, and whether it is a wheel; those of extras are all shown."""
    if index is None:
        listing = knowledge.listing(dependency.project)
    else:
        listing = knowledge.listing_at(dependency.project, VendorIndexes().address(index) or index)
    if listing is None:
        return "no such project", False
    prereleases = set(listing.prereleases)
    for position in positions(Versions(listing.versions).mask(dependency.specifiers)):
        shapes = listing.shapes[listing.shape_of[position]]
        if position in prereleases or position in listing.yanked:
            continue
        if target.shape_fit(shapes, Formats()) is PythonFit.REFUSED:
            continue
        file = target.usable_files(listing.files(position), Formats())[0]
        lines = knowledge.metadata(dependency.project, file).requires_dist if dependency.extras else ()
        shown, is_wheel = file.filename, file.filename.endswith(".whl")
        for extra in dependency.extras:
            for one in live_dependencies(lines, target, extra):
                needed, also = _shown(msgspec.structs.replace(one, extras=()), target, knowledge, None)
                is_wheel &= also
                shown += f" + {needed}"
        return shown, is_wheel
    return f"nothing usable of {dependency.project}", False


def printed(lines: list[Found]) -> Iterator[str]:
    """The table as Markdown, and the counts."""
    yield "| rule | does | chosen | platform | wheel | file |"
    yield "|---|---|---|---|---|---|"
    for one in lines:
        wheel = {True: "yes", False: "no", None: "not asked"}[one.is_wheel]
        yield f"| {one.rule} | {one.does} | {one.chosen} | {one.platform} | {wheel} | {one.file[:120]} |"
    for does in dict.fromkeys(one.does for one in lines):
        of = [one for one in lines if one.does == does]
        counts = [sum(one.is_wheel is value for one in of) for value in (True, False, None)]
        yield f"{does}: {counts[0]} with a wheel, {counts[1]} without, {counts[2]} not asked"
