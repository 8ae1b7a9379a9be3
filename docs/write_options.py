"""Writes docs/reference/options.md: every command with every option, as the parsers have them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import cli

PAGE = Path(__file__).parent / "reference" / "options.md"
_HEAD = """\
# Every command and option

What `stackwright COMMAND --help` says, in one place; `make references` writes it. Every command has a page of
its own that explains, with [exit codes](advise.md#exit-codes) and formats.
"""


def document() -> str:
    """The page."""
    return "\n".join([_HEAD, *_commands("stackwright", cli.parser(), 2)]).rstrip() + "\n"


def _commands(name: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for below, command in action.choices.items():
                yield from _command(f"{name} {below}", summaries.get(below, ""), command, level)


def _command(name: str, summary: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    about = parser.description or summary
    yield f"{'#' * level} `{name}`\n"
    yield f"{_sentence(about)}\n"
    rows = [row for action in parser._actions if (row := _row(action))]
    if rows:
        yield "| argument or option | meaning |\n|---|---|"
        yield from rows
        yield ""
    yield from _commands(name, parser, level + 1)


def _row(action: argparse.Action) -> str | None:
    if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
        return None
    value = _value(action)
    named = ", ".join(f"`{option}{value}`" for option in action.option_strings)
    told = (action.help or "") % {**vars(action), "prog": "stackwright"}
    if action.metavar is not None and not all(str(choice) in told for choice in action.choices or ()):
        assert action.choices
        told += f"; one of {', '.join(map(str, action.choices))}"
    return f"| {named or f'`{value.strip()}`'} | {_cell(_sentence(told))} |".replace("\n", " ")


def _value(action: argparse.Action) -> str:
    if action.option_strings and action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        name = action.metavar
    elif action.choices:
        name = "|".join(map(str, action.choices))
    else:
        name = action.dest.upper()
    match action.nargs:
        case "?":
            name = f"[{name}]"
        case "*":
            name = f"[{name} …]"
        case "+":
            name = f"{name} …"
    return f" {name}".replace("|", "\\|")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text).replace("<", "&lt;").replace("*", "\\*")


def main() -> None:
    """Write the page."""
    PAGE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE}\n")


if __name__ == "__main__":
    main()
