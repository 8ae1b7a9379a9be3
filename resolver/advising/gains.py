"""Why a member stands where another one would, by the rules that say so, and what that saves."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.evidence import Justification
from knowledge.indexes.vendor_indexes import is_named
from resolver.advising.savings import Saving, file_bytes, known_project, saving
from resolver.search.resolver import Resolver
from resolver.source import Taken
from resolver.states.stack import Member, Stack


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """One such reason.

    Attributes:
        saving: None where a size is not known.
    """

    reason: Justification
    saving: Saving | None


def gains(member: Member, stack: Stack, resolver: Resolver) -> Iterator[Gain]:
    """The gains of a member, while the resolver still stands at its stack."""
    universe, context = resolver.universe, resolver.context
    own = file_bytes(member, context)
    for original, reason in universe.stand_ins.stood_in_for(member.project.name):
        other = universe.projects[original]
        found = saving(member, own, stack, other, universe.source, context)
        yield _told(f"{stands_in(member.project.name, original)}: {reason.message}", reason, found)
    taken = context.vendors.taken(member.project.name) if context.vendors else None
    if taken is not None:
        yield _of_index(taken, member, stack, resolver)


def stands_in(name: str, original: str) -> str:
    """How a reason begins that says why a project serves in place of another one."""
    return f"{name} stands in for {original}"


def comes_from(name: str, index_url: str) -> str:
    """How a reason begins that says why a project comes from an index of a rule."""
    return f"{name} comes from the index {index_url}"


def _of_index(taken: Taken, member: Member, stack: Stack, resolver: Resolver) -> Gain:
    context, name = resolver.context, member.project.name
    assert context.vendors is not None
    file = member.project.files(member.position, context.target)[0]
    size = context.vendors.size_bytes(file, taken.url)
    other = known_project(name, taken.usual, context)
    found = saving(member, size, stack, other, context.vendors.usual, context)
    reason = taken.rule.reason()
    stated = taken.rule.rule.do.index or ""
    named = f" ({stated})" if is_named(stated) else ""
    return _told(f"{comes_from(name, taken.url)}{named}: {reason.message}", reason, found)


def _told(message: str, reason: Justification, found: Saving | None) -> Gain:
    less = found.in_words() if found is not None else None
    message += f": {less}" if less else ""
    return Gain(reason=msgspec.structs.replace(reason, message=message), saving=found)
