"""Writes a requirements file that pip and uv install as it is, with hashes or without."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.errors import InputError
from resolver.outputs.locks.digests import digests
from resolver.reports.advice import Advice, Pin


def requirements(advice: Advice, target: str, *, hashes: bool = True) -> str:
    """One line per pin, and who asked for it; it holds neither time nor statistics.

    Extras are left out: what they add is pinned itself. For what comes from the index of a rule, the page
    there is a link to find it by: as a further index it would serve whatever else it has, which uv then takes
    from nowhere else.

    Raises:
        HashesMissingError: hashes are wanted and the index states none for some file.
        InputError: what a member asks for was replaced, which installers of requirements would undo.
    """
    _check_replacements(advice)
    lines = [f"# Advised by {advice.tool.name} for {target}; other targets need a file of their own."]
    lines += [f"--find-links {pin.index}{pin.name}/" for pin in advice.pins if pin.index]
    for pin in advice.pins:
        lines.extend(_pin(pin, hashes=hashes))
    return "\n".join(lines) + "\n"


def _check_replacements(advice: Advice) -> None:
    for pin in advice.pins:
        if pin.stands_in_at:
            original, dependent = pin.stands_in_for[0], pin.stands_in_at[0]
            raise InputError(
                f"requirements cannot say that {pin.name} stands in for {original}, which {dependent} asks "
                "for: an installer would add it again",
                "write pylock.toml, whose installers take it as it is",
                "or keep the original: explain names the rule for --no-rule",
            )


def _pin(pin: Pin, *, hashes: bool) -> Iterator[str]:
    stated = sorted(digests(pin)) if hashes else []
    yield f"{pin.name}=={pin.version}" + (" \\" if stated else "")
    for number, digest in enumerate(stated, 1):
        yield f"    --hash={digest}" + (" \\" if number < len(stated) else "")
    asked = [*(["your requirements"] if pin.direct else []), *pin.dependents]
    yield f"    # via {', '.join(asked)}"
