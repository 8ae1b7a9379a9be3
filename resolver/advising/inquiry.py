"""Why a project is in a stack as it is, who asks for it, and what another release of it would change."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from analyzers.evidence import Justification
from analyzers.reports import Report
from knowledge.releases import Metadata
from resolver.advising.pins import reason_against
from resolver.context import Constraint
from resolver.errors import InputError
from resolver.reports.advice import MOST_REJECTED, Advice, Pin, Rejection, Status
from resolver.search.resolver import Resolver
from resolver.states.dependencies import live_dependencies
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit

_MOST_CHANGES = 20


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who asks for a project.

    Attributes:
        who: ``you``, or a member of the stack with its version.
        requirement: as stated.
        is_live: whether it counts on the target and with the extras of the stack.
    """

    who: str
    requirement: str
    is_live: bool


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for another release.

    Attributes:
        rejection: why that release is not in the stack.
        status: of a run that must use it.
        score: of the best stack found with it, in millionths; None where there is none.
        changes: what else differs in that stack, such as ``click 8.1.7 to 7.1.2``; at most a few.
        diagnosis: why there is no stack; None where there is one.
    """

    rejection: Rejection
    status: Status
    score: int | None
    changes: tuple[str, ...] = ()
    diagnosis: str | None = None


class Answer(Report, frozen=True, kw_only=True):
    """What is known about one project in a stack.

    Attributes:
        status: of the stack.
        name: normalised.
        version: in the stack; None where the project is not in it.
        askers: who asks for it, or would under other circumstances.
        reasons: for this release.
        rejected: newer releases, at most `resolver.reports.advice.MOST_REJECTED`.
        score: of the whole stack; `own_score` is the project's part of it.
        trial: of the release that was asked about; None where none was.
        diagnosis: why there is no stack; None where there is one.
    """

    status: Status
    name: str
    version: str | None
    askers: tuple[Asker, ...] = ()
    reasons: tuple[Justification, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    score: int | None = None
    own_score: int | None = None
    trial: Trial | None = None
    diagnosis: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about: a project, or one release of it."""

    name: str
    version: str | None

    @property
    def constraint(self) -> Constraint:
        """The limit under which a run must use the release."""
        specifiers = f"=={self.version}"
        return Constraint(self.name, specifiers, f"{self.name}{specifiers}", "the question")


def read_question(text: str, verb: str = "explain") -> Question:
    """The question that ``NAME`` or ``NAME==VERSION`` asks.

    Args:
        text: as the user wrote it.
        verb: what a message says that cannot be done.

    Raises:
        InputError: it is neither.
    """
    name, equals, version = text.partition("==")
    try:
        asked = Requirement(name)
        normalised = canonicalize_name(asked.name)
        if str(asked) != asked.name:
            raise InvalidRequirement(f"more than a name: {name}")
        return Question(name=normalised, version=str(Version(version)) if equals else None)
    except (InvalidRequirement, InvalidVersion) as error:
        remedy = "name a project or a release: NAME or NAME==VERSION"
        raise InputError(f"cannot {verb} {text!r}", remedy) from error


def answered(question: Question, advice: Advice, resolver: Resolver, stack: Stack | None) -> Answer:
    """What a run that has just ended says about a project; see `tried` for what it does not.

    Args:
        question: what is asked about.
        advice: of the run.
        resolver: still stands at the stack.
        stack: None where there is none.
    """
    pin = next((pin for pin in advice.pins if pin.name == question.name), None)
    own = None
    if stack is not None and pin is not None:
        own = resolver.scorer.involved_score(stack.members[pin.name], stack)
    return Answer(
        tool=advice.tool,
        input=advice.input,
        created_at=advice.created_at,
        unknowns=advice.unknowns,
        status=advice.status,
        name=question.name,
        version=pin.version if pin else None,
        askers=tuple(_askers(question.name, resolver, stack)) if stack else (),
        reasons=pin.reasons if pin else (),
        rejected=pin.rejected[:MOST_REJECTED] if pin else (),
        score=advice.score,
        own_score=own,
        diagnosis=advice.diagnosis,
    )


def why_not(question: Question, resolver: Resolver, stack: Stack) -> Rejection | None:
    """Why the release that is asked about is not in the stack; None where it is.

    Raises:
        InputError: the project is not in the stack, or has no such release.
    """
    member = stack.members.get(question.name)
    if member is None or question.version is None:
        raise InputError(f"{question.name} is not in the stack", "ask about it without a version")
    position = _position(member.project, question.version)
    if position == member.position:
        return None
    reason = reason_against(member.project, position, resolver, stack)
    untried = reason.unit == resolver.predictor.name
    if untried and not member.project.preferred_to(member.position) & bit(position):
        reason = msgspec.structs.replace(reason, message=f"{member.version} is preferred to it and serves")
    return Rejection(version=member.project.version(position), unit=reason.unit, reason=reason)


def tried(rejection: Rejection, advice: Advice, with_it: Advice) -> Trial:
    """What a run found that had to use another release, beside the one that had not."""
    return Trial(
        rejection=rejection,
        status=with_it.status,
        score=with_it.score,
        changes=tuple(_changes(advice.pins, with_it.pins)) if with_it.status.is_solved else (),
        diagnosis=with_it.diagnosis,
    )


def _position(project: Project, version: str) -> int:
    wanted = Version(version)
    for position in range(len(project.versions)):
        if project.versions[position] == wanted:
            return position
    newest = project.version(len(project.versions) - 1)
    raise InputError(f"{project.name} has no release {version}", f"its newest release is {newest}")


def _changes(before: tuple[Pin, ...], after: tuple[Pin, ...]) -> Iterator[str]:
    versions = {pin.name: pin.version for pin in before}
    others = {pin.name: pin.version for pin in after}
    changed = sorted(name for name in versions | others if versions.get(name) != others.get(name))
    for name in changed[:_MOST_CHANGES]:
        if name not in others:
            yield f"{name} {versions[name]} is no longer needed"
        elif name not in versions:
            yield f"{name} {others[name]} is needed as well"
        else:
            yield f"{name} {versions[name]} to {others[name]}"
    if len(changed) > _MOST_CHANGES:
        yield f"and {len(changed) - _MOST_CHANGES} more"


def _askers(name: str, resolver: Resolver, stack: Stack) -> Iterator[Asker]:
    for requirement in resolver.context.direct(name):
        yield Asker(who="you", requirement=requirement.text, is_live=True)
    for member in stack.members.values():
        who = f"{member.project.name} {member.version}"
        for line in _mentions(name, member, resolver):
            parts = (None, *member.extras)
            is_live = any(list(live_dependencies([line], resolver.context.target, part)) for part in parts)
            yield Asker(who=who, requirement=line, is_live=is_live)


def _mentions(name: str, member: Member, resolver: Resolver) -> Iterator[str]:
    metadata = resolver.universe.reader.metadata(member.project, member.position)
    for line in metadata.requires_dist if isinstance(metadata, Metadata) else ():
        try:
            if canonicalize_name(Requirement(line).name) == name:
                yield line
        except InvalidRequirement:
            continue
