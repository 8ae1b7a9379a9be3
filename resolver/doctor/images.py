"""Where images are read from: the daemons of this machine and the registry."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from images.errors import SourceUnavailableError
from images.sources.daemons import answering_daemon
from images.sources.reference_texts import ReferenceKind
from resolver.doctor.checks import Check, State

_FOR = {
    ReferenceKind.DOCKER: "inspect, advise --image and Dockerfiles: images that Docker has",
    ReferenceKind.PODMAN: "inspect, advise --image and Dockerfiles: images that podman has",
}
_LOCAL = "unix://"


class ImagesExamined:
    """Asks the daemons and the registry; archives of images need neither.

    Args:
        offline: ask no registry, and no daemon on another machine.
        timeout_s: for the registry.
    """

    def __init__(self, environ: Mapping[str, str], *, offline: bool, timeout_s: float) -> None:
        self._environ, self._offline, self._timeout_s = environ, offline, timeout_s

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        for kind, needed_for in _FOR.items():
            variable = "DOCKER_HOST" if kind is ReferenceKind.DOCKER else "CONTAINER_HOST"
            elsewhere = not self._environ.get(variable, _LOCAL).startswith(_LOCAL)
            if self._offline and elsewhere:
                found = f"{variable} names another machine, not asked: --offline"
                yield Check(name=kind.value, state=State.NOT_ASKED, found=found, needed_for=needed_for)
            else:
                yield self._daemon(kind, needed_for)
        yield self._registry()

    def _daemon(self, kind: ReferenceKind, needed_for: str) -> Check:
        try:
            told = answering_daemon(kind, self._environ)
        except SourceUnavailableError as error:
            notes = getattr(error, "__notes__", ())
            return Check(
                name=kind.value,
                state=State.MISSING,
                found=error.reason,
                needed_for=needed_for,
                remedy=f"{notes[0]}; archives of images need none" if notes else None,
            )
        return Check(name=kind.value, state=State.WORKS, found=told, needed_for=needed_for)

    def _registry(self) -> Check:
        from images.sources.default_registry import DEFAULT_REGISTRY
        from images.sources.registry.answering import ask_registry

        name, needed_for = DEFAULT_REGISTRY.name, "inspect and advise --image: images by name"
        if self._offline:
            found = f"{name}, not asked: --offline"
            return Check(name="registry", state=State.NOT_ASKED, found=found, needed_for=needed_for)
        started_s = time.monotonic()
        try:
            ask_registry(name, self._environ, self._timeout_s)
        except SourceUnavailableError as error:
            return Check(
                name="registry",
                state=State.MISSING,
                found=str(error).partition("\n")[0],
                needed_for=needed_for,
                remedy="mend the network or its proxy, or use images that a daemon or an archive has",
            )
        found = f"{name}, answers in {time.monotonic() - started_s:.2f} s"
        return Check(name="registry", state=State.WORKS, found=found, needed_for=needed_for)
