"""What was observed, and what ``advise`` makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.probing.observed import environment, failed, passed
from knowledge.observations.known import keep_observations, rows
from knowledge.observations.record import Observation, ObservationKind
from knowledge.stores.locations import open_store
from knowledge.stores.store import PackRow

ON = ("--python-version", "3.11", "--platform", "linux")
BROKEN = failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", step="import app")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """An application that bounds its library too little."""
    index = FakeIndex()
    for version in ("1.0", "2.0"):
        index.add("app", version, requires=["lib>=1"])
    for version in ("1.0", "2.0", "3.0"):
        index.add("lib", version)
    index.add("long", "1.0", requires=["series"])
    for number in range(1, 31):
        index.add("series", f"{number}.0")
    index.add("built", "1.0", wheel=False, sdist=True)
    index.add("built", "0.9", wheel=False, sdist=True)
    with IndexServer(index) as running:
        yield running


def keep(stackwright: Commands, *observations: Observation, trust: int = 500) -> None:
    """As one's own, or as what came with a pack."""
    store = open_store(str(stackwright.store))
    keep_observations([one for one in observations if one.origin is None], store)
    foreign = [one for one in observations if one.origin is not None]
    store.keep_observations(row for one in foreign for row in rows(one))
    for origin in {one.origin for one in foreign}:
        store.keep_pack(PackRow(str(origin), "sha256:0", trust, 0))
    store.close()


def advised(stackwright: Commands, *arguments: str, code: int = 0) -> Any:
    ran = stackwright.advise(*arguments, *ON, "--evidence", "none", "--format", "json")
    assert ran.code == code, ran.err
    return ran.json


def pins(report: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in report["pins"]}


def told(report: Any, unit: str) -> list[Any]:
    reasons = [reason for pin in report["pins"] for reason in pin["reasons"]]
    reasons += [one["reason"] for pin in report["pins"] for one in pin["rejected"]]
    return [reason for reason in reasons if reason["unit"] == unit]


def test_a_pair_that_was_seen_to_fail_is_left_and_the_reason_says_what_was_seen(
    stackwright: Commands,
) -> None:
    before = advised(stackwright, "app")
    assert pins(before) == {"app": "2.0", "lib": "3.0"}
    assert "observed-pairs" not in before["weights"]
    keep(stackwright, BROKEN)
    after = advised(stackwright, "app")
    assert (after["status"], pins(after)) == ("optimal", {"app": "2.0", "lib": "2.0"})
    (reason,) = told(after, "observed-failures")
    assert reason["message"] == (
        "app 2.0 was seen to fail beside lib 3.0: ImportError: cannot import name 'triu' (a/core.py:3); "
        "failed once"
    )
    (evidence,) = reason["evidence"]
    assert evidence["what"] == (
        "import app: ImportError: cannot import name 'triu' at a/core.py:3, on 2026-01-02 "
        "(cpython 3.11.7 on linux x86_64 with glibc)"
    )
    assert evidence["where"] == "observations of this store"
    assert sum(after["statistics"]["requests"].values()) == 1  # the metadata of lib 2.0
    shown = stackwright.advise("app", *ON, "--evidence", "none").out
    assert "app 2.0 was seen to fail beside lib 3.0" in shown


def test_releases_that_fail_beside_the_same_one_are_left_at_once(stackwright: Commands) -> None:
    keep(stackwright, BROKEN, failed("app==2.0 lib==2.0", "app==2.0 lib==2.0"))
    report = advised(stackwright, "app")
    assert pins(report) == {"app": "2.0", "lib": "1.0"}
    assert report["statistics"]["stacks"] <= 3


def test_what_nobody_tried_behind_a_failure_is_doubted(stackwright: Commands) -> None:
    """Here the newest library was never tried: it is no better than the one that failed."""
    keep(stackwright, failed("app==2.0 lib==2.0", "app==2.0 lib==2.0"), passed("app==2.0 lib==1.0"))
    assert pins(advised(stackwright, "app")) == {"app": "2.0", "lib": "1.0"}
    report = advised(stackwright, "app>=2", "lib>=3")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    assert report["score"] == -500_000
    keep(stackwright, passed("app==2.0 lib==3.0"))
    assert pins(advised(stackwright, "app")) == {"app": "2.0", "lib": "3.0"}


def test_what_lies_behind_a_failure_is_left_however_far_down_the_list_the_cure_is(
    stackwright: Commands,
) -> None:
    releases = "long==1.0 series==15.0"
    keep(stackwright, failed(releases, releases, step="import long"), passed("long==1.0 series==3.0"))
    assert pins(advised(stackwright, "long")) == {"long": "1.0", "series": "14.0"}


