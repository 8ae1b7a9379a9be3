"""One simple shell command: which installer it runs, and what that installs.

Source: https://pip.pypa.io/en/stable/cli/, https://docs.astral.sh/uv/reference/cli/,
https://python-poetry.org/docs/cli/ and https://docs.conda.io/projects/conda/en/stable/commands/
"""

from __future__ import annotations

import itertools
import re

from analyzers.evidence import Location
from analyzers.manifests.draft import Draft
from analyzers.manifests.installs.install_arguments import InstallArguments

_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_PREFIXES = frozenset({"sudo", "exec", "env", "time", "command", "if", "!"})
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_FROM_LOCK = {
    "uv": ("sync",),
    "poetry": ("install", "sync"),
    "pipenv": ("sync", "install"),
    "pdm": ("install", "sync"),
}
_REDIRECTION = re.compile(r"\d*[<>]")


def read_command(words: list[str], place: Location, arguments: InstallArguments, draft: Draft) -> None:
    """Declares what the command installs; commands that install nothing are passed over."""
    words = _bare(words)
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if _PYTHON.fullmatch(program) and words[1:3] == ["-m", "pip"]:
        words, program = words[2:], "pip"
    rest = words[1:]
    if program == "uv" and rest[:1] == ["pip"]:
        rest, program = rest[1:], "pip"
    if _PIP.fullmatch(program):
        _after(rest, "install", arguments, place)
    elif program in ("uv", "poetry", "pdm") and rest[:1] == ["add"]:
        arguments.read_pip([_poetry_name(word) for word in rest[1:]], place)
    elif program in _FROM_LOCK and rest[:1] and rest[0] in _FROM_LOCK[program]:
        if program == "pipenv" and (named := [word for word in rest[1:] if not word.startswith("-")]):
            arguments.read_pip(named, place)
        else:
            draft.unknown(" ".join(words[:3]), place, "it installs what a lock or manifest of its own says")
    elif program in _CONDA:
        _conda(rest, arguments, place, draft)


def inner_commands(words: list[str]) -> str | None:
    """The text that a command gives to a shell to run, as ``sh -c "pip install a"`` does."""
    words = _bare(words)
    if words and words[0].rsplit("/", 1)[-1] in _SHELLS:
        for option, text in itertools.pairwise(words[1:]):
            if option.startswith("-") and not option.startswith("--") and option.endswith("c"):
                return text
    return None


def _bare(words: list[str]) -> list[str]:
    """Without assignments, prefixes and redirections."""
    position = 0
    while position < len(words) and (
        words[position] in _PREFIXES
        or _ASSIGNMENT.match(words[position]) is not None
        or (position and words[position].startswith("-"))
    ):
        position += 1
    kept: list[str] = []
    remaining = iter(words[position:])
    for word in remaining:
        # ``>=1`` unquoted is a redirection for a shell, too; `>` alone takes the next word with it.
        if _REDIRECTION.match(word):
            if _REDIRECTION.sub("", word, count=1) in ("", ">", "&"):
                next(remaining, None)
            continue
        kept.append(word)
    return kept


def _after(words: list[str], verb: str, arguments: InstallArguments, place: Location) -> None:
    """What follows the verb, behind options that stand before it."""
    if verb in words:
        arguments.read_pip(words[words.index(verb) + 1 :], place)


def _poetry_name(word: str) -> str:
    """``name@^1.2`` and ``name@latest`` without the part behind the sign, which is poetry's own."""
    name, at, version = word.partition("@")
    return name if at and name and not name.endswith(" ") and "/" not in version else word


def _conda(words: list[str], arguments: InstallArguments, place: Location, draft: Draft) -> None:
    if words[:2] == ["env", "create"] or words[:2] == ["env", "update"]:
        draft.unknown(" ".join(words[:6]), place, "it installs what an environment file says")
        return
    for verb in ("install", "create"):
        if verb in words:
            arguments.read_conda(words[words.index(verb) + 1 :], place)
            return
