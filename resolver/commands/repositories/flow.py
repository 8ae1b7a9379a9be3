"""``stackwright advise`` without requirements: what a repository has to say, found and told in five lines.

What is found becomes options, as if the user had named it, so that everything behind works as it does for
whoever names it. Nothing is run, no network is asked, and what is looked at is capped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from resolver.commands.notes import printable
from resolver.commands.repositories.found_targets import FoundTarget, found_target

if TYPE_CHECKING:
    from resolver.asked.found import FoundManifests

_MOST_FILES = 10_000
_MOST_NAMED = 6
_LOCKS = ("pylock.toml", "Pipfile.lock", "uv.lock", "poetry.lock", "pdm.lock", "pixi.lock", "conda-lock.yml")
_WRITTEN = ("pylock.toml", "Pipfile.lock")
"""Locks that can be written; what others pin is kept in a pylock.toml."""


class FoundLock(msgspec.Struct, frozen=True, kw_only=True):
    """Where the advice goes.

    Attributes:
        output: the file; None where it goes to standard output, or each environment has one of its own.
        prefer: a lock whose pins are kept, and that cannot be written itself.
        told: how that is said.
    """

    output: Path | None
    prefer: str | None = None
    told: str


def found(options: argparse.Namespace, project: Mapping[str, object], project_file: Path) -> None:
    """Let what the working directory has count as if it had been named, and tell it.

    Args:
        options: of ``advise``; they are changed.
        project: the table ``[tool.stackwright]``.
        project_file: that holds it.
    """
    folder = Path()
    manifests, count, is_whole = _requirements(options, folder)
    if manifests.chosen is None and not count:
        return  # the command says what there is to do
    target = found_target(options, project, project_file)
    lock = _lock(options, manifests, folder)
    if options.format is None and options.output is None:
        _check_links(lock, options.environments)
    options.output = lock.output
    if lock.prefer is not None:
        options.preferences = [*options.preferences, lock.prefer]
    if options.check and lock.output is not None:
        told = f"{lock.output} is compared with what is advised, and nothing is written (--check)"
        lock = msgspec.structs.replace(lock, told=told)
    if not options.quiet:
        _tell(manifests, (count, is_whole), target, lock)


def found_to_explain(options: argparse.Namespace, project: Mapping[str, object], project_file: Path) -> None:
    """As `found`, for a question about the stack that is advised: nothing is written.

    A lockfile does not count, for "it was so before" answers nobody's question.

    Args:
        options: of ``explain``; they are changed.
        project, project_file: see `found`.
    """
    from resolver.asked.found import is_own_file

    folder = Path()
    manifests, count, is_whole = _requirements(options, folder)
    if manifests.chosen is None and not count:
        return
    target = found_target(options, project, project_file)
    if len(options.environments) > 1:
        options.environments = options.environments[:1]
        told = f"environment {options.environments[0]}, the first of several; see --environment"
        target = msgspec.structs.replace(target, told=told)
    if not options.quiet:
        there = next((name for name in _LOCKS if is_own_file(folder.resolve(), name)), None)
        told = (
            f"{there} does not count here; --prefer {there} keeps what it pins" if there else "none is there"
        )
        _tell(manifests, (count, is_whole), target, FoundLock(output=None, told=told))


def _requirements(options: argparse.Namespace, folder: Path) -> tuple[FoundManifests, int, bool]:
    """The manifests and how much code there is, which count from now on; and whether all was looked at."""
    from resolver.asked.found import found_manifests

    wants_groups = bool(options.groups or options.extras or options.all_extras)
    manifests = found_manifests(folder, with_groups=wants_groups)
    count, is_whole = _count_of_code(folder)
    if manifests.chosen is not None:
        options.files = [manifests.chosen]
    if count:
        options.source = folder
    return manifests, count, is_whole


def _count_of_code(folder: Path) -> tuple[int, bool]:
    """How many files of Python there are, and whether all were looked at."""
    from resolver.asked.found import PASSED_OVER

    count = seen = 0
    pending = [os.fspath(folder)]
    while pending and seen < _MOST_FILES:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _MOST_FILES:
                        break
                    if entry.name.startswith(".") or entry.name in PASSED_OVER:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if not os.path.lexists(os.path.join(entry.path, "pyvenv.cfg")):  # noqa: PTH118
                            pending.append(entry.path)
                    elif entry.name.endswith((".py", ".ipynb")) and entry.is_file(follow_symlinks=False):
                        count += 1
        except OSError:
            continue
    return count, seen <= _MOST_FILES and not pending


def _lock(options: argparse.Namespace, manifests: FoundManifests, folder: Path) -> FoundLock:
    """Where the advice goes, and what is kept."""
    from resolver.asked.found import is_own_file

    root = folder.resolve()
    there = [name for name in _LOCKS if is_own_file(root, name)]
    foreign = next((name for name in there if name not in _WRITTEN), None)
    if len(set(options.environments)) > 1:
        return FoundLock(output=options.output, told="pylock.NAME.toml for each environment")
    if options.output is not None:
        return FoundLock(output=options.output, told=f"{options.output} (--output)")
    if options.format is not None:
        return FoundLock(output=None, told=f"to standard output as {options.format} (--format)")
    if options.environments:
        name = Path(f"pylock.{options.environments[0]}.toml")
        return FoundLock(output=name, told=f"{name}, of the environment")
    if "Pipfile.lock" in there and manifests.chosen == "Pipfile":
        return FoundLock(output=Path("Pipfile.lock"), told="Pipfile.lock, which is there and is replaced")
    if "pylock.toml" in there:
        return FoundLock(output=Path("pylock.toml"), told="pylock.toml, which is there and is replaced")
    compiled = _compiled(manifests, root)
    if compiled is not None:
        told = f"{compiled}, compiled from {manifests.chosen}, is replaced"
        return FoundLock(output=Path(compiled), told=told)
    if foreign is not None:
        told = f"pylock.toml is made; what {foreign} pins is kept while it fits"
        return FoundLock(output=Path("pylock.toml"), prefer=foreign, told=told)
    return FoundLock(output=Path("pylock.toml"), told="pylock.toml is made; there is no lockfile yet")


def _check_links(lock: FoundLock, environments: list[str]) -> None:
    """Refuse to write where a link of the repository leads out of it, or to no file: nobody named that place.

    Raises:
        InputError: there is such a link, a pipe or the like.
    """
    from resolver.errors import InputError

    root = Path().resolve()
    several = len(set(environments)) > 1
    named = [Path(f"pylock.{name}.toml") for name in environments] if several else [lock.output]
    for path in filter(None, named):
        try:
            is_own = path.resolve().is_relative_to(root)
        except RuntimeError:  # links in a circle
            is_own = False
        if not is_own:
            remedy = "remove the link, or name a file with -o"
            raise InputError(f"{path} is a link that leads out of the directory", remedy)
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file", "remove it, or name a file with -o")


def _compiled(manifests: FoundManifests, root: Path) -> str | None:
    """The requirements file that was compiled from the one that counts: beside it, and nothing but pins."""
    from resolver.asked.found import is_pinned

    chosen = manifests.chosen
    if chosen is None or not chosen.endswith(".in"):
        return None
    name = f"{chosen.removesuffix('.in')}.txt"
    return name if is_pinned(root, name) else None


def _tell(manifests: FoundManifests, code: tuple[int, bool], target: FoundTarget, lock: FoundLock) -> None:
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.lines import fitted

    width = columns(sys.stderr)
    for name, texts in (
        ("Found", [_told_manifests(manifests, most) for most in reversed(range(_MOST_NAMED))]),
        ("Code", [_told_code(*code)]),
        ("Target", [target.told]),
        ("Lock", [lock.told]),
        ("Assumes", [target.assumes]),
    ):
        lines = [f"{name:<8} {printable(text)}" for text in texts]
        line = next((line for line in lines if len(line) <= width), lines[-1])
        sys.stderr.write("".join(f"{part}\n" for part in fitted(line, width, " " * 9)))
    sys.stderr.flush()


def _told_manifests(manifests: FoundManifests, most: int) -> str:
    """What counts and what does not, with at most so many names of a kind."""
    if manifests.chosen is None:
        from resolver.asked.found import manifests_below

        if below := manifests_below(Path()):
            named = _listed(below, most) if most else f"{len(below)} in folders of it"
            return f"no manifest here, but {named}; what the code imports is asked for"
        return "no manifest; what the code imports is asked for"
    text, count = manifests.chosen, manifests.requirements
    if count is not None:
        text += f", {count} requirement{'' if count == 1 else 's'}"
    if manifests.groups:
        text += f", without {_listed(manifests.groups, most)}"
    if manifests.passed_over:
        text += f"; not {_listed(manifests.passed_over, most)}"
    return text if manifests.is_whole else f"{text}; more files than were looked at"


def _listed(names: tuple[str, ...], most: int) -> str:
    more = len(names) - most
    if not most:
        return f"{len(names):,} other{'' if len(names) == 1 else 's'}"
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _told_code(count: int, is_whole: bool) -> str:
    if not count:
        return "none; only what the manifest states counts"
    files = f"{'' if is_whole else 'more than '}{count:,} file{'' if count == 1 else 's'} of Python"
    return f"{files}; releases must have what the code uses"
