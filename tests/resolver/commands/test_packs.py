"""``stackwright knowledge`` as a user runs it: packs, verdicts, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.evidence import Confidence
from fakes.commands import Commands
from fakes.probing.observed import MOMENT, TOOL, failed, passed, release
from fakes.probing.packs import write_pack
from knowledge.observations.known import keep_observations, keep_verdicts
from knowledge.observations.verdicts import VerdictCheck
from knowledge.stores.locations import open_store


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """A user who has seen a few things."""
    made = Commands(tmp_path)
    store = open_store(str(made.store))
    keep_observations([failed("app==2.0 lib==3.0", "app==2.0 lib==3.0"), passed("app==2.0 lib==2.0")], store)
    checks = [
        VerdictCheck(
            dependent=release("app==2.0"),
            dependency=release(f"lib=={number}.0"),
            instrument="imports",
            confidence=Confidence.CERTAIN if number < 9 else Confidence.LIKELY,
            confirmed=number < 9,
            created_at=MOMENT,
            tool=TOOL,
        )
        for number in range(1, 11)
    ]
    keep_verdicts(checks, store)
    store.close()
    return made


def test_a_pack_goes_from_one_user_to_another(commands: Commands, tmp_path: Path) -> None:
    done = commands.main("knowledge", "export", "seen.pack")
    assert done.code == 0, done.err
    first, digest = done.out.splitlines()
    assert first == ("Wrote 2 observations and 10 checked verdicts to seen.pack")
    (tmp_path / "other").mkdir()
    other = Commands(tmp_path / "other")
    path = commands.path("seen.pack")
    wrong = other.main("knowledge", "import", path, "--digest", "sha256:0")
    assert (wrong.code, wrong.out) == (2, "")
    assert digest in wrong.err
    brought = other.main("knowledge", "import", path, "--digest", digest, "--origin", "ann", "--trust", "0.8")
    assert (brought.code, brought.err) == (0, "")
    assert brought.out == (
        "Imported 2 observations and 10 checked verdicts as ann, trusted by 0.8; 12 new, 0 left out\n"
        f"{digest}\n"
    )
    again = other.main("knowledge", "import", path, "--origin", "ann", "--format", "json").json
    assert (again["fresh"], again["trust"], again["digest"]) == (0, 0.8, digest)
    exported = other.main("knowledge", "export", "again.pack")
    assert exported.out.splitlines()[1] == digest
    assert other.path("again.pack").read_bytes() == path.read_bytes()
    own = other.main("knowledge", "export", "own.pack", "--own", "--format", "json").json
    assert (own["observations"], own["verdicts"]) == (0, 0)
    gone = other.main("knowledge", "forget", "ann")
    assert (gone.code, gone.out) == (0, "Removed 12 records of ann\n")
    assert other.main("knowledge", "packs").out == "No pack was imported\n"
    again_gone = other.main("knowledge", "forget", "ann")
    assert again_gone.code == 2
    assert "no pack is called 'ann'" in again_gone.err


def test_what_is_exported_can_be_chosen(commands: Commands) -> None:
    def counts(*options: str) -> tuple[int, int]:
        report = commands.main("knowledge", "export", "x.pack", "--format", "json", *options).json
        return report["observations"], report["verdicts"]

    assert counts("--kind", "import") == (2, 0)
    assert counts("--kind", "verdict", "--kind", "build") == (0, 10)
    assert counts("--project", "App") == (2, 10)
    assert counts("--project", "nothing") == (0, 0)


def test_packs_are_listed_with_what_they_hold(commands: Commands) -> None:
    assert commands.main("knowledge", "export", "x.pack").code == 0
    assert commands.main("knowledge", "import", "x.pack", "--origin", "me").code == 0
    (listed,) = commands.main("knowledge", "packs", "--format", "json").json
    assert (listed["origin"], listed["trust"], listed["counts"]) == ("me", 0.5, {"import": 2, "verdict": 10})
    head, row = commands.main("knowledge", "packs").out.splitlines()
    assert head.split() == ["origin", "trust", "holds"]
    assert row.endswith("2 import, 10 verdict")


def test_verdicts_are_counted(commands: Commands) -> None:
    certain, likely = commands.main("knowledge", "verdicts", "--format", "json").json
    assert certain == {
        "instrument": "imports", "confidence": "certain", "is_foreign": False, "confirmed": 8, "refuted": 0,
        "share": 1.0, "low": 0.6756, "high": 1.0,
    }  # fmt: skip
    assert (likely["confirmed"], likely["refuted"]) == (0, 2)
    head, first, second = commands.main("knowledge", "verdicts").out.splitlines()
    assert head.split() == [
        "instrument",
        "confidence",
        "checked",
        "by",
        "confirmed",
        "refuted",
        "right",
        "(95%)",
    ]
    assert first.split()[-4:] == ["100%", "(68%", "to", "100%)"]
    assert second.split()[:4] == ["imports", "likely", "you", "0"]


def test_a_store_without_any_says_so(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    assert commands.main("knowledge", "verdicts").out == "No verdict was checked\n"
    assert commands.main("knowledge", "verdicts", "--format", "json").json == []


def test_records_that_are_left_out_are_told(commands: Commands) -> None:
    write_pack(commands.path("odd.pack"), [{"observation": {}}])
    done = commands.main("knowledge", "import", "odd.pack")
    assert done.code == 1
    assert "odd.pack: line 2: left out: Object missing required field" in done.err
    assert "1 left out" in done.out


@pytest.mark.parametrize("trust", ["-1", "2", "nan", "much"])
def test_trust_is_a_share(commands: Commands, trust: str) -> None:
    done = commands.main("knowledge", "import", "x.pack", f"--trust={trust}")
    assert done.code == 2
    assert "is no number from 0 to 1" in done.err


def test_a_file_that_is_no_pack_is_named(commands: Commands) -> None:
    commands.write("x.pack", "something else")
    for arguments in (("import", "x.pack"), ("import", "gone.pack")):
        done = commands.main("knowledge", *arguments)
        assert (done.code, done.out) == (2, "")
        assert arguments[1] in done.err


def test_a_pack_that_cannot_be_written_is_an_error(commands: Commands) -> None:
    done = commands.main("knowledge", "export", "no/such/folder.pack")
    assert done.code == 3
    assert "no/such/folder.pack" in done.err
