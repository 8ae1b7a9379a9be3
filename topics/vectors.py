"""The record that a topic instrument makes of one package."""

from __future__ import annotations

import msgspec


class TopicVector(msgspec.Struct, frozen=True, kw_only=True):
    """Calibrated label probabilities of one package, or an abstention.

    Attributes:
        probabilities: label to probability in [0, 1]; labels are not exclusive.
        abstained: True when the text did not suffice for a statement; then `probabilities` is empty.
    """

    name: str
    probabilities: dict[str, float] = {}
    abstained: bool = False
