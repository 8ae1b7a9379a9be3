"""What a stack needs besides what its metadata name."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Evidence, Justification, Location
from analyzers.source.unavailable_imports import UnavailableImport, UnavailableKind
from fakes.searching.advices import advice
from resolver.asked.companions import UNIT, missed, tabled
from resolver.reports.bare_code import AskedImport, BareCode

HERE = Location(path="app.py", line=1)


def asked(distribution: str) -> AskedImport:
    return AskedImport(name=distribution, distribution=distribution, source="curated", location=HERE)


def missing(module: str, unit: str = UNIT) -> Justification:
    found = Evidence(what=f"ModuleNotFoundError: No module named '{module}'", where="lib/__init__.py:3")
    return Justification(unit=unit, message="cannot be imported", evidence=(found,))


def names(*remarks: Justification, code: BareCode | None = None) -> list[tuple[str, str]]:
    told = msgspec.structs.replace(advice(), remarks=remarks)
    return [(one.name, one.distribution) for one in missed(told, code or BareCode())]


def test_what_the_table_says_is_asked_for() -> None:
    assert [one.distribution for one in tabled(asked("keras"))] == ["tensorflow"]
    assert list(tabled(asked("flask"))) == []


def test_what_importing_the_stack_misses_is_asked_for_under_its_name_on_the_index() -> None:
    assert names(missing("OpenSSL.SSL")) == [("OpenSSL.SSL", "pyopenssl")]


def test_what_no_layer_vouches_for_is_not() -> None:
    assert names(missing("nobody_has_heard_of_it")) == []


def test_other_units_say_nothing_of_it() -> None:
    assert names(missing("OpenSSL", unit="unmet-demand")) == []


def test_what_is_asked_for_or_was_told_already_is_not_asked_for_again() -> None:
    assert names(missing("yaml"), code=BareCode(asked=(asked("pyyaml"),))) == []
    told = UnavailableImport(name="gi", kind=UnavailableKind.SYSTEM, message="", location=HERE)
    assert names(missing("gi"), code=BareCode(unavailable=(told,))) == []
