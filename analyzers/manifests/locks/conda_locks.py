"""pixi.lock and conda-lock.yml: what comes from the Python index as pins, conda packages by name alone.

Versions and builds of conda are not those of the Python index, so none are stated for its packages. Several
platforms and environments stand in one file; a release that serves more than one is one pin.

Sources: https://pixi.sh/latest/workspace/lockfile/ (versions 1 to 7), https://conda.github.io/conda-lock/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from analyzers.evidence import Location
from analyzers.manifests.declared import Format, Manifest
from analyzers.manifests.documents.yaml_documents import (
    LOCK_LIMITS,
    YamlMapping,
    YamlNode,
    YamlScalar,
    YamlSequence,
    yaml_document,
)
from analyzers.manifests.draft import Draft

_PURL = re.compile(r"pkg:pypi/([\w.-]+)")
_REMEDY = "lock again"


def parse_pixi_lock(data: bytes, path: str) -> Manifest:
    """What a pixi.lock settled on, for all its environments.

    Raises:
        ManifestError: it is no YAML, or not of the form that pixi writes.
    """
    lock = _Lock(path, Format.PIXI_LOCK)
    for package in lock.packages(data, "packages"):
        kind = next((key for key in ("conda", "pypi") if key in package.entries), _text(package, "kind"))
        url = _text(package, kind or "") or _text(package, "url") or ""
        if kind == "conda":
            purls = package.entries.get("purls")
            names = [match[1] for text in _texts(purls) if (match := _PURL.match(text))]
            if not isinstance(purls, YamlSequence):
                names = [_text(package, "name") or _conda_name(url)]
            lock.add_conda(names, package.location)
        elif kind == "pypi" and "://" in url:  # anything else is a directory of the project's own
            name, version = _release(url)
            lock.add(
                _text(package, "name") or name,
                _text(package, "version") or version,
                package.location,
                _text(package, "sha256"),
            )
    return lock.draft.finish()


def parse_conda_lock(data: bytes, path: str) -> Manifest:
    """What a conda-lock.yml settled on, for all its platforms.

    Raises:
        ManifestError: it is no YAML, or not of the form that conda-lock writes.
    """
    lock = _Lock(path, Format.CONDA_LOCK)
    for package in lock.packages(data, "package"):
        name = _text(package, "name") or ""
        if _text(package, "manager") == "pip":
            hashes = package.entries.get("hash")
            sha256 = _text(hashes, "sha256") if isinstance(hashes, YamlMapping) else None
            lock.add(name, _text(package, "version"), package.location, sha256)
        else:
            lock.add_conda([name], package.location)
    return lock.draft.finish()


class _Lock:
    """A lock while it is read."""

    def __init__(self, path: str, form: Format) -> None:
        self.draft = Draft(path, form)
        self._seen: set[tuple[str, ...]] = set()

    def packages(self, data: bytes, key: str) -> Iterator[YamlMapping]:
        """The entries of the list under a key."""
        path = self.draft.path
        document = yaml_document(data, path, LOCK_LIMITS)
        found = document.entries.get(key) if isinstance(document, YamlMapping) else None
        if isinstance(found, YamlSequence):
            yield from (item for item in found.items if isinstance(item, YamlMapping))
        elif not isinstance(document, YamlMapping) or "version" not in document.entries:
            self.draft.problem(Location(path=path), "", f"has no list of {key}", _REMEDY)

    def add(self, name: str | None, version: str | None, location: Location, sha256: str | None) -> None:
        """A release of the Python index."""
        if not name:
            self.draft.unknown("a package", location, "it has no name")
        elif self._is_new(name, version or "", sha256 or ""):
            self.draft.pin(name, version, location, hashes=[f"sha256:{sha256}"] if sha256 else [])

    def add_conda(self, names: Iterable[str], location: Location) -> None:
        """A package of conda, by the names that it is known by."""
        for name in names:
            if name and self._is_new("conda", name):
                self.draft.pin_conda(name, location)

    def _is_new(self, *identity: str) -> bool:
        is_new = identity not in self._seen
        self._seen.add(identity)
        return is_new


def _text(mapping: YamlMapping, key: str) -> str | None:
    found = mapping.entries.get(key)
    return found.text if isinstance(found, YamlScalar) and found.text else None


def _texts(node: YamlNode | None) -> Iterator[str]:
    if isinstance(node, YamlSequence):
        yield from (item.text for item in node.items if isinstance(item, YamlScalar))


def _conda_name(url: str) -> str:
    """The name in a file's name, behind which stand version and build."""
    return posixpath.basename(url).rsplit("-", 2)[0]


def _release(url: str) -> tuple[str | None, str | None]:
    """Name and version in the name of a wheel or sdist."""
    filename = posixpath.basename(url.partition("#")[0].partition("?")[0])
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None, None
    return name, str(version)
