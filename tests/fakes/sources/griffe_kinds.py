"""Griffe's kinds of breaking changes, and ours that tell the same."""

from __future__ import annotations

from collections.abc import Mapping

OURS: Mapping[str, frozenset[str]] = {
    "PARAMETER_REMOVED": frozenset({"parameter-gone", "parameter-renamed"}),
    "PARAMETER_MOVED": frozenset({"parameter-moved"}),
    "PARAMETER_CHANGED_KIND": frozenset({"parameter-kind-changed"}),
    "PARAMETER_CHANGED_DEFAULT": frozenset({"default-changed"}),
    "PARAMETER_CHANGED_REQUIRED": frozenset({"parameter-required"}),
    "PARAMETER_ADDED_REQUIRED": frozenset({"parameter-required", "parameter-renamed"}),
    "RETURN_CHANGED_TYPE": frozenset({"return-annotation-gone"}),
    "OBJECT_REMOVED": frozenset({"gone", "path-gone"}),
    "OBJECT_CHANGED_KIND": frozenset({"kind-changed"}),
    "CLASS_REMOVED_BASE": frozenset({"base-gone"}),
}
