"""``[tool.poetry]``: dependencies in poetry's notation, its groups, extras and sources.

Beside a ``[project]`` table that states its dependencies itself, poetry's own main dependencies only refine
those of the same name, which is what a constraint does.

Source: https://python-poetry.org/docs/pyproject/ and
https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import (
    MAIN,
    DeclaredKind,
    Group,
    GroupKind,
    Index,
    IndexKind,
    Project,
)
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.tools.poetry_dependencies import declare_dependency, read_python

_DEV = Group(GroupKind.DEPENDENCY_GROUP, "dev")


def read_poetry(document: Node, draft: Draft) -> None:
    """Declares what the table states, if there is one."""
    tool = document.at("tool", "poetry")
    if tool is None:
        return
    if not isinstance(tool.value, dict):
        tool.wrong("a table")
        return
    project = draft.project or Project()
    draft.project = Project(
        name=project.name or tool.text_at("name"), version=project.version or tool.text_at("version")
    )
    _read_main(document, tool, draft)
    for name, node in tool.table_at("dev-dependencies").items():
        declare_dependency(name, node, Manner(group=_DEV), draft)
    for group_name, group in tool.table_at("group").items():
        manner = Manner(group=Group(GroupKind.DEPENDENCY_GROUP, canonicalize_name(group_name)))
        for name, node in group.table_at("dependencies").items():
            declare_dependency(name, node, manner, draft)
        for included, location in group.strings_at("include-groups"):
            reason = "what an included group holds is declared for that group alone"
            draft.unknown(f"{group.name} includes {included}", location, reason)
    for source in tool.items_at("source"):
        _read_source(source, draft)


def _read_main(document: Node, tool: Node, draft: Draft) -> None:
    dynamic = {text for text, _ in document.strings_at("project", "dynamic")}
    stated = document.at("project", "dependencies") is not None and "dependencies" not in dynamic
    names = {record.name for record in draft.declared if record.group == MAIN} if stated else set()
    extras = _extras_by_name(tool)
    for name, node in tool.table_at("dependencies").items():
        normalised = canonicalize_name(name)
        if normalised == "python":
            if draft.requires_python is None:
                read_python(node, draft)
        elif stated:
            if normalised in names:
                declare_dependency(name, node, Manner(kind=DeclaredKind.CONSTRAINT), draft)
            else:
                reason = "poetry uses it only to refine [project] dependencies, and none has its name"
                draft.unknown(name, node.location, reason)
        elif isinstance(node.value, dict) and node.flag_at("optional"):
            groups = extras.get(normalised, [])
            for extra in groups:
                declare_dependency(name, node, Manner(group=Group(GroupKind.EXTRA, extra)), draft)
            if not groups:
                draft.unknown(name, node.location, "it is optional and belongs to no extra")
        else:
            declare_dependency(name, node, Manner(), draft)


def _extras_by_name(tool: Node) -> dict[str, list[str]]:
    """For each optional dependency the extras that ask for it."""
    found: dict[str, list[str]] = {}
    for extra, node in tool.table_at("extras").items():
        for name, _ in node.strings():
            found.setdefault(canonicalize_name(name), []).append(canonicalize_name(extra))
    return found


def _read_source(source: Node, draft: Draft) -> None:
    url, name = source.text_at("url"), source.text_at("name")
    if url is None:
        if (name or "").lower() != "pypi":
            draft.problem(source.location, name or "", "a source without a url", "state its url")
        return
    priority = source.text_at("priority") or "primary"
    is_default = priority == "default" or ("default" in source.table() and source.flag_at("default"))
    draft.indexes.append(
        Index(
            url=url,
            location=source.location,
            name=name,
            kind=IndexKind.DEFAULT if is_default else IndexKind.EXTRA,
            explicit=priority == "explicit",
        )
    )
