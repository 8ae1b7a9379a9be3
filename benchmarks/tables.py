"""Results as text."""

from __future__ import annotations

from collections.abc import Mapping


def show(title: str, result: Mapping[str, object]) -> None:
    """A table per temperature; a star marks pins other than uv's."""
    peers = result["peers"]
    assert isinstance(peers, dict)
    print(f"\n{title}")
    for temperature in ("cold", "warm"):
        ours = peers.get("stackwright", {}).get(temperature, {}).get("wall_s")
        print(f"  {temperature:12} wall s  (min to max)      to ours  CPU s  MB     pins  requests")
        for name, summary in peers.items():
            print(f"  {name:12} {_line(summary, temperature, ours)}")


def _line(summary: Mapping[str, object], temperature: str, ours: float | None) -> str:
    found = summary.get(temperature)
    if not isinstance(found, dict):
        return str(summary.get("failed", "not measured")).replace("\n", " ")[:150]
    ratio = f"{found['wall_s'] / ours:.2f}" if ours else "-"
    spread = f"({found['wall_min_s']:.2f} to {found['wall_max_s']:.2f})"
    pins = f"{summary.get('pins', 'none')}{'' if summary.get('pins_equal_to_uv', True) else ' *'}"
    asked = ", ".join(f"{kind} {count}" for kind, count in (found["requests"] or {}).items())
    return (
        f"{found['wall_s']:6.2f}  {spread:17} {ratio:>7}  {found['cpu_s']:5.2f}  {found['peak_mb']:5.0f}  "
        f"{pins:6} {asked}"
    )
