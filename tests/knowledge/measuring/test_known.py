"""What was measured, as the program ships it and as the store keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import BenchmarkError
from knowledge.measuring.benchmarks import shipped_benchmarks
from knowledge.measuring.known import OBSERVED, KnownMeasurements, keep, read_measurements
from knowledge.observations.record import ObservationKind
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY

SHIPPED = sorted(OBSERVED.glob("*/*.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_ships_is_of_benchmarks_that_ship_and_states_its_conditions(path: Path) -> None:
    report = read_measurements(path)
    known = {one.id: one for one in shipped_benchmarks()}
    assert {"arch", "cpu.vendor", "cpu.level", "cores", "python.version"} <= report.environment.facts.keys()
    assert len({figure.measurement.session for figure in report.figures}) == 1
    for figure in report.figures:
        benchmark = known[figure.measurement.benchmark]
        assert figure.measurement.stands_for == benchmark.stands_for
        assert figure.subject[0].project == benchmark.project == path.parent.name
        assert figure.measurement.minimum <= figure.value <= figure.measurement.minimum * 1.5
        assert figure.measurement.spread <= 1.5
        assert figure.measurement.load > 0


def test_only_what_is_asked_for_is_read_and_names_lead_nowhere_else() -> None:
    store = open_store(MEMORY)
    known = KnownMeasurements(store)
    found = known.of(["numpy", "flask", "../observed/numpy", ""])
    assert found["numpy"]
    assert found["flask"] == found["../observed/numpy"] == found[""] == ()
    assert {each.kind for each in found["numpy"]} == {ObservationKind.BENCHMARK}
    store.close()


def test_what_is_kept_comes_first_and_is_kept_once() -> None:
    store = open_store(MEMORY)
    report = read_measurements(SHIPPED[0])
    project = SHIPPED[0].parent.name
    assert keep(report, store) == keep(report, store) == len(report.figures)
    found = KnownMeasurements(store, shipped=None).of([project])[project]
    assert sorted(map(repr, found)) == sorted(map(repr, report.observations()))
    store.close()


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b"\xff", b'{"figures": 3}'])
def test_what_is_no_report_is_told_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "figures.json"
    with pytest.raises(BenchmarkError, match=r"figures\.json: "):
        read_measurements(path)
    path.write_bytes(content)
    with pytest.raises(BenchmarkError, match=r"figures\.json: it is no report of measurements"):
        read_measurements(path)
