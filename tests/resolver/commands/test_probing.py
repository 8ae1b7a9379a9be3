"""``advise --evidence probe`` as a user runs it: stacks are built from a loopback index, and run."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.stores.locations import open_store

pytestmark = pytest.mark.slow

HAS = {"lib/__init__.py": b"def quote(text):\n    return text\n"}
LACKS = {"lib/__init__.py": b"def other(text):\n    return text\n"}
ASKS = {"app/__init__.py": b"exec('from lib import quote')\n"}


@pytest.fixture
def index() -> FakeIndex:
    """An application that never capped a library, and what it imports nobody can see on paper."""
    made = FakeIndex()
    made.add("app", "1.0", requires=["lib"], contents=ASKS)
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
    ran = commands.advise(*options, "--evidence", "probe", "--format", "json")
    assert ran.code == code, ran.err
    return ran.json


def pins(advice: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in advice["pins"]}


def tried(advice: Any) -> list[tuple[str, str]]:
    return [(probe["pins"]["lib"], probe["verdict"]) for probe in advice["probes"]["probes"]]


def test_the_newest_stack_that_runs_is_advised(stackwright: Commands) -> None:
    static = stackwright.advise("app", "--format", "json")
    assert pins(static.json) == {"app": "1.0", "lib": "3.0"}
    advice = report(stackwright, "app")
    assert pins(advice) == {"app": "1.0", "lib": "1.1"}
    assert tried(advice) == [("3.0", "failed"), ("2.1", "failed"), ("1.1", "passed"), ("2.0", "failed")]
    assert advice["probes"]["outcome"] == "passed"
    rejected = next(pin for pin in advice["pins"] if pin["name"] == "lib")["rejected"]
    assert [each["unit"] for each in rejected] == ["probes"] * 3
    assert rejected[0]["reason"]["message"].startswith("app 1.0 failed with lib 3.0 when probed")


def test_what_was_tried_is_not_tried_again_and_is_kept(stackwright: Commands) -> None:
    first = report(stackwright, "app")
    again = report(stackwright, "app", "--offline")
    assert pins(again) == pins(first)
    assert all(probe.get("is_stored") for probe in again["probes"]["probes"])
    store = open_store(str(stackwright.store))
    kept = store.observations(["lib"], ["import"])["lib"]
    store.close()
    assert len(kept) == len(first["probes"]["probes"])


def test_a_script_must_end_well_too(stackwright: Commands) -> None:
    stackwright.write("check.py", "import lib\nlib.other('x')\n")
    advice = report(stackwright, "lib", "--probe-script", "check.py")
    assert tried(advice) == [("3.0", "passed")]
    stackwright.write("check.py", "import lib\nlib.quote('x')\n")
    advice = report(stackwright, "lib", "--probe-script", "check.py")
    assert pins(advice) == {"lib": "1.1"}


def test_a_script_that_fails_by_itself_is_told(stackwright: Commands) -> None:
    stackwright.write("check.py", "undefined\n")
    ran = stackwright.advise("lib", "--evidence", "probe", "--probe-script", "check.py")
    assert ran.code == 1
    assert "NameError: name 'undefined' is not defined" in " ".join(ran.out.split())
    assert "this stack failed" in ran.out


def test_the_limit_ends_the_probes_and_what_is_shown_was_not_probed(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "--evidence", "probe", "--probe-limit", "1")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "warning: this stack was not probed (the limit of 1 probes is reached); 1 probe" in told
    assert "failed: app 1.0 with lib 3.0: ImportError" in told


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--python-version", "3.8"], "cannot be probed: it has Python 3.8"),
        (["--platform", "windows"], "cannot be probed: it has the system windows"),
        (["--probe-python", "nowhere"], "nowhere"),
        (["--probe-script", "nowhere.py"], "nowhere.py: No such file"),
    ],
)
def test_what_cannot_be_probed_is_refused(stackwright: Commands, options: list[str], says: str) -> None:
    ran = stackwright.advise("app", "--evidence", "probe", *options)
    assert ran.code == 2
    assert says in " ".join(ran.err.split())


def test_an_interpreter_can_be_named(stackwright: Commands) -> None:
    advice = report(stackwright, "lib", "--probe-python", sys.executable)
    assert advice["probes"]["python"] == "{}.{}.{}".format(*sys.version_info[:3])


def test_without_evidence_nothing_is_run(stackwright: Commands) -> None:
    advice = report(stackwright, "app", "--type", "latest")
    assert advice["probes"] is None


def test_what_is_passed_over_in_one_run_is_passed_over_in_the_next(
    stackwright: Commands, index: FakeIndex
) -> None:
    for version in ("2.2", "2.3", "3.1", "3.2", "3.3"):
        index.add("lib", version, contents=LACKS)
    first = report(stackwright, "app", "--probe-limit", "3")
    again = report(stackwright, "app")
    assert pins(again)["lib"] == "1.1"
    made = [probe["pins"]["lib"] for probe in again["probes"]["probes"] if not probe.get("is_stored")]
    assert len(made) + len(first["probes"]["probes"]) <= 7
    assert not {version for version, _ in tried(first)} & set(made)
    last = report(stackwright, "app")
    assert all(probe.get("is_stored") for probe in last["probes"]["probes"])
    assert pins(last)["lib"] == "1.1"


ENVIRONMENTS = f"""\
[project]
name = "shop"
version = "1"
dependencies = ["app"]

