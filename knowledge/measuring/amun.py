"""What a performance script says of itself, in the output format of Thoth's Amun.

One JSON object on standard output: ``@result`` has ``elapsed``, the time that it took, or ``rate``, how much
it did in a time; ``name``, ``component`` and ``@parameters`` say what it did. Source:
thoth-station/performance.
"""

from __future__ import annotations

import math

import msgspec

from analyzers.undecodable import UNDECODABLE


class Result(msgspec.Struct, frozen=True):
    """Attributes: see the module; further keys are passed over."""

    elapsed: float | None = None
    rate: float | None = None


class Output(msgspec.Struct, frozen=True):
    """The object as a whole."""

    result: Result = msgspec.field(name="@result")


_DECODER = msgspec.json.Decoder(Output)


def cost(output: bytes, wall_s: float) -> tuple[float, str]:
    """What a run cost, the less the better, and its unit.

    Args:
        output: of the script; where it says nothing its whole time counts.
        wall_s: that time.

    Raises:
        ValueError: it says something else.
    """
    if not output.strip():
        return wall_s, "s"
    try:
        result = _DECODER.decode(output).result
    except UNDECODABLE as error:
        told = str(error).partition(" - at")[0]
        raise ValueError(f"its output is no JSON object with @result: {told}"[:300]) from error
    for value, unit in ((result.elapsed, "elapsed"), (result.rate and 1 / result.rate, "1/rate")):
        if value is not None and math.isfinite(value) and value > 0:
            return value, unit
    raise ValueError("its @result has neither a positive elapsed nor a positive rate")
