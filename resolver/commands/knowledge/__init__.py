"""``stackwright knowledge``: facts that no index states; each action is a module here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from resolver.commands.options.actions import act, add_actions

ACTIONS: Mapping[str, str] = {
    "export": "write what was observed into a pack, a file for others",
    "forget": "remove a pack that was imported, and all that came with it",
    "import": "bring in a pack that others wrote",
    "import-osv": "bring in advisories, by which known vulnerabilities are told and avoided",
    "packs": "list the packs that were imported",
    "verdicts": "tell how often what was said of releases without running them was right",
}
"""Name to summary; each is a module of this package, with underscores for hyphens."""


def add(command: argparse.ArgumentParser) -> None:
    """The actions of ``knowledge``."""
    command.description = "Bring facts into the store that no index states, share them, tell what they say."
    add_actions(command, __name__, ACTIONS)


run = act
