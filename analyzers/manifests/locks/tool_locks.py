"""The locks of uv, poetry and pdm: bytes in, pins out.

They are read to be preferred or compared, not installed from: what a later version of a format adds does not
matter here. None of them has a specification; what the tools write is the source.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.manifests.declared import DirectReference, Format, Manifest, ReferenceKind
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import lock_node
from analyzers.manifests.draft import Draft
from analyzers.manifests.references import reference_of


def parse_uv_lock(data: bytes, path: str) -> Manifest:
    """The pins of a uv.lock; the members of its own workspace are none.

    Raises:
        ManifestError: it is no TOML, or not of the form that uv writes.
    """
    draft = Draft(path, Format.UV_LOCK)
    document = lock_node(data, draft)
    _read_python(document.at("requires-python"), draft)
    for package in document.items_at("package"):
        source = package.at("source")
        if source and any(source.at(key) for key in ("editable", "virtual", "directory")):
            continue
        files = [package.at("sdist"), *package.items_at("wheels")]
        markers = [text for text, _ in package.strings_at("resolution-markers")]
        _pin(
            package,
            draft,
            hashes=[text for file in files if file and (text := file.text_at("hash"))],
            marker=" or ".join(f"({marker})" for marker in markers) or None,
            index=source.text_at("registry") if source else None,
            reference=_uv_reference(source) if source else None,
        )
    return draft.finish()


def parse_poetry_lock(data: bytes, path: str) -> Manifest:
    """The pins of a poetry.lock.

    Raises:
        ManifestError: it is no TOML, or not of the form that poetry writes.
    """
    draft = Draft(path, Format.POETRY_LOCK)
    document = lock_node(data, draft)
    for package in document.items_at("package"):
        source = package.at("source")
        files = package.items_at("files")
        # Until lock version 1.1 the hashes stood in a table at the end.
        name = package.value.get("name") if isinstance(package.value, dict) else None
        if package.at("files") is None and isinstance(name, str):
            files = document.items_at("metadata", "files", name)
        markers = package.at("markers")
        is_index = source is None or source.value_at("type") == "legacy"
        _pin(
            package,
            draft,
            hashes=[text for file in files if (text := file.text_at("hash"))],
            marker=markers.value if markers and isinstance(markers.value, str) else None,
            index=source.text_at("url") if source and is_index else None,
            reference=None if is_index or source is None else _poetry_reference(source),
        )
    return draft.finish()


def parse_pdm_lock(data: bytes, path: str) -> Manifest:
    """The pins of a pdm.lock; a project that is locked with several extras is one pin.

    Raises:
        ManifestError: it is no TOML, or not of the form that pdm writes.
    """
    draft = Draft(path, Format.PDM_LOCK)
    document = lock_node(data, draft)
    seen: set[tuple[str, ...]] = set()
    for package in document.items_at("package"):
        identity = tuple(str(package.value_at(key)) for key in ("name", "version", "marker"))
        if identity in seen:
            continue
        seen.add(identity)
        reference = next(_pdm_references(package), None)
        _pin(
            package,
            draft,
            hashes=[text for file in package.items_at("files") if (text := file.text_at("hash"))],
            marker=package.text_at("marker"),
            reference=reference,
        )
    return draft.finish()


def _pin(
    package: Node,
    draft: Draft,
    *,
    hashes: list[str],
    marker: str | None = None,
    index: str | None = None,
    reference: DirectReference | None = None,
) -> None:
    name, version = package.text_at("name"), package.text_at("version")
    if name is None:
        draft.problem(package.location, "", "a package without a name", "lock again")
    elif version is None and reference is None:
        draft.unknown(name, package.location, "it is locked without a version")
    else:
        draft.pin(
            name,
            version,
            package.location,
            hashes=hashes,
            marker=marker,
            index=index,
            reference=reference,
        )


def _read_python(node: Node | None, draft: Draft) -> None:
    if node and (text := node.text()) is not None:
        draft.python(text, node.location)


def _uv_reference(source: Node) -> DirectReference | None:
    if git := source.text_at("git"):
        return reference_of(f"git+{git}")
    for key, kind in (("url", ReferenceKind.URL), ("path", ReferenceKind.PATH)):
        if target := source.text_at(key):
            return DirectReference(kind=kind, target=target)
    return None


def _poetry_reference(source: Node) -> DirectReference:
    kinds = {"git": ReferenceKind.VCS, "url": ReferenceKind.URL}
    kind_name = source.text_at("type") or ""
    return DirectReference(
        kind=kinds.get(kind_name, ReferenceKind.PATH),
        target=source.text_at("url") or "",
        vcs="git" if kind_name == "git" else None,
        revision=source.text_at("resolved_reference"),
        subdirectory=source.text_at("subdirectory"),
    )


def _pdm_references(package: Node) -> Iterator[DirectReference]:
    subdirectory = package.text_at("subdirectory")
    if git := package.text_at("git"):
        revision = package.text_at("revision") or package.text_at("ref")
        yield DirectReference(
            kind=ReferenceKind.VCS, target=git, vcs="git", revision=revision, subdirectory=subdirectory
        )
    for key, kind in (("url", ReferenceKind.URL), ("path", ReferenceKind.PATH)):
        if target := package.text_at(key):
            yield DirectReference(kind=kind, target=target, subdirectory=subdirectory)
