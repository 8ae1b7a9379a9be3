"""``check`` as a user runs it: locks and environments of which importing fails are told, with the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from fakes.commands import Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ASKS = "from lib.urls import quote\n"
HAS = "def quote(text):\n    return text\n"
PLACE = "env/lib/python3.11/site-packages"


@pytest.fixture
def index() -> FakeIndex:
    made = FakeIndex()
    made.add("app", "1.0", requires=["lib"], contents={"app/__init__.py": ASKS.encode()})
    made.add("lib", "1.0", contents={"lib/__init__.py": b"", "lib/urls.py": HAS.encode()})
    made.add("lib", "2.0", contents={"lib/__init__.py": b"", "lib/urls.py": b""})
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def installed(commands: Commands, name: str, version: str, files: Mapping[str, str]) -> None:
    info = f"{name}-{version}.dist-info"
    for path, text in files.items():
        commands.write(f"{PLACE}/{path}", text)
    commands.write(f"{PLACE}/{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    commands.write(f"{PLACE}/{info}/RECORD", "".join(f"{path},,\n" for path in files))


def test_a_lock_that_cannot_be_imported_fails(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==2.0\n")
    ran = stackwright.main("check", "requirements.txt")
    assert ran.code == 1, ran.err
    told = " ".join(ran.out.split())
    assert "error: app 1.0 fails with lib 2.0: cannot import name 'quote' from 'lib.urls'" in told
    assert "(app/__init__.py:1)" in told
    assert "2 releases of requirements.txt: 1 failure that nothing catches" in told


def test_a_sound_lock_passes_and_a_second_run_asks_nothing(
    stackwright: Commands, server: IndexServer
) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==1.0\n")
    assert stackwright.main("check", "requirements.txt").code == 0
    server.requests.clear()
    ran = stackwright.main("check", "requirements.txt", "--offline")
    assert (ran.code, server.paths()) == (0, [])
    assert ran.out == "2 releases of requirements.txt: nothing fails for certain\n"


def test_the_report_names_both_sides(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==2.0\n")
    report = stackwright.main("check", "requirements.txt", "--format", "json").json
    assert report["releases"] == {"app": "1.0", "lib": "2.0"}
    (verdict,) = report["verdicts"]
    assert (verdict["consumer"], verdict["provider"]) == ("app 1.0", "lib 2.0")
    assert verdict["confidence"] == "certain"
    assert [each["where"] for each in verdict["evidence"]] == ["app/__init__.py:1", "lib.urls"]


def test_an_environment_is_read_from_disk(stackwright: Commands, server: IndexServer) -> None:
    installed(stackwright, "app", "1.0", {"app/__init__.py": ASKS})
    installed(stackwright, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": ""})
    ran = stackwright.main("check", "env")
    assert ran.code == 1
    assert "error: app 1.0 fails with lib 2.0" in ran.out
    installed(stackwright, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": HAS})
    assert stackwright.main("check", "env").code == 0
    assert server.paths() == []


def test_code_decides_what_is_imported(stackwright: Commands) -> None:
    installed(stackwright, "app", "1.0", {"app/__init__.py": ASKS})
    installed(stackwright, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": ""})
    stackwright.write("main.py", "import lib\n")
    assert stackwright.main("check", "env", "--source", "main.py").code == 0
    stackwright.write("main.py", "import lib.urls\n\nlib.urls.quote('x')\n")
    ran = stackwright.main("check", "env", "--source", "main.py")
    assert ran.code == 1
    assert "error: the code fails with lib 2.0" in ran.out and "main.py:3" in ran.out


def test_a_release_that_no_index_has_is_not_known(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==9.0\n")
    ran = stackwright.main("check", "requirements.txt")
    assert "unknown: the release of lib (requirements.txt): no index has it" in ran.out


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("absent.txt", None, "there is no such file or directory"),
        ("requirements.txt", "app>=1\n", "pins no release"),
    ],
)
def test_what_cannot_be_checked_is_a_mistake(
    stackwright: Commands, name: str, text: str | None, told: str
) -> None:
    if text is not None:
        stackwright.write(name, text)
    ran = stackwright.main("check", name)
    assert ran.code == 2
    assert told in ran.err


def test_a_directory_without_distributions_is_a_mistake(stackwright: Commands) -> None:
    stackwright.write("env/readme.txt", "")
    ran = stackwright.main("check", "env")
    assert ran.code == 2
    assert "no distribution is installed there" in ran.err


def test_code_that_is_not_there_is_a_mistake(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==1.0\n")
    ran = stackwright.main("check", "requirements.txt", "--source", "gone.py")
    assert (ran.code, ran.out) == (2, "")
    assert "--source gone.py: no such file or directory" in ran.err


def test_an_index_that_does_not_answer_is_told_in_two_lines(
    stackwright: Commands, server: IndexServer
) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==1.0\n")
    ran = stackwright.main("check", "requirements.txt", "--offline")
    assert (ran.code, ran.out, server.paths()) == (3, "", [])
    assert "the listing of app is not in the store" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_wheel_that_is_gone_is_not_known_and_told_once(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write("requirements.txt", "app==1.0\nlib==1.0\n")
    server.fault("*lib-1.0*.whl", Fault.status(404))
    ran = stackwright.main("check", "requirements.txt", COLUMNS="80")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("unknown: what lib 1.0 imports and offers (imports):")
    assert " ".join(ran.out.split()).endswith("nothing fails for certain as far as it was looked at")
    assert max(map(len, ran.out.splitlines())) <= 80
    server.heal()
    assert stackwright.main("check", "requirements.txt").out == (
        "2 releases of requirements.txt: nothing fails for certain\n"
    )


USES = "import lib.urls\n\ndef later():\n    return lib.urls.quote('x').strip()\n"


def test_what_code_uses_later_and_a_pin_lacks_fails_too(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib==2.0\n")
    stackwright.write("main.py", USES)
    assert stackwright.main("check", "requirements.txt").code == 0
    ran = stackwright.main("check", "requirements.txt", "--source", "main.py")
    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert "error: the code uses what is not there: lib 2.0 has no lib.urls.quote" in told
    assert "(main.py:4:21)" in told
    assert told.endswith("1 release of requirements.txt: 1 use of what is not there")
    stackwright.write("requirements.txt", "lib==1.0\n")
    assert stackwright.main("check", "requirements.txt", "--source", "main.py").code == 0


def test_what_installed_releases_lack_of_what_code_uses_is_found(
    stackwright: Commands, server: IndexServer
) -> None:
    stackwright.write("main.py", USES)
    installed(stackwright, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": ""})
    ran = stackwright.main("check", "env", "--source", "main.py")
    assert ran.code == 1
    assert "lib 2.0 has no lib.urls.quote" in " ".join(ran.out.split())
    installed(stackwright, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": HAS})
    assert stackwright.main("check", "env", "--source", "main.py").code == 0
    assert server.paths() == []


def test_what_an_import_meets_is_not_told_again_as_a_use(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib==2.0\n")
    stackwright.write("main.py", "from lib.urls import quote\n\ndef later():\n    return quote('x')\n")
    report = stackwright.main("check", "requirements.txt", "--source", "main.py", "--format", "json").json
    assert [(each.get("basis"), each["confidence"]) for each in report["verdicts"]] == [("import", "certain")]


def test_uses_stand_at_their_lines_in_sarif(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib==2.0\n")
    stackwright.write("src/main.py", USES)
    ran = stackwright.main("check", "requirements.txt", "--source", "src", "--format", "sarif")
    assert ran.code == 1
    (found,) = ran.json["runs"][0]["results"]
    assert (found["ruleId"], found["level"]) == ("missing-api", "error")
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/main.py"
    assert place["region"]["startLine"] == 4


def test_uses_are_not_looked_for_where_no_file_may_be_read(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib==2.0\n")
    stackwright.write("main.py", USES)
    ran = stackwright.main("check", "requirements.txt", "--source", "main.py", "--evidence", "stored")
    assert ran.code == 0
    assert "unknown: whether lib 2.0 offers what the code uses" in " ".join(ran.out.split())
