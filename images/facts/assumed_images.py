"""What the name and tag of an image promise of it, for a target whose image is not here to be read.

Only what the makers of well-known images state of their tags counts, each a fact of its own with the tag as
source and as likely at most. What a tag leaves open, such as the release of Debian below ``python:3.12``,
stays open.

Source: https://github.com/docker-library/official-images (library/python, library/debian, …)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from analyzers.evidence import Confidence
from images.errors import ImageReferenceError
from images.facts.distribution_libcs import libc_of
from images.facts.environment import Fact, RuntimeEnvironment
from images.sources.image_names import ImageName, parse_image_name

_CODE_NAMES: Mapping[str, tuple[str, str]] = {
    "buster": ("debian", "10"),
    "bullseye": ("debian", "11"),
    "bookworm": ("debian", "12"),
    "trixie": ("debian", "13"),
    "bionic": ("ubuntu", "18.04"),
    "focal": ("ubuntu", "20.04"),
    "jammy": ("ubuntu", "22.04"),
    "noble": ("ubuntu", "24.04"),
}
_SYSTEMS = ("almalinux", "alpine", "amazonlinux", "debian", "fedora", "rockylinux", "ubuntu")
_OS_IDS = {"amazonlinux": "amzn", "rockylinux": "rocky"}
_PYTHONS = {"python": "", "pypy": "pypy"}
_PYTHON = re.compile(r"(?P<version>3\.[0-9]{1,2}(?:\.[0-9]{1,2})?(?:(?:a|b|rc)[0-9]{1,2})?)")
_NAMED_SYSTEM = re.compile(rf"(?P<name>{'|'.join(_SYSTEMS)})(?P<version>[0-9]+(?:\.[0-9]+)?)?")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")


class AssumedImage(msgspec.Struct, frozen=True, kw_only=True):
    """What a name promises.

    Attributes:
        python_version: as ``--python-version`` takes it; None where the tag names none.
        facts: of the system; empty where the tag names none.
    """

    python_version: str | None
    facts: RuntimeEnvironment


def assumed_image(reference: str) -> AssumedImage:
    """What the name of an image promises; nothing where it is not of a known kind."""
    nothing = AssumedImage(python_version=None, facts=RuntimeEnvironment())
    try:
        name = parse_image_name(reference)
    except ImageReferenceError:
        return nothing
    repository, tag = name.repository.rpartition("/")[2], (name.tag or "").lower()
    parts = tag.split("-") if tag else []
    if repository in _PYTHONS:
        return AssumedImage(
            python_version=_python(repository, parts), facts=_facts(_system_of_parts(parts), reference)
        )
    system = _system_of_parts(parts) or _system_of_repository(repository, parts, name)
    return AssumedImage(python_version=None, facts=_facts(system, reference))


def _python(repository: str, parts: list[str]) -> str | None:
    found = _PYTHON.fullmatch(parts[0]) if parts else None
    return None if found is None else f"{_PYTHONS[repository]}{found['version']}"


def _system_of_parts(parts: list[str]) -> tuple[str, str | None] | None:
    for part in parts:
        if part in _CODE_NAMES:
            return _CODE_NAMES[part]
        if found := _NAMED_SYSTEM.fullmatch(part):
            return _OS_IDS.get(found["name"], found["name"]), found["version"]
    return None


def _system_of_repository(
    repository: str, parts: list[str], name: ImageName
) -> tuple[str, str | None] | None:
    """Images of distributions alone: a version of theirs is the tag itself."""
    if repository not in _SYSTEMS or name.repository.count("/") > 1:
        return None
    version = parts[0] if parts and _NUMBER.fullmatch(parts[0]) else None
    return _OS_IDS.get(repository, repository), version


def _facts(system: tuple[str, str | None] | None, reference: str) -> RuntimeEnvironment:
    if system is None:
        return RuntimeEnvironment()
    values = {"os.id": system[0], **({} if system[1] is None else {"os.version": system[1]})}
    stated = RuntimeEnvironment(
        facts={
            name: Fact(value=value, source=f"tag of {reference}", confidence=Confidence.LIKELY)
            for name, value in values.items()
        }
    )
    return stated.overridden_by(libc_of(stated))
