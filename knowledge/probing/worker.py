"""Runs as a program of its own, confined, by the interpreter that is probed: imports modules, runs a script.

The job comes on standard input; a line of JSON for each thing that begins and that ended goes to what was
standard output. Whatever is imported writes to standard error. Only the standard library of Python 3.8 is
used: nothing else is known to be there. What is told here is what the imported code lets be told: whoever
reads it must not believe more than that something passed or failed.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import faulthandler
import importlib
import inspect
import json
import os
import site
import sys
import time
import types
from typing import Any, Iterator

_MOST_FRAMES = 60
_MOST_LINKS = 6
_MOST_TEXT = 2000
_MISSING = object()


def main() -> None:
    """Do what the job says, one thing after another."""
    result = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    faulthandler.enable(all_threads=False)
    job = json.load(sys.stdin)
    token = job["token"]

    def tell(record: dict[str, Any]) -> None:
        record["token"] = token
        result.write(json.dumps(record) + "\n")
        result.flush()

    tell({"python": "%d.%d.%d" % sys.version_info[:3]})
    for directory in job["sites"]:
        site.addsitedir(directory)
    for module in job["modules"]:
        _import(module, tell)
    if job["script"]:
        _run_script(job["script"], job["code"], tell)
    until = time.perf_counter() + job["others_s"]
    for module in job["others"]:
        if time.perf_counter() < until:
            _import(module, tell)
    tell({"is_over": True})
    result.close()


def _import(module: str, tell: Any) -> None:
    tell({"begins": module})
    began = time.perf_counter()
    error = None
    try:
        importlib.import_module(module)
    except BaseException as exception:
        error = _told(exception)
    tell({"ended": module, "wall_s": time.perf_counter() - began, "error": error})


def _run_script(path: str, code_directories: Any, tell: Any) -> None:
    """Run a program as ``python FILE`` does, where further directories have modules for it."""
    main_module = types.ModuleType("__main__")
    main_module.__file__ = path
    main_module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main_module
    sys.argv = [path]
    sys.path[:0] = [os.path.dirname(path)] + [os.path.abspath(each) for each in code_directories]
    tell({"begins": ""})
    began = time.perf_counter()
    error = None
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main_module.__dict__)
    except SystemExit as exception:
        if exception.code not in (None, 0):
            error = _told(exception)
    except BaseException as exception:
        error = _told(exception)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    tell({"ended": "", "wall_s": time.perf_counter() - began, "error": error})


def _told(exception: BaseException, links: int = _MOST_LINKS) -> dict[str, Any]:
    """An exception and those that led to it, without a reference to what they hold."""
    told: dict[str, Any] = {
        "type": type(exception).__name__,
        "types": [kind.__name__ for kind in type(exception).__mro__],
        "text": _text(exception),
        "name": _string(getattr(exception, "name", None)),
        "path": _string(getattr(exception, "path", None)),
        "errno": exception.errno if isinstance(exception, OSError) and type(exception.errno) is int else None,
        "of": [],
        "frames": [],
        "before": None,
    }
    if isinstance(exception, SyntaxError):
        told["path"], told["line"] = _string(exception.filename), exception.lineno or 0
    try:
        steps = list(_steps(exception.__traceback__))
        told["frames"] = [_frame(step) for step in steps[-_MOST_FRAMES:]]
        if isinstance(exception, AttributeError):
            obj = getattr(exception, "obj", _MISSING)
            if obj is not _MISSING and obj is not None:
                told["of"] = _origins(obj)
        if steps and not told["of"]:
            told["of"] = _used(steps[-1], exception)
    except Exception:  # what is looked at may be made to mislead
        pass
    before = exception.__cause__ or exception.__context__  # whether it shall be shown or not
    if before is not None and links:
        told["before"] = _told(before, links - 1)
    return told


def _text(exception: BaseException) -> str:
    try:
        return _string(str.__str__(str(exception))) or ""
    except Exception:
        return ""


def _string(value: object) -> str | None:
    """A text that every reader of JSON takes: names of files may hold halves of pairs."""
    return value[:_MOST_TEXT].encode("utf-8", "replace").decode() if type(value) is str else None


def _steps(step: types.TracebackType | None) -> Iterator[types.TracebackType]:
    while step is not None:
        yield step
        step = step.tb_next


def _frame(step: types.TracebackType) -> dict[str, Any]:
    code = step.tb_frame.f_code
    return {
        "file": _string(code.co_filename) or "",
        "line": step.tb_lineno or 0,
        "function": _string(code.co_name) or "",
    }


def _origins(obj: Any) -> list[str]:
    """Files and modules that an object comes from, the closest first; nothing of it is run."""
    found: list[str] = []

    def add(name: object) -> None:
        text = _string(name)
        if text is not None and text not in found:
            found.append(text)

    for _ in range(5):  # through what wraps it
        if isinstance(obj, types.ModuleType):
            names = types.ModuleType.__getattribute__(obj, "__dict__")
            add(names.get("__file__"))
            add(names.get("__name__"))
            return found
        if isinstance(obj, types.MethodType):
            obj = obj.__func__
        code = getattr(obj, "__code__", None) if isinstance(obj, types.FunctionType) else None
        if isinstance(obj, (staticmethod, classmethod)):
            obj = obj.__func__
            continue
        if isinstance(obj, property) and obj.fget is not None:
            obj = obj.fget
            continue
        if code is None:
            break
        add(code.co_filename)
        wrapped = inspect.getattr_static(obj, "__wrapped__", None)
        add(inspect.getattr_static(obj, "__module__", None) if wrapped is None else None)
        if wrapped is None:
            return found
        obj = wrapped
    kinds = [obj] if isinstance(obj, type) else []
    kinds += type(obj).__mro__ if not isinstance(obj, type) else obj.__mro__[1:]
    if not isinstance(obj, type):
        for name in ("__module__", "__objclass__"):
            value = inspect.getattr_static(obj, name, None)
            if isinstance(value, types.GetSetDescriptorType) or value is None:
                value = getattr(obj, name, None) if isinstance(obj, _NATIVE) else None
            add(value if type(value) is str else getattr(value, "__module__", None))
        owner = getattr(obj, "__self__", None) if isinstance(obj, types.BuiltinFunctionType) else None
        if isinstance(owner, types.ModuleType):
            add(owner.__dict__.get("__file__"))
            add(owner.__dict__.get("__name__"))
        elif owner is not None:
            kinds += type(owner).__mro__
    for kind in kinds:
        module = type.__getattribute__(kind, "__module__")
        if module != "builtins":
            add(module)
    return found


_NATIVE = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
)


def _used(step: types.TracebackType, exception: BaseException) -> list[str]:
    """Where what the failing expression calls, or takes an attribute of, comes from; the likeliest first."""
    frame = step.tb_frame
    nodes = list(_nodes(step))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    if isinstance(exception, AttributeError):
        wanted = [n.value for n in attributes if n.attr in str(exception)] + [n.value for n in attributes]
    else:
        wanted = calls + [node.value for node in attributes]
    found: list[str] = []
    for node in wanted:
        for obj in _resolved(node, frame):
            found += [name for name in _origins(obj) if name not in found]
    return found


def _nodes(step: types.TracebackType) -> Iterator[ast.AST]:
    """The expressions that an instruction stands for: exactly from Python 3.11 on, else those of the line."""
    code = step.tb_frame.f_code
    text = _source(code.co_filename, step)
    if not text:
        return
    position = None
    if hasattr(code, "co_positions"):
        for number, place in enumerate(code.co_positions()):
            if number == step.tb_lasti // 2:
                position = place
                break
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    inside: list[ast.AST] = []
    exact: list[ast.AST] = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.expr, ast.stmt)):
            continue
        last = node.end_lineno or node.lineno
        if position is not None and None not in position:
            if (node.lineno, last, node.col_offset, node.end_col_offset) == tuple(position):
                exact.append(node)
        elif node.lineno <= step.tb_lineno <= last and not hasattr(node, "body"):
            inside.append(node)
    for node in exact:
        yield from ast.walk(node)
    yield from inside


def _source(filename: str, step: types.TracebackType) -> str:
    import linecache

    lines = linecache.getlines(filename, step.tb_frame.f_globals)
    return "".join(lines) if 0 < len(lines) < 50000 else ""


def _resolved(node: ast.AST, frame: types.FrameType) -> list[Any]:
    """What an expression stands for, looked up without running anything; nothing where that is not known."""
    if isinstance(node, ast.Name):
        for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if node.id in names:
                return [names[node.id]]
        return []
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return []
        return [kind for kind in _resolved(node.func, frame) if isinstance(kind, type)]
    if not isinstance(node, ast.Attribute):
        return []
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
        return _of_super(node.attr, frame)
    found = []
    for obj in _resolved(value, frame):
        member = inspect.getattr_static(obj, node.attr, _MISSING)
        if member is not _MISSING and not isinstance(member, (types.MemberDescriptorType, property)):
            found.append(member)
        elif isinstance(obj, types.ModuleType):
            found.append(obj)
    return found


def _of_super(attribute: str, frame: types.FrameType) -> list[Any]:
    """What ``super().attribute`` finds: along the classes of the object, after that of the method."""
    names = frame.f_locals
    owner = names.get("__class__")
    code = frame.f_code
    self = names.get(code.co_varnames[0]) if code.co_argcount else None
    kinds = type(self).__mro__ if not isinstance(self, type) else self.__mro__
    if owner is None:
        for kind in kinds:
            member = kind.__dict__.get(code.co_name)
            if getattr(member, "__code__", None) is code:
                owner = kind
    if owner not in kinds:
        return []
    for kind in kinds[kinds.index(owner) + 1 :]:
        if attribute in kind.__dict__:
            return [kind.__dict__[attribute], kind]
    return []


if __name__ == "__main__":
    main()
