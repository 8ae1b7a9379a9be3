"""Warns of pins whose wheels the image cannot load, where `abi` knew no release that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Stack
from resolver.units.sieves.abi import AbiSieve, evidence, in_words, missing


class UnloadableWrap:
    """Says of a pin that its wheel needs other C or C++ libraries than the image has."""

    name = "unloadable"

    def applies(self, context: Context) -> bool:
        """Where --image names the target, and wheels can be read."""
        return AbiSieve().applies(context)

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project that cannot be loaded."""
        told = {}
        for name, member in stack.members.items():
            found = missing(member.project, member.position, context)
            if found:
                message = f"{name} {member.version} {in_words(found)}; it cannot be loaded there"
                told[name] = [
                    Justification(
                        unit=self.name,
                        level=Level.WARNING,
                        message=message,
                        evidence=tuple(evidence(found)),
                    )
                ]
        return told
