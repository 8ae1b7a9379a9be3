"""Says what is not known about a target although wheels depend on it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Evidence, Justification, Level
from resolver.context import Context


class SupportedEnvironmentBoot:
    """Warns where a fact is missing without which wheels cannot be chosen.

    A target of which so little is known that it has no tags at all is refused before any unit is asked.
    """

    name = "supported-environment"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def prepare(self, context: Context) -> Iterator[Justification]:
        """One warning for each kind of wheels that cannot be considered."""
        environment = context.target.environment
        if environment.text("os.kernel") == "linux":
            libc = environment.text("libc.name")
            if libc is None:
                yield self._warning("libc.name", "no manylinux or musllinux wheel was considered")
            elif libc != "none" and environment.text("libc.version") is None:
                yield self._warning("libc.version", f"no wheel that needs {libc} was considered")
        if environment.text("python.implementation") != "cpython" and not environment.text("python.abi"):
            yield self._warning("python.abi", "no wheel with extension modules was considered")

    def _warning(self, fact: str, consequence: str) -> Justification:
        return Justification(
            unit=self.name,
            level=Level.WARNING,
            message=f"{fact} of the target is not known: {consequence}",
            evidence=(Evidence(what=f"no fact {fact}", where="target"),),
        )
