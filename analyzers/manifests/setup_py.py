"""setup.py: the literal arguments of ``setup()``; the file is parsed and never run.

Source: https://setuptools.pypa.io/en/latest/references/keywords.html
"""

from __future__ import annotations

import ast

from packaging.utils import canonicalize_name

from analyzers.evidence import Location
from analyzers.manifests.declared import BUILD, MAIN, Format, Group, GroupKind, Manifest, Project
from analyzers.manifests.documents.literals import Constants, NotLiteralError, syntax_tree
from analyzers.manifests.draft import Draft, Manner

_LISTS = {
    "install_requires": MAIN,
    "requires": MAIN,
    "setup_requires": BUILD,
    "tests_require": Group(GroupKind.ENVIRONMENT, "tests"),
}


def parse_setup_py(data: bytes, path: str) -> Manifest:
    """What a setup.py requires, as far as that can be told without running it.

    Raises:
        ManifestError: it is no Python, or a requirement is not accepted.
    """
    draft = Draft(path, Format.SETUP_PY)
    tree = syntax_tree(data, path)
    reading = _Setup(draft, Constants(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)]
    for call in calls:
        reading.call(call)
    if not calls:
        draft.unknown("setup()", Location(path=path), "no call of setup() is to be seen")
    return draft.finish()


def _is_setup(function: ast.expr) -> bool:
    match function:
        case ast.Name(id="setup"):
            return True
        case ast.Attribute(attr="setup", value=ast.Name(id="setuptools" | "core")):
            return True
        case ast.Attribute(attr="setup", value=ast.Attribute(attr="core")):
            return True
    return False


class _Setup:
    def __init__(self, draft: Draft, constants: Constants) -> None:
        self._draft, self._constants = draft, constants

    def call(self, call: ast.Call) -> None:
        arguments: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            if keyword.arg is None:
                self._double_starred(keyword.value, arguments)
            else:
                arguments[keyword.arg] = keyword.value
        name, version = self._text(arguments, "name"), self._text(arguments, "version")
        if name or version:
            self._draft.project = Project(name=name, version=version)
        if (python := self._text(arguments, "python_requires")) is not None:
            self._draft.python(python, self._place(arguments["python_requires"]))
        for key, group in _LISTS.items():
            if key in arguments:
                self._list(arguments[key], Manner(group=group), key)
        if extras := arguments.get("extras_require"):
            self._extras(extras)

    def _double_starred(self, value: ast.expr, arguments: dict[str, ast.expr]) -> None:
        try:
            arguments.update(self._constants.entries(value))
        except NotLiteralError as error:
            self._draft.unknown("arguments of setup()", self._place(error), str(error))

    def _text(self, arguments: dict[str, ast.expr], key: str) -> str | None:
        if key not in arguments:
            return None
        try:
            return self._constants.text(arguments[key])
        except NotLiteralError as error:
            self._draft.unknown(key, self._place(error), str(error))
            return None

    def _list(self, expression: ast.expr, manner: Manner, what: str) -> None:
        try:
            found = self._constants.strings(expression)
        except NotLiteralError as error:
            self._draft.unknown(what, self._place(error), str(error))
            return
        for text, place in found:
            self._draft.require(text, self._place(place), manner)

    def _extras(self, expression: ast.expr) -> None:
        try:
            entries = self._constants.entries(expression)
        except NotLiteralError as error:
            self._draft.unknown("extras_require", self._place(error), str(error))
            return
        for extra, value in entries:
            plain, _, marker = extra.partition(":")
            if marker:
                self._draft.unknown(extra, self._place(value), "an extra under a marker is not read")
                continue
            group = Group(GroupKind.EXTRA, canonicalize_name(plain))
            self._list(value, Manner(group=group), f"extras_require[{extra!r}]")

    def _place(self, at: ast.expr | NotLiteralError) -> Location:
        if isinstance(at, NotLiteralError):
            return Location(path=self._draft.path, line=at.line, column=at.column)
        return Location(path=self._draft.path, line=at.lineno, column=at.col_offset + 1)
