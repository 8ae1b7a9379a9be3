"""Modules that make names when they are asked for: `LazyNames`, and the tables that say which.

A table given to ``lazy_loader.attach`` or to an object that replaces the module leaves it closed; what a
``__getattr__`` says is read by `answers`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.literals import Names, Tables, string

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_PATH = 300
_ATTACH = re.compile(r"_?(?:lazy_)?attach(_stub)?")


class LazyNames(NamedTuple):
    """Names that exist on request.

    Attributes:
        targets: by name, expressions of which the first that exists is what the name stands for.
        is_complete: no other name exists.
        of_stub: the names are those of the stub beside the module.
        delegates: modules, or other objects, whose names it answers for too.
    """

    targets: dict[str, tuple[str, ...]]
    is_complete: bool
    of_stub: bool = False
    delegates: tuple[str, ...] = ()


def imported_names(node: SgNode) -> dict[str, str]:
    """What a ``from`` import binds, with where it comes from."""
    module = node.field("module_name")
    source = "".join(module.text().split()) if module is not None else "__future__"
    prefix = source if source.endswith(".") else source + "."
    found = {}
    for child in node.field_children("name"):
        name, alias = child.field("name"), child.field("alias")
        if child.kind() == "aliased_import" and name is not None and alias is not None:
            found[alias.text()] = prefix + name.text()
        else:
            found[child.text()] = prefix + child.text()
    return found


def target_of(name: str, value: SgNode) -> tuple[str, ...]:
    """Where a lazily made name comes from, by the usual ways to write it in a table."""
    texts = [
        text[:_LIMIT_PATH]
        for child in (value, *value.named_children())
        if (text := string(child)) is not None
    ]
    found = []
    for text in texts[:2]:
        module = text.replace(":", ".")
        if re.fullmatch(r"\.*[\w.]*", module) and module.strip("."):
            found += [module] if module.endswith("." + name) else [f"{module}.{name}"]
            found.append("." + found[-1] if not module.startswith(".") else module)
    if len(texts) == 2:
        found.insert(0, ".".join(texts))
    return tuple(found)


def attached(call: SgNode, tables: Tables) -> LazyNames | None:
    """What ``lazy_loader.attach`` and its copies are given; None for another call."""
    function, arguments = call.field("function"), call.field("arguments")
    if call.kind() != "call" or function is None or arguments is None:
        return None
    recognised = _ATTACH.fullmatch(function.text().rpartition(".")[2])
    if recognised is None:
        return None
    if recognised[1]:
        return LazyNames({}, True, of_stub=True)
    positional, keywords = _arguments(arguments)
    submodules = keywords.get("submodules") or (positional[1] if len(positional) > 1 else None)
    attributes = keywords.get("submod_attrs") or (positional[2] if len(positional) > 2 else None)
    targets: dict[str, tuple[str, ...]] = {}
    is_complete = True
    if submodules is not None and submodules.kind() != "none":
        found = tables.names(submodules)
        is_complete = found.is_complete and not found.modules
        targets |= {name: (f".{name}",) for name in found.names}
    if attributes is not None and attributes.kind() != "none":
        is_complete = (
            tables.names(attributes).is_complete and _by_module(attributes, tables, targets) and is_complete
        )
    return LazyNames(targets, is_complete)


def replacement(call: SgNode, tables: Tables) -> LazyNames | None:
    """What an object knows that replaces its module and is given a table: submodule to names."""
    arguments = call.field("arguments")
    if call.kind() != "call" or arguments is None:
        return None
    for node in arguments.named_children():
        if node.kind() not in ("identifier", "dictionary"):
            continue
        targets: dict[str, tuple[str, ...]] = {}
        is_complete = tables.names(node).is_complete and _by_module(node, tables, targets)
        if targets:
            return LazyNames(targets, is_complete)
    return None


def _by_module(node: SgNode, tables: Tables, targets: dict[str, tuple[str, ...]]) -> bool:
    """Add the names that a table of submodule to names spells out; whether that is all of them."""
    is_complete = True
    for module, value in tables.pairs(node):
        prefix = module if module.startswith(".") else "." + module
        targets.setdefault(prefix[1:].partition(".")[0], (f".{prefix[1:].partition('.')[0]}",))
        found = Names((text,)) if (text := string(value)) is not None else tables.names(value)
        is_complete = is_complete and found.is_complete and not found.modules
        targets |= {name: (f"{prefix}.{name}",) for name in found.names}
    return is_complete


def _arguments(node: SgNode) -> tuple[list[SgNode], dict[str, SgNode]]:
    positional, keywords = [], {}
    for child in node.named_children():
        name, value = child.field("name"), child.field("value")
        if child.kind() == "keyword_argument" and name is not None and value is not None:
            keywords[name.text()] = value
        else:
            positional.append(child)
    return positional, keywords
