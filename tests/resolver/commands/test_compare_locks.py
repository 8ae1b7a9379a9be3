"""``compare`` of locks as a user runs it: what changes, what of it touches the code, and what is worse."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.images.image_reports import DEBIAN, PYTHON, distribution, image_report, interpreter, saved
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

FLASK_3 = b"def escape(text):\n    return text\n\n\ndef run(port, host=None):\n    pass\n"
FLASK_4 = b"def run(port):\n    pass\n"
CODE = "import flask\n\nflask.run(80, host='::')\nprint(flask.escape('<'))\n"
ADVISORY = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "modified": "2026-05-01T00:00:00Z",
    "summary": "Anyone may look in",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "click"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "8"}, {"fixed": "8.2"}]}],
        }
    ],
}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("flask", "3.0", requires=["click>=7"], contents={"flask/__init__.py": FLASK_3})
    index.add("flask", "4.0", requires=["click>=8"], contents={"flask/__init__.py": FLASK_4})
    index.add("click", "7.0", contents={"click/__init__.py": b"", "click/big.py": b"#" + os.urandom(400_000)})
    index.add("click", "8.1", contents={"click/__init__.py": b""})
    index.add("click", "8.2", contents={"click/__init__.py": b""})
    index.add("other", "1.0", contents={"other/__init__.py": b""})
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def locks(stackwright: Commands) -> Commands:
    stackwright.write("old.txt", "flask==3.0\nclick==7.0\n")
    stackwright.write("new.txt", "other==1.0\nflask==4.0\nclick==8.1\n")
    stackwright.write("app/main.py", CODE)
    return stackwright


def compared(commands: Commands, *arguments: str | Path, code: int = 0) -> Any:
    ran = commands.main("compare", "old.txt", "new.txt", *arguments, "--format", "json")
    assert ran.code == code, ran.err
    return ran.json


def worse(told: Any) -> list[tuple[str, str | None]]:
    return [(one["id"], one.get("subject")) for one in told["worse"]]


def test_releases_are_told_in_the_order_of_pep_440(locks: Commands) -> None:
    locks.write("new.txt", "other==1.0\nflask==4.0\nclick==8.1\n")
    told = compared(locks)
    assert [(pin["change"], pin["name"], pin.get("before"), pin.get("after")) for pin in told["pins"]] == [
        ("upgrade", "click", "7.0", "8.1"),
        ("upgrade", "flask", "3.0", "4.0"),
        ("added", "other", None, "1.0"),
    ]
    assert (told["before"]["releases"], told["after"]["releases"], told["is_same"]) == (2, 3, False)
    back = locks.main("compare", "new.txt", "old.txt", "--format", "json").json
    assert [pin["change"] for pin in back["pins"]] == ["downgrade", "downgrade", "removed"]
    assert [one[0] for one in worse(back)].count("downgrade") == 2


def test_megabytes_are_those_of_the_files_that_would_be_installed(locks: Commands) -> None:
    told = compared(locks)
    click = told["pins"][0]
    assert click["before_bytes"] > 400_000 > click["after_bytes"]
    assert told["before"]["download_bytes"] - told["after"]["download_bytes"] > 390_000
    back = locks.main("compare", "new.txt", "old.txt", "--format", "json").json
    (larger,) = [one for one in back["worse"] if one["id"] == "larger"]
    assert "0.4 MB more have to be downloaded (click +0.4 MB, flask +" in larger["message"]


def test_what_a_release_changes_for_the_code_is_told_with_file_and_line(locks: Commands) -> None:
    told = compared(locks, "--source", "app")
    (api,) = told["apis"]
    used = {(change["path"], change["used"][0]["where"]) for change in api["changes"]}
    assert used == {("flask.escape", "main.py:4"), ("flask.run", "main.py:3")}
    assert api["breaking"] == 2
    places = {one["location"]["path"] for one in told["worse"] if one["id"] == "broken-api"}
    assert places == {"app/main.py"}
    assert ("new-failure", "flask") in worse(told)


def test_only_what_is_changed_is_read_for_its_api(locks: Commands, server: IndexServer) -> None:
    locks.write("new.txt", "flask==3.0\nclick==8.2\n")
    compared(locks, "--source", "app")
    assert not [path for path in server.paths() if "flask-4" in path]


def test_both_are_scored_on_one_scale_and_by_unit(locks: Commands) -> None:
    told = compared(locks)
    assert told["before"]["score"] < told["after"]["score"] < 0
    assert set(told["before"]["units"]) == {"freshness"}
    assert sum(told["before"]["units"].values()) == told["before"]["score"]
    back = locks.main("compare", "new.txt", "old.txt", "--format", "json").json
    (lower,) = [one for one in back["worse"] if one["id"] == "lower-score"]
    assert "freshness -" in lower["message"]
    assert back["before"]["score"] == told["after"]["score"]


def test_advisories_come_and_go(locks: Commands) -> None:
    locks.write("advisories/one.json", json.dumps(ADVISORY))
    assert locks.main("knowledge", "import-osv", "advisories").code == 0
    told = compared(locks)
    (new,) = told["new_advisories"]
    assert (new["id"], new["name"], new["version"], new["fixed_in"]) == ("CVE-2026-1", "click", "8.1", "8.2")
    assert ("new-advisory", "click") in worse(told)
    locks.write("old.txt", "flask==3.0\nclick==8.1\n")
    assert compared(locks)["kept_advisories"] == 1
    locks.write("new.txt", "flask==3.0\nclick==8.2\n")
    told = compared(locks)
    assert ([one["id"] for one in told["gone_advisories"]], told["new_advisories"]) == (["CVE-2026-1"], [])


def test_what_another_pin_does_not_admit_stands_against_a_lock(locks: Commands) -> None:
    locks.write("new.txt", "flask==4.0\nclick==7.0\nlost==1.0\n")
    told = compared(locks)
    messages = [one["message"] for one in told["worse"] if one["id"] == "new-violation"]
    assert messages == ["click 7.0: flask 4.0 depends on click>=8", "lost 1.0: no index has it"]
    assert told["after"]["score"] is None
    locks.write("old.txt", "flask==4.0\nclick==7.0\nlost==1.0\n")
    assert worse(compared(locks)) == []


def test_the_same_release_with_other_files_is_told(locks: Commands) -> None:
    one, two, three = (f" --hash=sha256:{digit * 64}" for digit in "123")
    locks.write("old.txt", f"click==8.2{one}{two}\n")
    locks.write("new.txt", f"click==8.2{two}{three}\n")
    told = compared(locks)
    (changed,) = told["files"]
    assert (changed["kept"], len(changed["gone"]), len(changed["new"])) == (1, 1, 1)
    assert ("other-files", "click") not in worse(told)
    locks.write("new.txt", f"click==8.2{three}\n")
    told = compared(locks)
    assert ("other-files", "click") in worse(told)
    assert "no file that the target can install has a hash that the lock states" in json.dumps(told["after"])


def test_markers_and_what_holds_elsewhere(locks: Commands) -> None:
    locks.write("old.txt", "click==8.1 ; sys_platform == 'win32'\nother==1.0\n")
    locks.write("new.txt", "click==8.2 ; sys_platform == 'win32'\nother==1.0 ; python_version > '3.8'\n")
    told = compared(locks)
    assert [(pin["name"], pin["is_live"], pin["before"], pin["after"]) for pin in told["pins"]] == [
        ("click", False, "8.1", "8.2")
    ]
    assert [(one["name"], one.get("before", []), one["after"]) for one in told["markers"]] == [
        ("other", [], ['python_version > "3.8"'])
    ]
    assert told["before"]["releases"] == 1


def test_locks_of_different_formats_and_names_are_compared(locks: Commands) -> None:
    assert locks.main("advise", "flask==3.0", "click==7.0", "-o", "pylock.toml", "-q").code == 0
    content = locks.path("pylock.toml").read_bytes()
    locks.write("saved-elsewhere", content)
    told = locks.main("compare", "saved-elsewhere", "pylock.toml", "--format", "json").json
    assert (told["is_same"], told["before"]["format"], told["worse"]) == (True, "pylock.toml", [])
    ran = locks.main("compare", "old.txt", "pylock.toml", "--strict")
    assert (ran.code, "They pin the same." in ran.out) == (0, True)
    package = '[[package]]\nname = "click"\nversion = "8.2"\n'
    locks.write("a.lock", f'version = 1\nrequires-python = ">=3.11"\n{package}')
    locks.write("b.lock", f'{package}[metadata]\nlock-version = "2.0"\ncontent-hash = "x"\n')
    locks.write("c.lock", f'{package}[metadata]\nlock_version = "4.5"\n')
    locks.write("d", json.dumps({"_meta": {}, "default": {"click": {"version": "==8.2"}}, "develop": {}}))
    formats = []
    for name in ("a.lock", "b.lock", "c.lock", "d"):
        ran = locks.main("compare", "old.txt", name, "--format", "json")
        assert ran.code == 0, ran.err
        assert ran.json["after"]["releases"] == 1
        formats.append(ran.json["after"]["format"])
    assert formats == ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"]


def test_what_is_not_pinned_is_left_out_and_said(locks: Commands) -> None:
    locks.write("new.txt", "flask==3.0\nclick==7.0\nother>=1\n")
    told = compared(locks)
    assert (told["is_same"], [one["what"] for one in told["unknowns"]]) == (True, ["other>=1"])


def test_an_empty_lock_is_one(locks: Commands) -> None:
    locks.write("pylock.toml", 'lock-version = "1.0"\ncreated-by = "me"\npackages = []\n')
    ran = locks.main("compare", "pylock.toml", "old.txt", "--format", "json")
    assert (ran.code, [pin["change"] for pin in ran.json["pins"]]) == (0, ["added", "added"]), ran.err


def test_a_pipe_is_read_once(locks: Commands) -> None:
    pipe = locks.path("pipe")
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"flask==3.0\nclick==7.0\n",))
    writer.start()
    ran = locks.main("compare", "pipe", "old.txt")
    writer.join()
    assert (ran.code, "They pin the same." in ran.out) == (0, True), ran.err


def test_a_direct_reference_is_told_without_credentials(locks: Commands) -> None:
    for name, revision in (("old.txt", "1f0c"), ("new.txt", "2a9d")):
        locks.write(name, f"click==8.2\nlib @ git+https://me:secret@example.org/lib@{revision}\n")
    told = compared(locks)
    (pin,) = told["pins"]
    assert (pin["change"], pin["before"]) == ("changed", "git+https://example.org/lib@1f0c")
    assert "secret" not in json.dumps(told)


@pytest.mark.parametrize(
    ("arguments", "code", "failed"),
    [
        ((), 0, []),
        (("--check",), 1, ["new-failure", "broken-api"]),
        (("--fail-on", "broken-api"), 1, ["broken-api"]),
        (("--fail-on", "lower-score", "--fail-on", "larger"), 0, []),
        (("--fail-on", "any"), 1, ["new-failure", "broken-api"]),
        (("--strict",), 1, []),
    ],
)
def test_criteria_decide_the_exit_code(
    locks: Commands, arguments: tuple[str, ...], code: int, failed: list[str]
) -> None:
    told = compared(locks, "--source", "app", *arguments, code=code)
    assert told["failed"] == failed


def test_a_lock_that_is_better_passes(locks: Commands) -> None:
    locks.write("new.txt", "flask==3.0\nclick==8.2\n")
    assert compared(locks, "--check", "--source", "app")["failed"] == []


def test_findings_as_sarif_have_their_places(locks: Commands) -> None:
    ran = locks.main("compare", "old.txt", "new.txt", "--source", "app", "--check", "--format", "sarif")
    assert ran.code == 1
    (run,) = ran.json["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"app/main.py"}
    assert all(result["ruleIndex"] < len(run["tool"]["driver"]["rules"]) for result in run["results"])


def test_markdown_has_tables_and_no_markup_of_others(locks: Commands) -> None:
    locks.write("new.txt", "other==1.0\nflask==4.0\nclick==8.1\nx @ https://e.org/|@me<b>.whl\n")
    ran = locks.main("compare", "old.txt", "new.txt", "--source", "app", "--format", "markdown")
    assert "| ↑ | click | 7.0 | 8.1 |" in ran.out
    assert "- error **broken-api**: flask 3.0 → 4.0: flask.escape is gone (`app/main.py:4`)" in ran.out
    assert "<b>" not in ran.out.replace("\\<b\\>", "")
    assert "@me" not in ran.out


@pytest.mark.parametrize("columns", [20, 80])
def test_the_text_keeps_to_the_terminal(locks: Commands, columns: int) -> None:
    ran = locks.main("compare", "old.txt", "new.txt", "--source", "app", COLUMNS=str(columns))
    assert ran.code == 0
    assert "↑" in ran.out
    assert max(map(len, ran.out.splitlines())) <= max(columns, 60)


def test_without_an_index_what_the_files_say_is_told(locks: Commands, server: IndexServer) -> None:
    ran = locks.main("compare", "old.txt", "new.txt", "--offline", "--format", "json")
    assert (ran.code, server.paths()) == (0, [])
    assert len(ran.json["pins"]) == 3
    assert ran.json["before"]["score"] is None
    assert ran.json["worse"] == []
    assert "forbids asking the index" in json.dumps(ran.json["unknowns"])


def test_a_second_run_asks_nothing(locks: Commands, server: IndexServer) -> None:
    first = locks.main("compare", "old.txt", "new.txt", "--source", "app")
    server.requests.clear()
    again = locks.main("compare", "old.txt", "new.txt", "--source", "app", "--offline")
    assert (again.out, server.paths()) == (first.out, [])


@pytest.fixture
def image(locks: Commands) -> Commands:
    here = {"location": "/usr/lib/python3/dist-packages", "interpreter": "/usr/bin/python3.12"}
    report = image_report(
        [distribution("flask", "3.0", **here), distribution("click", "8.1", **here)],
        facts={**DEBIAN, **PYTHON, "python.version": "3.12.4", "python.abi": "cp312"},
        interpreters=[interpreter("/usr/bin/python3.12", "3.12.4")],
    )
    locks.write("web.json", saved(report))
    return locks


def test_a_lock_is_held_against_what_an_image_has(image: Commands) -> None:
    ran = image.main("compare", "old.txt", "web.json", "--format", "json")
    assert ran.code == 0, ran.err
    told = ran.json
    assert [(pin["name"], pin["before"], pin["after"]) for pin in told["pins"]] == [("click", "7.0", "8.1")]
    assert (told["after"]["format"], "3.12" in told["target"]) == ("image", True)
    ran = image.main("compare", "web.json", "old.txt", "--image", "elsewhere:1")
    assert (ran.code, "web.json is the target already" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("old.txt", "lost.txt"), "lost.txt: there is no such file"),
        (("old.txt", "pylock.lost.toml"), "there is no such file"),
        (("empty.txt", "old.txt"), "empty.txt pins no release"),
        (("odd.toml", "old.txt"), "odd.toml"),
        (("bad.toml", "old.txt"), "bad.toml:1: is no valid TOML"),
        (("deep.toml", "old.txt"), "nested more than 64 deep"),
        (
            ("uv.lock", "old.txt"),
            "package.0.name must be a string, not a number (correct the file), and 2 more",
        ),
        (("web.json", "web.json", "--source", "app"), "--source is for locks"),
        (("web.json", "web.json", "--format", "markdown"), "--format markdown is for locks"),
    ],
)
def test_mistakes_are_told_in_two_lines(image: Commands, names: tuple[str, ...], said: str) -> None:
    image.write("empty.txt", "flask>=3\n")
    image.write("odd.toml", "[tool]\nx = 1\n")
    image.write("bad.toml", "[[[[")
    image.write("deep.toml", f"a = {'[' * 5000}")
    image.write("uv.lock", "[[package]]\nname = 1\nversion = 2\n")
    ran = image.main("compare", *names)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2
