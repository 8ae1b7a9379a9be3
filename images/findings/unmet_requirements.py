"""Requirements of installed distributions that are not met, for the interpreter that imports them.

As ``pip check`` has it: extras are not demanded. Markers are evaluated for the image, never for this machine;
a requirement whose marker asks for what an image does not fix (the kernel's release) is not judged.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator, Mapping

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from analyzers.evidence import Evidence, Finding, Level, Location
from images.catalogers.catalog import Catalog
from images.facts.tags import marker_environment
from images.installations.target_facts import interpreter_facts
from images.installations.visible import Sight, sights
from images.reports.image_config import ImageConfig
from images.reports.records import PythonDistribution
from images.roots.root_files import RootFiles

_VARIABLES = frozenset(
    {
        *("implementation_name", "implementation_version", "os_name", "platform_machine", "platform_release"),
        *("platform_python_implementation", "platform_system", "platform_version", "python_full_version"),
        *("python_version", "sys_platform"),
    }
)
_OF_EXTRA = re.compile(r"\bextra\s*==")
_LIMIT_TEXT = 10_000
_LIMIT_REQUIREMENTS = 200_000
"""How many are judged for all distributions together."""


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """A finding for each requirement that is not met."""
    found: list[Finding] = []
    judged = 0
    for sight in sights(known):
        markers = marker_environment(interpreter_facts(files, config, known, sight.interpreter))
        undecided = _mentions(_VARIABLES.difference(markers))
        for one in sight.own():
            judged += len(one.requires)
            if judged > _LIMIT_REQUIREMENTS:
                return tuple(found)
            found += _unmet(sight, one, markers, undecided)
    return tuple(found)


def _unmet(
    sight: Sight, one: PythonDistribution, markers: Mapping[str, str], undecided: re.Pattern[str]
) -> Iterator[Finding]:
    for text in one.requires:
        if len(text) > _LIMIT_TEXT:
            continue
        # Most requirements are those of extras; telling so by their text saves parsing them.
        _, _, marker = text.partition(";")
        if marker and ((_OF_EXTRA.search(marker) and " or " not in marker) or undecided.search(marker)):
            continue
        requirement = _requirement(text)
        if requirement is None or not _is_live(requirement, markers):
            continue
        name = canonicalize_name(requirement.name)
        several = sight.distributions.get(name)
        if several is None:
            yield _finding(sight, one, text, name, None)
        elif not _is_met(requirement, several[0].version):
            yield _finding(sight, one, text, name, several[0])


@functools.lru_cache(16_384)
def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except (InvalidRequirement, RecursionError):
        return None


def _is_live(requirement: Requirement, markers: Mapping[str, str]) -> bool:
    if requirement.marker is None:
        return True
    try:
        # What the image does not fix is not mentioned, so that nothing of this machine takes its place.
        return requirement.marker.evaluate({**markers, "extra": ""})
    except (UndefinedComparison, UndefinedEnvironmentName, ValueError, RecursionError):
        return False


def _is_met(requirement: Requirement, version: str | None) -> bool:
    if version is None or not requirement.specifier:
        return True
    try:
        return requirement.specifier.contains(version, prereleases=True)
    except (InvalidVersion, ValueError):
        return True


@functools.cache
def _mentions(variables: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(variables))})\b") if variables else re.compile(r"(?!)")


def _finding(
    sight: Sight, one: PythonDistribution, text: str, name: str, found: PythonDistribution | None
) -> Finding:
    path = sight.interpreter.path
    if found is None:
        but = f"{path} finds no {name}"
    else:
        but = f"{path} imports {name} {found.version} from {found.location}"
    stated = " ".join(text.split())[:300]
    return Finding(
        id="requirement-not-met",
        level=Level.WARNING,
        message=f"{one.name} {one.version} in {one.location} requires {stated}, but {but}; "
        f"install {name} in a version that it admits",
        subject=one.name,
        location=Location(path=one.where),
        evidence=(Evidence(what=f"requires {stated}", where=one.where),),
    )
