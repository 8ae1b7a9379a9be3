"""``stackwright monkey``: probes sampled stacks, and says what was learned of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments, numbers, probe_arguments

if TYPE_CHECKING:
    from resolver.monkey.journal import Journal, StackResult
    from resolver.monkey.plan import Plan
    from resolver.monkey.running import Run

_MOST_STACKS = 100_000


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``monkey``."""
    command.description = (
        "Dependency Monkey: sample stacks that requirements admit, build and import each in an environment "
        "of its own, and learn which releases fail together. That installs files of the index and runs them, "
        "confined as far as this machine allows."
    )
    arguments.add_requirements(command)
    arguments.add_source(command)
    sample = command.add_argument_group("sample")
    sample.add_argument(
        "--count", type=numbers.whole_number(1, _MOST_STACKS), metavar="N",
        help="probe N stacks (default: 20; with --decision all, all of them)",
    )  # fmt: skip
    sample.add_argument(
        "--decision", choices=("random", "all", "distribution"), default="random",
        help="random: any valid stack, those first that show most pairs of releases not seen yet; all: every "
        "combination of the releases of what is required; distribution: by weights (default: %(default)s)",
    )  # fmt: skip
    sample.add_argument(
        "--weights", type=Path, metavar="FILE",
        help="how likely releases are drawn, as TOML or JSON (default: the likelier the nearer to each other "
        "they were uploaded); implies --decision distribution",
    )  # fmt: skip
    sample.add_argument(
        "--seed", type=numbers.count, default=0, metavar="N",
        help="start chance from N; the same seed gives the same stacks (default: %(default)s)",
    )  # fmt: skip
    sample.add_argument(
        "--releases", type=numbers.whole_number(1, _MOST_STACKS), default=20, metavar="N",
        help="sample at most N releases of each project, evenly spread (default: %(default)s)",
    )  # fmt: skip
    sample.add_argument(
        "--limit-metadata", type=numbers.whole_number(1, _MOST_STACKS), default=600, metavar="N",
        help="read the metadata of at most N releases (default: %(default)s)",
    )  # fmt: skip
    sample.add_argument(
        "--shrink", type=numbers.count, default=0, metavar="N",
        help="add up to N stacks that isolate what failed (default: %(default)s)",
    )  # fmt: skip
    sample.add_argument("--dry-run", action="store_true", help="show the stacks, and probe nothing")
    probe = command.add_argument_group("probe")
    probe.add_argument(
        "--probe", type=Path, metavar="SCRIPT", help="run this program on each stack, after the imports"
    )
    probe.add_argument(
        "--python", type=Path, metavar="PATH", help="interpreter to probe with (default: this one)"
    )
    probe.add_argument(
        "--executor", default="process", metavar="WHERE",
        help="process: on this machine; dask://HOST:PORT: on the workers of that scheduler "
        "(default: %(default)s)",
    )  # fmt: skip
    probe.add_argument(
        "--jobs", type=numbers.whole_number(1, arguments.MOST_JOBS), default=1, metavar="N",
        help="probe in N processes at once (default: %(default)s)",
    )  # fmt: skip
    probe_arguments.add_limits(probe, 120.0)
    result = command.add_argument_group("result")
    arguments.add_output(
        result, "plan, results and report to this directory (default: monkey)", metavar="DIR"
    )
    result.add_argument(
        "--resume", type=Path, metavar="DIR",
        help="go on in this directory: probe what has no result, and try again what is not known",
    )  # fmt: skip
    result.add_argument("--no-keep", action="store_true", help="keep no observations in the store")
    arguments.add_format(result)
    arguments.add_units(command)
    arguments.add_target(command)
    arguments.add_releases(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Probe; false where no stack can be sampled."""
    from resolver.commands.monkey.planning import check_resumed, planned_run
    from resolver.errors import InputError
    from resolver.monkey.journal import Journal

    if options.weights is not None:
        options.decision = "distribution"
    if options.resume is not None and options.output is not None:
        raise InputError("--resume and -o name a directory each", "name one: --resume goes on in its own")
    if options.dry_run and options.resume is None:
        made = planned_run(options)
        if made is not None:
            _show_plan(options, made[0])
        return made is not None
    resumes = options.resume is not None
    with Journal(options.resume or options.output or Path("monkey"), resumes=resumes) as journal:
        if resumes:
            check_resumed(options, _usual(), journal.plan())
        elif journal.has_plan:
            folder = journal.folder
            raise InputError(
                f"{folder} holds a plan already", f"go on with it: --resume {folder}; or name another by -o"
            )
        else:
            made = planned_run(options)
            if made is None:
                return False
            journal.begin(*made)
        if options.dry_run:
            _show_plan(options, journal.plan())
        else:
            _work(options, journal)
    return True


def _usual() -> argparse.Namespace:
    """The options as they are where none is given."""
    command = argparse.ArgumentParser()
    add(command)
    return command.parse_args([])


def _show_plan(options: argparse.Namespace, plan: Plan) -> None:
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.monkey_plan_text import monkey_plan_text

    if options.format == "json":
        sys.stdout.write(plan.lines().decode())
        return
    sys.stdout.write(monkey_plan_text(plan, columns(sys.stdout)))


def _work(options: argparse.Namespace, journal: Journal) -> None:
    """Have everything probed, and report what there is, whatever ends it."""
    from resolver.commands.monkey.probers import executor
    from resolver.commands.notes import show_note
    from resolver.commands.subjects.inspecting import inspection_progress
    from resolver.monkey.running import Run

    stopped: str | None = None
    terrain = journal.terrain()
    with (
        inspection_progress(quiet=options.quiet) as progress,
        executor(options, journal.plan().head, journal.folder) as probing,
    ):

        def tell(done: int, count: int, latest: StackResult | None) -> None:
            last = "" if latest is None else f", the last {latest.result.verdict.value}"
            progress(f"{done} of {count} stacks probed{last}")

        work = Run(journal, terrain, probing, _now, tell)
        if options.resume is not None and not options.quiet:
            show_note(
                f"{len(work.plan.stacks) - len(work.open)} of {len(work.plan.stacks)} stacks have a result; "
                f"{work.retried} of which nothing is known are tried again"
            )
        try:
            work.work()
        except KeyboardInterrupt:
            if not any(one.is_known for one in work.results.values()):
                show_note(f"go on with: stackwright monkey --resume {journal.folder}")
                raise
            stopped = "interrupted"
        except OSError as error:
            error.add_note(
                f"what was probed is kept; go on with: stackwright monkey --resume {journal.folder}"
            )
            raise
    _report(options, journal, work, stopped)


def _report(options: argparse.Namespace, journal: Journal, work: Run, stopped: str | None) -> None:
    from resolver.commands.heads import tool
    from resolver.commands.monkey.writing import write_learned
    from resolver.commands.notes import show_note
    from resolver.commands.options.screens import columns
    from resolver.monkey.report import monkey_report
    from resolver.outputs.json_text import json_text
    from resolver.outputs.texts.monkey_text import monkey_text

    blame = work.blame()
    report = monkey_report(
        work.plan,
        work.results,
        journal.terrain(),
        tool=tool(),
        created_at=_now(),
        stopped_by=stopped,
        blame=blame,
    )
    document = json_text(report, indent=1)
    write_learned(options, journal.folder, work, blame, document.encode())
    if options.format == "json":
        sys.stdout.write(document)
    else:
        sys.stdout.write(monkey_text(report, columns(sys.stdout)))
    if stopped is not None:
        show_note(f"stopped; go on with: stackwright monkey --resume {journal.folder}")


def _now() -> str:
    from resolver.commands.heads import report_moment, written_moment

    return written_moment(report_moment())
