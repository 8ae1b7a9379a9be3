"""Rules from TOML, each checked; what is wrong is an error that names file, rule, field and remedy.

Source: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import TypeVar

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from analyzers.codemods.rules import KeywordChange, Maker, Rule, RuleSet

LIMIT_BYTES = 1 << 20
PLACEHOLDER = re.compile(r"\{(\w+)\}")

_SYMBOL = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?", re.ASCII)
_ID = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9_]+)*", re.IGNORECASE)
_Record = TypeVar("_Record", Rule, Maker)
_TABLES = {"rules", "makers"}


class RuleError(ValueError):
    """A file of rules cannot be used.

    Attributes:
        path: of the file.
        rule: id, or number, of the rule; None where it is the file.
    """

    def __init__(self, path: str, rule: str | None, reason: str) -> None:
        where = f"{path}: rule {rule}" if rule else path
        super().__init__(f"{where}: {reason}")
        self.path, self.rule, self.reason = path, rule, reason


def shipped_rules() -> RuleSet:
    """Those that come with the program."""
    rules: list[Rule] = []
    makers: list[Maker] = []
    folder = resources.files("analyzers.codemods").joinpath("rules")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            loaded = loaded_rules(file.read_bytes(), file.name)
            rules += loaded.rules
            makers += loaded.makers
    return RuleSet(rules, makers)


def loaded_rules(data: bytes, path: str) -> RuleSet:
    """The rules of one file.

    Raises:
        RuleError: it is no TOML, or one of its rules is not well-formed.
    """
    if len(data) > LIMIT_BYTES:
        raise RuleError(path, None, f"larger than the limit of {LIMIT_BYTES:,} bytes")
    try:
        document = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise RuleError(path, None, f"is no valid TOML: {str(error)[:200]}") from error
    if unknown := document.keys() - _TABLES:
        reason = f"unknown key {min(unknown)!r}; a file has tables [[rules]] and [[makers]]"
        raise RuleError(path, None, reason)
    rules: dict[str, Rule] = {}
    for number, raw in enumerate(_items(document, "rules", path), 1):
        name = raw.get("id") if isinstance(raw, dict) else None
        for rule in _expanded(_converted(raw, Rule, path, str(name or number)), path):
            _check(rule, path)
            if rule.id in rules:
                raise RuleError(path, rule.id, "another rule has this id")
            rules[rule.id] = rule
    makers = []
    for number, raw in enumerate(_items(document, "makers", path), 1):
        maker = _converted(raw, Maker, path, f"maker {number}")
        for symbol in (maker.call, maker.returns):
            _check_symbol(symbol, path, f"maker {number}")
        makers.append(maker)
    return RuleSet(rules.values(), makers)


def _items(document: dict[str, object], key: str, path: str) -> list[object]:
    items = document.get(key, [])
    if not isinstance(items, list):
        raise RuleError(path, None, f"{key!r} must be an array of tables; write [[{key}]]")
    return items


def _converted(raw: object, kind: type[_Record], path: str, name: str) -> _Record:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise RuleError(path, name, str(error)) from error


def _expanded(rule: Rule, path: str) -> Iterator[Rule]:
    """A rule for each of its names."""
    if not rule.names:
        yield rule
        return
    if "{name}" not in rule.id:
        raise RuleError(path, rule.id, "with 'names', 'id' must hold {name}")
    fields = msgspec.to_builtins(msgspec.structs.replace(rule, names=()))
    for name in rule.names:
        yield msgspec.convert(_filled(fields, name), Rule)


def _filled(value: object, name: str) -> object:
    match value:
        case str():
            return value.replace("{name}", name)
        case dict():
            return {key: _filled(item, name) for key, item in value.items()}
        case list() | tuple():
            return [_filled(item, name) for item in value]
    return value


def _check(rule: Rule, path: str) -> None:
    def fail(reason: str) -> None:
        raise RuleError(path, rule.id, reason)

    if not _ID.fullmatch(rule.id):
        fail("'id' must be words joined by '-'")
    try:
        Requirement(rule.since)
    except InvalidRequirement:
        fail(f"'since' must be a requirement such as 'numpy>=2': {rule.since!r}")
    if (rule.old is None) == (not rule.classes):
        fail("give 'old', or 'classes' with 'method'")
    if bool(rule.classes) != (rule.method is not None):
        fail("'classes' and 'method' belong together")
    if rule.new is not None and rule.old is None:
        fail("'new' belongs to 'old'; the new name of a method is 'new_method'")
    if rule.new_method is not None and rule.method is None:
        fail("'new_method' belongs to 'method'")
    for symbol in (rule.old, rule.new, *rule.classes):
        if symbol is not None:
            _check_symbol(symbol, path, rule.id)
    for name in (rule.method, rule.new_method, *rule.parameters):
        if name is not None and not name.isidentifier():
            fail(f"{name!r} is no name")
    if rule.old is not None and rule.old == rule.new and not rule.changes_calls:
        fail("'new' is the same as 'old'")
    if not (rule.new or rule.new_method or rule.changes_calls or rule.advice):
        fail("says nothing to do: give 'new', 'new_method', 'keywords', 'template' or 'advice'")
    if rule.keyword_only_from is not None and rule.keyword_only_from >= len(rule.parameters):
        fail("'keyword_only_from' needs 'parameters' that reach further")
    if rule.template is not None:
        _check_template(rule, path)
    for change in rule.keywords:
        _check_keyword(change, rule, path)


def _check_symbol(symbol: str, path: str, name: str) -> None:
    if not _SYMBOL.fullmatch(symbol):
        raise RuleError(path, name, f"{symbol!r} is no symbol; write 'module:name', or a module alone")


def _check_template(rule: Rule, path: str) -> None:
    template = rule.template or ""
    names = PLACEHOLDER.findall(template)
    known = {*rule.parameters, *(("new",) if rule.new else ()), *(("self",) if rule.method else ())}
    if unknown := [name for name in names if name not in known]:
        raise RuleError(path, rule.id, f"'template' names {unknown[0]!r}, which is no parameter")
    if len(set(names)) < len(names):
        raise RuleError(path, rule.id, "'template' must not repeat an argument")
    tree = _expression(PLACEHOLDER.sub(r"\1", template))
    if not isinstance(tree, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        reason = "'template' must be a name, an attribute, a call or a subscript"
        raise RuleError(path, rule.id, reason)


def _check_keyword(change: KeywordChange, rule: Rule, path: str) -> None:
    names = [name for name in (change.old, change.new) if name is not None]
    if not names or not all(name.isidentifier() for name in names):
        raise RuleError(path, rule.id, "each of 'keywords' needs 'old', 'new' or both, which are names")
    if change.old is None and change.new_value is None:
        raise RuleError(path, rule.id, "a keyword without 'old' is added and needs 'new_value'")
    if change.new is None and change.new_value is not None:
        raise RuleError(path, rule.id, "'new_value' needs 'new'")
    for text in (change.value, change.new_value):
        if text is not None and _expression(text) is None:
            raise RuleError(path, rule.id, f"{text!r} is no Python expression")


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
