"""Run by the Python of an environment with griffe: the breaking changes between two trees, as JSON."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any


def breakages(package: str, before: str, after: str) -> list[list[Any]]:
    """Kind, path and parameter of each; tests are no API."""
    import griffe

    def loaded(place: str) -> Any:
        return griffe.load(package, search_paths=[place], allow_inspection=False, resolve_aliases=True)

    found = []
    for each in griffe.find_breaking_changes(loaded(before), loaded(after)):
        is_gone = each.kind is griffe.BreakageKind.OBJECT_REMOVED
        path = (each.old_value if is_gone else each.obj).path
        stated = (each.old_value, each.new_value)
        parameter = next((value.name for value in stated if isinstance(value, griffe.Parameter)), None)
        if ".tests." not in path and ".conftest" not in path:
            found.append([each.kind.name, path, parameter])
    return found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    json.dump(breakages(*sys.argv[1:4]), sys.stdout)
