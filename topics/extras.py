"""Imports of distributions that only the extra ``topics`` brings."""

from __future__ import annotations

import importlib
from types import ModuleType

from topics.errors import MissingExtraError

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def imported(module: str, what: str) -> ModuleType:
    """The module, imported now.

    Args:
        module: dotted name.
        what: that it is needed for, as a message starts with it, such as ``training``.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        root = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != root:
            raise
        raise MissingExtraError(what, _DISTRIBUTIONS.get(root, root)) from error
