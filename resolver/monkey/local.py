"""Makes the prober of a process that probes on its machine; named by `resolver.monkey.recipes.Recipe`."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from knowledge.confinement.limits import Limits
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.probing.errors import ProbingError
from knowledge.probing.interpreters import interpreter_at
from knowledge.probing.prober import LocalProber
from knowledge.probing.records import Prober
from resolver.monkey.recipes import Recipe

FACTORY = f"{__name__}:local_prober"


class LocalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a local prober is told.

    Attributes:
        python: path of the interpreter; empty for that of the process.
        minor: that it must have, such as ``3.11``: the stacks were chosen for it.
        folder: for environments, shared by processes; None for one of its own.
        index: how the index is reached.
        limits: of the imports and the script; `build_limits` those of one build.
    """

    python: str
    minor: str
    folder: str | None
    index: IndexConfiguration
    limits: Limits
    build_limits: Limits
    allow_builds: bool = False


def local_recipe(settings: LocalSettings) -> Recipe:
    """What makes such a prober in another process."""
    return Recipe(factory=FACTORY, settings=msgspec.to_builtins(settings))


def local_prober(settings: Mapping[str, object]) -> Prober:
    """The prober of this process.

    Raises:
        ProbingError: the interpreter cannot be used, or not for these stacks.
    """
    import sys

    told = msgspec.convert(settings, LocalSettings)
    if told.folder is None:
        folder = Path(tempfile.mkdtemp(prefix="stackwright-monkey-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    else:
        folder = Path(told.folder)
    folder.chmod(0o711)
    interpreter = interpreter_at(Path(told.python or sys.executable), folder)
    if interpreter.minor != told.minor:
        reason = f"it is Python {interpreter.version}, and the stacks are for {told.minor}"
        raise ProbingError(interpreter.path, reason)
    return LocalProber(
        folder,
        interpreter,
        told.index,
        os.environ,
        told.limits,
        allow_builds=told.allow_builds,
        build_limits=told.build_limits,
    )
