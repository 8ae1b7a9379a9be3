"""``advise`` with evidence as a user runs it: stacks that resolve and cannot be imported are avoided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer

ASKS = b"from lib.urls import quote\n"
HAS = {"lib/__init__.py": b"", "lib/urls.py": b"def quote(text):\n    return text\n"}
LACKS = {"lib/__init__.py": b"", "lib/urls.py": b"def other(text):\n    return text\n"}


@pytest.fixture
def index() -> FakeIndex:
    """An application that never capped a library, which lost what it imports in 2.0."""
    made = FakeIndex()
    made.add("app", "1.0", requires=["lib"], contents={"app/__init__.py": ASKS})
    for version in ("1.0", "1.1"):
        made.add("lib", version, contents=HAS)
    for version in ("2.0", "2.1", "3.0"):
        made.add("lib", version, contents=LACKS)
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def report(commands: Commands, *options: str, code: int = 0) -> Any:
    ran = commands.advise(*options, "--format", "json")
    assert ran.code == code, ran.err
    return ran.json


def pins(advice: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in advice["pins"]}


def said(advice: Any, name: str, unit: str = "import-doubts") -> list[str]:
    found = [pin for pin in advice["pins"] if pin["name"] == name]
    return [each["message"] for pin in found for each in pin["reasons"] if each["unit"] == unit]


def test_the_library_moves_back_to_the_newest_that_serves(stackwright: Commands) -> None:
    advice = report(stackwright, "app")
    assert pins(advice) == {"app": "1.0", "lib": "1.1"}
    rejected = next(pin for pin in advice["pins"] if pin["name"] == "lib")["rejected"]
    assert {each["unit"] for each in rejected} == {"imports"}
    reason = rejected[0]["reason"]
    assert reason["message"] == (
        "app 1.0 cannot be imported with lib 3.0: cannot import name 'quote' from 'lib.urls' "
        "(app/__init__.py:1)"
    )
    assert reason["evidence"][0]["where"] == "app/__init__.py:1"


def test_the_application_moves_where_no_library_serves(stackwright: Commands, index: FakeIndex) -> None:
    for version in ("1.1", "1.2", "1.3"):
        index.add("new", version, requires=["lib>=2"], contents={"new/__init__.py": ASKS})
    index.add("new", "1.0", requires=["lib"], contents={"new/__init__.py": b"import lib\n"})
    advice = report(stackwright, "new")
    assert pins(advice) == {"lib": "3.0", "new": "1.0"}
    assert advice["statistics"]["stacks"] == 2


def test_what_fails_whatever_is_chosen_is_refuted(stackwright: Commands) -> None:
    advice = report(stackwright, "app", "lib>=2", code=1)
    assert advice["status"] == "refuted"
    assert pins(advice) == {"app": "1.0", "lib": "3.0"}
    assert "cannot import name 'quote'" in said(advice, "app")[0]
    shown = stackwright.advise("app", "lib>=2")
    assert shown.code == 1
    assert "evidence speaks against each one" in shown.out
    assert "error: app 1.0 cannot be imported with lib 3.0" in " ".join(shown.out.split())


def test_a_refuted_stack_is_written_only_where_that_is_allowed(stackwright: Commands) -> None:
    assert stackwright.advise("app", "lib>=2", "-o", "pylock.toml").code == 1
    assert not stackwright.path("pylock.toml").exists()
    assert stackwright.advise("app", "lib>=2", "-o", "pylock.toml", "--allow-refuted").code == 0
    assert 'version = "3.0"' in stackwright.path("pylock.toml").read_text()


GUARDS = (
    b"try:\n    from lib.urls import quote\nexcept ImportError:\n    quote = None\n",
    b"def later():\n    from lib.urls import quote\n",
    b"import sys\nif sys.version_info < (3, 0):\n    from lib.urls import quote\n",
)


@pytest.mark.parametrize("text", GUARDS)
def test_what_is_guarded_refutes_nothing(stackwright: Commands, index: FakeIndex, text: bytes) -> None:
    index.add("careful", "1.0", requires=["lib"], contents={"careful/__init__.py": text})
    assert pins(report(stackwright, "careful"))["lib"] == "3.0"


def test_a_name_that_may_be_made_is_not_missed(stackwright: Commands, index: FakeIndex) -> None:
    made = b"import sys\nfor name in sys.argv:\n    globals()[name] = name\n"
    index.add("lib", "4.0", contents={"lib/__init__.py": b"", "lib/urls.py": made})
    assert pins(report(stackwright, "app"))["lib"] == "4.0"


def test_a_warm_run_asks_nothing(stackwright: Commands, server: IndexServer) -> None:
    cold = report(stackwright, "app")
    server.requests.clear()
    warm = report(stackwright, "app")
    assert server.paths() == []
    assert warm["pins"] == cold["pins"]
    assert pins(report(stackwright, "app", "--offline", "--evidence", "stored"))["lib"] == "1.1"


def test_two_cold_runs_say_the_same(stackwright: Commands) -> None:
    first = report(stackwright, "app", "--store", "first.sqlite3")
    second = report(stackwright, "app", "--store", "second.sqlite3")
    assert first["pins"] == second["pins"]


def test_a_release_that_is_not_reached_changes_nothing(
    stackwright: Commands, server: IndexServer, index: FakeIndex
) -> None:
    for version in ("1.0", "2.0"):
        index.add("apart", version, contents={"apart/__init__.py": b""})
    index.add("whole", "1.0", requires=["app", "apart"], contents={"whole/__init__.py": b"import app\n"})
    assert pins(report(stackwright, "whole"))["lib"] == "1.1"
    stackwright.write("limits.txt", "apart<2\n")
    limited = ("whole", "-c", "limits.txt")
    assert pins(report(stackwright, *limited, "--evidence", "none"))["lib"] == "3.0"
    server.requests.clear()
    assert pins(report(stackwright, *limited, "--offline"))["lib"] == "1.1"
    assert server.paths() == []


@pytest.mark.parametrize("options", [("--evidence", "none"), ("--type", "latest")])
def test_without_evidence_no_file_is_read(
    stackwright: Commands, server: IndexServer, options: tuple[str, ...]
) -> None:
    assert pins(report(stackwright, "app", *options))["lib"] == "3.0"
    assert server.counts()[RequestKind.RANGE] == 0


def test_the_unit_can_be_disabled(stackwright: Commands) -> None:
    stackwright.write("units.toml", "[imports]\nenabled = false\n")
    assert pins(report(stackwright, "app", "--pipeline", "units.toml"))["lib"] == "3.0"


def test_what_the_budget_leaves_is_told(stackwright: Commands) -> None:
    advice = report(stackwright, "app", "--evidence-budget", "0s")
    assert pins(advice)["lib"] == "3.0"
    assert "the evidence budget of 0 s is spent" in stackwright.advise("app", "--evidence-budget", "0s").err
    assert pins(report(stackwright, "app"))["lib"] == "1.1"


def test_a_budget_that_is_none_is_refused(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "--evidence-budget", "much")
    assert ran.code == 2
    assert "'much' is neither seconds (20s), bytes (60MB) nor steps (500000steps)" in ran.err


def test_steps_end_a_simulation_alike_whatever_is_stored(stackwright: Commands) -> None:
    limited = ("app", "--evidence-budget", "1steps")
    cold = report(stackwright, *limited)
    assert pins(cold)["lib"] == "3.0"
    assert "budget of 1 steps or 60 MB was spent before the end" in stackwright.advise(*limited).err
    assert report(stackwright, *limited)["pins"] == cold["pins"]
    assert pins(report(stackwright, "app", "--evidence-budget", "1000steps"))["lib"] == "1.1"


def test_only_what_is_stored_counts(stackwright: Commands, server: IndexServer) -> None:
    assert pins(report(stackwright, "app", "--evidence", "stored"))["lib"] == "3.0"
    assert server.counts()[RequestKind.RANGE] == 0


def test_code_that_asks_for_what_is_gone_counts_as_well(stackwright: Commands) -> None:
    stackwright.write("main.py", "import lib\nfrom lib.urls import quote\n")
    advice = report(stackwright, "lib", "--source", "main.py")
    assert pins(advice)["lib"] == "1.1"


def test_code_that_asks_for_nothing_of_it_is_not_held_back(stackwright: Commands) -> None:
    stackwright.write("main.py", "import lib\n")
    assert pins(report(stackwright, "app", "--source", "main.py"))["lib"] == "3.0"


def test_what_code_runs_as_a_program_is_imported(stackwright: Commands, index: FakeIndex) -> None:
    started = {"tool/__init__.py": b"", "tool/__main__.py": b"from lib.urls import quote\n"}
    index.add("tool", "1.0", requires=["lib"], contents=started)
    stackwright.write(
        "main.py", "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'tool', '--version'])\n"
    )
    assert pins(report(stackwright, "tool"))["lib"] == "3.0"
    assert pins(report(stackwright, "tool", "--source", "main.py"))["lib"] == "1.1"


def test_an_argument_that_is_gone_moves_the_library(stackwright: Commands, index: FakeIndex) -> None:
    for version, text in (
        ("1.0", b"class C:\n    def __init__(self, a, old=None):\n        self.a = a\n"),
        ("2.0", b"class C:\n    def __init__(self, a):\n        self.a = a\n"),
    ):
        index.add("kit", version, contents={"kit.py": text})
    text = b"import kit\n\nclass D(kit.C):\n    pass\n\nd = D(1, old=2)\n"
    index.add("user", "1.0", requires=["kit"], contents={"user.py": text})
    assert pins(report(stackwright, "user"))["kit"] == "1.0"


def test_a_source_distribution_is_read_too(stackwright: Commands, index: FakeIndex) -> None:
    advice = report(stackwright, "app")
    assert advice["statistics"]["requests"].get("sdist", 0) == 0
    index.add_project("packed")
    index.add("packed", "1.0", requires=["lib"], wheel=False, sdist=True)
    assert pins(report(stackwright, "packed"))["lib"] == "3.0"


def test_main_code_of_a_project_is_imported_and_its_tests_are_not(stackwright: Commands) -> None:
    asks = "from lib.urls import quote\n"
    stackwright.write("shop/pyproject.toml", "[project]\nname = 'shop'\ndependencies = ['lib']\n")
    stackwright.write("shop/src/shop/__init__.py", "import lib\n")
    stackwright.write("shop/tests/test_shop.py", asks)
    stackwright.write("shop/docs/conf.py", asks)
    assert pins(report(stackwright, "--source", "shop", "--pipeline", only_imports(stackwright))) == {
        "lib": "3.0"
    }
    stackwright.write("shop/src/shop/views.py", asks)
    assert pins(report(stackwright, "--source", "shop", "--pipeline", only_imports(stackwright))) == {
        "lib": "1.1"
    }


def test_a_console_script_is_run(stackwright: Commands) -> None:
    stackwright.write(
        "shop/pyproject.toml",
        "[project]\nname = 'shop'\ndependencies = ['lib']\n[project.scripts]\nshop = 'shop:main'\n",
    )
    stackwright.write("shop/shop/__init__.py", "def main():\n    from lib.urls import quote\n")
    assert pins(report(stackwright, "--source", "shop", "--pipeline", only_imports(stackwright))) == {
        "lib": "1.1"
    }


def only_imports(commands: Commands) -> str:
    """A pipeline in which nothing else looks at the code."""
    commands.write("units.toml", "[api-demand]\nenabled = false\n")
    return "units.toml"


def test_what_code_asks_of_no_release_is_a_warning(stackwright: Commands) -> None:
    stackwright.write("main.py", "from lib.urls import never\n")
    advice = report(stackwright, "lib", "--source", "main.py")
    assert (advice["status"], pins(advice)) == ("optimal", {"lib": "3.0"})
    assert "cannot import name 'never'" in said(advice, "lib")[0]


def test_what_no_release_has_does_not_hide_what_an_older_one_has(stackwright: Commands) -> None:
    stackwright.write("code/app.py", "from lib.urls import nothing\nfrom lib.urls import quote\n")
    advice = report(stackwright, "lib", "--source", "code")
    assert pins(advice) == {"lib": "1.1"}


def test_what_a_source_distribution_may_make_is_not_missed(stackwright: Commands, index: FakeIndex) -> None:
    index.add("packed", "1.0", wheel=False, sdist=True)
    index.add("needs", "1.0", requires=["packed"], contents={"needs.py": b"import packed\n"})
    assert pins(report(stackwright, "needs")) == {"needs": "1.0", "packed": "1.0"}
