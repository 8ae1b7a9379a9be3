"""The Pythons that code can run on, as a scan tells them: the records."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Confidence, Location


class PythonEvidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in code that some Pythons lack.

    Attributes:
        what: ``syntax`` or ``standard library``, a colon, and a name of `syntax.MINIMUM` or a symbol;
            ``name(keyword=)`` for a keyword argument.
        first: the first Python that has it, ``3.8``; None where it was always there.
        last: the last Python that has it; None where it still is.
        location: of its first occurrence.
        count: of its occurrences; of syntax, of files that have it.
    """

    what: str
    first: str | None = None
    last: str | None = None
    location: Location
    count: int = 1
    confidence: Confidence = Confidence.CERTAIN


class PythonBounds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The Pythons that code can run on, the bounds included; None is "no bound is known".

    Attributes:
        lower: from what is certain alone, as is ``upper``; lower is above upper where parts of the code
            contradict each other.
        evidence: by place; what is not certain as well.
    """

    lower: str | None = None
    upper: str | None = None
    evidence: tuple[PythonEvidence, ...] = ()
