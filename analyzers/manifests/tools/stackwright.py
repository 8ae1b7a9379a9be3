"""``[tool.stackwright]``: overrides. Its other settings are not about requirements and are read elsewhere."""

from __future__ import annotations

from analyzers.manifests.declared import Format, Manifest
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft
from analyzers.manifests.overrides import declare_override


def read_stackwright(tool: Node, draft: Draft) -> None:
    """Declares the overrides that the table states, in the form of an override file."""
    for text, location in tool.strings_at("overrides"):
        declare_override(text.strip(), location, draft)


def parse_settings(data: bytes, path: str) -> Manifest:
    """What the table alone states, whatever else a pyproject.toml holds.

    Raises:
        ManifestError: the file is no TOML, or something in the table is not accepted.
    """
    draft = Draft(path, Format.PYPROJECT)
    if tool := toml_node(data, draft).at("tool", "stackwright"):
        read_stackwright(tool, draft)
    return draft.finish()
