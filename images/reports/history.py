"""The steps that made an image as a person wrote them: without a builder's wrapping, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from images.reports.image_config import HistoryEntry, ImageConfig
from images.secrets import without_secrets

_NO_OPERATION = re.compile(r"/bin/(?:sh|bash) -[a-z]*c #\(nop\)\s*")
_BUILD_ARGUMENTS = re.compile(
    r"(?:RUN )?\|[0-9]{1,4} (?P<arguments>.*?) ?/bin/(?:sh|bash) -[a-z]*c (?P<command>.*)"
)
_SHELL = re.compile(r"(?:RUN )?/bin/(?:sh|bash) -[a-z]*c (?P<command>.*)")
_LONGEST_STEP = 4000


def created_by(entry: HistoryEntry) -> tuple[str, tuple[str, ...]]:
    """One step on one line, as ``RUN …``, ``COPY …``, ``ENV …``, and what its secrets are called.

    Source: the strings that Docker's classic builder, BuildKit and buildah write.
    """
    text, names = without_secrets(entry.created_by or entry.comment or "")
    text = " ".join(text.removesuffix("# buildkit").split())
    if match := _NO_OPERATION.match(text):
        text = text[match.end() :]
    elif match := _BUILD_ARGUMENTS.fullmatch(text):
        text = f"RUN {match['command']} # with {match['arguments']}"
    elif match := _SHELL.fullmatch(text):
        text = f"RUN {match['command']}"
    return (text if len(text) <= _LONGEST_STEP else f"{text[:_LONGEST_STEP]}…"), names


def layered_steps(config: ImageConfig) -> Iterator[tuple[HistoryEntry, int | None]]:
    """Every step with the index of the layer it made; None throughout where history and layers disagree."""
    history = config.history or ()
    made = sum(not entry.empty_layer for entry in history)
    agrees = made == len(config.rootfs.diff_ids)
    index = 0
    for entry in history:
        yield entry, index if agrees and not entry.empty_layer else None
        index += not entry.empty_layer
