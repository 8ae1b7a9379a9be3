"""``stackwright space``: how large the space is in which a stack is searched."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.space import Space

_MOST_SHOWN = 10


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``space``."""
    command.description = (
        "Count the projects that requirements may bring in, their releases, and the combinations of them."
    )
    arguments.add_requirements(command)
    command.add_argument(
        "--releases", type=_positive, default=10, metavar="N",
        help="look at what the newest N releases of each project ask for (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--limit-metadata", type=_positive, default=1000, metavar="N",
        help="read the metadata of at most N releases (default: %(default)s)",
    )  # fmt: skip
    arguments.add_format(command)
    arguments.add_units(command)
    arguments.add_target(command)
    arguments.add_releases(command)
    arguments.add_index(command)


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000000")
    return int(text)


def run(options: argparse.Namespace) -> bool:
    """Count; true always."""
    from resolver.advising.advise import input_of
    from resolver.commands.heads import tool
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.outputs.texts.lines import fitted
    from resolver.space import Space, closure, log10_of_product, product_in_words

    session = Session(options)
    context = session.context()
    sieves = session.units.pipeline().applying(context).sieves
    with session.knowledge() as knowledge:
        context = session.with_topics(context, knowledge)
        found = closure(
            context, knowledge, sieves, most_releases=options.releases, budget=options.limit_metadata
        )
    counts = [project.usable for project in found.projects]
    space = Space(
        tool=tool(),
        input=input_of(context),
        created_at=session.created_at,
        unknowns=found.unknowns,
        requirements=tuple(sorted(requirement.text for requirement in context.requirements)),
        projects=found.projects,
        releases=sum(counts),
        combinations=product_in_words(counts),
        combinations_log10=log10_of_product(counts),
        releases_per_project=options.releases,
        is_complete=found.is_complete,
        missing=found.missing,
    )
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(space))
    else:
        width = columns(sys.stdout)
        lines = _lines(space, context.target.name)
        sys.stdout.write("".join(f"{line}\n" for text in lines for line in fitted(text, width)))
    return True


def _lines(space: Space, target: str) -> Iterator[str]:
    from resolver.outputs.texts.columns import counted

    yield f"For {target}:"
    yield ""
    combinations = f"{space.combinations} combination{'' if space.combinations == '1' else 's'}"
    projects, releases = counted(len(space.projects), "project"), counted(space.releases, "release")
    yield f"  {projects}, {releases}, {combinations}"
    yield ""
    largest = sorted(space.projects, key=lambda project: (-project.usable, project.name))
    size = max((len(project.name) for project in largest[:_MOST_SHOWN]), default=0)
    for project in largest[:_MOST_SHOWN]:
        yield f"  {project.name.ljust(size)}  {project.usable:>5} of {project.listed} releases"
    if len(largest) > _MOST_SHOWN:
        yield f"  and {len(largest) - _MOST_SHOWN} more projects"
    yield ""
    yield (
        f"Projects: what the newest {space.releases_per_project} releases of each ask for, from the "
        "requirements on. Combinations: the product of the releases that the target can use."
    )
    if not space.is_complete:
        yield "The closure is not complete: raise --limit-metadata."
    if space.missing:
        yield f"No index has: {', '.join(space.missing)}"
