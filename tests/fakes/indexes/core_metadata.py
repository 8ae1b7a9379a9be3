"""The text of a distribution's core metadata: METADATA and PKG-INFO, from the few fields that matter here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def requires_dist(requires: Iterable[str], extras: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Every ``Requires-Dist`` value: the plain requirements, then those of each extra with its marker."""
    lines = list(requires)
    for extra, optional in extras.items():
        for requirement in optional:
            text, _, marker = requirement.partition(";")
            condition = f"({marker.strip()}) and " if marker.strip() else ""
            lines.append(f"{text.strip()}; {condition}extra == '{extra}'")
    return tuple(lines)


def core_metadata(
    name: str,
    version: str,
    *,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    metadata_version: str = "2.2",
    dynamic: Iterable[str] = (),
) -> bytes:
    """A metadata document; extras stand as given, so 2.2 (2.3 asks for normalised ones) is the default.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    extras = extras or {}
    fields = [("Metadata-Version", metadata_version), ("Name", name), ("Version", version)]
    fields += [("Dynamic", field) for field in dynamic]
    if requires_python is not None:
        fields.append(("Requires-Python", requires_python))
    fields += [("Provides-Extra", extra) for extra in extras]
    fields += [("Requires-Dist", requirement) for requirement in requires_dist(requires, extras)]
    return "".join(f"{key}: {value}\n" for key, value in fields).encode()
