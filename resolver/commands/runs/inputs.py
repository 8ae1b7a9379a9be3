"""From the options of a command to what is asked for, and to the indexes that files name."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options.arguments import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzers.source.report import SourceReport
    from knowledge.builds.metadata import SdistBuilder
    from knowledge.indexes.configuration import IndexConfiguration
    from resolver.asked.asked import Asked
    from resolver.context import DirectRequirement
    from resolver.reports.bare_code import AskedImport, BareCode
    from resolver.targets.formats import FormatPolicy
    from resolver.targets.target import Target


def read(options: argparse.Namespace, target: Target) -> Asked:
    """What the options of `resolver.commands.options.arguments.add_requirements` ask for."""
    from resolver.asked.files import InputFiles
    from resolver.asked.reading import read_asked
    from resolver.asked.wishes import Wishes

    output: Path | None = getattr(options, "output", None)
    wishes = Wishes(
        texts=tuple(options.requirements),
        files=tuple(options.files),
        constraints=tuple(options.constraints),
        overrides=tuple(options.overrides),
        preferences=tuple(options.preferences),
        existing=None if output is None else str(output),
        extras=tuple(options.extras),
        all_extras=options.all_extras,
        groups=tuple(options.groups),
        upgrade_all=ALL in options.upgrade,
        upgrade=tuple(name for name in options.upgrade if name != ALL),
    )
    return read_asked(wishes, InputFiles(Path(), sys.stdin.buffer), target, os.environ)


def add_source(options: argparse.Namespace, report: SourceReport) -> None:
    """Let what a scan found count among what is asked for; see `resolver.asked.imported`."""
    from resolver.asked.imported import default_manifest, imported_requirements
    from resolver.commands.notes import show_note

    root: Path = options.source
    if not options.requirements and not options.files:
        manifest = default_manifest(root)
        if manifest is not None:
            options.files = [str(manifest)]
            show_note(f"no requirements were named: those of {manifest} are meant")
    wanted, doubtful = imported_requirements(report)
    for name, where in wanted:
        show_note(f"{name} is asked for as well: {where} imports it, and nothing declares it")
    for name, where in doubtful:
        show_note(f"{where} imports {name}; whether {name} on the index is meant nothing tells: name it")
    options.requirements = [*options.requirements, *(name for name, _ in wanted)]


def names_nothing(options: argparse.Namespace, report: SourceReport) -> bool:
    """Whether neither the options nor the code and what lies beside it state a requirement."""
    from resolver.asked.bare import is_bare
    from resolver.asked.imported import default_manifest

    named = options.requirements or options.files or default_manifest(options.source)
    return not named and is_bare(report)


def add_bare(options: argparse.Namespace, code: BareCode) -> None:
    """Let what code that declares nothing needs be what is asked for.

    Raises:
        RunRefusedError: Python 3 can read none of it.
    """
    from resolver.commands.notes import show_note

    if code.is_python_2:
        from analyzers.evidence import Evidence, Justification, Level
        from resolver.advising.advise import RunRefusedError

        old = [each for each in code.python.evidence if each.what.startswith("syntax: ") and each.last]
        where = ", ".join(f"{each.what.removeprefix('syntax: ')} at {each.location}" for each in old[:3])
        message = f"this is a program for Python 2, which Python 3 cannot read: {where}"
        evidence = tuple(Evidence(what=each.what, where=str(each.location)) for each in old)
        reason = Justification(unit="bare-code", level=Level.ERROR, message=message, evidence=evidence)
        raise RunRefusedError(reason)

    for asked in code.asked:
        place = f"{asked.location} imports {asked.name}"
        if asked.source == "companion":
            place += ", which needs it besides what its metadata name"
        show_note(f"{asked.distribution} is asked for: {place}")
    for lost in code.unavailable:
        show_note(
            f"{lost.location} imports {lost.name}, which cannot be had ({lost.kind.value}): {lost.message}"
        )
    options.requirements = [asked.distribution for asked in code.asked]


def companion(asked: AskedImport) -> DirectRequirement:
    """What a stack was found to need besides, as a requirement."""
    from resolver.commands.notes import show_note
    from resolver.context import DirectRequirement
    from resolver.states.dependencies import Dependency

    show_note(f"{asked.distribution} is asked for: {asked.location} needs {asked.name}")
    return DirectRequirement(Dependency(asked.distribution, (), ""), asked.distribution, str(asked.location))


def formats_of(options: argparse.Namespace, asked: Asked) -> FormatPolicy:
    """Kinds of files that options and files permit."""
    from knowledge.indexes.filenames import normalized
    from resolver.targets.formats import FormatPolicy

    return FormatPolicy(
        no_build=asked.wishes.no_build | frozenset(map(normalized, options.no_build_package)),
        no_binary=asked.wishes.no_binary | frozenset(map(normalized, options.no_binary_package)),
    )


def indexes_of(
    options: argparse.Namespace, project: Mapping[str, object], asked: Asked | None
) -> IndexConfiguration:
    """The indexes that options, the project, the user's tools and files name.

    Args:
        options: of `resolver.commands.options.arguments.add_index`.
        project: the table ``[tool.stackwright]``.
        asked: None for a command that is not about requirements.
    """
    from knowledge.indexes.configuration import configure_index, pip_configuration_files

    configuration = configure_index(
        option=options.index_url,
        further=options.indexes,
        find_links=options.find_links,
        no_index=options.no_index,
        keyring=options.keyring_provider == "subprocess",
        timeout=options.timeout,
        project=project,
        environ=os.environ,
        pip_files=pip_configuration_files(os.environ, Path.home(), Path(sys.prefix)),
        home=Path.home(),
    )
    if asked is None:
        return configuration
    from resolver.asked.index_settings import with_stated

    fixed = options.index_url is not None
    return with_stated(configuration, asked.wishes, os.environ, fixed=fixed)


def builder_of(options: argparse.Namespace, index: IndexConfiguration) -> SdistBuilder | None:
    """What builds sdists, where the user allows it."""
    if not options.allow_builds:
        return None
    from knowledge.builds.metadata import SdistBuilder

    return SdistBuilder(index.url, os.environ, ca_file=index.ca_file)
