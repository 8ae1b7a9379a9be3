"""What a lock pins, or an image has installed, in one form: by project, with where each pin holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from packaging.version import Version

from analyzers.evidence import Location
from analyzers.manifests.declared import Declared, DirectReference, Ecosystem, Format, Manifest, Pin
from analyzers.manifests.locks.pins import pins_of
from analyzers.manifests.references import without_credentials
from analyzers.reports import Unknown
from resolver.context import Lock

_LOCKS = frozenset(
    {
        Format.PYLOCK,
        Format.UV_LOCK,
        Format.POETRY_LOCK,
        Format.PDM_LOCK,
        Format.PIPFILE_LOCK,
        Format.PIXI_LOCK,
        Format.CONDA_LOCK,
    }
)
IMAGE = "image"
"""The format of what an image has installed."""


class LockedPin(msgspec.Struct, frozen=True, kw_only=True):
    """One pin.

    Attributes:
        name: normalised.
        version: None for what comes from elsewhere than an index.
        text: the version, or the place that it comes from.
        hashes: ``algorithm:hex``, in lower case.
        is_live: whether it holds on the target.
    """

    name: str
    version: Version | None
    text: str
    location: Location
    marker: str | None = None
    hashes: frozenset[str] = frozenset()
    is_live: bool = True


class Locked(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison.

    Attributes:
        path: as the user named it.
        format: see `analyzers.manifests.declared.Format`; or `IMAGE`.
        digest: ``sha256:…``.
        pins: normalised name to its pins, sorted by name.
        unknowns: what could not be read, and what is stated without being pinned.
    """

    path: str
    format: str
    digest: str
    pins: dict[str, tuple[LockedPin, ...]]
    unknowns: tuple[Unknown, ...] = ()

    @property
    def is_lock(self) -> bool:
        """Whether it pins something, or is of a format that does nothing else."""
        return bool(self.pins) or self.format in _LOCKS

    def live(self, name: str) -> LockedPin | None:
        """The pin of a project that holds on the target; of several that may, the newest."""
        live = [pin for pin in self.pins.get(name, ()) if pin.is_live]
        from_index = [(pin.version, pin) for pin in live if pin.version is not None]
        if from_index:
            return max(from_index, key=lambda each: each[0])[1]
        return live[0] if live else None

    def hashes(self, name: str, version: Version) -> frozenset[str]:
        """All that the pins of one release state."""
        stated = (pin.hashes for pin in self.pins.get(name, ()) if pin.version == version)
        return frozenset().union(*stated)

    @property
    def lock(self) -> Lock:
        """What comes from an index on the target."""
        pins = {}
        for name in self.pins:
            live = self.live(name)
            if live is not None and live.version is not None:
                pins[name] = frozenset({str(live.version)})
        return Lock(self.path, pins)


def of_manifest(manifest: Manifest, digest: str, is_live: Callable[[str], bool]) -> Locked:
    """What a lock pins.

    Args:
        manifest: that was read.
        digest: of the file.
        is_live: whether a marker holds on the target.
    """
    made = _locked(manifest.path, manifest.format.value, digest, _pins(manifest, is_live))
    unpinned = (
        Unknown(what=each.text, where=str(each.location), reason="it is not pinned, and left out")
        for each in manifest.declared
        if each.name is not None and each.name not in made.pins and each.ecosystem is Ecosystem.PYPI
    )
    return msgspec.structs.replace(made, unknowns=(*manifest.unknowns, *unpinned))


def of_installed(path: str, digest: str, versions: Mapping[str, str]) -> Locked:
    """What an image has installed for its Python.

    Args:
        path: of the image, as the user named it.
        digest: of the image.
        versions: by normalised name, each one by PEP 440.
    """
    location = Location(path=path)
    pins = (
        LockedPin(name=name, version=Version(text), text=str(Version(text)), location=location)
        for name, text in versions.items()
    )
    return _locked(path, IMAGE, digest, pins)


def _locked(path: str, form: str, digest: str, pins: Iterable[LockedPin]) -> Locked:
    found: dict[str, list[LockedPin]] = {}
    for pin in pins:
        found.setdefault(pin.name, []).append(pin)
    return Locked(
        path=path, format=form, digest=digest, pins={name: tuple(found[name]) for name in sorted(found)}
    )


def _pins(manifest: Manifest, is_live: Callable[[str], bool]) -> Iterator[LockedPin]:
    for pin in pins_of(manifest):
        yield LockedPin(
            name=pin.name,
            version=pin.version,
            text=str(pin.version),
            location=pin.location,
            marker=pin.marker,
            hashes=frozenset(text.lower() for text in pin.hashes),
            is_live=is_live(pin.marker or ""),
        )
    elsewhere: list[Pin | Declared] = [*manifest.pins, *manifest.declared]
    for stated in elsewhere:
        if stated.reference is None or stated.name is None or stated.ecosystem is not Ecosystem.PYPI:
            continue
        yield LockedPin(
            name=stated.name,
            version=None,
            text=_place(stated.reference),
            location=stated.location,
            marker=stated.marker,
            is_live=is_live(stated.marker or ""),
        )


def _place(reference: DirectReference) -> str:
    """Such as ``git+https://example.org/lib@1f0c``."""
    vcs = f"{reference.vcs}+" if reference.vcs else ""
    revision = f"@{reference.revision}" if reference.revision else ""
    return without_credentials(f"{vcs}{reference.target}{revision}")
