"""Why a module may hold more than its text binds: names written into its namespace while it runs.

A function that reaches into the frame of its caller opens modules that call it; that is not seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.literals import Tables, string
from analyzers.api.rows import names_of, texts

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_WORDS = (
    "globals|vars|locals|setattr|exec|modules|__path__|extend_path|meta_path|add_move|_getframe|currentframe"
)
_WRITES = re.compile(
    r"\b(?:globals|vars|locals|setattr|exec|_getframe|currentframe)\b\s*\(|\b_*sys\s*\.\s*modules\b"
    r"|\b(?:__path__|extend_path|meta_path|add_move)\b"
)
_MODULE_ALIAS = re.compile(
    r"^[ \t]*(\w+)(?:[ \t]*:[^=\n]++)?[ \t]*=[ \t]*\w*sys\.modules\[__name__\][ \t]*(?:#.*)?$", re.M
)
_OWN_MODULE = "sys.modules[__name__]"
_READS = frozenset({"get", "keys", "items", "values", "copy", "__contains__", "__getitem__"})
_READERS = frozenset(
    {
        "dict",
        "list",
        "sorted",
        "set",
        "frozenset",
        "len",
        "tuple",
        "isinstance",
        "id",
        "repr",
        "print",
        "getattr",
    }
    | {"__import__", "eval", "get_type_hints", "typing.get_type_hints", "copy.copy", "max", "min", "sum"}
    | {"hasattr", "iter", "any", "all", "inspect.getmembers", "getmembers", "dir", "vars", "bool", "filter"}
)
_SUBMODULE_WORDS = frozenset({"__path__", "extend_path", "meta_path", "add_move"})
_MAPPINGS = frozenset({"dictionary", "dictionary_comprehension", "generator_expression", "identifier"})
_LIMIT_HITS = 2_000
_ON_REQUEST = frozenset({"__getattr__", "__dir__"})


class Openness(NamedTuple):
    """What is written into a namespace.

    Attributes:
        module: reasons why the module may have other names.
        submodules: reasons why it may have other submodules.
        names: written under a key that is spelled out.
        classes: classes of the module that get members from outside, with those spelled out.
        copied: modules whose names it may have as well.
        replacements: what is put in the place of the module, by `sys.modules`.
    """

    module: dict[str, None]
    submodules: dict[str, None]
    names: dict[str, int]
    classes: dict[str, dict[str, int] | None]
    copied: dict[str, None]
    replacements: list[SgNode]


def openness(text: str, root: SgNode, tables: Tables) -> Openness:
    """What a file's text says about names that it does not bind by a statement."""
    found = Openness({}, {}, {}, {}, {}, [])
    if _WRITES.search(text) is None:
        return found
    reading = _Reading(text, root, tables, found)
    hits = root.find_all(kind="identifier", regex=f"^(?:{_WORDS})$")
    if len(hits) > _LIMIT_HITS:
        found.module["too much that writes into namespaces"] = None
    for node in hits[:_LIMIT_HITS]:
        reading.hit(node)
    return found


