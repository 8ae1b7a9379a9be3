"""``stackwright knowledge``: facts that no index states; each action is a module ``knowledge_ACTION``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from resolver.commands.options import arguments

ACTIONS: Mapping[str, str] = {
    "export": "write what was observed into a pack, a file for others",
    "forget": "remove a pack that was imported, and all that came with it",
    "import": "bring in a pack that others wrote",
    "import-osv": "bring in advisories, by which known vulnerabilities are told and avoided",
    "packs": "list the packs that were imported",
    "verdicts": "tell how often what was said of releases without running them was right",
}
"""Name to summary."""


def add(command: argparse.ArgumentParser) -> None:
    """The actions of ``knowledge``."""
    command.description = "Bring facts into the store that no index states, share them, tell what they say."
    actions = command.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, allow_abbrev=False, help=summary)
        module = import_module(f"resolver.commands.knowledge_{name.replace('-', '_')}")
        module.add(action)
        arguments.add_usual(action)
        action.set_defaults(act=module.run)


def run(options: argparse.Namespace) -> bool:
    """Do what the action does."""
    done: bool = options.act(options)
    return done
