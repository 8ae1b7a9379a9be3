"""The store that an action of ``knowledge`` works on, and how it prints what it found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    import msgspec

    from knowledge.stores.store import Store


def add_store_and_format(command: argparse.ArgumentParser) -> None:
    """The options that these actions share."""
    arguments.add_format(command)
    arguments.add_store(command)


@contextmanager
def opened_store(options: argparse.Namespace) -> Iterator[Store]:
    """The store, closed at the end.

    Raises:
        ConfigurationError: it is of an unknown kind.
        StoreError: it cannot be opened.
    """
    from knowledge.stores.locations import default_location, open_store

    store = open_store(options.store or default_location(os.environ, Path.home()))
    try:
        yield store
    finally:
        store.close()


def show(options: argparse.Namespace, found: msgspec.Struct | list[msgspec.Struct], text: str) -> None:
    """Print a result in the format that was asked for."""
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        text = json_text(found)
    sys.stdout.write(text)