def test_explain_says_what_was_seen(stackwright: Commands) -> None:
    keep(stackwright, BROKEN)
    shown = stackwright.main("explain", "lib==3.0", "-r", stackwright.write("r.txt", "app\n"), *ON)
    assert shown.code == 0, shown.err
    assert "app 2.0 was seen to fail beside lib 3.0: ImportError" in shown.out


def test_a_pair_that_passed_too_is_doubted_and_both_are_cited(stackwright: Commands) -> None:
    keep(stackwright, BROKEN, passed("app==2.0 lib==3.0"))
    report = advised(stackwright, "app==2.0", "lib==3.0")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    assert told(report, "observed-failures") == []
    (warning,) = told(report, "observed-warnings")
    assert warning["message"].endswith("failed once, and passed once")
    assert [each["what"].partition(" ")[0] for each in warning["evidence"]] == ["import", "import"]
    report = advised(stackwright, "app", "lib")
    assert pins(report) == {"app": "2.0", "lib": "2.0"}  # half a doubt costs more than one release


@pytest.mark.parametrize(
    "seen",
    [
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", where=environment(python_version="3.12.1")),
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", where=environment(libc_name="musl")),
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", where=environment(arch="aarch64")),
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", kind=ObservationKind.TEST, step="script"),
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", error="timeout"),
        failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", origin="them"),
    ],
    ids=["another Python", "another libc", "another processor", "another program", "a limit", "others"],
)
def test_what_was_seen_elsewhere_or_by_others_is_doubted(stackwright: Commands, seen: Observation) -> None:
    keep(stackwright, seen)
    report = advised(stackwright, "app==2.0", "lib==3.0")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    (warning,) = told(report, "observed-warnings")
    assert warning["evidence"][0]["confidence"] == "likely"
    assert (report["weights"]["observed-pairs"], report["weights"]["observed-releases"]) == (1000, 1000)
    assert pins(advised(stackwright, "app")) == {"app": "2.0", "lib": "2.0"}


def test_others_count_as_much_as_they_are_trusted(stackwright: Commands) -> None:
    keep(stackwright, failed("app==2.0 lib==3.0", "app==2.0 lib==3.0", origin="them"), trust=10)
    report = advised(stackwright, "app")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    (warning,) = told(report, "observed-warnings")
    assert warning["evidence"][0]["where"] == "observations of the pack them"
    assert warning["evidence"][0]["confidence"] == "possible"


def test_several_processes_heed_what_was_seen(stackwright: Commands) -> None:
    keep(stackwright, BROKEN, failed("app==2.0 lib==2.0", "app==2.0 lib==2.0", origin="them"))
    alone, together = (pins(advised(stackwright, "app", "--jobs", jobs)) for jobs in ("1", "2"))
    assert alone == together == {"app": "2.0", "lib": "1.0"}


def test_a_release_that_fails_alone_is_left(stackwright: Commands) -> None:
    keep(stackwright, failed("lib==3.0", "lib==3.0", error="SyntaxError"))
    assert pins(advised(stackwright, "app")) == {"app": "2.0", "lib": "2.0"}


def test_a_build_that_failed_counts_where_the_release_is_built(stackwright: Commands) -> None:
    broken = [
        failed(f"{release}", release, kind=ObservationKind.BUILD, step="build", error="missing-header")
        for release in ("built==1.0", "lib==3.0")
    ]
    keep(stackwright, *broken)
    assert pins(advised(stackwright, "built", "lib")) == {"built": "0.9", "lib": "3.0"}


def test_where_everything_was_seen_to_fail_the_stack_is_refuted(stackwright: Commands) -> None:
    keep(stackwright, BROKEN)
    report = advised(stackwright, "app==2.0", "lib==3.0", code=1)
    assert (report["status"], pins(report)) == ("refuted", {"app": "2.0", "lib": "3.0"})
    assert "app 2.0 was seen to fail beside lib 3.0" in " ".join(report["explanation"])


def test_the_newest_stack_is_told_of_what_was_seen_and_keeps_it(stackwright: Commands) -> None:
    keep(stackwright, BROKEN)
    report = advised(stackwright, "app", "--type", "latest")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    assert [warning["level"] for warning in told(report, "observed-warnings")] == ["warning"]


def test_units_can_be_switched_off(stackwright: Commands) -> None:
    keep(stackwright, BROKEN)
    names = ("observed-failures", "observed-warnings")
    stackwright.write(
        "pyproject.toml", "".join(f"[tool.stackwright.units.{name}]\nenabled = false\n" for name in names)
    )
    report = advised(stackwright, "app")
    assert pins(report) == {"app": "2.0", "lib": "3.0"}
    assert told(report, "observed-warnings") == []
