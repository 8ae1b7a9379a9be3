"""What a proof rests on."""

from __future__ import annotations

from resolver.states.incompatibilities import Derived, Incompatibility


def leaves(proof: Incompatibility) -> list[Incompatibility]:
    """The incompatibilities of a derivation that were not derived, each once, from left to right."""
    found: dict[Incompatibility, None] = {}
    seen: set[Incompatibility] = set()
    pending = [proof]
    while pending:
        incompatibility = pending.pop()
        if incompatibility in seen:
            continue
        seen.add(incompatibility)
        match incompatibility.cause:
            case Derived(left, right):
                pending += (right, left)
            case _:
                found[incompatibility] = None
    return list(found)