class _Reading:
    def __init__(self, text: str, root: SgNode, tables: Tables, found: Openness) -> None:
        self._text, self._root, self._tables, self._found = text, root, tables, found
        self._self_names = frozenset(_MODULE_ALIAS.findall(text) if _OWN_MODULE in text else ())
        for name in self._self_names:
            if re.search(rf"\b{name}\.(?:__dict__|__class__|\w+[ \t]*=(?!=))", text):
                found.module["attributes set on its own module"] = None

    def hit(self, node: SgNode) -> None:
        word = node.text()
        parent = node.parent()
        if parent is None:
            return
        if word in _SUBMODULE_WORDS:
            if word != "__path__" or self._is_written(node):
                self._found.submodules[word] = None
            return
        if word == "modules":
            subject = parent.field("object") if parent.kind() == "attribute" else None
            if subject is not None and subject.text().lstrip("_").rpartition(".")[2] == "sys":
                self._modules(parent)
            return
        call = _call_of(node)
        if call is None:
            return
        scopes = list(_scopes(node))
        function = next((scope for scope in scopes if scope.kind() == "function_definition"), None)
        name = function.field("name") if function else None
        if name is not None and name.text() in _ON_REQUEST:
            return
        match word:
            case "globals":
                self._namespace(call)
            case "vars" | "locals" if not scopes and _arguments(call) == []:
                self._namespace(call)
            case "locals" | "vars" if scopes and scopes[0].kind() == "class_definition":
                self._open_class(scopes[0].field("name"))
            case "exec" if function is None and len(_arguments(call)) == 1:
                self._found.module["exec"] = None
            case "_getframe" | "currentframe" if function is None:
                self._found.module[word] = None
            case "setattr":
                self._setattr(call)
            case _:
                pass

    def _open_class(self, name: SgNode | None) -> None:
        if name is not None:
            self._found.classes[name.text()] = None

    def _is_written(self, node: SgNode) -> bool:
        parent = node.parent()
        while parent is not None and parent.kind() == "subscript":
            node, parent = parent, parent.parent()
        if parent is None:
            return False
        if parent.kind() in ("assignment", "augmented_assignment"):
            return _starts_with(parent, node)
        method = parent.field("attribute") if parent.kind() == "attribute" else None
        return method is not None and method.text() in ("append", "extend", "insert")

    def _namespace(self, call: SgNode) -> None:
        """A namespace of the module: written to, read, or given away."""
        parent = call.parent()
        if parent is None:
            return
        match parent.kind():
            case "subscript":
                self._item(parent)
            case "attribute":
                method = parent.field("attribute")
                if method is not None and method.text() not in _READS:
                    self._method(parent, method.text())
            case "argument_list":
                self._given(call, parent)
            case "assignment" if (left := parent.field("left")) is not None and left.kind() == "identifier":
                around = next(_scopes(call), None)
                if _is_changed(left.text(), around.text() if around else self._text):
                    self._found.module["globals()[...]"] = None
            case "for_statement" | "comparison_operator" | "expression_statement" | "for_in_clause":
                pass
            case _:
                self._found.module["its namespace is given away"] = None

    def _given(self, namespace: SgNode, arguments: SgNode) -> None:
        """A namespace is an argument: harmless where the function, of this file, only reads it."""
        call = arguments.parent()
        called = call.field("function") if call else None
        if call is None or called is None:
            self._found.module["its namespace is given away"] = None
            return
        if called.text() in _READERS:
            return
        named = [text for node in _arguments(call) if (text := string(node)) is not None]
        if len(named) == 1 and all(part.isidentifier() for part in named[0].split(".")):
            # Who is given a namespace and the name of a module copies the one into the other.
            self._found.copied[named[0]] = None
        start = namespace.range().start.index
        position = next(
            (at for at, node in enumerate(_arguments(call)) if node.range().start.index == start), None
        )
        if called.kind() == "identifier" and position is not None:
            for function in self._root.find_all(
                kind="function_definition", has={"field": "name", "regex": f"^{called.text()}$"}
            ):
                parameters = function.field("parameters")
                taken = parameters.named_children()[position : position + 1] if parameters else []
                name = re.match(r"\w+", taken[0].text()) if taken else None
                if name is not None and not _is_changed(name[0], function.text()):
                    return
        self._found.module["its namespace is given away"] = None

    def _item(self, subscript: SgNode) -> None:
        statement = subscript.parent()
        if statement is None or statement.kind() not in ("assignment", "augmented_assignment"):
            return
        left = statement.field("left")
        if left is None or left.range().start.index != subscript.range().start.index:
            return
        index = subscript.field("subscript")
        if index is None or not self._written(index, subscript):
            self._found.module["globals()[...]"] = None

    def _written(self, key: SgNode, place: SgNode) -> bool:
        """Note the names that a key stands for; whether they are all known."""
        line = key.range().start.line + 1
        if (text := string(key)) is not None:
            self._found.names.setdefault(text, line)
            return True
        found = texts(key, place, self._tables)
        for text in found or ():
            self._found.names.setdefault(text, line)
        return found is not None

    def _method(self, attribute: SgNode, method: str) -> None:
        call = attribute.parent()
        given = _arguments(call) if call is not None and call.kind() == "call" else []
        if method == "update" and len(given) == 1:
            found = names_of(given[0], self._tables)
            if found.is_complete and not found.modules and given[0].kind() in _MAPPINGS:
                line = attribute.range().start.line + 1
                for name in found.names:
                    self._found.names.setdefault(name, line)
                return
        if method == "setdefault" and given and self._written(given[0], attribute):
            return
        if method not in ("pop", "clear"):
            self._found.module[f"globals().{method}()"] = None

    def _setattr(self, call: SgNode) -> None:
        given = _arguments(call)
        if len(given) != 3:
            return
        target = given[0].text()
        if target in self._self_names or _OWN_MODULE in target:
            if not self._written(given[1], call):
                self._found.module["setattr on its own module"] = None
        elif given[0].kind() == "identifier":
            name = string(given[1])
            known = self._found.classes.setdefault(target, {})
            if name is None or known is None:
                self._found.classes[target] = None
            else:
                known[name] = call.range().start.line + 1

    def _modules(self, attribute: SgNode) -> None:
        """``sys.modules`` is used."""
        parent = attribute.parent()
        if parent is None:
            return
        if parent.kind() == "attribute":
            method = parent.field("attribute")
            if method is not None and method.text() in ("update", "setdefault", "__setitem__"):
                self._found.submodules["sys.modules"] = None
            return
        index = parent.field("subscript")
        above = parent.parent()
        if parent.kind() != "subscript" or index is None or above is None:
            return
        if above.kind() in ("delete_statement", "expression_list"):
            self._found.module["it is taken out of sys.modules"] = None
            return
        is_own = index.text() == "__name__"
        left = above.field("left")
        if above.kind() == "assignment" and left is not None and _starts_with(above, parent):
            right = above.field("right")
            if not is_own:
                self._found.submodules["sys.modules"] = None
            elif right is not None:
                self._found.replacements.append(right)
        elif is_own:
            self._own_module(above)

    def _own_module(self, above: SgNode) -> None:
        if above.kind() == "attribute":
            statement, attribute = above.parent(), above.field("attribute")
            is_written = (
                statement is not None and statement.kind() == "assignment" and _starts_with(statement, above)
            )
            if is_written or (attribute is not None and attribute.text() == "__dict__"):
                self._found.module["attributes set on its own module"] = None
        elif above.kind() == "argument_list":
            call = above.parent()
            called = call.field("function") if call else None
            if called is None or called.text() not in (*_READERS, "setattr"):
                self._found.module["its namespace is given away"] = None


