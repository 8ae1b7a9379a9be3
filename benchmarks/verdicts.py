"""How often static verdicts are right: what importing a stack on paper says, beside what running it does.

The stacks come from the collected broken ones by a rule that knows no outcome: for every project that a case
changes, the release of the broken lock and the one before it, the release of the fixed lock and the one after
it; each demanded by `==`, all else as the metadata then gives it. A stack is imported on paper with the
check of its case as the code, and built and run with the check as the script. The surest verdict that names
the project counts. It is right where the failure is traced to the project; a stack that fails for another
reason decides nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

import cli
from analyzers.evidence import Confidence
from benchmarks.results import machine, record
from fakes.cases import case_files
from knowledge.catalog import Knowledge
from knowledge.probing.records import ProbeResult, Verdict
from knowledge.stack_imports import Examined
from knowledge.verdicts import wilson
from resolver.commands.evidence import with_imports
from resolver.commands.session import Session
from resolver.context import Constraint, Context
from resolver.projects import Project
from resolver.resolver import Resolver
from resolver.solution import Solution
from resolver.stack import Stack
from resolver.units.strides.imports import asked_directly, blamed, pinned
from resolver.versions import positions

LEVELS = (*(level.value for level in Confidence), "none")
_NO_EVIDENCE = "".join(f"[{unit}]\nenabled = false\n" for unit in ("imports", "api-demand"))


def run(arguments: Sequence[str]) -> None:
    """Print a row for each stack, then the table, and record both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks verdicts", description=__doc__)
    found = case_files("broken-stacks", "*.json")
    parser.add_argument("--cases", type=Path, action="append", help="default: the collected ones")
    parser.add_argument("--case", action="append", metavar="ID", help="default: all")
    options = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    cases = [
        case
        for path in options.cases or found
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        if not options.case or case["id"] in options.case
    ]
    for case in sorted(cases, key=lambda case: len(case["broken_lock"])):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for row in _rows(case, Path(folder)):
                rows.append(row)
                print(f"{row['case']:28} {row['pair']:34} {row['verdict']:9} {row['probe']}", flush=True)
                record("verdicts", ("rows",), {f"{one['case']} {one['pair']}": one for one in rows})
    table = _table(rows)
    for level, line in table.items():
        print(f"{level:9} {line}")
    record("verdicts", ("table",), table)
    record("verdicts", ("machine",), machine())


def _rows(case: Mapping[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    check, pipeline = folder / "check.py", folder / "pipeline.toml"
    check.write_text(case["check"] + "\n", encoding="utf-8")
    pipeline.write_text(_NO_EVIDENCE, encoding="utf-8")
    asked = ["advise", *case["requirements"], "--exclude-newer", case["verified"], "--quiet"]
    asked += ["--store", str(folder / "store.sqlite3"), "--pipeline", str(pipeline)]
    asked += ["--source", str(check), "--evidence", "probe", "--probe-script", str(check)]
    asked += ["--probe-limit", "99", *(["--allow-builds"] if case["needed_sdist"] else [])]
    options = cli.parsed(asked)
    options.started_s = 0.0
    session = Session(options)
    plain = session.context()
    with session.knowledge() as knowledge, session.probing(plain, knowledge) as probing:
        context = with_imports(probing, knowledge, options, lambda releases: None)
        for project, versions in _suspects(case, session, plain, knowledge):
            for version in versions:
                limit = Constraint(project, f"=={version}", f"{project}=={version}", "the benchmark")
                stack, _ = _resolved(
                    session,
                    msgspec.structs.replace(plain, constraints=(*plain.constraints, limit)),
                    knowledge,
                )
                if stack is not None and project in stack.members:
                    yield {"case": case["id"], **_row(project, stack, context)}


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


def _resolved(
    session: Session, context: Context, knowledge: Knowledge
) -> tuple[Stack | None, Mapping[str, Project]]:
    """The stack that metadata gives, and the projects that were met."""
    ended: list[tuple[Resolver, Solution | None]] = []
    session.advised_by(knowledge, context, lambda resolver, solution: ended.append((resolver, solution)))
    resolver, solution = ended[-1]
    return None if solution is None else solution.stack, resolver.universe.projects


def _row(project: str, stack: Stack, context: Context) -> dict[str, Any]:
    assert context.imports is not None
    assert context.prober is not None
    pins = pinned(stack, context)
    roots = asked_directly(stack, pins)
    examined = context.imports.examined(pins, roots)
    probe = context.prober.probe(pins, roots)
    result = ProbeResult(verdict=Verdict.NOT_KNOWN) if probe is None else probe.result
    blame = [str(release) for release in result.blame]
    verdict, others = _verdict(project, examined)
    return {
        "pair": f"{', '.join(others) or '?'} with {project} {stack.members[project].version}",
        "verdict": verdict,
        "probe": _probed(project, result),
        "blame": blame,
        "failure": None if result.failure is None else msgspec.to_builtins(result.failure),
        "probe_s": round(result.build_s + result.run_s, 1),
    }


def _verdict(project: str, examined: Examined | None) -> tuple[str, list[str]]:
    """The surest verdict that names a project, and what it names beside it."""
    if examined is None:
        return "none", []
    verdicts = [(Confidence.CERTAIN.value, failure) for failure in examined.failures]
    verdicts += [(failure.confidence.value, failure) for failure in examined.doubtful]
    about = [(LEVELS.index(level), blamed(failure)) for level, failure in verdicts]
    named = [(rank, names) for rank, names in about if project in names]
    if not named:
        return "none", []
    rank, names = min(named)
    return LEVELS[rank], [name for name in names if name != project]


def _probed(project: str, result: ProbeResult) -> str:
    match result.verdict:
        case Verdict.PASSED:
            return "passed"
        case Verdict.NOT_KNOWN:
            return "not known"
        case Verdict.FAILED:
            is_blamed = any(release.project == project for release in result.blame)
            return "failed" if is_blamed else "failed otherwise"


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """How often what each level spoke of failed, with the interval of 95%."""
    counts = Counter((row["verdict"], row["probe"]) for row in rows)
    table = {}
    for level in LEVELS:
        failed, passed = counts[level, "failed"], counts[level, "passed"]
        low, high = wilson(failed, failed + passed)
        table[level] = {
            "failed": failed,
            "passed": passed,
            "failed_otherwise": counts[level, "failed otherwise"],
            "not_known": counts[level, "not known"],
            "share_failed": round(failed / (failed + passed), 3) if failed + passed else None,
            "interval": [round(low, 3), round(high, 3)],
        }
    return table
