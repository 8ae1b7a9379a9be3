"""``stackwright fix`` as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fakes.commands import Commands

OLD = "import numpy as np\n\nx = np.product(y)  # kept\n"
NEW = "import numpy as np\n\nx = np.prod(y)  # kept\n"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def test_shows_a_diff_and_changes_nothing(commands: Commands) -> None:
    path = commands.write("a.py", OLD)
    ran = commands.main("fix", "a.py")
    assert ran.code == 0
    assert ran.out == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n import numpy as np\n \n"
        "-x = np.product(y)  # kept\n+x = np.prod(y)  # kept\n"
    )
    assert ran.err == "stackwright: 1 file would change in 1 place\n"
    assert path.read_text() == OLD
    assert commands.main("fix", ".", "--diff").out == ran.out


def test_looks_at_what_a_scan_would(commands: Commands) -> None:
    for name in ("a.py", "made/b.py", "venv/c.py", "d.ipynb", ".e/f.py"):
        commands.write(name, OLD)
    commands.write("venv/pyvenv.cfg", "")
    commands.write("script", "#!/usr/bin/env python3\n" + OLD)
    commands.write(".gitignore", "/made/\n")
    ran = commands.main("fix", ".", "--diff")
    assert [line for line in ran.out.splitlines() if line.startswith("+++")] == ["+++ b/a.py", "+++ b/script"]
    assert "+++ b/made/b.py" in commands.main("fix", "made/b.py").out.splitlines()


def test_git_applies_the_diff(commands: Commands) -> None:
    commands.write("a.py", OLD.replace("\n", "\r\n").encode())
    commands.write("b.py", "# coding: latin-1\nimport numpy as np\nx = 'ä', np.product(y)".encode("latin-1"))
    (commands.path("p")).mkdir()
    commands.write("p/c.py", OLD)
    with commands.started("fix", ".", "-q") as process:
        diff, _ = process.communicate(timeout=60)
    try:
        done = subprocess.run(["git", "apply", "-"], cwd=commands.folder, input=diff, check=False)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    assert done.returncode == 0
    assert commands.path("a.py").read_bytes() == NEW.replace("\n", "\r\n").encode()
    assert b"\nx = '\xe4', np.prod(y)" in commands.path("b.py").read_bytes()
    assert commands.path("p/c.py").read_text() == NEW


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD.encode(), NEW.encode()),
        (OLD.replace("\n", "\r\n").encode(), NEW.replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + OLD.encode(), b"\xef\xbb\xbf" + NEW.encode()),
        (b"# coding: latin-1\n# \xe4\n" + OLD.encode(), b"# coding: latin-1\n# \xe4\n" + NEW.encode()),
    ],
    ids=["plain", "crlf", "mark", "latin-1"],
)
def test_writes_with_mode_line_ends_and_encoding(commands: Commands, before: bytes, after: bytes) -> None:
    path = commands.write("a.py", before)
    path.chmod(0o750)
    ran = commands.main("fix", ".", "--write")
    assert (ran.code, ran.out, ran.err) == (0, "", "stackwright: 1 file changed in 1 place\n")
    assert path.read_bytes() == after
    assert path.stat().st_mode & 0o777 == 0o750
    assert [path.name for path in commands.folder.iterdir()] == ["a.py"]
    again = commands.main("fix", ".", "--write")
    assert again.err == "stackwright: 0 files changed in 0 places\n"


def test_a_link_that_is_named_stays_a_link(commands: Commands) -> None:
    path = commands.write("a.py", OLD)
    commands.path("b.py").symlink_to(path)
    assert commands.main("fix", "b.py", "--write").code == 0
    assert commands.path("b.py").is_symlink()
    assert path.read_text() == NEW


def test_check_says_whether_something_would_change(commands: Commands) -> None:
    commands.write("a.py", OLD)
    assert commands.main("fix", ".", "--check").code == 1
    commands.main("fix", ".", "--write")
    assert commands.main("fix", ".", "--check").code == 0


def test_for_limits_to_what_a_release_demands(commands: Commands) -> None:
    commands.write("a.py", "import numpy as np\nx = np.product(np.float(1))\n")
    assert "+x = np.product(float(1))\n" in commands.main("fix", ".", "--for", "numpy==1.26.4").out
    assert "+x = np.prod(float(1))\n" in commands.main("fix", ".", "--for", "numpy>=2").out
    assert commands.main("fix", ".", "--for", "pandas>=2").out == ""
    ran = commands.main("fix", ".", "--for", "none-such>=2")
    assert (ran.code, ran.out) == (0, "")
    assert "no rule is about releases that --for admits: none-such>=2" in ran.err


def test_tells_what_is_left_to_the_user(commands: Commands) -> None:
    commands.write("a.py", "import pandas as pd\ndf = pd.DataFrame()\ndf = pd.DataFrame().append(df)\n")
    commands.write("b.py", "import numpy\nprint numpy.product\n")
    commands.write("c.py", "from sklearn.externals import joblib\n")
    ran = commands.main("fix", ".")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "stackwright: a.py:3:6: pandas-append: write pandas.concat([a, b])",
        "stackwright: b.py: left alone: line 2: is no Python 3 that libcst knows",
        "stackwright: 1 file would change in 1 place, 1 left to you; the new code needs: joblib",
    ]
    assert commands.main("fix", ".", "-q").err == (
        "stackwright: b.py: left alone: line 2: is no Python 3 that libcst knows\n"
    )


def test_rules_of_a_file_count_beside_and_before_those_that_ship(commands: Commands) -> None:
    commands.write("a.py", "import numpy as np\nimport own\nx = np.product(own.old())\n")
    commands.write(
        "own.toml",
        """
        [[rules]]
        id = "own"
        old = "own:old"
        new = "own:new"
        since = "own>=2"
        link = "https://example.org"

        [[rules]]
        id = "numpy-product"
        old = "numpy:product"
        advice = "ask somebody"
        since = "numpy>=2"
        link = "https://example.org"
        """,
    )
    ran = commands.main("fix", ".", "--rules", "own.toml")
    assert "+x = np.product(own.new())\n" in ran.out
    assert "a.py:3:5: numpy-product: ask somebody" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.py"], "there is no such file or directory: none.py"),
        ([".", "--rules", "bad.toml"], "bad.toml: rule own: Object missing required field `since`"),
        ([".", "--rules", "none.toml"], "none.toml: No such file or directory"),
        ([".", "--for", "numpy>"], "--for 'numpy>' is no requirement"),
        ([".", "--check", "--write"], "--check and --write exclude each other"),
        ([".", "--diff", "--write"], "not allowed with argument --diff"),
        ([".", "--jobs", "0"], "--jobs must be at least 1: 0"),
        ([".", "b.py"], "unrecognized arguments: b.py"),
    ],
)
def test_mistakes_are_told_in_two_lines(commands: Commands, arguments: list[str], message: str) -> None:
    commands.write("bad.toml", '[[rules]]\nid = "own"\n')
    ran = commands.main("fix", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_libcst_is_not_loaded_where_no_file_has_the_words(commands: Commands) -> None:
    commands.write("a.py", "import numpy as np\nx = 1\n")
    code = "import sys, cli; cli.main(['fix', '.']); sys.exit('libcst' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=commands.folder, env=commands.environ, check=False
    )
    assert done.returncode == 0
