"""How many indicators of each severity and confidence: what is stored of a release and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import product

from analyzers.source.module_facts import Indicator
from analyzers.source.security.rules import HIGH, LOW, MEDIUM

Counts = Mapping[str, int]
_LEVELS = (LOW, MEDIUM, HIGH)


def counted(indicators: Iterable[Indicator]) -> Counts:
    """By ``severity/confidence``, all nine, ``low/low`` first."""
    found = Counter(f"{each.severity}/{each.confidence}" for each in indicators)
    return {
        f"{severity}/{confidence}": found[f"{severity}/{confidence}"]
        for severity, confidence in product(_LEVELS, _LEVELS)
    }
