"""Options of every command that reads images."""

from __future__ import annotations

import argparse


def add_reading(command: argparse.ArgumentParser) -> None:
    """How images are found and read."""
    command.add_argument(
        "--platform", metavar="PLATFORM",
        help="such as linux/arm64, of an image for several (default: this machine's)",
    )  # fmt: skip
    command.add_argument(
        "--insecure", action="store_true",
        help="speak to registries without encryption, or whose certificate is not known",
    )  # fmt: skip
