"""Commands whose actions are modules: each is imported for the names of its options alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from resolver.commands.options import arguments

_MODULES: Mapping[str, str] = {"import": "import_packs"}
"""Actions whose names may not be those of modules."""


def add_actions(command: argparse.ArgumentParser, package: str, actions: Mapping[str, str]) -> None:
    """Add the actions of a command; `act` of the options does what the chosen one does.

    Args:
        command: its parser.
        package: where their modules are.
        actions: name to summary; each is a module with ``add`` and ``run``, with underscores for hyphens.
    """
    parsers = command.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for name, summary in actions.items():
        action = parsers.add_parser(name, allow_abbrev=False, help=summary)
        module = import_module(f"{package}.{_MODULES.get(name, name.replace('-', '_'))}")
        module.add(action)
        arguments.add_usual(action)
        action.set_defaults(act=module.run)


def act(options: argparse.Namespace) -> bool:
    """Do what the action does."""
    done: bool = options.act(options)
    return done
