"""From the options of ``monkey`` to its plan: one run of the search, a terrain, and stacks sampled of it."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.commands.runs.session import Session
    from resolver.context import Context
    from resolver.monkey.plan import Demand, Plan
    from resolver.monkey.terrain import Terrain
    from resolver.reports.advice import Advice
    from resolver.search.resolver import Resolver
    from resolver.search.solution import Solution

USUAL_COUNT = 20
_SEARCH = {
    "evidence": "none", "evidence_budget": None, "predictor": None, "limit": None, "limit_conflicts": None,
    "time_limit": None, "memory_limit": None, "jobs": 1, "output": None, "history": False, "plot": None,
}  # fmt: skip
"""What the search is told: the first stack is enough, and evidence must not narrow what is learned from."""
_DECIDING = (
    "requirements", "files", "constraints", "overrides", "extras", "all_extras", "groups", "preferences",
    "upgrade", "source", "count", "decision", "weights", "seed", "releases", "limit_metadata", "shrink",
    "probe", "python", "type", "pipeline", "rule_folders", "rules_off", "no_rules", "image", "environments",
    "facts", "no_image_packages", "python_version", "platform", "prerelease", "no_build_package",
    "no_binary_package", "strict_names", "variants", "preferred_variants", "exclude_newer",
    "exclude_newer_package", "allow_builds",
)  # fmt: skip
"""Options that decide what is probed, or what it means."""
_FILES = ("files", "constraints", "overrides", "weights", "probe", "pipeline")
"""Those that name files, whose content counts."""


def planned_run(options: argparse.Namespace) -> tuple[Plan, Terrain] | None:
    """What is to be probed, and what it was sampled from; None where there is no stack, which is told."""
    from resolver.commands.runs.scripts import read_script
    from resolver.commands.runs.session import Session
    from resolver.monkey.coverage import Coverage
    from resolver.monkey.decisions import Decision, planned, sampled
    from resolver.monkey.plan import Head, Plan
    from resolver.monkey.weights import read_weights

    stated = decided(options)
    weights = None if options.weights is None else read_weights(options.weights)
    script = "" if options.probe is None else read_script(options.probe, "--probe")
    if options.python is not None and options.python_version is None:
        from resolver.commands.subjects.measurements import interpreter

        options.python_version = interpreter(options.python).version
    searched = argparse.Namespace(**{**vars(options), **_SEARCH, "count": 1})
    session = Session(searched)
    context = _probed_here(options, session.context())
    advice, terrain = _terrain(options, session, context)
    if terrain is None:
        return None
    decision = Decision(options.decision)
    demand = _demand(terrain, script, options.probe, session)
    count = options.count
    if count is None and decision is not Decision.ALL:
        count = USUAL_COUNT
    stacks = planned(terrain, sampled(terrain, decision, options.seed, weights), demand, count)
    head = Head(
        tool=advice.tool,
        input=advice.input,
        created_at=session.created_at,
        environment=context.target.environment,
        options=stated,
        requirements=advice.requirements,
        demand=demand,
        python=str(_python(options)),
        decision=decision.value,
        seed=options.seed,
        possible_pairs=Coverage(terrain).possible,
        shrink=options.shrink,
        unknowns=advice.unknowns,
    )
    return Plan(head=head, stacks=stacks), terrain


def check_resumed(options: argparse.Namespace, usual: argparse.Namespace, plan: Plan) -> None:
    """Refuse options that are given and differ from those of a plan.

    Args:
        usual: the options without any that was given.

    Raises:
        InputError: some do; they are named.
    """
    from resolver.errors import InputError

    given, without, stated = decided(options), decided(usual), plan.head.options
    differing = [
        f"{name.replace('_', '-')} was {_cut(stated.get(name, without.get(name, 'not given')))}, "
        f"is {_cut(text)}"
        for name, text in given.items()
        if text != without.get(name) and text != stated.get(name, without.get(name))
    ]
    if differing:
        raise InputError(
            f"--resume goes on with another plan: {'; '.join(differing)}",
            "leave these options out, or begin anew in another directory by -o",
        )


def decided(options: argparse.Namespace) -> dict[str, str]:
    """Options that decide what is probed, as texts; of files also what is in them."""
    told = {name: _told(getattr(options, name)) for name in _DECIDING}
    for name in _FILES:
        value = getattr(options, name)
        for path in value if isinstance(value, list) else [value]:
            if path is not None and Path(path).is_file():
                told[f"content of {path}"] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return {name: text for name, text in told.items() if text}


def _told(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None or value is False else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _terrain(
    options: argparse.Namespace, session: Session, context: Context
) -> tuple[Advice, Terrain | None]:
    """What the search found first, and what can be sampled around it."""
    from resolver.commands.notes import show_note
    from resolver.monkey.exploring import Breadth, explored

    found: list[Terrain] = []
    breadth = Breadth(each=options.releases, budget=options.limit_metadata, builds=options.allow_builds)

    def explore(resolver: Resolver, solution: Solution | None) -> None:
        found.clear()
        if solution is not None:
            first = {name: member.position for name, member in solution.stack.members.items()}
            landscape = resolver.landscape(options.limit_metadata)
            projects, target = resolver.universe.projects, resolver.context.target
            found.append(explored(landscape, projects, target, first, breadth))

    advice = session.advised(context, explore)
    if not advice.status.is_solved:
        for line in advice.explanation:
            show_note(line)
        show_note("there is no stack to sample from")
        return advice, None
    return advice, found[-1]


def _demand(terrain: Terrain, script: str, path: Path | None, session: Session) -> Demand:
    """What every stack must do: import what is required, and what the code imports of it; run the script."""
    from resolver.monkey.plan import Demand

    roots = tuple(sorted(terrain.instance.projects[number].name for number in terrain.direct))
    return Demand(
        roots=roots,
        modules=tuple(sorted(set(_modules(session, set(roots))))),
        script=script,
        script_name=path.name if path is not None else "script",
    )


def _modules(session: Session, roots: set[str]) -> Iterator[str]:
    """What the code imports of required projects, come what may, whenever it is imported itself."""
    from analyzers.source.records import ImportKind, Role

    source = session.source()
    for one in source.imports if source is not None else ():
        plain = one.kind is ImportKind.STATIC and one.is_top_level and one.role is Role.MAIN
        of_root = any(match.name in roots for match in one.distributions[:1])
        if plain and of_root and not one.guard and one.alternative is None:
            yield one.module


def _probed_here(options: argparse.Namespace, context: Context) -> Context:
    """The context, where stacks for it can be probed on this machine.

    Raises:
        InputError: they cannot.
    """
    from resolver.commands.subjects.measurements import interpreter
    from resolver.errors import InputError

    if options.dry_run:
        return context
    here, target = interpreter(options.python).environment, context.target.environment
    for name in ("python.implementation", "os.kernel", "arch", "libc.name"):
        if target.text(name) != here.text(name):
            raise InputError(
                f"the target has {name} {target.text(name)}, and what probes has {here.text(name)}",
                "stacks are probed on this machine: leave the options of the target out, or use --dry-run",
            )
    wanted, have = _minor(target.text("python.version")), _minor(here.text("python.version"))
    if wanted != have:
        raise InputError(
            f"the target is Python {wanted}, and what probes is {have}",
            f"name an interpreter of Python {wanted}: --python PATH",
        )
    return context


def _minor(version: str | None) -> str:
    return ".".join((version or "").split(".")[:2])


def _python(options: argparse.Namespace) -> Path:
    return Path(sys.executable) if options.python is None else options.python.absolute()
