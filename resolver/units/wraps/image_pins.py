"""Says which pins the image has already, and what becomes of the releases that others replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Member, Stack
from resolver.targets.target_image import Need, Shipped
from resolver.units.sieves.image_packages import evidence, in_words


class ImagePinsWrap:
    """Says which pins the image has already, and warns of what there is not served by those it has not."""

    name = "image-pins"

    def applies(self, context: Context) -> bool:
        """Where --image names the target."""
        return context.image is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One remark for each project that the image ships."""
        assert context.image is not None
        shipped = context.image.shipped
        return {
            name: [self._remark(member, shipped[name])]
            for name, member in stack.members.items()
            if name in shipped
        }

    def _remark(self, member: Member, shipped: Shipped) -> Justification:
        level, told = Level.INFO, f"the image already has it at {shipped.where}"
        if member.version not in shipped.versions:
            told = f"replaces {shipped.name} {shipped.version}, which the image has in {shipped.where}"
            unmet = [need for need in shipped.needs if not _is_met(need, member.version)]
            if unmet:
                level = Level.WARNING
                told = f"{shipped.name} {member.version} {told}: {in_words(unmet[0], shipped.name)} there"
                told += f", and {len(unmet) - 1} more are not served" if len(unmet) > 1 else ""
        return Justification(unit=self.name, level=level, message=told, evidence=tuple(evidence(shipped)))


def _is_met(need: Need, version: str) -> bool:
    try:
        return SpecifierSet(need.specifiers).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True
