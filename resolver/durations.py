"""Measured times in words."""

from __future__ import annotations

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def duration(value: float, unit: str) -> str:
    """A figure with three digits, such as ``29.4 ms``; a script's own unit stays as it is."""
    if unit != "s":
        return f"{value:.3g} ({unit})"
    size, name = next(((s, n) for s, n in _UNITS if value >= s), _UNITS[-1])
    scaled = value / size
    return f"{scaled:.0f} {name}" if scaled >= 100 else f"{scaled:.3g} {name}"
