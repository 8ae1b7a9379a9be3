from __future__ import annotations

import importlib
import inspect
import sys
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Confidence, Location
from analyzers.source.module_facts import Feature
from analyzers.source.names.standard_library import available_since, available_until
from analyzers.source.records import Guard, Import, Origin, Role, Use, UseKind
from analyzers.source.signals import python_versions
from analyzers.source.signals.python_bounds import PythonBounds
from analyzers.source.signals.python_versions import bounds, span


def imported(module: str, name: str | None = None, **more: Any) -> Import:
    place: dict[str, Any] = {
        "file": "a.py",
        "line": 1,
        "column": 8,
        "end_line": 1,
        "end_column": 12,
        "origin": Origin.STDLIB,
    }
    return Import(**{**place, "module": module, "name": name, **more})


def used(symbol: str, *keywords: str, **more: Any) -> Use:
    place: dict[str, Any] = {
        "file": "a.py",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 5,
        "kind": UseKind.CALL,
    }
    return Use(**{**place, "symbol": symbol, "keywords": keywords, **more})


def both(found: PythonBounds) -> tuple[str | None, str | None]:
    return found.lower, found.upper


@pytest.mark.parametrize(
    ("imports", "uses", "expected"),
    [
        ([], [], (None, None)),
        ([imported("os")], [used("os.path.join")], (None, None)),
        ([imported("tomllib")], [], ("3.11", None)),
        ([imported("importlib.metadata")], [], ("3.8", None)),
        ([imported("asyncio", "TaskGroup")], [], ("3.11", None)),
        ([imported("asyncio", "*")], [], (None, None)),
        ([imported("asyncio")], [used("asyncio.to_thread")], ("3.9", None)),
        ([imported("asyncio")], [used("asyncio.timeout().reschedule")], ("3.11", None)),
        ([imported("datetime")], [used("datetime.datetime.fromisoformat")], ("3.7", None)),
        ([imported("subprocess")], [used("subprocess.run", "capture_output")], ("3.7", None)),
        ([imported("subprocess")], [used("subprocess.run", "check", "process_group")], ("3.11", None)),
        ([imported("subprocess")], [used("subprocess.run().stdout", "process_group")], (None, None)),
        (
            [imported("dataclasses")],
            [used("dataclasses.dataclass", "slots", kind=UseKind.DECORATOR)],
            ("3.10", None),
        ),
        ([imported("distutils.core", "setup")], [], (None, "3.11")),
        ([imported("cgi"), imported("imp")], [], (None, "3.11")),
        ([imported("collections")], [used("collections.Mapping")], (None, "3.9")),
        ([imported("asyncore", asname="e")], [], (None, "3.11")),
        ([imported("tomllib"), imported("imp")], [], ("3.11", "3.11")),
        ([imported("asyncio"), imported("telnetlib")], [used("asyncio.run")], ("3.7", "3.12")),
    ],
)
def test_bounds(imports: list[Import], uses: list[Use], expected: tuple[str | None, str | None]) -> None:
    assert both(bounds({}, imports, uses)) == expected


@pytest.mark.parametrize(
    "without",
    [
        *({"guard": (guard,)} for guard in Guard),
        *({"role": role} for role in Role if role is not Role.MAIN),
        {"origin": Origin.FIRST_PARTY},
        {"origin": Origin.THIRD_PARTY},
        {"alternative": 0},
    ],
)
def test_what_does_not_bind(without: dict[str, Any]) -> None:
    """Guarded, tried before something else, of another role, or a module of that name from elsewhere."""
    assert bounds({}, [imported("tomllib", **without)], []) == PythonBounds()
    of_use = {key: value for key, value in without.items() if key in ("guard", "role")}
    from_elsewhere = {key: value for key, value in without.items() if key == "origin"}
    found = bounds({}, [imported("asyncio", **from_elsewhere)], [used("asyncio.to_thread", **of_use)])
    assert both(found) == ((None, None) if of_use or from_elsewhere else ("3.9", None))


def test_what_is_not_certain_is_told_and_binds_to_nothing() -> None:
    found = bounds({}, [imported("asyncio")], [used("asyncio.timeout", confidence=Confidence.LIKELY)])
    assert both(found) == (None, None)
    assert [(each.what, each.first, each.confidence) for each in found.evidence] == [
        ("standard library: asyncio.timeout", "3.11", Confidence.LIKELY)
    ]


def test_evidence_names_the_first_place_and_counts() -> None:
    uses = [used("asyncio.timeout", line=line) for line in (5, 6, 7)]
    features = {"b.py": [Feature("walrus", 4)], "a.py": [Feature("walrus", 9), Feature("print-statement", 2)]}
    found = bounds(features, [imported("asyncio")], uses)
    assert both(found) == ("3.11", "2.7")
    assert [(each.what, each.location, each.count) for each in found.evidence] == [
        ("syntax: print-statement", Location(path="a.py", line=2), 1),
        ("standard library: asyncio.timeout", Location(path="a.py", line=5, column=1), 3),
        ("syntax: walrus", Location(path="a.py", line=9), 2),
    ]