def _is_changed(name: str, text: str) -> bool:
    """Whether code may write into the mapping that it calls `name`, or gives it to code that may."""
    name = re.escape(name)
    methods = "update|setdefault|__setitem__|__ior__"
    if re.search(rf"\b{name}\[[^\]\n]*\]\s*=(?!=)|\b{name}\.(?:{methods})\b|\b{name}\s*\|=", text):
        return True
    # The head of a function that has a parameter of this name is no call that is given it.
    given = re.finditer(rf"(?:(?<![\w.])(def\s+)?([\w.]++)\(|[,=])\s*\**{name}\s*[,)]", text)
    return any(not found[1] and (found[2] or "") not in _READERS for found in given)


def _starts_with(statement: SgNode, node: SgNode) -> bool:
    return statement.range().start.index == node.range().start.index


def _call_of(name: SgNode) -> SgNode | None:
    """The call whose function is this name or an attribute that ends with it."""
    node, parent = name, name.parent()
    if parent is not None and parent.kind() == "attribute":
        node, parent = parent, parent.parent()
    if parent is None or parent.kind() != "call":
        return None
    function = parent.field("function")
    return parent if function is not None and function.text() == node.text() else None


def _arguments(call: SgNode) -> list[SgNode]:
    arguments = call.field("arguments")
    if arguments is not None and arguments.kind() == "generator_expression":
        return [arguments]
    return [child for child in arguments.named_children() if child.kind() != "comment"] if arguments else []


def _scopes(node: SgNode) -> Iterator[SgNode]:
    """The functions, lambdas and classes around a node, the innermost first."""
    for ancestor in node.ancestors():
        if ancestor.kind() in ("function_definition", "class_definition", "lambda"):
            yield ancestor
