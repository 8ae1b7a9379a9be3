"""Writes an advice as a JSON report."""

from __future__ import annotations

import msgspec

from resolver.reports.advice import Advice


def report(advice: Advice) -> str:
    """The whole record, indented, keys in the order of their definition."""
    return msgspec.json.format(msgspec.json.encode(advice), indent=2).decode() + "\n"
