"""Writes ``pylock.toml`` for one target. Source: PEP 751."""

from __future__ import annotations

import datetime
from typing import TypedDict

import msgspec
import tomli_w
from packaging.markers import Marker
from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from knowledge.indexes.filenames import split_label
from knowledge.releases import FileKind
from resolver.outputs.errors import HashesMissingError
from resolver.reports.advice import Advice, Artifact, Pin


def pylock(advice: Advice, markers: dict[str, str]) -> str:
    """The lockfile as TOML; it holds neither time nor statistics.

    Args:
        markers: the marker variables of the target, which `environments` then demands.

    Raises:
        HashesMissingError: the index states no hash for some file.
    """
    python = ".".join(markers["python_version"].split(".")[:2])
    lock = Pylock(
        lock_version=Version("1.0"),
        environments=[Marker(_environment(markers))],
        requires_python=SpecifierSet(f"=={python}.*"),
        created_by=advice.tool.name,
        packages=[_package(pin, markers["python_full_version"], advice.tool.name) for pin in advice.pins],
        tool={advice.tool.name: {"type": advice.recommendation, "requirements": list(advice.requirements)}},
    )
    lock.validate()
    return tomli_w.dumps(_arrays(lock.to_dict()))


def _environment(markers: dict[str, str]) -> str:
    names = ("implementation_name", "python_version", "sys_platform", "platform_machine")
    return " and ".join(f"{name} == '{markers[name]}'" for name in names if name in markers)


def _package(pin: Pin, python: str, tool: str) -> Package:
    requires_python = _specifiers(pin.requires_python)
    if requires_python is not None and not requires_python.contains(python, prereleases=True):
        requires_python = None  # a bound that the advice overrode, with a warning: installers would obey it
    wheels = [PackageWheel(**_file(a, pin)) for a in _wheels(pin)]
    sdists = [PackageSdist(**_file(a, pin)) for a in pin.artifacts if a.kind is FileKind.SDIST]
    return Package(
        name=NormalizedName(pin.name),
        version=Version(pin.version),
        index=pin.index,
        requires_python=requires_python,
        sdist=sdists[0] if sdists else None,
        wheels=wheels or None,
        tool=_variant(pin, tool),
    )


def _wheels(pin: Pin) -> list[Artifact]:
    """The wheels to list: of a release with variants those of the chosen one, under names without its label.

    Installers of today refuse a file name with a label, or pass the wheel over, so that nothing or another
    wheel would be installed; its address keeps the label.
    """
    wheels = [artifact for artifact in pin.artifacts if artifact.kind is FileKind.WHEEL]
    if pin.variant is None:
        return wheels
    chosen = ((split_label(wheel.filename), wheel) for wheel in wheels)
    return [
        msgspec.structs.replace(wheel, filename=plain)
        for (plain, label), wheel in chosen
        if label == pin.variant.label
    ]


def _variant(pin: Pin, tool: str) -> dict[str, object] | None:
    if pin.variant is None:
        return None
    return {tool: {"variant": pin.variant.label, "properties": list(pin.variant.properties)}}


class _FileFields(TypedDict):
    name: str
    upload_time: datetime.datetime | None
    url: str
    size: int | None
    hashes: dict[str, str]


def _file(artifact: Artifact, pin: Pin) -> _FileFields:
    return _FileFields(
        name=artifact.filename,
        upload_time=_time(artifact.uploaded_at),
        url=artifact.url,
        size=_size(artifact.size_bytes),
        hashes=_hashes(artifact, pin),
    )


def _hashes(artifact: Artifact, pin: Pin) -> dict[str, str]:
    if not artifact.hashes:
        raise HashesMissingError(pin.name, artifact.filename)
    return dict(sorted(artifact.hashes.items()))


def _specifiers(text: str | None) -> SpecifierSet | None:
    """None also for a malformed one, such as ``>=3.6.*``, which installers ignore too."""
    try:
        return SpecifierSet(text) if text else None
    except InvalidSpecifier:
        return None


def _time(text: str | None) -> datetime.datetime | None:
    """In UTC; None also for what is no time. Source: PEP 751, ``packages.wheels.upload-time``."""
    try:
        time = datetime.datetime.fromisoformat(text) if text else None
        if time is not None and time.tzinfo is None:
            return time.replace(tzinfo=datetime.UTC)
        return time.astimezone(datetime.UTC) if time else None
    except (ValueError, OverflowError):
        return None


def _size(size_bytes: int | None) -> int | None:
    """None also for a number that no file has and TOML cannot hold."""
    return size_bytes if size_bytes is not None and 0 <= size_bytes < 1 << 63 else None


def _arrays(value: object) -> dict[str, object]:
    """The same document with lists where tuples stand, which TOML writers do not know."""
    converted = _plain(value)
    assert isinstance(converted, dict)
    return converted


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value
