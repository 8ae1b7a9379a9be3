"""``stackwright knowledge verdicts``: how often what was said without running anything was right."""

from __future__ import annotations

import argparse
import shutil

from resolver.commands.knowledge.kept_store import add_store_and_format, opened_store, show


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``knowledge verdicts``."""
    command.description = (
        "Tell how often a verdict about a pair of releases was confirmed when the pair was run, by what gave "
        "the verdict and how sure it was."
    )
    add_store_and_format(command)


def run(options: argparse.Namespace) -> bool:
    """Count them; true always."""
    from knowledge.observations.known import every_record
    from knowledge.observations.verdicts import VerdictCheck, counted
    from resolver.outputs.texts.columns import table

    with opened_store(options) as store:
        found = list(counted(each for each in every_record(store) if isinstance(each, VerdictCheck)))
    lines = [["instrument", "confidence", "checked by", "confirmed", "refuted", "right (95%)"]]
    for one in found:
        share = f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"
        by = "others" if one.is_foreign else "you"
        lines.append(
            [one.instrument, one.confidence.value, by, f"{one.confirmed:,}", f"{one.refuted:,}", share]
        )
    width = shutil.get_terminal_size((100, 24)).columns
    text = "".join(f"{line}\n" for line in table(lines, width, 0, indent="")) or "No verdict was checked\n"
    show(options, list(found), text)
    return True
