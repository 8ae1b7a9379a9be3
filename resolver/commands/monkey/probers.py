"""From the options of ``monkey`` to who probes, and where."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.monkey.executor import Executor
    from resolver.monkey.local import LocalSettings
    from resolver.monkey.plan import Head

SLACK_S = 1_800.0
"""What a probe may take beside what it runs, such as to install a stack; then its process is ended."""
WORK = "work"


@contextmanager
def executor(options: argparse.Namespace, head: Head, folder: Path) -> Iterator[Executor]:
    """Who probes; what it needs of the directory of a run is removed in the end.

    Raises:
        InputError: nobody of the name that the option gives is known.
    """
    from resolver.errors import InputError
    from resolver.monkey.cluster import SCHEME, Cluster
    from resolver.monkey.local import local_recipe
    from resolver.monkey.processes import Processes

    where = options.executor
    if where == "process":
        work = folder / WORK
        shutil.rmtree(work, ignore_errors=True)  # of a run that was killed
        work.mkdir()
        try:
            recipe = local_recipe(_settings(options, head, work))
            yield Processes(options.jobs, recipe, SLACK_S + options.limit_time + options.limit_build)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return
    address = where.removeprefix(SCHEME)
    host, _, port = address.rpartition(":")
    if not where.startswith(SCHEME) or not host or not port.isdigit() or "/" in address:
        raise InputError(
            f"--executor {where[:100]} is neither process nor {SCHEME}HOST:PORT",
            f"name a scheduler, such as {SCHEME}127.0.0.1:8786",
        )
    yield Cluster(address, local_recipe(_settings(options, head, None)))


def _settings(options: argparse.Namespace, head: Head, folder: Path | None) -> LocalSettings:
    import msgspec

    from knowledge.probing.sdist_builds import build_limits
    from knowledge.settings import project_settings
    from resolver.commands.options.probe_arguments import limits
    from resolver.commands.runs import inputs
    from resolver.commands.runs.session import PROJECT_FILE
    from resolver.monkey.local import LocalSettings

    index = inputs.indexes_of(options, project_settings(PROJECT_FILE), None)
    if folder is None:  # a password is not for the network; workers have files of their own
        index = msgspec.structs.replace(index, credentials={}, netrc_file=None, ca_file=None)
    return LocalSettings(
        python="" if folder is None else head.python,
        minor=".".join((head.environment.text("python.version") or "").split(".")[:2]),
        folder=None if folder is None else str(folder.absolute()),
        index=index,
        limits=limits(options),
        build_limits=build_limits(options.limit_build),
        allow_builds=options.allow_builds,
    )
