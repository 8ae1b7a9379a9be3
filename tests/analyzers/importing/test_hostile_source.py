"""Source that is written to break whoever reads it costs little, and is never executed."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analyzers
from fakes.sources.simulated_imports import run

_LIMIT_CPU_S = 20


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    before = time.process_time()
    yield
    assert time.process_time() - before < _LIMIT_CPU_S


@pytest.mark.parametrize(
    "source",
    [
        "x = 'a' * 10**9",
        "x = '%1000000000d' % 1",
        "x = '%c' % 99999999999",
        "x = '{:1000000000d}'.format(1)",
        "x = '{0}' * 3\ny = x.replace('', 'a' * 1000)",
        "x = 'aaaaaaaaaa'\n" + "x = x.replace('a', x)\n" * 20,
        "x = 'a'\n" + "x = x.join(list(x) + list(x))\n" * 60,
        "x = 'a'\n" + "x = x + x\n" * 60,
        "x = f'{x}{x}'\n" * 60,
        "x = [1]\n" + "x += x\n" * 60,
        "x = [1]\n" + "x = x + x\n" * 60,
        "x = {1: 1}\nfor i in range(2000):\n    x = {**x, i: x}\n",
        "x = []\nfor i in range(2000):\n    for j in range(2000):\n        x.append(i)\n",
        "x = [a for a in range(2000) for b in range(2000) for c in range(2000) if a < 0]",
        "x = list(range(10**18))",
        "x = 9 ** 9 ** 9\ny = 1 << 10**10",
        "x = " + "9" * 4000 + "\ny = f'{x * x}'",
        "x = 0x" + "f" * 100_000 + "\ny = f'{x}'\nz = str(x)",
        "while True: pass",
        "def f(): f()\nf()",
        "def f(): g(); g(); g()\ndef g(): f(); f(); f()\nf()",
        "def f(n):\n    for i in range(2000): f(i)\nf(1)",
        "\n".join(f"def f{i}(): f{i + 1}(); f{i + 1}(); f{i + 1}()" for i in range(30)) + "\nf0()",
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "+".join(["1"] * 100_000),
        "x = a" + ".a" * 100_000,
        "x = f" + "()" * 100_000,
        "if a:\n    pass\n" + "elif a:\n    pass\n" * 20_000,
        "\n".join(" " * i + "if a:" for i in range(90)) + "\n" + " " * 90 + "pass",
        "def f(" * 100_000,
        'def f("""\n' * 50_001,
        '"""' + '\\"""' * 200_000,
        "def f(a,\n" * 100_000,
        "def f():\n    '''" * 50_000,
        "\\" * 1_000_000,
        "import user.a\n" * 100_000,
        "class A(A): ...\n" * 2_000,
        "from . import user\nfrom .. import x\nfrom ...... import y",
        "import re\nre.compile('(a+)+$').match('a' * 100)",
        "__import__('os').system('exit 1')",
        "import os\nos._exit(3)",
        "raise SystemExit",
        "\x00\x00",
        "# coding: rot13\nvzcbeg guvf",
        "def __getattr__(n): return __getattr__(n)\n",
    ],
)
def test_costs_little(source: str) -> None:
    found = run("import user", {"user.py": source})
    assert found.failures == ()


def test_a_large_module() -> None:
    line = "def f{0}(a, b=1):\n    '''text'''\n    return a + b\nx{0} = {0}\n"
    source = "".join(line.format(number) for number in range(20_000))
    assert run("import user\nuser.x19999", {"user.py": source}).failures == ()


def test_a_long_chain_of_imports() -> None:
    files = {f"m{number}.py": f"import m{number + 1}" for number in range(400)}
    assert run("import m0", files).modules == 401


_SOURCES = sorted(Path(analyzers.__file__).parent.rglob("*.py"))


@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_survives_random_edits_of_real_modules(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(_SOURCES)).read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 40))
        new = data.draw(
            st.sampled_from(
                ["", "(", ")", '"""', "'", "\n", "    ", ":", "def f(", "*", "=", "None", "import x\n"]
            )
        )
        text = text[:place] + new + text[place + length :]
    first = run("import user", {"user.py": text})
    assert first == run("import user", {"user.py": text})


@pytest.mark.parametrize(
    "line",
    [
        "f()\n",
        "x = {1: 1}\n",
        f"x = {'(' * 90}1{')' * 90}\n",
        f"x = {'[' * 90}1{']' * 90}\n",
        "def f():\n  return 1\n",
        "def f(a='",
        "def f((((((((\n",
        "#\n",
        "\n",
        "'''",
        "(",
    ],
)
@pytest.mark.parametrize("size_bytes", [1 << 20, 8 << 20])
def test_what_is_repeated_a_million_times_takes_seconds_and_no_gigabytes(line: str, size_bytes: int) -> None:
    source = line * (size_bytes // len(line) - 1)
    before_s, before_kb = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = run("import user", {"user.py": source})
    assert found.failures == ()
    assert time.process_time() - before_s < 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 1_500_000
