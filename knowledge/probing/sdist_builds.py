"""Makes wheels of source distributions: confined, under limits, with the network, which a build needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge.configuration import IndexConfiguration
from knowledge.observations import Failure
from knowledge.probing.errors import NotBuiltError
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.records import PinnedFile


class SdistWheels:
    """Wheels that were built."""

    def __init__(
        self, folder: Path, interpreter: Interpreter, index: IndexConfiguration, environ: Mapping[str, str]
    ) -> None:
        self._folder, self._interpreter, self._index, self._environ = folder, interpreter, index, environ

    def wheel(self, pin: PinnedFile) -> PinnedFile:
        failure = Failure(step="build", error="not-allowed", message="later")
        raise NotBuiltError(pin.release, failure, is_known=False)
