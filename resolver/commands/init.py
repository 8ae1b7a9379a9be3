"""``stackwright init``: a commented ``[tool.stackwright]`` in the project's ``pyproject.toml``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resolver.commands.options import arguments


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``init``."""
    command.description = (
        "Write the table [tool.stackwright] into pyproject.toml, with every setting as a comment: what it "
        "means, and an example or its default. The rest of the file stays as it is, byte for byte."
    )
    command.add_argument(
        "path", metavar="DIR", type=Path, nargs="?", default=Path(),
        help="where pyproject.toml is or will be (default: the working directory)",
    )  # fmt: skip
    command.add_argument(
        "--force", action="store_true", help="replace the table where there is one; what it says is lost"
    )
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Write the table."""
    from resolver.commands.repositories.settings_files import with_settings
    from resolver.commands.runs.session import PROJECT_FILE
    from resolver.errors import InputError
    from resolver.outputs.files import write_output
    from resolver.outputs.texts.settings_text import settings_text
    from resolver.units.registry import UNITS

    if not options.path.is_dir():
        raise InputError(f"{options.path} is no directory", "name the directory of a project")
    path = options.path / PROJECT_FILE
    text = with_settings(path, settings_text(UNITS), force=options.force)
    write_output(path, text, option="init")
    if not options.quiet:
        sys.stdout.write(f"Wrote [tool.stackwright] into {path}\n")
    return True
