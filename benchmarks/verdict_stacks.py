"""Stacks on which static verdicts are checked, and what is said and seen of their pairs of releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

import cli
from analyzers.evidence import Confidence
from knowledge.catalog import Knowledge
from knowledge.imports.stack_imports import Examined
from knowledge.probing.records import ProbeResult, Verdict
from resolver.commands.runs.session import Session
from resolver.context import Constraint, Context
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.states.projects import Project
from resolver.states.stack import Stack
from resolver.states.versions import positions
from resolver.units.strides.imports import asked_directly, blamed, pinned

LEVELS = (*(level.value for level in Confidence), "none")
IMPORTS, DEMAND = "imports", "api-demand"
_NO_EVIDENCE = "".join(f"[{unit}]\nenabled = false\n" for unit in (IMPORTS, DEMAND))


def case_rows(case: Mapping[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """Of each project that a case changes: releases around both of its locks, all else as it works."""
    check = folder / "check.py"
    check.write_text(case["check"] + "\n", encoding="utf-8")
    asked = [*case["requirements"], "--exclude-newer", case["verified"], "--source", str(check)]
    asked += ["--probe-script", str(check), *(["--allow-builds"] if case["needed_sdist"] else [])]
    session = _session(asked, folder)
    plain = session.context()
    working = {
        name: fixed for name, (broken, fixed) in case["changed"].items() if broken is not None and fixed
    }
    with session.weighed(plain) as (knowledge, context):
        for project, versions in _suspects(case, session, plain, knowledge):
            others = {name: version for name, version in working.items() if name != project}
            for version in versions:
                stack = _stack(session, plain, knowledge, {project: version, **others})
                stack = stack or _stack(session, plain, knowledge, {project: version})
                if stack is not None and project in stack.members:
                    yield from _about(project, stack, context)


def aged_rows(name: str, age: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Of a release that old, beside the newest of all else: it, what it asks for, what a verdict names."""
    session = _session([name, "--exclude-newer-package", f"{name}={age}", "--prerelease", "disallow"], folder)
    plain = session.context()
    with session.weighed(plain) as (knowledge, context):
        stack = _stack(session, plain, knowledge, {})
        if stack is None or name not in stack.members or not stack.members[name].dependencies:
            return
        examined, result = _examined(stack, context), _probed(stack, context)
        said = _said(examined)
        alone: dict[tuple[str, ...], str] = {(name,): LEVELS[-1]}
        pairs = alone | {(name, other): LEVELS[-1] for other in sorted(stack.members[name].dependencies)}
        pairs |= {names: level for names, level in said.items() if set(names) <= stack.members.keys()}
        for names, level in pairs.items():
            releases = [f"{each} {stack.members[each].version}" for each in names]
            yield _row(IMPORTS, " with ".join(releases), level, _decided(set(names), result), result)


def _session(asked: Sequence[str], folder: Path) -> Session:
    pipeline = folder / "pipeline.toml"
    pipeline.write_text(_NO_EVIDENCE, encoding="utf-8")
    kept = ["--store", str(folder / "store.sqlite3"), "--pipeline", str(pipeline), "--quiet"]
    spent = ["--evidence", "probe", "--probe-limit", "99", "--evidence-budget", "900s,900MB"]
    options = cli.parsed(["advise", *asked, *kept, *spent])
    options.started_s = 0.0
    return Session(options)


def _suspects(
    case: Mapping[str, Any], session: Session, context: Context, knowledge: Knowledge
) -> Iterator[tuple[str, list[str]]]:
    """The projects that a case changes, with the releases of them that are looked at."""
    _, projects = _resolved(session, context, knowledge)
    for name, (broken, fixed) in sorted(case["changed"].items()):
        project = projects.get(name)
        if broken is None or fixed is None or project is None:
            continue
        admitted = project.usable & ~project.prereleases()
        order = [project.version(position) for position in positions(admitted)]
        wanted = []
        if broken in order:
            wanted += order[order.index(broken) : order.index(broken) + 2]
        if fixed in order:
            at = order.index(fixed)
            wanted += order[max(0, at - 1) : at + 1]
        yield name, list(dict.fromkeys(wanted))


