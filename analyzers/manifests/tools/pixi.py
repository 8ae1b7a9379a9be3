"""Pixi's tables, in ``[tool.pixi]`` or a pixi.toml: conda names and projects of the Python index.

Source: https://pixi.sh/latest/reference/pixi_manifest/
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    MAIN,
    Format,
    Group,
    GroupKind,
    Manifest,
    Project,
)
from analyzers.manifests.described import declare_described, described_places
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft


def parse_pixi(data: bytes, path: str) -> Manifest:
    """What a pixi.toml requires.

    Raises:
        ManifestError: it is no TOML, or something in it is not accepted.
    """
    draft = Draft(path, Format.PIXI)
    document = toml_node(data, draft)
    for key in ("workspace", "project"):
        if head := document.at(key):
            draft.project = Project(name=head.text_at("name"), version=head.text_at("version"))
    read_pixi(document, draft)
    return draft.finish()


def read_pixi(tool: Node, draft: Draft) -> None:
    """Declares what the tables state, for every feature and platform."""
    _read_tables(tool, MAIN, draft)
    for name, feature in tool.table_at("feature").items():
        if isinstance(feature.value, dict):
            group = Group(GroupKind.DEPENDENCY_GROUP, canonicalize_name(name))
            _read_tables(feature, group, draft)
        else:
            feature.wrong("a table")


def _read_tables(tables: Node, group: Group, draft: Draft) -> None:
    places = [(tables, None), *((node, name) for name, node in tables.table_at("target").items())]
    for place, platform in places:
        for key in ("dependencies", "host-dependencies", "build-dependencies"):
            for name, node in place.table_at(key).items():
                version = node.value if isinstance(node.value, str) else node.text_at("version")
                specifier = version if isinstance(version, str) and version != "*" else ""
                draft.declare_conda(name, specifier, f"{name} {specifier}".strip(), node.location, group)
        for name, node in place.table_at("pypi-dependencies").items():
            declare_described(name, node, group, draft, references=described_places)
        if platform is not None:
            draft.unknown(place.name, place.location, f"holds on {platform} alone, which is not told apart")
