"""Commands that look around by themselves, in repositories that want to trap them."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from fakes.commands import Commands
from fakes.hostile.mutations import mutated
from fakes.hostile.seeds import inputs
from fakes.hostile.surviving import survive

COMMANDS = [
    ["init"],
    ["init", "--force", "-q"],
    ["doctor", "--offline"],
    ["advise"],
    ["scan"],
    ["fix", "."],
    ["space", "--offline"],
    ["monkey", "--dry-run", "--count", "2", "--offline"],
    ["explain", "flask", "--offline"],
]
_OUTSIDE = (
    "/dev/zero",
    "/dev/stdin",
    "/proc/self/mem",
    "/proc/self/fd",
    "/etc/shadow",
    "/",
    ".",
    "..",
    "nowhere",
)


def test_a_hostile_repository(stackwright: Commands, seconds: float) -> None:
    texts = {name.rpartition("/")[2]: case.seeds[0] for name, case in inputs().items() if "root/" not in name}
    names = sorted(
        {*texts, "requirements.in", "environment.yaml", "Containerfile", ".python-version", "setup.py"}
    )

    def file(chance: random.Random, path: Path) -> None:
        like = path.name if path.name in texts else chance.choice(sorted(texts))
        path.write_bytes(mutated(chance, (texts[like],)) if chance.random() < 0.7 else texts[like])

    def directory(chance: random.Random, path: Path) -> None:
        path.mkdir()
        file(chance, path / chance.choice(names))

    def pipe(chance: random.Random, path: Path) -> None:
        os.mkfifo(path)

    def link(chance: random.Random, path: Path) -> None:
        path.symlink_to(chance.choice((*_OUTSIDE, chance.choice(names), path.name)))

    def odd_name(chance: random.Random, path: Path) -> None:
        odd = bytes(byte for byte in mutated(chance, (os.fsencode(path.name),))[:100] if byte not in b"\0/")
        named = Path(os.fsdecode(os.fsencode(path.parent) + b"/x" + odd + b".py"))
        if not named.exists():
            named.write_bytes(texts["app.py"])

    kinds: tuple[Callable[[random.Random, Path], None], ...] = (
        file,
        file,
        file,
        file,
        directory,
        pipe,
        link,
        odd_name,
    )

    def prepare(chance: random.Random) -> None:
        shutil.rmtree(stackwright.folder)
        stackwright.folder.mkdir()
        folders = [stackwright.folder]
        for name in chance.sample(names, chance.choice((1, 2, 4, 12))):
            path = chance.choice(folders) / name
            if not os.path.lexists(path):
                chance.choice(kinds)(chance, path)
            if path.is_dir() and not path.is_symlink():
                folders.append(path)

    assert survive(stackwright, "repository", prepare, COMMANDS, 4 * seconds) > 0