def _stack(
    session: Session, context: Context, knowledge: Knowledge, wanted: Mapping[str, str]
) -> Stack | None:
    limits = [
        Constraint(name, f"=={version}", f"{name}=={version}", "the benchmark")
        for name, version in wanted.items()
    ]
    narrowed = msgspec.structs.replace(context, constraints=(*context.constraints, *limits))
    return _resolved(session, narrowed, knowledge)[0]


def _resolved(
    session: Session, context: Context, knowledge: Knowledge
) -> tuple[Stack | None, Mapping[str, Project]]:
    """The stack that metadata gives, and the projects that were met."""
    ended: list[tuple[Resolver, Solution | None]] = []
    session.advised_by(knowledge, context, lambda resolver, solution: ended.append((resolver, solution)))
    resolver, solution = ended[-1]
    return None if solution is None else solution.stack, resolver.universe.projects


def _about(project: str, stack: Stack, context: Context) -> Iterator[dict[str, Any]]:
    """What each instrument says of one release, and what a probe shows of it."""
    examined, result = _examined(stack, context), _probed(stack, context)
    seen = _decided({project}, result, is_any=True)
    said = [(LEVELS.index(level), names) for names, level in _said(examined).items() if project in names]
    rank, names = min(said, default=(len(LEVELS) - 1, (project,)))
    others = ", ".join(name for name in names if name != project) or "?"
    pair = f"{others} with {project} {stack.members[project].version}"
    yield _row(IMPORTS, pair, LEVELS[rank], seen, result)
    level = _demanded(project, stack, context)
    if level is not None:
        yield _row(DEMAND, f"check with {project} {stack.members[project].version}", level, seen, result)


def _row(instrument: str, pair: str, verdict: str, seen: str, result: ProbeResult) -> dict[str, Any]:
    return {
        "instrument": instrument,
        "pair": pair,
        "verdict": verdict,
        "probe": seen,
        "blame": [str(release) for release in result.blame],
        "failure": None if result.failure is None else msgspec.to_builtins(result.failure),
        "probe_s": round(result.build_s + result.run_s, 1),
    }


def _examined(stack: Stack, context: Context) -> Examined | None:
    assert context.imports is not None
    pins = pinned(stack, context)
    return context.imports.examined(pins, asked_directly(stack, pins))


def _probed(stack: Stack, context: Context) -> ProbeResult:
    assert context.prober is not None
    pins = pinned(stack, context)
    probe = context.prober.probe(pins, asked_directly(stack, pins))
    return ProbeResult(verdict=Verdict.NOT_KNOWN) if probe is None else probe.result


def _said(examined: Examined | None) -> dict[tuple[str, ...], str]:
    """The surest verdict on each release or pair of them that one names."""
    if examined is None:
        return {}
    verdicts = [(Confidence.CERTAIN.value, failure) for failure in examined.failures]
    verdicts += [(failure.confidence.value, failure) for failure in examined.doubtful]
    found: dict[tuple[str, ...], str] = {}
    for level, failure in sorted(verdicts, key=lambda one: LEVELS.index(one[0])):
        if names := blamed(failure):
            found.setdefault(names, level)
    return found


def _demanded(project: str, stack: Stack, context: Context) -> str | None:
    """How surely a release lacks what the check uses of it; None where it uses nothing of it."""
    demand, member = context.demands.get(project), stack.members[project]
    files = member.project.files(member.position, context.target)
    if demand is None or context.surfaces is None or not files:
        return None
    found = context.surfaces.missing(demand, files[0], f"{project} {member.version}")
    levels = [each.confidence.value for finding in found or () for each in finding.evidence]
    return min(levels, key=LEVELS.index, default=LEVELS[-1])


def _decided(names: set[str], result: ProbeResult, *, is_any: bool = False) -> str:
    """Whether a stack failed of what is named: of all of it, or, where that is asked, of some of it."""
    match result.verdict:
        case Verdict.PASSED:
            return "passed"
        case Verdict.NOT_KNOWN:
            return "not known"
        case Verdict.FAILED:
            blame = {release.project for release in result.blame}
            is_right = bool(names & blame) if is_any else names == blame
            return "failed" if is_right else "failed otherwise"
