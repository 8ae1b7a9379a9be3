"""Which answers of earlier runs are believed."""

from __future__ import annotations

import pytest

from fakes.probing.probes import RuledProber
from knowledge.imports.stack_files import Pinned
from knowledge.observations.record import Failure
from knowledge.probing.records import ProbeResult, Verdict
from knowledge.probing.stack_probes import INSTRUMENT, Demanded, ProbeLimits, StackProbes
from knowledge.releases import File, FileKind
from knowledge.stores.derivations import Derivations
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.stores.store import MEMORY

HASHES = {"sha256": "0" * 64}
ABSENT = "libGL.so.1: cannot open shared object file: No such file or directory"


def result(message: str) -> ProbeResult:
    if not message:
        return ProbeResult(verdict=Verdict.PASSED)
    failure = Failure(step="import app", error="ImportError", message=message)
    return ProbeResult(verdict=Verdict.FAILED, failure=failure)


@pytest.mark.parametrize(
    ("hashes", "message", "is_stored"),
    [
        (HASHES, "", True),
        (HASHES, "cannot import name 'x'", True),
        (HASHES, ABSENT, False),
        ({}, "", False),
    ],
    ids=["passed", "failed", "a library was not there", "a file without a hash"],
)
def test_what_may_change_is_asked_again(hashes: dict[str, str], message: str, is_stored: bool) -> None:
    file = File(
        filename="app-1-py3-none-any.whl", url="/app-1-py3-none-any.whl", kind=FileKind.WHEEL, hashes=hashes
    )
    prober = RuledProber(lambda _: result(message))
    answers = Derivations(SqliteStore(MEMORY), INSTRUMENT, lambda: 1.0)
    found = []
    for _ in range(2):  # one for each run
        probes = StackProbes(prober, answers, "linux", Demanded(), ProbeLimits())
        one = probes.probe({"app": Pinned(version="1", file=file)}, ["app"])
        assert one is not None
        found.append(one)
    assert [one.is_stored for one in found] == [False, is_stored]
    assert found[0].result == found[1].result
    assert len(prober.probed) == 2 - is_stored
