"""What clauses rest on beside metadata: bounds that the user states, verdicts beyond what was examined."""

from __future__ import annotations

import msgspec

from resolver.units.verdicts import Refutation


class RequiredBound(msgspec.Struct, frozen=True, order=True):
    """The assumption that the specifiers of one direct requirement hold, by its place among them."""

    number: int


class RefutedReleases(msgspec.Struct, frozen=True):
    """The assumption that a stride is right about releases, of which it did not examine all.

    Attributes:
        releases: project name and mask of its releases, by name.
        examined: likewise, what is certain.
    """

    unit: str
    releases: tuple[tuple[str, int], ...]
    examined: tuple[tuple[str, int], ...]

    @property
    def is_certain(self) -> bool:
        """Whether nothing of it is between what was examined."""
        return self.releases == self.examined


class Conjecture(msgspec.Struct, frozen=True):
    """The assumption that stacks fail of which none was tried, or that one failed for a reason nobody knows.

    Proofs and bounds never rest on it: it says where to look, not what is so.

    Attributes:
        number: of the conjectures of a run.
        can_lapse: whether it is given up where nothing else is left.
    """

    number: int
    can_lapse: bool


def refuted(refutation: Refutation) -> RefutedReleases:
    """What a refutation assumes."""
    examined = refutation.releases if refutation.examined is None else refutation.examined
    return RefutedReleases(
        refutation.reason.unit,
        tuple(sorted(refutation.releases.items())),
        tuple(sorted(examined.items())),
    )
