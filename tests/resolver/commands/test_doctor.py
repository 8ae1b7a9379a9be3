"""``stackwright doctor``: what works, what is missing for what, and that it asks and changes nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.server import IndexServer
from images.facts.environment import Fact, RuntimeEnvironment
from resolver.doctor.checks import Check, State, Use, uses_of
from resolver.doctor.installation import EXTRAS, extras
from resolver.doctor.machines import MachineExamined

NO_DAEMONS = {"DOCKER_HOST": "unix:///nowhere/docker.sock", "CONTAINER_HOST": "unix:///nowhere/podman.sock"}


def doctor(stackwright: Commands, *arguments: str, **environ: str) -> Ran:
    """Without a registry: the proxy of this test is one that refuses."""
    proxies = {"https_proxy": "http://user:secret@127.0.0.1:9", "no_proxy": "127.0.0.1,localhost"}
    return stackwright.main("doctor", *arguments, stdin=b"", **{**NO_DAEMONS, **proxies, **environ})


def checks(ran: Ran) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in ran.json["checks"]}


def uses(ran: Ran) -> dict[str, bool]:
    return {use["use"]: use["works"] for use in ran.json["uses"]}


def test_all_uses_work_where_the_index_answers(stackwright: Commands, server: IndexServer) -> None:
    ran = doctor(stackwright, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert uses(ran) == {"scan": True, "inspect": True, "advise": True}
    found = checks(ran)
    assert found["index"]["state"] == "works"
    assert found["index"]["found"].startswith(f"{server.url} (PIP_INDEX_URL), answers in ")
    assert found["store"]["found"] == f"{stackwright.store}, not made yet"
    assert not stackwright.store.exists()
    assert (found["docker"]["state"], found["registry"]["state"]) == ("missing", "missing")
    assert {f"extra {name}" for name in EXTRAS} <= found.keys()


def test_an_index_that_does_not_answer_stops_advise_alone(stackwright: Commands) -> None:
    ran = doctor(
        stackwright, "--format", "json", "--timeout", "1", PIP_INDEX_URL="http://127.0.0.1:9/simple/"
    )
    assert ran.code == 1
    assert uses(ran) == {"scan": True, "inspect": True, "advise": False}
    assert checks(ran)["index"]["state"] == "fails"
    assert checks(ran)["index"]["remedy"]


def test_offline_asks_nobody(stackwright: Commands, server: IndexServer) -> None:
    nothing_stored = doctor(stackwright, "--offline", "--format", "json")
    assert nothing_stored.code == 1
    assert server.paths() == []
    assert checks(nothing_stored)["registry"]["state"] == "not asked"
    assert stackwright.advise("flask").code == 0
    asked = len(server.paths())
    stored = doctor(stackwright, "--offline", "--format", "json", DOCKER_HOST="tcp://192.0.2.1:1")
    assert stored.code == 0
    assert checks(stored)["docker"]["state"] == "not asked"
    assert len(server.paths()) == asked


def test_credentials_are_not_shown(stackwright: Commands, server: IndexServer) -> None:
    url = server.url.replace("://", "://user:secret@")
    ours = url.replace("127.0.0.1", "localhost")
    ran = doctor(stackwright, "--index", f"ours={ours}", PIP_INDEX_URL=url)
    assert "secret" not in ran.out + ran.err
    assert "index ours" in ran.out


def test_every_line_fits_eighty_columns_and_every_lack_has_a_use(stackwright: Commands) -> None:
    ran = doctor(stackwright, COLUMNS="80")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.out.startswith("  scan works\n  inspect works\n  advise works\n\n")
    lacking = [line for line in ran.out.splitlines() if line[:1] != " " and " missing " in line]
    assert lacking
    assert ran.out.count(" for ") >= len(lacking)


def test_a_damaged_store_stops_advise(stackwright: Commands) -> None:
    stackwright.store.write_bytes(b"no database at all, and long enough to be sure of that" * 50)
    ran = doctor(stackwright, "--format", "json")
    assert ran.code == 1
    assert checks(ran)["store"]["state"] == "fails"
    assert checks(ran)["store"]["remedy"]


def test_a_newer_store_stops_advise(stackwright: Commands) -> None:
    assert stackwright.advise("flask").code == 0
    with contextlib.closing(sqlite3.connect(stackwright.store)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = doctor(stackwright, "--format", "json")
    assert ran.code == 1
    assert uses(ran)["advise"] is False
    assert "schema 9999" in checks(ran)["store"]["found"]
    assert "upgrade stackwright" in checks(ran)["store"]["remedy"]


def test_settings_that_cannot_be_used_are_told(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", "[tool.stackwright]\nindex-url = 7\n")
    ran = doctor(stackwright, "--format", "json")
    assert ran.code == 1
    assert checks(ran)["settings"]["state"] == "fails"


def test_certificates_that_are_not_there_are_told(stackwright: Commands) -> None:
    found = checks(doctor(stackwright, "--format", "json", SSL_CERT_FILE="/nowhere/ca.pem"))
    assert (found["certificates"]["state"], "/nowhere/ca.pem" in found["certificates"]["found"]) == (
        "fails",
        True,
    )


def test_what_each_extra_is_for_is_known() -> None:
    assert extras() == sorted(EXTRAS)


@pytest.mark.parametrize(
    ("facts", "state", "word"),
    [
        ({}, State.MISSING, "no graphics processor"),
        ({"gpu.vendor": "nvidia", "gpu.count": 2}, State.MISSING, "no driver is loaded"),
        (
            {"gpu.vendor": "nvidia", "gpu.driver": "535.104.05", "cuda.max": "12.2"},
            State.WORKS,
            "cuda.max 12.2",
        ),
        ({"gpu.vendor": "amd", "gpu.count": 1}, State.WORKS, "gpu.vendor amd"),
    ],
)
def test_graphics(tmp_path: Path, facts: dict[str, str | int], state: State, word: str) -> None:
    known = RuntimeEnvironment(
        facts={name: Fact(value=value, source="here") for name, value in facts.items()}
    )
    gpu = next(check for check in MachineExamined(known, tmp_path).checks() if check.name == "gpu")
    assert gpu.state is state
    assert word in gpu.found


def test_a_use_is_stopped_by_the_checks_that_say_so() -> None:
    stopping = Check(name="x", state=State.FAILS, found="", needed_for="", stops=(Use.INSPECT,))
    told = {use.use: (use.works, use.stopped_by) for use in uses_of([stopping])}
    assert told[Use.INSPECT] == (False, ("x",))
    assert told[Use.SCAN] == (True, ())
