"""The schemas in docs/schemas are those of the records, and real reports obey them."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from fakes.commands import Commands

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_schemas_are_up_to_date() -> None:
    documents: Callable[[], dict[str, str]] = runpy.run_path(str(FOLDER.parent / "write_schemas.py"))[
        "documents"
    ]
    stored = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert stored == documents(), "run: make references"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_schemas_are_schemas(path: Path) -> None:
    assert not validator(path.stem).is_valid([])


@pytest.fixture
def reports(stackwright: Commands) -> list[Any]:
    """Reports of a run that ended well, of one with policies, and of one that found nothing."""
    asked = (
        ["flask"],
        ["flask<3", "click>=7", "--prerelease", "allow", "--no-build-package", "click"],
        ["flask>=3", "werkzeug<3"],
    )
    return [stackwright.advise(*arguments, "--format", "json").json for arguments in asked]


def test_reports_obey_their_schema(reports: list[Any]) -> None:
    assert [report["status"] for report in reports] == ["optimal", "optimal", "unsatisfiable"]
    for report in reports:
        validator("advice").validate(report)
        validator("environment").validate(report["environment"])


def test_reasons_obey_the_schema_of_justifications(reports: list[Any]) -> None:
    pins = [pin for report in reports for pin in report["pins"]]
    reasons = [reason for pin in pins for reason in pin["reasons"]]
    reasons += [rejection["reason"] for pin in pins for rejection in pin["rejected"]]
    assert reasons
    for reason in reasons:
        validator("justification").validate(reason)


@pytest.mark.parametrize(
    ("key", "value"), [("status", "splendid"), ("pins", [{}]), ("score", "0"), ("environment", None)]
)
def test_what_is_no_report_does_not(reports: list[Any], key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        validator("advice").validate({**reports[0], key: value})
