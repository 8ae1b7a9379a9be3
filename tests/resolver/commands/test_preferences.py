"""Existing locks as preferences: what is kept, and what gives way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.web_index import advised, web_index


@pytest.fixture
def index() -> FakeIndex:
    return web_index()


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


LOCKS = {
    "pins.txt": "werkzeug==3.0\n"
    "click==1.0 ; python_version > '3'\nclick==2.0 ; python_version < '3'\nflask==9.9\n",
    "Pipfile.lock": '{"_meta": {}, "default": '
    '{"werkzeug": {"version": "==3.0"}, "click": {"version": "==1.0"}}}',
    "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\n'
    + "".join(
        f'[[packages]]\nname = "{name}"\nversion = "{version}"\n'
        f'[[packages.wheels]]\nurl = "https://index.example/{name}-{version}-py3-none-any.whl"\n'
        f'hashes = {{sha256 = "00"}}\n'
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
    "uv.lock": "version = 1\n"
    + "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
        'source = { registry = "https://index.example/simple" }\n'
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
    "poetry.lock": "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nfiles = []\n'
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
    "pdm.lock": "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nfiles = []\n'
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
    "pixi.lock": "version: 6\npackages:\n"
    + "".join(
        f"- pypi: https://files.example/{name}.whl\n  name: {name}\n  version: '{version}'\n"
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
    "conda-lock.yml": "version: 1\npackage:\n"
    + "".join(
        f"- name: {name}\n  version: '{version}'\n  manager: pip\n  platform: linux-64\n"
        for name, version in (("werkzeug", "3.0"), ("click", "1.0"))
    ),
}
KEPT = ["click==1.0", "flask==3.0", "werkzeug==3.0"]
NEWEST = ["click==2.0", "flask==3.0", "werkzeug==3.1"]


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("kind", ["stable", "latest"])
def test_locks_of_every_format_are_preferred(stackwright: Commands, name: str, kind: str) -> None:
    stackwright.write(name, LOCKS[name])
    assert advised(stackwright, "flask", "--prefer", name, "--type", kind) == KEPT


def test_preferences_give_way_where_they_do_not_fit(stackwright: Commands) -> None:
    stackwright.write("pins.txt", "werkzeug==2.0\nclick==1.0\n")
    assert advised(stackwright, "flask", "quart", "--prefer", "pins.txt") == [
        "click==1.0",
        "flask==3.0",
        "quart==1.0",
        "werkzeug==3.1",
    ]


def test_upgrade_keeps_nothing_of_one_project_or_of_any(stackwright: Commands) -> None:
    stackwright.write("pins.txt", LOCKS["pins.txt"])
    prefer = ("--prefer", "pins.txt")
    assert advised(stackwright, "flask", *prefer, "--upgrade=Click") == [NEWEST[0], *KEPT[1:]]
    assert advised(stackwright, "flask", *prefer, "--upgrade", "click", "--upgrade=werkzeug") == NEWEST
    assert advised(stackwright, *prefer, "flask", "--upgrade") == NEWEST


def test_reasons_say_what_was_kept_and_from_where(stackwright: Commands) -> None:
    stackwright.write("pins.txt", LOCKS["pins.txt"])
    report = stackwright.advise("flask", "--prefer", "pins.txt", "--format", "json").json
    click = next(pin for pin in report["pins"] if pin["name"] == "click")
    assert "kept from pins.txt" in [reason["message"] for reason in click["reasons"]]
    assert [(r["version"], r["reason"]["message"]) for r in click["rejected"]] == [
        ("2.0", "is newer than what is kept from pins.txt (--upgrade=click tries it)")
    ]


def test_the_file_that_is_replaced_is_preferred(stackwright: Commands, index: FakeIndex) -> None:
    assert stackwright.advise("flask", "-o", "pylock.toml", "-q").code == 0
    index.add("click", "3.0")
    stackwright.environ["STACKWRIGHT_STORE"] = str(stackwright.home / "another.sqlite3")
    kept = stackwright.advise("flask", "-o", "pylock.toml", "-q")
    assert (kept.code, kept.out) == (0, "")
    assert kept.err == (
        "stackwright: what pylock.toml pins is kept while it fits (--upgrade looks for newer releases)\n"
    )
    assert 'version = "2.0"' in stackwright.path("pylock.toml").read_text()
    upgraded = stackwright.advise("flask", "-o", "pylock.toml", "-q", "--upgrade")
    assert upgraded == Ran(code=0, out="", err="")
    assert 'name = "click"\nversion = "3.0"' in stackwright.path("pylock.toml").read_text()


def test_a_file_that_is_replaced_may_be_anything(stackwright: Commands) -> None:
    stackwright.write("pylock.toml", "nothing of the kind")
    ran = stackwright.advise("flask", "-o", "pylock.toml", "-q")
    assert ran.code == 0
    assert ran.err.startswith(
        "stackwright: nothing is kept of the present file: pylock.toml:1: is no valid TOML"
    )


def test_a_preferred_file_must_be_readable(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write("pylock.toml", "nothing of the kind")
    ran = stackwright.advise("flask", "--prefer", "pylock.toml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("stackwright: error: pylock.toml:1: is no valid TOML")
    assert server.requests == []
