"""``stackwright topics``: what packages are about; each action is a module ``topics_ACTION`` of its own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from resolver.commands.options import arguments

ACTIONS: Mapping[str, str] = {
    "classify": "tell what packages are about, by labels with probabilities",
    "evaluate": "measure how good a classifier is on labelled documents",
    "plot": "draw topics, packages and predictions as figures and as one page",
    "show": "show topics that are in texts, learnt from documents",
    "similar": "tell which packages are about the same, and why",
    "train": "train a classifier on labelled documents",
    "update": "let a topic model learn from more documents",
}
"""Name to summary."""


def add(command: argparse.ArgumentParser) -> None:
    """The actions of ``topics``."""
    command.description = "Tell what packages are about, from what they say about themselves."
    actions = command.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, allow_abbrev=False, help=summary)
        module = import_module(f"resolver.commands.topics_{name}")
        module.add(action)
        arguments.add_usual(action)
        action.set_defaults(act=module.run)


def run(options: argparse.Namespace) -> bool:
    """Do what the action does."""
    done: bool = options.act(options)
    return done
