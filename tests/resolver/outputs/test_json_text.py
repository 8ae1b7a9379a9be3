"""The JSON report: the whole record, and back."""

from __future__ import annotations

import msgspec

from fakes.searching.advices import advice, pin, rejection
from resolver.outputs.json_text import json_text
from resolver.reports.advice import Advice


def test_report_reads_back_as_the_record() -> None:
    made = advice([pin("flask", "3.0", rejected=(rejection("3.1", "é\n…"),)), pin("click", "8.1")])
    assert msgspec.json.decode(json_text(made), type=Advice) == made


def test_report_is_for_people_too() -> None:
    lines = json_text(advice([pin("flask", "3.0")])).splitlines()
    assert lines[:2] == ["{", '  "schema_version": "1.0",']
    assert lines[-1] == "}"
