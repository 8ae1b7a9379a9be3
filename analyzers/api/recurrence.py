"""Whether another release meets a failure that one met: asked of the few lines that decide it.

A failure was found by importing a stack on paper; repeating that for every release of a project would be
dear. What is asked here reads one or a few modules, and is right where releases are alike; the release that
comes out of it is examined like any other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from analyzers.api.conditions import Target
from analyzers.api.missing import absence
from analyzers.api.modules import Root
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.files import FileReader, FileReaderError, joined, read_file
from analyzers.importing.failures import ImportFailure, Site
from analyzers.source.reading.decoding import NotTextError, decoded

_LIMIT_BYTES = 2 << 20
_NAME = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")
_REQUIRED = re.compile(r"missing 1 required (?:positional|keyword-only) argument: '(\w+)'")
_SURPLUS = re.compile(r"takes (\d+) positional arguments? but (\d+) were given")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lacks(failure: ImportFailure, reader: FileReader, directory: bytes, target: Target) -> bool | None:
    """Whether a release of the provider lacks the names of a failure; None where that is not known.

    Args:
        failure: about names, modules, attributes, or raised by the provider when a name is asked for.
        reader: holds the release.
        directory: where its outermost modules are.
        target: decides tests of version and platform.
    """
    symbols = asked_for(failure)
    if not symbols:
        return None
    surfaces = DistributionSurfaces([Root(reader, directory)], target)
    answers = []
    for symbol in symbols:
        try:
            found = surfaces.resolved(symbol)
            answers.append(False if found else True if absence(symbol, surfaces) is not None else None)
        except (FileReaderError, RecursionError):
            answers.append(None)
    if True in answers:
        return True
    return None if None in answers else False


def asked_for(failure: ImportFailure, statement: ast.stmt | None = None) -> tuple[str, ...]:
    """The dotted names that a failure is about, one of which is missing.

    Args:
        failure: what failed.
        statement: on whose line it happened, where the failure itself does not say it.
    """
    if found := _NAME.fullmatch(failure.message):
        return (f"{found[2]}.{found[1]}",)
    if found := _MODULE.fullmatch(failure.message):
        return (found[1],)
    if found := _ATTRIBUTE.fullmatch(failure.message):
        return (f"{found[1]}.{found[2]}",)
    match statement:
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return tuple(f"{module}.{each.name}" for each in names if each.name != "*")
        case ast.Import(names=names):
            return tuple(each.name for each in names)
    return ()


def refuses(failure: ImportFailure, other: FileReader, function: str, path: bytes) -> bool | None:
    """Whether a function of another release refuses the arguments that a failure is about.

    Args:
        failure: about arguments.
        other: holds that release.
        function: qualified name, as `function_at` says it.
        path: of the module in that release.
    """
    tree = parsed(other, path)
    if tree is None:
        return None
    node = next((found for name, found in _functions(tree.body, "") if name == function), None)
    return None if node is None else _refuses(failure.message, node)


def _refuses(message: str, node: Function) -> bool | None:
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    if found := _UNEXPECTED.search(message):
        names = {each.arg for each in (*spec.args, *spec.kwonlyargs)}
        return found[1] not in names and spec.kwarg is None
    if found := _REQUIRED.search(message):
        required = positional[: len(positional) - len(spec.defaults)]
        required += [
            each for each, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is None
        ]
        return found[1] in {each.arg for each in required}
    if found := _SURPLUS.search(message):
        return spec.vararg is None and len(positional) < int(found[2])
    return None


def function_at(tree: ast.Module, line: int) -> str | None:
    """The qualified name of the function whose definition stands on a line."""
    return next((name for name, node in _functions(tree.body, "") if node.lineno == line), None)


def _functions(body: list[ast.stmt], within: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{within}{node.name}", node
            case ast.ClassDef():
                yield from _functions(node.body, f"{within}{node.name}.")
            case ast.If(body=first, orelse=second) | ast.Try(body=first, orelse=second):
                yield from _functions(first, within)
                yield from _functions(second, within)


def asks(statement: ast.stmt, other: ast.Module) -> bool:
    """Whether another release of a module holds the statement that fails, or for imports a part of it."""
    wanted = _imported(statement)
    told = ast.dump(statement)
    for node in ast.walk(other):
        if not isinstance(node, ast.stmt):
            continue
        if wanted:
            if wanted <= _imported(node):
                return True
        elif ast.dump(node) == told:
            return True
    return False


def _imported(statement: ast.stmt) -> frozenset[tuple[str, str]]:
    match statement:
        case ast.ImportFrom(module=module, names=names, level=level):
            return frozenset((f"{'.' * level}{module or ''}", each.name) for each in names)
        case ast.Import(names=names):
            return frozenset(("", each.name) for each in names)
    return frozenset()


def narrowed(statement: ast.stmt, failure: ImportFailure) -> ast.stmt:
    """The statement with the one name that a failure is about, where it imports more than that."""
    found = _NAME.fullmatch(failure.message)
    if isinstance(statement, ast.ImportFrom) and found:
        names = [each for each in statement.names if each.name == found[1]]
        if names:
            return ast.ImportFrom(module=statement.module, names=names, level=statement.level)
    return statement


def statement_at(tree: ast.Module, line: int) -> ast.stmt | None:
    """The innermost statement that holds a line."""
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        is_there = isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
        if is_there and isinstance(node, ast.stmt) and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def parsed(reader: FileReader, path: bytes) -> ast.Module | None:
    """The tree of a module; None where it cannot be read or parsed."""
    try:
        return ast.parse(decoded(read_file(reader, path, _LIMIT_BYTES)).text)
    except (FileReaderError, NotTextError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def asking(failure: ImportFailure) -> Site:
    """The line that asks the provider: the innermost one that is not in the provider itself."""
    if failure.provider is not None:
        for site in reversed(failure.chain):
            if site.distribution != failure.provider:
                return site
    return failure.consumer


def module_path(module: str, directory: bytes, exists: Callable[[bytes], bool]) -> bytes | None:
    """Where a module's source is in a tree; None where it has none."""
    path = joined(directory, module.replace(".", "/").encode())
    return next((each for each in (path + b".py", path + b"/__init__.py") if exists(each)), None)
