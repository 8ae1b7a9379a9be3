"""The interpreter, what this program depends on, its optional parts, and what builds and installs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from images.host.builds import build_facts
from resolver.doctor.checks import Check, State, Use

DISTRIBUTION = "stackwright"
OLDEST = (3, 11)
FIRST_PIP = Version("26")
EXTRAS: Mapping[str, str] = {
    "builds": "advise --allow-builds",
    "cluster": "monkey --executor dask://…",
    "docs": "make docs: this documentation as a site",
    "plot": "advise --plot with NAME.png or NAME.svg",
    "postgresql": "--store postgresql://…",
    "sbom": "inspect as CycloneDX or SPDX",
    "topics": "topics train, evaluate, similar and plot",
}
"""By extra, what it is for."""
_COLLECTIONS = frozenset({"all", "test"})
_INSTALLERS = {
    "uv": "uv pip sync pylock.toml",
    "pip": f"pip install -r pylock.toml (pip {FIRST_PIP} or newer)",
}


class Installation:
    """Looks at what is installed, and imports none of it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        yield _python()
        yield from _dependencies()
        yield from map(_installer, _INSTALLERS)
        yield from self._builds()

    def _builds(self) -> Iterator[Check]:
        facts = build_facts(self._environ)
        compilers = [str(facts[name].value) for name in ("compiler.c", "compiler.cxx") if name in facts]
        there = all(name != "none" for name in compilers)
        for_what = "installing releases that have no wheel, and advise --allow-builds"
        yield Check(
            name="compiler",
            state=State.WORKS if there else State.MISSING,
            found=", ".join(name for name in compilers if name != "none") or "none on PATH",
            needed_for=for_what,
            remedy=None if there else "install a C and a C++ compiler, such as the package build-essential",
        )
        headers = facts["headers.python"]
        yield Check(
            name="headers",
            state=State.WORKS if headers.value else State.MISSING,
            found=str(headers.source),
            needed_for=for_what,
            remedy=None if headers.value else "install the headers of this Python, such as python3-dev",
        )


def _python() -> Check:
    version = sys.version.partition(" ")[0]
    works = sys.version_info[:2] >= OLDEST
    return Check(
        name="python",
        state=State.WORKS if works else State.FAILS,
        found=f"{sys.implementation.name} {version} at {sys.executable}",
        needed_for="everything",
        remedy=None if works else f"use Python {'.'.join(map(str, OLDEST))} or newer",
        stops=() if works else tuple(Use),
    )


def _dependencies() -> Iterator[Check]:
    """What is required, and each extra: told by the metadata of the distribution itself."""
    try:
        required = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        found = f"{DISTRIBUTION} is not installed, so that its dependencies are not known"
        yield Check(name="dependencies", state=State.NOT_ASKED, found=found, needed_for="everything")
        return
    missing = _missing(required, "")
    yield Check(
        name="dependencies",
        state=State.FAILS if missing else State.WORKS,
        found=f"without {', '.join(missing)}" if missing else "all installed",
        needed_for="everything",
        remedy=f"pip install {DISTRIBUTION}" if missing else None,
        stops=tuple(Use) if missing else (),
    )
    for extra in extras():
        missing = _missing(required, extra)
        yield Check(
            name=f"extra {extra}",
            state=State.MISSING if missing else State.WORKS,
            found=f"without {', '.join(missing)}" if missing else "installed",
            needed_for=EXTRAS.get(extra, "optional parts"),
            remedy=f"pip install '{DISTRIBUTION}[{extra}]'" if missing else None,
        )


def extras() -> list[str]:
    """The optional parts that the distribution has, those left out that are made of others."""
    found = metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or []
    return sorted(set(found) - _COLLECTIONS)


def _missing(required: list[Requirement], extra: str) -> list[str]:
    """Names of what an extra, or nothing but the distribution itself, asks for and is not there."""
    plain = {one.name for one in required if one.marker is None or one.marker.evaluate({"extra": ""})}
    asked = [one for one in required if one.marker is None or one.marker.evaluate({"extra": extra})]
    if extra:
        asked = [one for one in asked if one.name not in plain]
    return [one.name for one in asked if not _serves(one)]


def _serves(required: Requirement) -> bool:
    try:
        return required.specifier.contains(metadata.version(required.name), prereleases=True)
    except (metadata.PackageNotFoundError, InvalidVersion):
        return False


def _installer(name: str) -> Check:
    version = _version(name)
    program = shutil.which(name)
    is_old = name == "pip" and version is not None and version < FIRST_PIP
    there = (version is not None or program is not None) and not is_old
    told = (str(version) if version else None, f"at {program}" if program else None)
    found = " ".join(filter(None, told)) + (", too old" if is_old else "")
    return Check(
        name=name,
        state=State.WORKS if there else State.MISSING,
        found=found or "not installed",
        needed_for=f"installing what is advised: {_INSTALLERS[name]}",
        remedy=None if there else f"pip install --upgrade {name}",
    )


def _version(name: str) -> Version | None:
    try:
        return Version(metadata.version(name))
    except (metadata.PackageNotFoundError, InvalidVersion):
        return None