def test_use_of_a_module_that_another_file_imports_counts_for_nothing() -> None:
    assert bounds({}, [imported("asyncio", file="b.py")], [used("asyncio.timeout")]) == PythonBounds()


@given(
    st.permutations([("tomllib", None), ("zoneinfo", None), ("imp", None), ("asyncio", "run"), ("os", None)])
)
def test_order_does_not_matter(order: list[tuple[str, str | None]]) -> None:
    imports = [imported(module, name, line=line) for line, (module, name) in enumerate(order)]
    assert both(bounds({}, imports, [])) == ("3.11", "3.11")


_WITH_KEYWORDS = frozenset(
    ("argparse", "asyncio", "email", "hmac", "json", "logging", "multiprocessing", "random", "subprocess")
)
_MODULES = frozenset(sys.stdlib_module_names) | {"asynchat", "asyncore", "distutils", "imp", "smtpd"}


def _rows() -> list[str]:
    table = Path(python_versions.__file__).with_name("stdlib_versions.txt").read_text()
    return [line.partition(": ")[0] for line in table.splitlines() if not line.startswith("#")]


def test_names_that_went_are_in_their_table_once_and_not_in_the_python_that_runs() -> None:
    table = Path(python_versions.__file__).with_name("stdlib_removals.txt").read_text()
    rows = [line.partition(": ")[0] for line in table.splitlines() if not line.startswith("#")]
    assert len(rows) == len(set(rows)) and not set(rows) & set(_rows())
    assert span("string.letters") == (None, (2, 7))
    assert span("os.errno") == (None, (3, 6))
    wrong = []
    for name in rows:
        last = (span(name) or (None, None))[1]
        module, _, rest = name.rpartition(".")
        if module.partition(".")[0] in ("os", "string", "typing", "collections", "operator", "types"):
            is_there = hasattr(importlib.import_module(module), rest)
            wrong += [name] if is_there and last is not None and last < sys.version_info[:2] else []
    assert wrong == []


def test_nothing_that_the_table_calls_gone_or_to_come_is_in_the_python_that_runs() -> None:
    """The other way round stubs know more: attributes of instances, and other platforms."""
    running, wrong = sys.version_info[:2], []
    for name in _rows():
        first, last = span(name) or (None, None)
        module, _, rest = name.partition(".")
        is_outside = (first is not None and running < first) or (last is not None and running > last)
        if (
            is_outside
            and "(" not in name
            and module in ("asyncio", "os", "datetime", "typing", "math", "shutil")
        ):
            try:
                attrgetter(rest)(importlib.import_module(module))
            except AttributeError:
                continue
            wrong.append(name)
    assert wrong == []


def test_modules_come_and_go_with_the_python_that_runs() -> None:
    running = sys.version_info[:2]
    for module in ("tomllib", "zoneinfo", "imp", "asyncore", "cgi", "distutils", "graphlib", "telnetlib"):
        first, last = span(module) or (None, None)
        expected = (first is None or first <= running) and (last is None or running <= last)
        assert (module in sys.stdlib_module_names) == expected


def test_keyword_has_a_span_of_its_own() -> None:
    assert span("hashlib.md5") is None
    assert span("hashlib.md5", "usedforsecurity") == ((3, 9), None)
    assert span("hashlib.md5", "data2") is None
    assert span("multiprocessing.Process", "target") is None  # stubs do not show what a class inherits
    assert span("ast.arguments", "args") is None  # nor what C code takes


def test_no_keyword_that_the_table_calls_gone_or_to_come_is_taken_by_the_python_that_runs() -> None:
    running, wrong, looked_at = sys.version_info[:2], [], 0
    for row in _rows():
        owner, _, keyword = row.partition("(")
        first, last = span(row) or (None, None)
        is_outside = (first is not None and running < first) or (last is not None and running > last)
        module, _, rest = owner.partition(".")
        if not (keyword and rest and is_outside and module in _WITH_KEYWORDS):
            continue
        try:
            parameters = inspect.signature(attrgetter(rest)(importlib.import_module(module))).parameters
        except (AttributeError, TypeError, ValueError):
            continue
        looked_at += 1
        one = parameters.get(keyword)
        if one is not None and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY):
            wrong.append(row)
    assert wrong == []
    assert looked_at > 5


def test_modules_have_the_same_spans_as_names_do() -> None:
    """There those before 3.6 count as well, and Python 2."""
    compared = 0
    for row in _rows():
        if row in _MODULES:
            first, last = span(row) or (None, None)
            since, until = available_since(row), available_until(row)
            assert first == (since if since >= (3, 6) else None), row
            assert last == ((until[0], until[1] - 1) if until < (9999, 0) else None), row
            compared += 1
    assert compared > 20
