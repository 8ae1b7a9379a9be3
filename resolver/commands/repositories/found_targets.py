"""Where the code of a repository will run, as far as that tells: an image, environments, or this machine.

The options count most, then what ``[tool.stackwright]`` says, then the base image of the Dockerfile, then
this machine. A base image is read where a daemon on this machine has it; nothing is downloaded unasked. Where
it is not here, what its tag promises counts, and is told as assumed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from analyzers.manifests.installs.base_images import BaseImage
    from images.facts.environment import RuntimeEnvironment

CONTAINERFILES = ("Dockerfile", "Containerfile")
_LIMIT_BYTES = 1 << 20
_LOCAL = ("unix://", "/")
_DAEMONS = (("DOCKER_HOST", "docker-daemon"), ("CONTAINER_HOST", "podman"))


class FoundTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the target.

    Attributes:
        told: what it is, and what says so.
        assumes: what is taken for granted with it.
    """

    told: str
    assumes: str


def found_target(
    options: argparse.Namespace, project: Mapping[str, object], project_file: Path
) -> FoundTarget:
    """The target that a repository tells; options are changed so that it counts.

    Raises:
        SettingsError: what the project says of environments cannot be used.
    """
    if options.image is not None:
        return FoundTarget(told=f"image {options.image} (--image)", assumes=_NOTHING)
    if options.environments:
        return _environments(options.environments, "--environment")
    if options.platform is not None or options.python_version is not None:
        stated = [text for text in (options.python_version, options.platform) if text is not None]
        assumes = "of what these options leave open what is usual"
        return FoundTarget(told=f"{' on '.join(stated)} (options)", assumes=assumes)
    if isinstance(project.get("image"), str):
        where = f"{project_file}: [tool.stackwright]"
        return FoundTarget(told=f"image {project['image']} ({where})", assumes=_NOTHING)
    if names := _declared(project, project_file):
        options.environments = names
        return _environments(names, str(project_file))
    base = _base_image()
    if base is None:
        return _here("no Dockerfile")
    if base.reference is None:
        return _here(f"{base.location}: {base.reason}")
    return _of_base(options, base, base.reference)


_NOTHING = "nothing beyond what is stated and read"


def _environments(names: list[str], where: str) -> FoundTarget:
    known = list(dict.fromkeys(names))
    told = f"environment{'' if len(known) == 1 else 's'} {', '.join(known)} ({where})"
    return FoundTarget(told=told, assumes="of each no more than what it declares")


def _declared(project: Mapping[str, object], project_file: Path) -> list[str]:
    from resolver.commands.runs.declared_environments import declared_names

    return declared_names(project, project_file)


def _here(why: str) -> FoundTarget:
    import platform

    version = platform.python_version()
    told = f"this machine, Python {version} ({why})"
    return FoundTarget(told=told, assumes="it will run on this machine; see --image and --platform")


def _base_image() -> BaseImage | None:
    """What the Dockerfile of the working directory is built on; None where there is none to be read."""
    from analyzers.manifests.errors import ManifestError
    from analyzers.manifests.installs.base_images import base_image
    from resolver.asked.found import is_own_file

    root = Path().resolve()
    for name in CONTAINERFILES:
        if not is_own_file(root, name):
            continue
        try:
            with Path(name).open("rb") as file:
                return base_image(file.read(_LIMIT_BYTES + 1), name)
        except (OSError, ManifestError) as error:
            from analyzers.evidence import Location
            from analyzers.manifests.installs.base_images import BaseImage as Base

            reason = error.strerror if isinstance(error, OSError) else str(error).partition(": ")[2]
            return Base(location=Location(path=name), reason=reason or "cannot be read")
    return None


def _of_base(options: argparse.Namespace, base: BaseImage, reference: str) -> FoundTarget:
    if base.platform is not None and not _is_platform(base.platform):
        base = msgspec.structs.replace(base, platform=None)
    platform = base.platform
    for named in _in_daemons(reference):
        found = _read(options, named, platform)
        if found is not None:
            told = f"{reference} ({base.location}), read from {named.partition(':')[0]}"
            return FoundTarget(told=told, assumes=found)
    return _assumed(options, base, reference)


def _is_platform(text: str) -> bool:
    from images.errors import UnknownPlatformError
    from images.facts.platforms import stated_target

    try:
        return bool(stated_target(text, "FROM").text("os.kernel"))
    except UnknownPlatformError:
        return False


def _in_daemons(reference: str) -> Iterator[str]:
    """The image as a daemon on this machine may have it; no other machine is asked."""
    for variable, prefix in _DAEMONS:
        address = os.environ.get(variable, "")
        if not address or address.startswith(_LOCAL):
            yield f"{prefix}:{reference}"


def _read(options: argparse.Namespace, named: str, platform: str | None) -> str | None:
    """Let an image be the target, where it is there; returns what that assumes."""
    from images.errors import ImageError, TargetError, UndecidedPythonError
    from resolver.commands.runs.image_targets import read_image

    wishes = argparse.Namespace(**{**vars(options), "platform": platform})
    assumes = _NOTHING
    try:
        try:
            image = read_image(named, wishes)
        except UndecidedPythonError as error:
            if error.candidates:
                return None
            wishes.python_version = _python_here()
            image = read_image(named, wishes)
            assumes = f"Python {wishes.python_version}, for the image has none yet; see --python-version"
    except (ImageError, TargetError):
        return None
    options.found_image = image
    return assumes


def _assumed(options: argparse.Namespace, base: BaseImage, reference: str) -> FoundTarget:
    """Let what the tag promises be the target."""
    from images.facts.assumed_images import assumed_image
    from images.facts.stated_facts import StatedFacts
    from images.host.facts import host_environment
    from resolver.commands.runs.declared_environments import DeclaredEnvironment

    assumed = assumed_image(reference)
    if assumed.python_version is None and not assumed.facts.facts:
        return _here(f"{base.location}: {reference} is not here, its tag says nothing")
    arch = host_environment().text("arch") or "x86_64"
    options.found_environment = DeclaredEnvironment(
        name=reference,
        where=str(base.location),
        platform=base.platform or f"linux/{arch}",
        python_version=assumed.python_version or _python_here(),
        facts=StatedFacts(known=assumed.facts),
    )
    python = assumed.python_version or f"{_python_here()} (as here)"
    system = _system(assumed.facts)
    parts = [f"Python {python}", *([system] if system else []), base.platform or arch]
    told = f"{reference} ({base.location}), not on this machine"
    return FoundTarget(told=told, assumes=f"{', '.join(parts)}, by the tag; see --image")


def _system(facts: RuntimeEnvironment) -> str:
    """Such as ``debian 12 with glibc 2.36``; empty where nothing is known."""
    system, libc = (
        " ".join(filter(None, map(facts.text, names)))
        for names in (("os.id", "os.version"), ("libc.name", "libc.version"))
    )
    return " with ".join(filter(None, (system, libc)))


def _python_here() -> str:
    import sys

    return f"{sys.version_info.major}.{sys.version_info.minor}"
