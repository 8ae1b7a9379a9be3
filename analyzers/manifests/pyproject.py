"""pyproject.toml: the standard tables, and those of the tools that state requirements in their own way.

Source: PEP 518, PEP 621, PEP 735 and
https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import BUILD, Format, Group, GroupKind, Manifest, Project
from analyzers.manifests.dependency_groups import read_dependency_groups
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.setuptools_files import requirements_in_file
from analyzers.manifests.tools import flit, hatch, pdm, pixi, poetry, stackwright, uv

_DYNAMIC = ("version", "dependencies", "optional-dependencies", "requires-python")


def parse_pyproject(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What a pyproject.toml requires: for its project, its extras and groups, its build, its environments.

    Args:
        data: the file.
        path: names it.
        read: gives the requirements files that setuptools is told to take dependencies from.
        environ: for those files.

    Raises:
        ManifestError: it is no TOML, or something in it is not accepted.
    """
    draft = Draft(path, Format.PYPROJECT)
    document = toml_node(data, draft)
    if project := document.at("project"):
        _read_project(project, draft)
    for text, location in document.strings_at("build-system", "requires"):
        draft.require(text, location, Manner(group=BUILD))
    if groups := document.at("dependency-groups"):
        read_dependency_groups(groups, draft)
    poetry.read_poetry(document, draft)
    for name, reader in (
        ("uv", uv.read_uv),
        ("pdm", pdm.read_pdm),
        ("flit", flit.read_flit),
        ("hatch", hatch.read_hatch),
        ("pixi", pixi.read_pixi),
        ("stackwright", stackwright.read_stackwright),
    ):
        if tool := document.at("tool", name):
            reader(tool, draft)
    if tool := document.at("tool", "tox"):
        from analyzers.manifests.tools.tox import read_tox

        read_tox(tool, draft, read, environ or {})
    _read_dynamic(document, draft, read, environ or {})
    return draft.finish()


def _read_project(project: Node, draft: Draft) -> None:
    if not isinstance(project.value, dict):
        project.wrong("a table")
        return
    draft.project = Project(name=project.text_at("name"), version=project.text_at("version"))
    python = project.at("requires-python")
    if python and (specifier := python.text()) is not None:
        draft.python(specifier, python.location)
    for text, location in project.strings_at("dependencies"):
        draft.require(text, location)
    for extra, node in project.table_at("optional-dependencies").items():
        manner = Manner(group=Group(GroupKind.EXTRA, canonicalize_name(extra)))
        draft.groups.append(manner.group)
        for text, location in node.strings():
            draft.require(text, location, manner)


def _read_dynamic(document: Node, draft: Draft, read: ReadFile | None, environ: Mapping[str, str]) -> None:
    """What a build backend fills in is unknown, but setuptools' files can be read."""
    for field, location in document.strings_at("project", "dynamic"):
        if field not in _DYNAMIC:
            continue
        given = document.at("tool", "setuptools", "dynamic", field)
        if given is None or field in ("version", "requires-python"):
            if not (field != "version" and document.at("tool", "poetry")):
                draft.unknown(f"project.{field}", location, "it is dynamic: the build backend computes it")
        elif field == "dependencies":
            _read_files(given, draft, Group(), read, environ)
        else:
            for extra, node in given.table().items():
                group = Group(GroupKind.EXTRA, canonicalize_name(extra))
                draft.groups.append(group)
                _read_files(node, draft, group, read, environ)


def _read_files(
    given: Node, draft: Draft, group: Group, read: ReadFile | None, environ: Mapping[str, str]
) -> None:
    """The ``{file = …}`` of setuptools: one path or several."""
    file = given.at("file")
    if file is None:
        draft.unknown(given.name, given.location, "it is dynamic: the build backend computes it")
        return
    single = [(file.value, file.location)] if isinstance(file.value, str) else []
    for written, location in itertools.chain(single, () if single else file.strings()):
        requirements_in_file(draft, written, location, group, read, environ)
