"""``tox.toml`` and ``[tool.tox]``: the dependencies of the test environments, native or in an old ini text.

Source: https://tox.wiki/en/latest/reference/config.html
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.manifests.declared import BUILD, Format, Group, GroupKind, Manifest
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.errors import MalformedManifestError, ManifestError, Problem
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.tox_ini import parse_tox_ini, read_dependency


def parse_tox_toml(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What the environments of a tox.toml require, each under its name.

    Raises:
        ManifestError: it is no TOML, or something in it is not accepted.
    """
    draft = Draft(path, Format.TOX)
    read_tox(toml_node(data, draft), draft, read, environ or {})
    return draft.finish()


def read_tox(tool: Node, draft: Draft, read: ReadFile | None, environ: Mapping[str, str]) -> None:
    """Declares what tox itself needs for the build, and what each environment lists."""
    for text, location in tool.strings_at("requires"):
        draft.require(text, location, Manner(group=BUILD))
    environments = {"testenv": base} if (base := tool.at("env_run_base")) else {}
    environments |= tool.table_at("env")
    for name, environment in environments.items():
        dependencies = environment.at("deps")
        if dependencies is None:
            continue
        group = Group(GroupKind.ENVIRONMENT, name)
        arguments = InstallArguments(draft, group, read, environ)
        for item in dependencies.items():
            if isinstance(item.value, str):
                read_dependency(item.value, item.location, arguments, draft)
            else:
                draft.unknown(item.name, item.location, "tox fills it in")
    if old := tool.at("legacy_tox_ini"):
        _read_old(old, draft, read, environ)


def _unknown(problem: Problem, old: Node, draft: Draft) -> None:
    """A mistake in the string: a place within it says nothing, so what is written there is told."""
    where = old.location if problem.location.path == draft.path else problem.location
    draft.unknown(old.name, where, f"{problem.text}: {problem.reason}" if problem.text else problem.reason)


def _read_old(old: Node, draft: Draft, read: ReadFile | None, environ: Mapping[str, str]) -> None:
    """A tox.ini in a string: all that it declares stands where the string does; its mistakes are unknowns."""
    text = old.text()
    if text is None:
        return
    try:
        manifest = parse_tox_ini(text.encode(), draft.path, read=read, environ=environ)
    except MalformedManifestError as error:
        manifest = error.readable
        for problem in error.problems:
            _unknown(problem, old, draft)
    except ManifestError as error:
        _unknown(error.problems[0], old, draft)
        return
    draft.declared += (
        msgspec.structs.replace(one, location=old.location) if one.location.path == draft.path else one
        for one in manifest.declared
    )
