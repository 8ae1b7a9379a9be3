"""Deterministic parts of labelled data: by the name of a project alone, so that a split outlives its data."""

from __future__ import annotations

import hashlib

from packaging.utils import canonicalize_name

FOLDS = 5
RULE = "(int(sha256(normalised name), 16) // 5) % 5 is the fold; fold 0 validates"


def fold_of(name: str) -> int:
    """The fold of a project, from 0 to `FOLDS` - 1.

    What the number leaves modulo 5 is not used: it tells apart what was held out when the data were made.
    """
    digest = hashlib.sha256(canonicalize_name(name).encode()).hexdigest()
    return int(digest, 16) // 5 % FOLDS
