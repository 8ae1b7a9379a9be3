"""``[tool.uv]``: constraints, overrides, development dependencies, indexes and sources.

Source: https://docs.astral.sh/uv/reference/settings/ and
https://docs.astral.sh/uv/concepts/projects/dependencies/
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    BUILD,
    MAIN,
    DeclaredKind,
    DirectReference,
    Group,
    GroupKind,
    Index,
    IndexKind,
    ReferenceKind,
    Source,
)
from analyzers.manifests.described import described_places
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner

_LISTS = {
    "constraint-dependencies": Manner(kind=DeclaredKind.CONSTRAINT),
    "override-dependencies": Manner(kind=DeclaredKind.OVERRIDE),
    "build-constraint-dependencies": Manner(group=BUILD, kind=DeclaredKind.CONSTRAINT),
    "dev-dependencies": Manner(group=Group(GroupKind.DEPENDENCY_GROUP, "dev")),
}
_UNREAD = (
    "conflicts",
    "dependency-metadata",
    "environments",
    "exclude-dependencies",
    "exclude-newer",
    "exclude-newer-package",
    "no-build",
    "no-build-package",
    "prerelease",
    "required-environments",
    "resolution",
    "workspace",
)


def read_uv(tool: Node, draft: Draft) -> None:
    """Declares what the table states; settings that change a resolution and are not read are unknowns."""
    for key, manner in _LISTS.items():
        for text, location in tool.strings_at(key):
            draft.require(text, location, manner)
    for index in tool.items_at("index"):
        _read_index(index, draft)
    _read_legacy_indexes(tool, draft)
    for name, node in tool.table_at("sources").items():
        for source in node.items() if isinstance(node.value, list) else iter((node,)):
            if record := _source(canonicalize_name(name), source):
                draft.sources.append(record)
    for key in _UNREAD:
        if (setting := tool.at(key)) and setting.value not in ([], {}, False):
            draft.unknown(f"tool.uv.{key}", setting.location, "the setting is not taken over")


def _read_index(index: Node, draft: Draft) -> None:
    url = index.text_at("url")
    if url is None:
        draft.problem(index.location, "", "an index without a url", "state its url")
        return
    kind = IndexKind.DEFAULT if index.flag_at("default") else IndexKind.EXTRA
    if index.text_at("format") == "flat":
        kind = IndexKind.FIND_LINKS
    draft.indexes.append(
        Index(
            url=url,
            location=index.location,
            name=index.text_at("name"),
            kind=kind,
            explicit=index.flag_at("explicit"),
        )
    )


def _read_legacy_indexes(tool: Node, draft: Draft) -> None:
    if (default := tool.at("index-url")) and (url := default.text()):
        draft.indexes.append(Index(url=url, location=default.location, kind=IndexKind.DEFAULT))
    for key, kind in (("extra-index-url", IndexKind.EXTRA), ("find-links", IndexKind.FIND_LINKS)):
        for url, location in tool.strings_at(key):
            draft.indexes.append(Index(url=url, location=location, kind=kind))
    for key, field in (("no-binary-package", "no_binary"), ("no-build-package", "only_binary")):
        names = tuple(text for text, _ in tool.strings_at(key))
        if names:
            draft.options = msgspec.structs.replace(draft.options, **{field: names})
    if tool.flag_at("no-index"):
        draft.options = msgspec.structs.replace(draft.options, no_index=True)


def _source(name: str, node: Node) -> Source | None:
    if not isinstance(node.value, dict):
        node.wrong("a table")
        return None
    references = list(_references(node))
    index = node.text_at("index")
    if len(references) + (index is not None) != 1:
        reason = "a source is exactly one of index, git, url, path and workspace"
        node.draft.problem(node.location, name, reason, "correct the source")
        return None
    extra, group = node.text_at("extra"), node.text_at("group")
    within = MAIN
    if extra or group:
        kind = GroupKind.EXTRA if extra else GroupKind.DEPENDENCY_GROUP
        within = Group(kind, canonicalize_name(extra or group or ""))
    return Source(
        name=name,
        location=node.location,
        index=index,
        reference=references[0] if references else None,
        editable=node.flag_at("editable"),
        marker=node.text_at("marker"),
        group=within,
    )


def _references(node: Node) -> Iterator[DirectReference]:
    yield from described_places(node)
    if node.flag_at("workspace"):
        yield DirectReference(kind=ReferenceKind.WORKSPACE, target="")
