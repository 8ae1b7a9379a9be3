"""``stackwright inspect``: the runtime inside an image, and what is installed in it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments, image_arguments

if TYPE_CHECKING:
    from images.reports.report import ImageReport

FORMATS = ("text", "json", "cyclonedx", "spdx", "sarif", "html")


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``inspect``."""
    command.description = (
        "Tell what an image is and what is installed in it: its system, its Pythons, their distributions, "
        "packages, native libraries, and what is odd. Nothing of it is run or unpacked."
    )
    command.add_argument(
        "reference", metavar="REFERENCE",
        help="an image by name (python:3.11), an archive (image.tar, - for standard input), oci:DIRECTORY, "
        "docker:, podman: or registry:NAME, dir:ROOT, host, or a report saved as JSON",
    )  # fmt: skip
    image_arguments.add_reading(command)
    arguments.add_format(command, FORMATS, default=None, told="text, or what the name of --output says")
    arguments.add_output(
        command,
        "the result to a file: NAME.cdx.json, NAME.spdx.json, NAME.sarif, NAME.json, NAME.html, or text",
    )
    command.add_argument("--all", action="store_true", help="shorten no list of the text")
    command.add_argument(
        "--verify", action="store_true",
        help="hash every file and tell which were changed after they were installed",
    )  # fmt: skip
    command.add_argument(
        "--strict", "--check", action="store_true", help="exit with 1 if a finding is a warning or an error"
    )
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Inspect; false under ``--strict`` where something was found."""
    from analyzers.evidence import Level
    from resolver.commands.subjects.inspecting import inspected
    from resolver.outputs.files import check_text, write_output

    if options.output is not None:
        check_text(options.output)
    report = inspected(options, options.reference)
    text = _rendered(options, report)
    if options.output is None:
        sys.stdout.write(text)
    else:
        write_output(options.output, text)
    found = any(finding.level is not Level.INFO for finding in report.findings)
    return not (options.strict and found)


def _rendered(options: argparse.Namespace, report: ImageReport) -> str:
    from resolver.commands.options.screens import columns

    match options.format or _format_of(options.output):
        case "json":
            from resolver.outputs.json_text import json_text

            return json_text(report)
        case "cyclonedx":
            from images.sbom.cyclonedx import cyclonedx

            return cyclonedx(report)
        case "spdx":
            from images.sbom.spdx import spdx

            return spdx(report)
        case "sarif":
            from analyzers.sarif import sarif
            from images.findings.places import placed
            from images.findings.remedies import REMEDIES

            found = placed(report.findings, report.origin.reference)
            return sarif(report.tool, REMEDIES, found, report.unknowns).decode()
        case "html":
            from resolver.outputs.pages.image_page import image_page

            return image_page(report)
        case _:
            from resolver.commands.notes import printable
            from resolver.outputs.texts.image_text import image_text
            from resolver.outputs.texts.lines import UNLIMITED

            width = columns(sys.stdout) if options.output is None else UNLIMITED
            return printable(image_text(report, width, whole=options.all))


def _format_of(output: Path | None) -> str:
    name = "" if output is None else output.name
    if name.endswith((".cdx.json", ".bom.json")) or name == "bom.json":
        return "cyclonedx"
    if name.endswith(".spdx.json"):
        return "spdx"
    if name.endswith((".sarif", ".sarif.json")):
        return "sarif"
    if name.endswith(".html"):
        return "html"
    return "json" if name.endswith(".json") else "text"
