"""The stacks that a plan holds, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.monkey.plan import Plan
from resolver.outputs.texts.lines import fitted


def monkey_plan_text(plan: Plan, width: int) -> str:
    """The whole text, for a terminal so many columns wide."""
    lines = (line for text in _lines(plan) for line in fitted(text, width))
    return "".join(f"{line}\n" for line in lines)


def _lines(plan: Plan) -> Iterator[str]:
    roots = set(plan.head.demand.roots)
    for stack in plan.stacks:
        pins = sorted(stack.pins, key=lambda pin: (pin.project not in roots, pin))
        yield f"{stack.id}  {' '.join(str(pin.release) for pin in pins)}"
    yield ""
    seen = sum(stack.new_pairs for stack in plan.stacks)
    possible = plan.head.possible_pairs
    share = 100 * seen / possible if possible else 100.0
    count = "1 stack" if len(plan.stacks) == 1 else f"{len(plan.stacks)} stacks"
    yield f"{count}, with {seen} of {possible} pairs of releases ({share:.0f} %)"
