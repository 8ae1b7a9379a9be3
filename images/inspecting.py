"""Inspection from end to end: a reference, its source, layers, one root file system, what is in it, a report.

Nothing of an image is run or written anywhere. Only the source, and for a directory or this machine its
files, are read.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzers.files import FileReaderError
from analyzers.reports import Tool, Unknown
from images.errors import ImageReferenceError
from images.facts.environment import Fact
from images.layers.content import LayerContent
from images.native.elf_parser import ElfParser
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.image_reports import ReportHead, image_report, root_report, unicode_text
from images.reports.report import ImageReport
from images.sources.reference_texts import ImageReference, ReferenceKind, parse_reference
from images.sources.source import ImageSource, ReadLayer

if TYPE_CHECKING:
    from images.catalogers.catalog import Catalog
    from images.roots.directory_root import DirectoryRoot

_TOOL = Tool(name="stackwright", version="")
_TOLD_BYTES = 8 << 20
_HOST_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH", "CONDA_PREFIX", "VIRTUAL_ENV")


def inspect_reference(
    reference: str,
    *,
    platform: str | None = None,
    insecure: bool = False,
    digests: bool = False,
    environ: Mapping[str, str],
    today: datetime.date,
    tool: Tool = _TOOL,
    created_at: str | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> ImageReport:
    """The report on what a reference names.

    Args:
        reference: see `images.sources.reference_texts`.
        platform: such as ``linux/arm64``, where an image is there for several.
        insecure: see `images.sources.references.image_source`.
        digests: also hash every file, so that files that were changed after installation are found.
        environ: where daemons, credentials and this machine's programs are found.
        today: what counts as out of support.
        created_at: of the report; None for the begin of `today`.
        progress: told what is done, by one line at a time.

    Raises:
        ImageError: it cannot be understood, found or read.
    """
    head = ReportHead(tool=tool, created_at=created_at or f"{today.isoformat()}T00:00:00Z")
    parsed = parse_reference(reference)
    match parsed.kind:
        case ReferenceKind.HOST:
            return _inspect_host(parsed, environ, today, head, progress)
        case ReferenceKind.DIRECTORY:
            return _inspect_directory(parsed, today, head, progress)
        case _:
            from images.sources.references import image_source

            source = image_source(parsed, platform=platform, insecure=insecure, environ=environ)
            return inspect_source(source, today=today, head=head, digests=digests, progress=progress)


def inspect_source(
    source: ImageSource,
    *,
    today: datetime.date,
    head: ReportHead,
    digests: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> ImageReport:
    """The report on the image of a source.

    Raises:
        ImageError: it cannot be read.
    """
    from images.cataloging import catalogued, wanted
    from images.layers.overlay import squashed
    from images.layers.reading import LayerReader

    reader = LayerReader(wanted(), _elf_parser(), digests=digests)
    image = source.read(_telling(reader, progress), progress)
    progress("looking at what is installed")
    files = squashed(image.layers)
    unread = (*image.unknowns, *files.unknowns)
    found = catalogued(files, image.config, today, unread=unread)
    return image_report(image, found, files.unknowns, head)


def _inspect_directory(
    reference: ImageReference, today: datetime.date, head: ReportHead, progress: Callable[[str], None]
) -> ImageReport:
    from images.cataloging import catalogued
    from images.roots.directory_root import DirectoryRoot

    progress(f"reading {reference.text}")
    try:
        root = DirectoryRoot(reference.path or Path("/"), _elf_parser())
    except FileReaderError as error:
        raise ImageReferenceError(reference.text, error.reason) from error
    with root as files:
        found = catalogued(files, ImageConfig(), today, unread=_unread(files))
        unknowns = (*files.unknowns, *_no_root(files, found))
        return root_report("directory", reference.text, ImageConfig(), found, unknowns, head)


def _inspect_host(
    reference: ImageReference,
    environ: Mapping[str, str],
    today: datetime.date,
    head: ReportHead,
    progress: Callable[[str], None],
) -> ImageReport:
    """This machine: its files as those of an image, and what its kernel and hardware say."""
    from images.cataloging import catalogued
    from images.roots.directory_root import DirectoryRoot

    progress("reading this machine")
    stated = tuple(f"{name}={unicode_text(environ[name])}" for name in _HOST_VARIABLES if name in environ)
    config = ImageConfig(config=RunConfig(env=stated))
    machine = _machine_facts(environ)
    with DirectoryRoot(Path("/"), _elf_parser()) as files:
        found = catalogued(files, config, today, machine, unread=_unread(files))
        # Files tell for which processor programs are, the kernel which processor is there.
        facts = {**found.facts, **{name: machine[name] for name in _MACHINES if name in machine}}
        found = msgspec.structs.replace(found, facts=facts)
        return root_report("host", reference.text, config, found, files.unknowns, head)


def _unread(files: DirectoryRoot) -> tuple[Unknown, ...]:
    """What could not be seen of a directory, all of which is looked at for that."""
    for _ in files.elf_paths():
        pass
    return files.unknowns


def _no_root(files: DirectoryRoot, found: Catalog) -> tuple[Unknown, ...]:
    """That a directory seems to be none that a container could have as its root."""
    if found.interpreters or found.distributions or found.packages or found.libraries:
        return ()
    if {entry.name for entry in files.list(b"")} & _ROOT_DIRECTORIES:
        return ()
    reason = "it has neither etc nor usr nor bin, so that it is hardly a root file system"
    return (Unknown(what="root", where="/", reason=reason),)


_ROOT_DIRECTORIES = {b"etc", b"usr", b"bin", b"lib"}
_MACHINES = ("arch", "cores", "memory_bytes")
"""What the machine knows better than its files."""


def _machine_facts(environ: Mapping[str, str]) -> dict[str, Fact]:
    from images.hardware.probing import hardware_environment
    from images.host.facts import host_environment

    facts = {name: fact for name, fact in host_environment().facts.items() if not name.startswith("python.")}
    if "arch" in facts:
        cores = facts.get("cores")
        usable = cores.value if cores is not None and isinstance(cores.value, int) else None
        facts |= hardware_environment(str(facts["arch"].value), environ, usable_cores=usable).facts
    return facts


def _elf_parser() -> ElfParser:
    from images.native.elf import dynamic_range, parse_elf

    return ElfParser(parse=parse_elf, dynamic_range=dynamic_range)


def _telling(read_layer: ReadLayer, progress: Callable[[str], None]) -> ReadLayer:
    """A reader of layers that also tells how far it is."""

    def read(name: str, chunks: Iterator[bytes]) -> LayerContent:
        return read_layer(name, _counted(name, chunks, progress))

    return read


def _counted(name: str, chunks: Iterator[bytes], progress: Callable[[str], None]) -> Iterator[bytes]:
    count, told = 0, 0
    for chunk in chunks:
        count += len(chunk)
        if count >= told:
            progress(f"{name}: {count / 1e6:,.0f} MB read")
            told = count + _TOLD_BYTES
        yield chunk
