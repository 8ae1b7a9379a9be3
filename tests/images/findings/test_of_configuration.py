"""Findings about secrets, ends of life, permissions and users."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from analyzers.evidence import Level
from analyzers.files import FileKind, FileStat
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.findings import end_of_life, leaked_secrets, permissions
from images.findings.remedies import REMEDIES
from images.reports.image_config import HistoryEntry, ImageConfig, RootFilesystem, RunConfig
from images.reports.records import Interpreter

TODAY = datetime.date(2026, 11, 26)
EMPTY = MemoryRoot({})
VALUE = "hunter2hunter2"
GITHUB = "ghp" + "_" + "Ab1" * 12


def test_secrets_are_named_and_never_repeated() -> None:
    run = RunConfig(
        env=(f"API_TOKEN={VALUE}", f"X={GITHUB}", "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D"),
        cmd=("serve", f"--password={VALUE}"),
        labels={"db.password": VALUE},
    )
    history = (
        HistoryEntry(created_by="ADD x in /"),
        HistoryEntry(created_by=f"RUN curl -u me:{VALUE} https://a.example", empty_layer=True),
    )
    config = ImageConfig(config=run, history=history, rootfs=RootFilesystem(diff_ids=("a",)))
    found = leaked_secrets.find(EMPTY, config, Catalog(), TODAY)
    assert [(one.id, one.subject, one.level) for one in found] == [
        ("secret-in-environment", "API_TOKEN", Level.WARNING),
        ("secret-in-environment", "X", Level.ERROR),
        ("secret-in-label", "db.password", Level.WARNING),
        ("secret-in-command", "password", Level.WARNING),
        ("secret-in-history", "credentials for curl", Level.ERROR),
    ]
    assert found[-1].evidence[0].where == "history: step 2"
    told = msgspec.json.encode(found).decode()
    assert VALUE not in told
    assert GITHUB not in told


def test_an_image_of_python_has_no_secret() -> None:
    """What the official images set is none."""
    run = RunConfig(
        env=(
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "LANG=C.UTF-8",
            "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            "PYTHON_VERSION=3.11.7",
            "PYTHON_SHA256=18e1aa7e66ff3a58423d59ed22815a6954e53342122c45df20c96877c062b9b7",
            "PYTHON_GET_PIP_URL=https://a.example/get-pip.py",
            "PYTHON_GET_PIP_SHA256=9cc01665956d22b3bf057ae8287b035827bfd895da235bcea200ab3b811790b6",
        ),
        cmd=("python3",),
    )
    assert leaked_secrets.find(EMPTY, ImageConfig(config=run), Catalog(), TODAY) == ()


def system(os_id: str, version: str) -> Catalog:
    stated = {"os.id": os_id, "os.version": version}
    return Catalog(facts={name: Fact(value=v, source="/etc/os-release") for name, v in stated.items()})


@pytest.mark.parametrize(
    ("os_id", "version", "ended"),
    [("debian", "10", True), ("debian", "13", False), ("alpine", "3.18.4", True), ("arch", "1", False)],
)
def test_systems_without_support_are_told(os_id: str, version: str, ended: bool) -> None:
    found = end_of_life.find(EMPTY, ImageConfig(), system(os_id, version), TODAY)
    assert [one.id for one in found] == ["end-of-life-os"] * ended
    assert all(one.evidence[0].where == "/etc/os-release" for one in found)


def test_pythons_without_support_are_told_once_and_not_for_their_environments() -> None:
    base = Interpreter(path="/usr/bin/python3.8", kind="distribution", prefix="/usr", version="3.8.20")
    venv = Interpreter(path="/v/bin/python", kind="venv", prefix="/v", version="3.8.20", base=base.path)
    lost = Interpreter(path="/l/bin/python", kind="venv", prefix="/l", version="3.7", base="/gone")
    new = Interpreter(path="/n/bin/python3.13", kind="source", prefix="/n", version="3.13.1")
    known = Catalog(interpreters=(base, venv, lost, new))
    found = end_of_life.find(EMPTY, ImageConfig(), known, TODAY)
    assert [(one.subject, one.location and one.location.path) for one in found] == [
        ("Python 3.8", "/usr/bin/python3.8"),
        ("Python 3.7", "/l/bin/python"),
    ]


class ModedRoot(MemoryRoot):
    """A root in memory with permissions."""

    modes: dict[bytes, int]

    def stat(self, path: bytes) -> FileStat:
        found = super().stat(path)
        return msgspec.structs.replace(found, mode=self.modes.get(path, found.mode))


SITE = "/opt/v/lib/site-packages"
PYTHON = Interpreter(path="/opt/v/bin/python", kind="venv", prefix="/opt/v", search_path=(SITE, "/missing"))


@pytest.mark.parametrize(
    ("path", "mode", "told"),
    [
        (b"opt/v/lib/site-packages", 0o777, True),
        (b"opt/v/lib/site-packages", 0o1777, True),
        (b"opt/v/lib/site-packages", 0o775, False),
        (b"opt/v", 0o777, True),
        (b"opt/v", 0o1777, False),
        (b"opt/v/lib/site-packages/flask", 0o777, True),
        (b"opt/v/lib/site-packages/a.pth", 0o666, True),
        (b"opt/v/lib/site-packages/notes.txt", 0o666, False),
        (b"opt/other", 0o777, False),
    ],
)
def test_a_search_path_that_everybody_may_change(path: bytes, mode: int, told: bool) -> None:
    site = SITE.encode().lstrip(b"/")
    names = (b"flask/__init__.py", b"a.pth", b"notes.txt")
    root = ModedRoot({b"opt/other/x": b"", **{site + b"/" + name: b"" for name in names}})
    root.modes = {path: mode}
    assert root.stat(site).kind is FileKind.DIRECTORY
    found = permissions.find(root, ImageConfig(), Catalog(interpreters=(PYTHON,)), TODAY)
    assert [(one.id, one.subject) for one in found] == [("world-writable-search-path", SITE)] * told
    assert [evidence.what for one in found for evidence in one.evidence] == [f"its mode is {mode:04o}"] * told


@pytest.mark.parametrize(
    ("user", "told"),
    [(None, True), ("", True), ("0", True), ("root:root", True), ("app", False), ("1000:0", False)],
)
def test_root_is_told_for_information(user: str | None, told: bool) -> None:
    config = ImageConfig(config=RunConfig(user=user), rootfs=RootFilesystem(diff_ids=("a",)))
    found = permissions.find(EMPTY, config, Catalog(), TODAY)
    assert [(one.id, one.level) for one in found] == [("runs-as-root", Level.INFO)] * told


def test_a_directory_runs_as_nobody_in_particular() -> None:
    assert permissions.find(EMPTY, ImageConfig(config=RunConfig()), Catalog(), TODAY) == ()


def test_remedies_are_for_findings_by_name() -> None:
    assert {"secret-in-history", "end-of-life-os", "runs-as-root"} <= REMEDIES.keys()
