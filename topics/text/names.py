"""The words in a project's name."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_LIMIT_CHARACTERS = 200


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, split at ``-_.``, digits and capitals: py, yaml, 2 of ``PyYAML2``.

    A name that falls into several words is also given whole, without separators, for others write it so.
    """
    cut = name[:_LIMIT_CHARACTERS]
    parts = [part.lower() for part in _PARTS.findall(cut)]
    whole = "".join(parts)
    return (*parts, whole) if len(parts) > 1 else tuple(parts)
