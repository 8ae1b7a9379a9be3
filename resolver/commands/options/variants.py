"""From options to what decides about variants of wheels."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.variants.choice import VariantPolicy
    from resolver.targets.target import Target


def variant_policy(options: argparse.Namespace, target: Target) -> VariantPolicy | None:
    """What decides on a target; None where wheels of variants do not count.

    Raises:
        InputError: what is preferred is no name of variants.
    """
    preferred = getattr(options, "preferred_variants", ())
    if not preferred and not getattr(options, "variants", False):
        return None
    from images.variants.features import TargetFeatures
    from knowledge.variants.choice import VariantPolicy
    from knowledge.variants.priorities import PriorityError, priorities
    from resolver.errors import InputError

    try:
        stated = priorities(preferred)
    except PriorityError as error:
        remedy = "write NAMESPACE, NAMESPACE::FEATURE or NAMESPACE::FEATURE::VALUE"
        raise InputError(f"--prefer-variant {str(error)!r} is no name of variants", remedy) from error
    return VariantPolicy(
        features=TargetFeatures(target.environment),
        installs=lambda tags: target.tags.rank(tags) is not None,
        priorities=stated,
    )
