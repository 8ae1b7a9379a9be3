"""From a solved search to pins: which files, why this release, and why none of the newer ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzers.evidence import Justification, Level
from knowledge.releases import File, Metadata
from resolver.advising.gains import Gain, gains
from resolver.advising.variants import chosen_variant, variant_reasons
from resolver.reports.advice import MOST_REJECTED, Artifact, Pin, Rejection
from resolver.search.resolver import Resolver
from resolver.states.incompatibilities import Constrained, Depends, Incompatibility, Refuted
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit, positions, span
from resolver.states.wording import incompatibility_in_words
from resolver.targets.target import PythonFit

_HASH = re.compile(r"[a-z][a-z0-9_]{1,19}:[0-9a-fA-F]{32,128}", re.ASCII)


def pins(stack: Stack, resolver: Resolver) -> Iterator[Pin]:
    """The members of an accepted stack, by name, while the resolver still stands at it."""
    for name, member in stack.members.items():
        files = member.project.files(member.position, resolver.context.target)
        gained = tuple(gains(member, stack, resolver))
        taken = resolver.context.vendors.taken(name) if resolver.context.vendors else None
        yield Pin(
            name=name,
            version=member.version,
            extras=member.extras,
            direct=member.direct,
            dependents=tuple(sorted(member.dependents)),
            requires_python=files[0].requires_python,
            artifacts=tuple(map(_artifact, files)),
            reasons=tuple(_reasons(member, gained, resolver)),
            rejected=tuple(_rejected(member, resolver, stack)),
            stands_in_for=(originals := tuple(o for o, _ in resolver.universe.stand_ins.stood_in_for(name))),
            stands_in_at=tuple(_asking_for(originals, member, stack, resolver)),
            variant=chosen_variant(member.project, member.position, resolver.context.target),
            index=None if taken is None else taken.url,
            saved_bytes=next((one.saving.saved_bytes for one in gained if one.saving is not None), None),
        )


def _asking_for(originals: Sequence[str], member: Member, stack: Stack, resolver: Resolver) -> Iterator[str]:
    """The dependents of a member that ask for a project in place of which it serves."""
    for name in sorted(member.dependents) if originals else ():
        other = stack.members[name]
        reader = resolver.universe.reader
        asked = (reader.dependencies(other.project, other.position, part) for part in (None, *other.extras))
        if any(dependency.project in originals for part in asked for dependency in part):
            yield name


def _artifact(file: File) -> Artifact:
    """A file as it goes into lockfiles: a hash that is no digest, whatever it is, must not get there."""
    hashes = {name: digest for name, digest in file.hashes.items() if _HASH.fullmatch(f"{name}:{digest}")}
    return Artifact(
        filename=file.filename,
        kind=file.kind,
        url=file.url,
        hashes=hashes,
        sha256=hashes.get("sha256"),
        size_bytes=file.size_bytes,
        uploaded_at=file.uploaded_at,
    )


def _reasons(member: Member, gained: Sequence[Gain], resolver: Resolver) -> Iterator[Justification]:
    project, position = member.project, member.position
    asked = [f"you require {r.text}" for r in resolver.context.direct(project.name)]
    asked += [f"{name} depends on it" for name in sorted(member.dependents)]
    for original, _ in resolver.universe.stand_ins.stood_in_for(project.name):
        stated = [f"you require {r.text}, for which it stands in" for r in resolver.context.direct(original)]
        asked += stated or [f"it stands in for {original}"]
    yield Justification(unit="resolver", message=" and ".join(asked))
    yield from (one.reason for one in gained)
    if project.preferred & bit(position):
        where = resolver.context.preferences[project.name].where
        yield Justification(unit="resolver", message=f"kept from {where}")
    if not project.preferred_to(position):
        which = "oldest release that is asked for" if project.ascending else "newest release"
        yield Justification(unit="resolver", message=f"the {which} that the target can use")
    yield from variant_reasons(project, position, resolver.context)
    yield from resolver.scorer.factors(project, position)
    yield from _warnings(member, resolver)


def _warnings(member: Member, resolver: Resolver) -> Iterator[Justification]:
    project, position, target = member.project, member.position, resolver.context.target
    metadata = resolver.universe.reader.metadata(project, position)
    for extra in member.extras:
        if isinstance(metadata, Metadata) and extra not in metadata.extras:
            message = f"{project.name} {member.version} has no extra named {extra}"
            yield Justification(unit="resolver", level=Level.WARNING, message=message)
    first = project.files(position, target)[0]
    if target.python_fit(first.requires_python) is PythonFit.CAPPED:
        message = (
            f"{project.name} {member.version} states Requires-Python {first.requires_python}, whose upper "
            f"bound excludes {target.python}; nothing else fits, and some installers will refuse it"
        )
        yield Justification(unit="requires-python", level=Level.WARNING, message=message)
    assert project.listing is not None
    if position in project.listing.yanked:
        why = project.listing.yanked[position] or "no reason given"
        message = f"{project.name} {member.version} was yanked ({why}); a requirement names it exactly"
        yield Justification(unit="yanked", level=Level.WARNING, message=message)


def _rejected(member: Member, resolver: Resolver, stack: Stack) -> Iterator[Rejection]:
    """Newer releases that are not in the stack, newest first."""
    project = member.project
    newer = span(member.position + 1, len(project.versions))
    asked = resolver.context.asked_about.get(project.name, frozenset())
    for number, position in enumerate(positions(newer)):
        if number >= MOST_REJECTED and project.version(position) not in asked:
            continue
        reason = reason_against(project, position, resolver, stack)
        yield Rejection(version=project.version(position), unit=reason.unit, reason=reason)


def reason_against(project: Project, position: int, resolver: Resolver, stack: Stack) -> Justification:
    """Why a release of a member is not the one in a stack, while the resolver still stands at it."""
    for refusal in project.refusals:
        if refusal.releases & bit(position):
            return refusal.reason
    cause = resolver.universe.propagation.removal(project.variable, bit(position))
    if cause is not None:
        if isinstance(cause.cause, Refuted):
            return cause.cause.reason
        return Justification(unit="resolver", message=_in_this_stack(cause, project, resolver, stack))
    chosen = stack.members[project.name].position
    if project.ascending and project.beyond(chosen) & bit(position):
        message = f"--resolution {resolver.context.resolution.value} takes the oldest release that fits"
        return Justification(unit="resolver", message=message)
    if bit(position) & project.prereleases():
        return Justification(unit="prereleases", message="is a pre-release, and a stable release serves")
    if bit(position) & project.shape_mask(resolver.context.target, PythonFit.CAPPED):
        message = f"its Requires-Python has an upper bound below {resolver.context.target.python}"
        return Justification(unit="requires-python", message=message)
    if project.preferred & bit(chosen):
        where = resolver.context.preferences[project.name].where
        message = f"is newer than what is kept from {where} (--upgrade={project.name} tries it)"
        return Justification(unit="resolver", message=message)
    scorer = resolver.scorer
    if position > chosen and scorer.release_score(project, position) < scorer.release_score(project, chosen):
        return min(scorer.factors(project, position), key=lambda factor: factor.score or 0)
    return Justification(unit=resolver.predictor.name, message="was not tried: an earlier choice served")


def _in_this_stack(
    incompatibility: Incompatibility, project: Project, resolver: Resolver, stack: Stack
) -> str:
    """An incompatibility as the reason against releases of `project`, next to what the stack holds."""
    cause = incompatibility.cause
    if isinstance(cause, Constrained):
        return f"is excluded by the constraint {cause.text} ({cause.where})"
    if not isinstance(cause, Depends):
        return incompatibility_in_words(incompatibility, resolver.universe)
    asked = f"{cause.dependency}{cause.text}"
    if cause.dependent == project.name:
        other = stack.members.get(cause.dependency)
        if other is None:
            return f"depends on {asked}, which cannot be in the stack"
        return f"depends on {asked}, and the stack has {cause.dependency} {other.version}"
    other = stack.members.get(cause.dependent)
    return f"{cause.dependent}{f' {other.version}' if other else ''} depends on {asked}"
