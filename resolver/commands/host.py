"""``stackwright host``: what is known of this machine, or of the target that the options name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from images.facts.environment import Fact, RuntimeEnvironment


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``host``."""
    command.description = (
        "Tell what is known of this machine and this interpreter, or of the target that the options name: "
        "the facts by which advise decides, and how each is known."
    )
    arguments.add_target(command)
    command.add_argument(
        "--ask-driver", action="store_true",
        help="ask NVIDIA's driver, too, what its processors can do, which loads its library",
    )  # fmt: skip
    command.add_argument(
        "--facts", dest="lists_facts", action="store_true",
        help="list every fact that there can be, and what it means",
    )  # fmt: skip
    command.add_argument(
        "--variants", action="store_true",
        help="tell, too, which properties of wheel variants (PEP 825) the target has",
    )  # fmt: skip
    arguments.add_format(command)


def run(options: argparse.Namespace) -> bool:
    """Tell the facts."""
    from knowledge.settings import project_settings
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import PROJECT_FILE
    from resolver.commands.runs.targets import read_environment

    width = columns(sys.stdout)
    if options.lists_facts:
        from images.facts.environment import FACT_NAMES

        text = _meanings(FACT_NAMES, width)
    else:
        project = project_settings(PROJECT_FILE)
        environment, _ = read_environment(options, project, PROJECT_FILE, whole=True)
        as_json = options.format == "json"
        variants = _variants(environment) if options.variants else None
        if as_json:
            text = _document(options, environment, variants)
        else:
            text = _lines(_rows(environment), width)
            if variants is not None:
                text += "\n" + _lines([["variant property", "values"], *map(list, variants.items())], width)
    sys.stdout.write(text)
    return True


def _variants(environment: RuntimeEnvironment) -> dict[str, str]:
    from images.variants.features import TargetFeatures

    return dict(TargetFeatures(environment).shown())


def _document(
    options: argparse.Namespace, environment: RuntimeEnvironment, variants: dict[str, str] | None
) -> str:
    import hashlib

    import msgspec

    from analyzers.reports import Input
    from images.facts.environment_report import EnvironmentReport
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.outputs.json_text import json_text

    named = options.image or next(iter(options.environments), None) or options.platform or "this machine"
    digest = hashlib.sha256(msgspec.json.encode(environment, order="sorted")).hexdigest()
    report = EnvironmentReport(
        tool=tool(),
        input=Input(what=named, digest=f"sha256:{digest}"),
        created_at=written_moment(report_moment()),
        environment=environment,
        variants=variants,
    )
    return json_text(report)


def _meanings(names: Mapping[str, str], width: int) -> str:
    import textwrap

    column = max(map(len, names)) + 2
    lines = (
        textwrap.fill(
            meaning,
            max(width, column + 20),
            initial_indent=name.ljust(column),
            subsequent_indent=" " * column,
        )
        for name, meaning in names.items()
    )
    return "".join(f"{line}\n" for line in lines)


def _rows(environment: RuntimeEnvironment) -> list[list[str]]:
    return [
        ["fact", "value", "known by"],
        *([name, _value(fact), _source(fact)] for name, fact in sorted(environment.facts.items())),
    ]


def _value(fact: Fact) -> str:
    if isinstance(fact.value, bool):
        return "true" if fact.value else "false"
    return ", ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)


def _source(fact: Fact) -> str:
    from analyzers.evidence import Confidence

    return (
        fact.source if fact.confidence is Confidence.CERTAIN else f"{fact.source} ({fact.confidence.value})"
    )


def _lines(rows: list[list[str]], width: int) -> str:
    from resolver.outputs.texts.columns import table

    return "".join(f"{line}\n" for line in table(rows, width, give=1, indent=""))
