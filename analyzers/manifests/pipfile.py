"""Pipfile: packages, development packages and further categories, sources, the required Python.

Source: https://pipenv.pypa.io/en/latest/pipfile.html and https://github.com/pypa/pipfile
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    MAIN,
    DirectReference,
    Format,
    Group,
    GroupKind,
    Index,
    IndexKind,
    Manifest,
    ReferenceKind,
)
from analyzers.manifests.described import declare_described
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft
from analyzers.manifests.markers import all_of
from analyzers.manifests.references import is_url

_OTHER_TABLES = ("source", "requires", "scripts", "pipenv", "pipfile")
_GROUPS = {"packages": MAIN, "dev-packages": Group(GroupKind.DEPENDENCY_GROUP, "dev")}
_VCS = ("git", "hg", "svn", "bzr")
_MARKERS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def parse_pipfile(data: bytes, path: str) -> Manifest:
    """What a Pipfile requires.

    Raises:
        ManifestError: it is no TOML, or something in it is not accepted.
    """
    draft = Draft(path, Format.PIPFILE)
    document = toml_node(data, draft)
    for position, source in enumerate(document.items_at("source")):
        _read_source(source, draft, is_first=position == 0)
    _read_python(document, draft)
    if document.flag_at("pipenv", "allow_prereleases"):
        draft.options = msgspec.structs.replace(draft.options, pre=True)
    for category, table in document.table().items():
        if category in _OTHER_TABLES:
            continue
        group = _GROUPS.get(category) or Group(GroupKind.DEPENDENCY_GROUP, canonicalize_name(category))
        for name, node in table.table().items():
            declare_described(name, node, group, draft, references=_references, marker=_marker)
    return draft.finish()


def _read_source(source: Node, draft: Draft, *, is_first: bool) -> None:
    """The first source is the default one; the others serve only packages that name them."""
    if (url := source.text_at("url")) is None:
        draft.problem(source.location, "", "a source without a url", "state its url")
        return
    kind = IndexKind.DEFAULT if is_first else IndexKind.EXTRA
    name = source.text_at("name")
    draft.indexes.append(
        Index(url=url, location=source.location, name=name, kind=kind, explicit=not is_first)
    )


def _read_python(document: Node, draft: Draft) -> None:
    for key in ("python_full_version", "full_version", "python_version"):
        node = document.at("requires", key)
        if node and (version := node.text()) is not None:
            if version == "*":
                return
            full = key != "python_version" or version.count(".") > 1
            draft.python(f"=={version}" if full else f"=={version}.*", node.location)
            return


def _marker(node: Node) -> str | None:
    """``markers`` and the keys that are variables of markers, such as ``sys_platform = "== 'linux'"``."""
    variables = [(key, node.text_at(key)) for key in _MARKERS]
    return all_of(node.text_at("markers"), *(f"{key} {value}" for key, value in variables if value))


def _references(node: Node) -> Iterator[DirectReference]:
    subdirectory = node.text_at("subdirectory")
    for vcs in _VCS:
        if address := node.text_at(vcs):
            yield DirectReference(
                kind=ReferenceKind.VCS,
                target=address.removeprefix(f"{vcs}+"),
                vcs=vcs,
                revision=node.text_at("ref"),
                subdirectory=subdirectory,
            )
    for key in ("path", "file", "url", "uri"):
        if target := node.text_at(key):
            kind = ReferenceKind.URL if is_url(target) else ReferenceKind.PATH
            yield DirectReference(kind=kind, target=target, subdirectory=subdirectory)
