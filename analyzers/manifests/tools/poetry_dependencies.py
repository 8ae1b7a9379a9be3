"""One dependency in poetry's notation: a version, a table, or several tables under different markers.

Source: https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import re

import msgspec
from packaging.specifiers import SpecifierSet

from analyzers.manifests.declared import ReferenceKind
from analyzers.manifests.described import USUAL_PLACES, described_places
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.markers import all_of
from analyzers.manifests.tools.poetry_versions import VersionConstraintError, alternatives, specifier_of

_PLATFORM = re.compile(r"(==|!=|)\s*([A-Za-z0-9_]+)")
_PLACES = (*USUAL_PLACES, ("file", ReferenceKind.PATH))
_REMEDY = "write a constraint such as '^1.2' or '>=1.2,<2'"


def declare_dependency(name: str, node: Node, manner: Manner, draft: Draft) -> None:
    """Declares the dependency, once for each of its constraints."""
    if isinstance(node.value, list):
        for item in node.items():
            _declare(name, item, manner, draft)
    else:
        _declare(name, node, manner, draft)


def read_python(node: Node, draft: Draft) -> None:
    """The ``python`` entry: the Pythons that the project supports."""
    constraint = node.value if isinstance(node.value, str) else node.text_at("version")
    if not isinstance(constraint, str):
        node.wrong("a string")
        return
    try:
        draft.requires_python = specifier_of(constraint)
    except VersionConstraintError as error:
        draft.unknown("the supported Pythons", node.location, f"{constraint[:100]!r}: {error}")


def _declare(name: str, node: Node, manner: Manner, draft: Draft) -> None:
    if isinstance(node.value, str):
        table = None
        constraint = node.value
    elif isinstance(node.value, dict):
        table = node
        constraint = node.text_at("version") or "*"
    else:
        node.wrong("a string or a table")
        return
    reference = next(described_places(table, _PLACES), None) if table else None
    try:
        specifier = "" if reference else specifier_of(constraint)
        marker = _marker(table) if table else None
    except VersionConstraintError as error:
        draft.problem(node.location, f"{name} = {constraint}", str(error), _REMEDY)
        return
    draft.declare(
        name=name,
        extras=[text for text, _ in table.strings_at("extras")] if table else (),
        specifier=specifier,
        marker=marker,
        reference=reference,
        text=f"{name} {constraint}",
        location=node.location,
        manner=msgspec.structs.replace(
            manner,
            editable=table is not None and table.flag_at("develop"),
            index=table.text_at("source") if table else None,
        ),
    )
    if table and table.flag_at("allow-prereleases"):
        draft.unknown(name, table.location, "allow-prereleases is not taken over")


def _marker(table: Node) -> str | None:
    """``markers``, ``python`` and ``platform`` together."""
    python, platform = table.text_at("python"), table.text_at("platform")
    return all_of(
        table.text_at("markers"),
        _python_marker(python) if python else None,
        _platform_marker(platform) if platform else None,
    )


def _python_marker(constraint: str) -> str | None:
    """Bounds with a patch number need the full version; alternatives become ``or``."""
    parts = []
    for part in alternatives(constraint):
        specifiers = sorted(SpecifierSet(specifier_of(part)), key=str)
        if not specifiers:
            return None
        parts.append(
            " and ".join(
                f'{_python_variable(item.version)} {item.operator} "{item.version}"' for item in specifiers
            )
        )
    return " or ".join(parts)


def _python_variable(version: str) -> str:
    return "python_full_version" if version.removesuffix(".*").count(".") > 1 else "python_version"


def _platform_marker(constraint: str) -> str:
    parts = []
    for part in alternatives(constraint):
        found = _PLATFORM.fullmatch(part)
        if found is None:
            raise VersionConstraintError("no valid platform constraint")
        parts.append(f'sys_platform {found[1] or "=="} "{found[2]}"')
    return " or ".join(parts)
