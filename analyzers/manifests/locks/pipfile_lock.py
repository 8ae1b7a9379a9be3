"""Pipfile.lock: pins with hashes, markers and indexes.

Source: https://github.com/pypa/pipfile (Pipfile.lock)
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.declared import (
    DirectReference,
    Format,
    Index,
    IndexKind,
    Manifest,
    ReferenceKind,
)
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_places import KeyPath
from analyzers.manifests.draft import Draft
from analyzers.manifests.errors import UnreadableManifestError

_LIMIT_BYTES = 32 << 20


def parse_pipfile_lock(data: bytes, path: str) -> Manifest:
    """The pins of a Pipfile.lock, those of every category.

    Raises:
        ManifestError: it is no JSON, or not of the form of a Pipfile.lock.
    """
    draft = Draft(path, Format.PIPFILE_LOCK)
    text = decoded_utf8(data, path, _LIMIT_BYTES)
    try:
        value: object = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableManifestError(path, f"is no valid JSON: {error}"[:200], "lock again") from error
    lines = _Lines(text, path)
    document = Node(value, draft, lines.of)
    for position, source in enumerate(document.items_at("_meta", "sources")):
        if url := source.text_at("url"):
            kind = IndexKind.EXTRA if position else IndexKind.DEFAULT
            name = source.text_at("name")
            draft.indexes.append(Index(url=url, location=source.location, name=name, kind=kind))
    for category, table in document.table().items():
        if category != "_meta":
            for name, node in table.table().items():
                _pin(name, node, draft)
    return draft.finish()


def _pin(name: str, node: Node, draft: Draft) -> None:
    if not isinstance(node.value, dict):
        node.wrong("a table")
        return
    version = node.text_at("version")
    reference = next(_references(node), None)
    if version is not None and not version.startswith("=="):
        draft.unknown(f"{name} {version}", node.location, "it is not pinned to one version")
        return
    if version is None and reference is None:
        draft.unknown(name, node.location, "it is pinned neither to a version nor to a source")
        return
    draft.pin(
        name,
        version.lstrip("= ") if version else None,
        node.location,
        hashes=[text for text, _ in node.strings_at("hashes")],
        marker=node.text_at("markers"),
        index=node.text_at("index"),
        reference=reference,
    )


def _references(node: Node) -> Iterator[DirectReference]:
    if address := node.text_at("git"):
        yield DirectReference(kind=ReferenceKind.VCS, target=address, vcs="git", revision=node.text_at("ref"))
    for key, kind in (("path", ReferenceKind.PATH), ("file", ReferenceKind.URL)):
        if target := node.text_at(key):
            yield DirectReference(kind=kind, target=target)


class _Lines:
    """Where pins stand: pipenv writes each key on a line of its own, indented by its depth."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._found: dict[KeyPath, int] = {}
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            key = line.strip().partition(":")[0]
            indent = len(line) - len(line.lstrip())
            if not key.startswith('"') or indent not in (4, 8):
                continue
            if indent == 4:
                section = key
            else:
                self._found.setdefault((section, key), number)

    def of(self, keys: KeyPath) -> Location:
        """The line of a pin, if the file is laid out as pipenv does."""
        if len(keys) < 2:
            return Location(path=self._path)
        section, name = json.dumps(keys[0]), json.dumps(keys[1])
        line = self._found.get((section, name))
        return Location(path=self._path, line=line, column=9 if line else None)
