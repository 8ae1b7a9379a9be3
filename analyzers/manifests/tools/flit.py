"""``[tool.flit.metadata]``: the requirements of projects that flit built before PEP 621.

Source: https://flit.pypa.io/en/stable/pyproject_toml.html#old-style-metadata
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import Group, GroupKind, Project
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner


def read_flit(tool: Node, draft: Draft) -> None:
    """Declares what the project requires, always and with its extras."""
    metadata = tool.at("metadata")
    if metadata is None:
        return
    name = metadata.text_at("dist-name") or metadata.text_at("module")
    if draft.project is None and name:
        draft.project = Project(name=name)
    if (python := metadata.at("requires-python")) and (specifier := python.text()) is not None:
        draft.python(specifier, python.location)
    for text, location in metadata.strings_at("requires"):
        draft.require(text, location)
    for extra, node in metadata.table_at("requires-extra").items():
        manner = Manner(group=Group(GroupKind.EXTRA, canonicalize_name(extra)))
        draft.groups.append(manner.group)
        for text, location in node.strings():
            draft.require(text, location, manner)
    for text, location in metadata.strings_at("dev-requires"):
        draft.require(text, location, Manner(group=Group(GroupKind.EXTRA, "dev")))
