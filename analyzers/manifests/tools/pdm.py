"""``[tool.pdm]``: development dependencies, sources, and the overrides of a resolution.

Source: https://pdm-project.org/en/latest/reference/pep621/ and
https://pdm-project.org/en/latest/usage/dependency/
"""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import DeclaredKind, Group, GroupKind, Index, IndexKind
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.references import is_url

_EDITABLE = re.compile(r"-e\s+|--editable[=\s]\s*")


def read_pdm(tool: Node, draft: Draft) -> None:
    """Declares what the table states."""
    for name, node in tool.table_at("dev-dependencies").items():
        group = Group(GroupKind.DEPENDENCY_GROUP, canonicalize_name(name))
        for text, location in node.strings():
            editable = _EDITABLE.match(text)
            written = text[editable.end() :] if editable else text
            draft.require(written, location, Manner(group=group, editable=editable is not None))
    for node in tool.items_at("source"):
        _read_source(node, draft)
    for name, node in tool.table_at("resolution", "overrides").items():
        if (override := node.text()) is not None:
            _read_override(name, override, node, draft)
    for key in ("excludes", "requires-python"):
        if setting := tool.at("resolution", key):
            draft.unknown(setting.name, setting.location, "the setting is not taken over")


def _read_source(node: Node, draft: Draft) -> None:
    url, name = node.text_at("url"), node.text_at("name")
    if url is None:
        if name != "pypi":  # that one may be mentioned only to order it among the others
            draft.problem(node.location, name or "", "a source without a url", "state its url")
        return
    kind = IndexKind.DEFAULT if name == "pypi" else IndexKind.EXTRA
    if node.text_at("type") == "find_links":
        kind = IndexKind.FIND_LINKS
    # A source that includes packages serves only those.
    explicit = bool(list(node.strings_at("include_packages")))
    draft.indexes.append(Index(url=url, location=node.location, name=name, kind=kind, explicit=explicit))


def _read_override(name: str, text: str, node: Node, draft: Draft) -> None:
    manner = Manner(kind=DeclaredKind.OVERRIDE)
    if is_url(text):
        draft.require(f"{name} @ {text}", node.location, manner)
        return
    specifier = f"=={text}" if text[:1].isdigit() else text
    draft.declare(name=name, specifier=specifier, text=text, location=node.location, manner=manner)
