from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.reading.magics import cell_code


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import a\n", "import a\n"),
        ("import a", "import a\n"),
        ("", "\n"),
        ("%matplotlib inline\nimport a", "pass\nimport a\n"),
        ("!ls | grep 'it\nimport a", "pass\nimport a\n"),
        ("if x:\n    !ls\n    %env A=1\ny", "if x:\n    pass\n    pass\ny\n"),
        ("!ls \\\n  -l\nx", "pass\n\nx\n"),
        ("if x:\n  !ls \\\n  -l\nx", "if x:\n  pass\n\nx\n"),
        ("x = !ls\ny", "x = ...\ny\n"),
        ("a, b = %magic c", "a, b = ...\n"),
        ("x = %time f(a)", "x =       f(a)\n"),
        ("%time df = f(a)", "0;    df = f(a)\n"),
        ("%timeit -n 10 -r3 f(a)", "0;                f(a)\n"),
        ("%time", "pass\n"),
        ("foo?\n?foo\nfoo.bar??\nx", "\npass\n\nx\n"),
        ("x = foo?", "\n"),
        ("print('what?')\n# why?\n", "print('what?')\n# why?\n"),
        ("x = (a\n  % b)\n", "x = (a\n  % b)\n"),
        ("x = '''\n%time\n!ls\n'''\n", "x = '''\n%time\n!ls\n'''\n"),
        ("x = f(a, \\\n  !=b)\n", "x = f(a, \\\n  !=b)\n"),
        ("x = a \\\n% b\n", "x = a \\\n% b\n"),
        ("a %= 2\na != b\n'%s' % a\n", "a %= 2\na != b\n'%s' % a\n"),
        ("x = '\\'#'\n%time\n", "x = '\\'#'\npass\n"),
        ("%load_ext tensorboard\n%load_ext autoreload", "import    tensorboard\npass\n"),
        ("%%time\nimport a\n", "\nimport a\n"),
        ("\n%%capture out\n%%time\nimport a", "\n\n\nimport a\n"),
        ("%%timeit -n 3 x = 1\ny", "0;            x = 1\ny\n"),
        ("%%bash\nimport a\n", "\n\n"),
        ("%%script bash -e\nimport a\n", "\n\n"),
        ("%%html\nimport a\n", "\n\n"),
        ("%%writefile a.py\nimport a\n", "\n\n"),
        ("%%unheard_of x=1\nimport a\n!ls\n", "\nimport a\npass\n"),
        ("!!ls\n", "\n"),
        ("  import a\n  import b\n", "import a\nimport b\n"),
        ("  import a\nimport b\n", "  import a\nimport b\n"),
        ("await f()\n", "await f()\n"),
    ],
)
def test_only_python_is_left_on_its_lines(source: str, text: str) -> None:
    code = cell_code(source)
    assert code.text == text
    assert code.notes == []


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("%%unheard_of\nselect * from a\n", "%%unheard_of is not known"),
        ("f(\nimport a", "a bracket is opened"),
        ("x = '''\nimport a", "line 1 opens a string"),
        ("a\n\nx = f(\n'''\n", "line 3 opens a string"),
    ],
)
def test_a_cell_that_would_swallow_the_next_is_left_out(source: str, note: str) -> None:
    code = cell_code(source)
    assert code.text.strip() == ""
    assert code.text.count("\n") == source.removesuffix("\n").count("\n") + 1
    assert note in code.notes[0]


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ("%pip install a", [(1, "pip install a")]),
        ("x\n!pip install a \\\n   b", [(2, "pip install a    b")]),
        ("%%bash\n\npip install a \\\n b\nls", [(2, ""), (3, "pip install a   b"), (4, ""), (5, "ls")]),
        ("x = !uv pip install a", [(1, "uv pip install a")]),
        ("!!pip install a", [(1, "pip install a")]),
        ("%conda install -y a", [(1, "conda install -y a")]),
        ("%system pip install a", [(1, "pip install a")]),
        ("'''\n!pip install a\n'''", []),
        ("# !pip install a", []),
    ],
)
def test_what_a_shell_is_told_is_handed_back(source: str, commands: list[tuple[int, str]]) -> None:
    found = [(line, " ".join(command.split())) for line, command in cell_code(source).commands]
    assert found == [(line, " ".join(command.split())) for line, command in commands]


PIECES = st.sampled_from(
    [
        *"%!?\n\\'\"()[]{}=#x ,;/",
        "%%",
        '"""',
        "'''",
        "time ",
        "bash",
        "pip install a",
        "\n    ",
        "import a\n",
        "\t",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_cell_keeps_its_lines(source: str) -> None:
    assert cell_code(source).text.count("\n") == source.removesuffix("\n").count("\n") + 1


@given(
    st.lists(
        st.sampled_from(["x = 1", "f(a, b)", "'''a\nb'''", "if x:\n    y", "# c", "a % b", "g(\n1,\n% 2)"]),
        max_size=6,
    )
)
def test_python_is_left_alone(statements: list[str]) -> None:
    source = "\n".join(statements) + "\n"
    try:
        ast.parse(source)
    except SyntaxError:
        return
    assert cell_code(source).text == source


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        *("(" * 500_000, "'" * 500_001, "?" * 500_000, '"""' + "\\" * 500_000, "a" * 500_000 + "?"),
        *("%%time\n" * 100_000, "!a\\\n" * 500_000, "%%sh\n" + "a\\\n" * 500_000, "x = (\\\n" * 100_000),
        *("x = " * 200_000 + "!ls", "%time " + "-n 1 " * 200_000, "%%z\n" + "-" * 16_000 + "1"),
        "a?" * 300_000 + "b",
    ],
    ids=range(13),
)
def test_hostile_cells_come_to_an_end(source: str) -> None:
    assert cell_code(source).text.count("\n") == source.removesuffix("\n").count("\n") + 1
