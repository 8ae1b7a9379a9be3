"""noxfile.py: the literal arguments of ``session.install()`` and ``session.conda_install()``; never run.

Source: https://nox.thea.codes/en/stable/config.html
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import Format, Group, GroupKind, Manifest
from analyzers.manifests.documents.literals import Constants, NotLiteralError, syntax_tree
from analyzers.manifests.draft import Draft
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.reading import ReadFile


def parse_noxfile(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What the sessions of a noxfile install, each under the name of its function.

    Raises:
        ManifestError: it is no Python, or a requirement is not accepted.
    """
    draft = Draft(path, Format.NOX)
    tree = syntax_tree(data, path)
    constants = Constants(tree)
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or not function.args.args:
            continue
        session = function.args.args[0].arg
        arguments = InstallArguments(draft, Group(GroupKind.ENVIRONMENT, function.name), read, environ or {})
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _is_install(call.func, session):
                _read_call(call, constants, arguments, draft)
    return draft.finish()


def _is_install(function: ast.expr, session: str) -> bool:
    match function:
        case ast.Attribute(attr="install" | "conda_install", value=ast.Name(id=name)):
            return name == session
    return False


def _read_call(call: ast.Call, constants: Constants, arguments: InstallArguments, draft: Draft) -> None:
    place = Location(path=draft.path, line=call.lineno, column=call.col_offset + 1)
    words: list[str] = []
    for argument in call.args:
        try:
            if isinstance(argument, ast.Starred):
                words += [text for text, _ in constants.strings(argument.value)]
            else:
                words.append(constants.text(argument))
        except NotLiteralError as error:
            at = Location(path=draft.path, line=error.line, column=error.column)
            draft.unknown("an argument of install()", at, str(error))
    if isinstance(call.func, ast.Attribute) and call.func.attr == "conda_install":
        arguments.read_conda(words, place)
    else:
        arguments.read_pip(words, place)
