from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analyzers
from analyzers.importing.machine import Target
from analyzers.importing.outlines import Outline, Outlines
from analyzers.importing.simulation import simulated
from analyzers.importing.stack import StackFiles
from fakes.sources.simulated_imports import PYTHON, stack


def _bodies(text: str) -> dict[int, tuple[list[str], list[int]]]:
    """Dumps and lines of the bodies of the outermost functions, by the line of their ``def``."""
    found = {}
    pending: list[ast.AST] = [ast.parse(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef):
            found[node.lineno] = ([ast.dump(each) for each in node.body], [each.lineno for each in node.body])
        elif not isinstance(node, ast.AsyncFunctionDef):
            pending += ast.iter_child_nodes(node)
    return found


def _outlined(text: str) -> dict[int, tuple[list[str], list[int]]]:
    outline = Outline(text)
    found = {}
    pending: list[ast.AST] = [outline.tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef):
            body = outline.body(node) or []
            found[node.lineno] = ([ast.dump(each) for each in body], [each.lineno for each in body])
        elif not isinstance(node, ast.AsyncFunctionDef):
            pending += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "def f(): return 1\nx = 2\n",
        "\ndef f():\n    return 1\nx = 2\n",
        "\ndef f(a='):', b={1: ')'}, *, c: 'int' = (1, 2)) -> dict[str, int]:  # a: comment\n    return 1\n",
        '\ndef f():\n    """Text\nthat starts at the margin:\ndef g():\n"""\n    return 1\nx = 1\n',
        '\nx = """\ndef f():\n    no\n"""\ndef g():\n    return 2\n',
        "\ndef f():\n    x = [\n1,\n]\n    return x\ny = 1\n",
        "\ndef f():\n# at the margin\n    return 1\n\n\n# after\nx = 1\n",
        "\nclass A:\n    def m(self):\n        pass\n    y = 1\n",
        "\nclass A:\n\tdef f(self):\n\t\treturn 1\n\tx = 1\n",
        "\ndef f():\n    x = 'a\\\nb'\n    return x\n",
        "\ndef f():\n    return r'\\\\'\n",
        "\nif a:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n",
        "\n@d(\n    1\n)\ndef f(\n    a,\n):\n    if a:\n        return 1\n    return 2",
        "\ndef f():\n    def g():\n        return 1\n    return g\n",
        "\r\ndef f():\r\n    return 1\r\nx = 1\r\n",
        "\ndef f():\n    return 1 + \\\n2\n",
    ],
)
def test_bodies_are_those_of_the_whole_text(text: str) -> None:
    assert _outlined(text) == _bodies(text)


@pytest.mark.parametrize(
    "path", sorted(Path(analyzers.__file__).parent.rglob("*.py")), ids=lambda path: path.name
)
def test_real_modules(path: Path) -> None:
    text = path.read_text("utf-8")
    whole = {line: body for line, body in _bodies(text).items() if "Yield" not in "".join(body[0])}
    assert {line: body for line, body in _outlined(text).items() if line in whole} == whole


@given(st.text(st.sampled_from("def f():\n \"'#\\(x")))
def test_refuses_what_python_refuses(text: str) -> None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return  # what is wrong in a body is found when it is called
    assert _outlined(text) == _bodies(text)


def test_a_function_that_does_not_parse_has_no_body() -> None:
    outline = Outline("\ndef f():\n    print 'two'\n")
    function = outline.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert outline.body(function) is None


def test_stacks_that_share_outlines_say_what_they_say_alone() -> None:
    shared = Outlines()
    here = {"app.py": "import lib\nx = lib.f(1)\n", "lib.py": "def f(a):\n    return [a for a in (a,)][0]\n"}
    there = {**here, "lib.py": "def f():\n    return 2\n"}
    told = []
    for content in (here, there, here):
        alone = stack(content)
        beside = StackFiles(alone._parts, alone.versions, shared)
        found = [simulated(files, Target(PYTHON), roots=["app"]) for files in (alone, beside)]
        assert found[0] == found[1]
        told.append(len(found[0].failures))
    assert told == [0, 1, 0]


def test_outlines_are_made_once_and_kept_up_to_a_limit() -> None:
    shared = Outlines(limit_parsed=10)
    assert shared.of("x = 1\n") is shared.of("x = 1\n")
    assert shared.of("y = 123456\n") is not shared.of("y = 123456\n")