[tool.stackwright.environments.here]
python-version = "{sys.version_info.major}.{sys.version_info.minor}"

[tool.stackwright.environments.board]
python-version = "3.9"
platform = "linux/arm64"
"""


def test_of_several_environments_those_that_run_here_are_probed(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", ENVIRONMENTS)
    ran = stackwright.advise("--evidence", "probe", "--jobs", "2")
    assert ran.code == 0, ran.err
    assert "environment board is not probed: it has Python 3.9, and " in ran.err
    assert "here: probed: this stack passed with Python 3." in ran.out
    locked = {
        name: tomllib.loads(stackwright.path(f"pylock.{name}.toml").read_text())["packages"]
        for name in ("here", "board")
    }
    versions = {
        name: {each["name"]: each["version"] for each in packages} for name, packages in locked.items()
    }
    assert versions["here"] == {"app": "1.0", "lib": "1.1"}


def test_probes_are_refused_where_none_of_them_runs_here(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", ENVIRONMENTS.replace("{}.{}".format(*sys.version_info), "3.10"))
    ran = stackwright.advise("--evidence", "probe", "-q")
    assert ran.code == 2
    assert "by --probe-python" in ran.err
    assert not list(stackwright.folder.glob("pylock.*"))


def test_what_another_manifest_declares_is_not_demanded_of_the_stack(
    stackwright: Commands, index: FakeIndex
) -> None:
    index.add("helper", "1.0", contents={"helper.py": b""})
    stackwright.write("pyproject.toml", '[project]\nname = "shop"\nversion = "1"\ndependencies = ["lib"]\n')
    stackwright.write("shop/main.py", "import lib\n")
    stackwright.write(
        "tool/pyproject.toml", '[project]\nname = "t"\nversion = "1"\ndependencies = ["helper"]\n'
    )
    stackwright.write("tool/run.py", "import helper\n")
    ran = stackwright.advise("--evidence", "probe")
    assert ran.code == 0, ran.out
    assert "probed: this stack passed" in ran.out


def shop(commands: Commands) -> None:
    """A project whose own code calls what newer releases lack, and reads a file beside it."""
    commands.write("pyproject.toml", "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['lib']\n")
    commands.write("src/shop/__init__.py", "")
    commands.write("src/shop/page.txt", "quote")
    commands.write(
        "src/shop/cart.py",
        "import importlib\nimport pathlib\n\ndef text():\n"
        "    return pathlib.Path(__file__).with_name('page.txt').read_text()\n\n"
        "def total():\n    lib = importlib.import_module('lib')\n"
        "    return getattr(lib, text())('a page')\n",
    )
    commands.write("check.py", "from shop import cart\nassert cart.total() == 'a page'\n")


def test_a_script_finds_the_code_that_source_names(stackwright: Commands) -> None:
    shop(stackwright)
    advice = report(stackwright, "--source", ".", "--probe-script", "check.py")
    assert pins(advice) == {"lib": "1.1"}
    assert advice["probes"]["outcome"] == "passed"
    first = advice["probes"]["probes"][0]
    assert first["blame"] == [{"project": "lib", "version": "3.0"}]
    assert any(line.startswith("src/shop/cart.py:9 in total") for line in first["trace"])


def test_other_code_is_tried_again(stackwright: Commands) -> None:
    shop(stackwright)
    report(stackwright, "--source", ".", "--probe-script", "check.py")
    stackwright.write("src/shop/page.txt", "unquote")
    advice = report(stackwright, "--source", ".", "--probe-script", "check.py", code=1)
    assert not any(probe.get("is_stored") for probe in advice["probes"]["probes"][:1])


def test_a_script_that_wants_what_nobody_has_says_nothing_of_the_stack(stackwright: Commands) -> None:
    stackwright.write("check.py", "import shop\n")
    ran = stackwright.advise("lib", "--evidence", "probe", "--probe-script", "check.py")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "lib 3.0" in told
    assert "No module named 'shop', which no release of the stack has" in told
    assert len(report(stackwright, "lib", "--probe-script", "check.py")["probes"]["probes"]) == 1


def test_a_module_behind_an_extra_that_nobody_asked_for_need_not_be_importable(
    stackwright: Commands, index: FakeIndex
) -> None:
    index.add("other", "1.0", contents={"other/__init__.py": b""})
    project = "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['lib']\n"
    stackwright.write("pyproject.toml", f"{project}optional-dependencies.plots = ['other']\n")
    stackwright.write("shop/__init__.py", "import lib\n")
    stackwright.write("shop/plots.py", "import other\n")
    advice = report(stackwright, "--source", ".")
    assert (pins(advice), tried(advice)) == ({"lib": "3.0"}, [("3.0", "passed")])
    index.add("other", "2.0", contents={"other/__init__.py": b"raise RuntimeError\n"})
    advice = report(stackwright, "--source", ".", "--extra", "plots", "--refresh")
    assert pins(advice) == {"lib": "3.0", "other": "1.0"}
