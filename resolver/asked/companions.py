"""Projects that a stack for code that declares nothing needs besides, and that no metadata name.

What a table of such needs says, and what importing the stack on paper finds missing: a module that no release
in the stack has, and of which the project is well known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.evidence import Confidence, Location
from analyzers.source.names.import_names import ImportNames
from analyzers.source.names.undeclared_needs import undeclared_needs
from resolver.reports.advice import Advice
from resolver.reports.bare_code import AskedImport, BareCode

UNIT = "import-doubts"
_MISSING = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")


def tabled(asked: AskedImport) -> Iterator[AskedImport]:
    """What the table says that a project needs besides."""
    for project in undeclared_needs().get(asked.distribution, ()):
        yield AskedImport(name=asked.name, distribution=project, source="companion", location=asked.location)


def missed(advice: Advice, code: BareCode) -> list[AskedImport]:
    """What the advised stack misses when it is imported on paper, as far as that is well known."""
    there = {pin.name for pin in advice.pins} | {one.distribution for one in code.asked}
    told = {one.name.partition(".")[0] for one in code.unavailable}
    names = ImportNames()
    found: dict[str, AskedImport] = {}
    reasons = [*advice.remarks, *(reason for pin in advice.pins for reason in pin.reasons)]
    for reason in reasons:
        for evidence in reason.evidence if reason.unit == UNIT else ():
            missing = _MISSING.match(evidence.what)
            if missing is None or missing[1].partition(".")[0] in told:
                continue
            match = next(iter(names.match(missing[1]).distributions), None)
            if match is None or match.confidence is Confidence.POSSIBLE or match.name in there:
                continue
            place = Location(path=evidence.where)
            found[match.name] = AskedImport(
                name=missing[1], distribution=match.name, source="companion", location=place
            )
    return list(found.values())
