"""``stackwright topics``: what packages are about; each action is a module here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from resolver.commands.options.actions import act, add_actions

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
    add_actions(command, __name__, ACTIONS)


run = act
