"""pylock.toml: bytes in, pins out; `packaging` validates.

Source: PEP 751
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.pylock import Package, Pylock, PylockValidationError

from analyzers.evidence import Location
from analyzers.manifests.declared import DirectReference, Format, Manifest, ReferenceKind
from analyzers.manifests.documents.toml_documents import lock_node
from analyzers.manifests.draft import Draft
from analyzers.manifests.references import reference_of


def parse_pylock(data: bytes, path: str) -> Manifest:
    """The pins of a pylock.toml.

    Raises:
        ManifestError: it is no TOML, or not as PEP 751 demands.
    """
    draft = Draft(path, Format.PYLOCK)
    document = lock_node(data, draft)
    value = document.value
    try:
        lock = Pylock.from_dict(value if isinstance(value, dict) else {})
    except (PylockValidationError, RecursionError) as error:
        reason = f"is no valid pylock.toml: {error}"[:300]
        draft.problem(Location(path=path), "", reason, "lock again")
        return draft.finish()
    if lock.requires_python is not None:
        draft.requires_python = str(lock.requires_python)
    for package, node in zip(lock.packages, document.items_at("packages"), strict=True):
        draft.pin(
            str(package.name),
            str(package.version) if package.version else None,
            node.location,
            hashes=_pylock_hashes(package),
            marker=str(package.marker) if package.marker else None,
            index=package.index,
            reference=_pylock_reference(package),
        )
    return draft.finish()


def _pylock_hashes(package: Package) -> Iterator[str]:
    files: list[Mapping[str, str]] = [wheel.hashes for wheel in package.wheels or ()]
    files += [file.hashes for file in (package.sdist, package.archive) if file]
    for hashes in files:
        yield from (f"{algorithm}:{digest}" for algorithm, digest in hashes.items())


def _pylock_reference(package: Package) -> DirectReference | None:
    if vcs := package.vcs:
        return DirectReference(
            kind=ReferenceKind.VCS,
            target=vcs.url or vcs.path or "",
            vcs=vcs.type,
            revision=vcs.commit_id,
            subdirectory=vcs.subdirectory,
        )
    if directory := package.directory:
        return DirectReference(
            kind=ReferenceKind.PATH, target=directory.path, subdirectory=directory.subdirectory
        )
    if archive := package.archive:
        return reference_of(archive.url or archive.path or "")
    return None
