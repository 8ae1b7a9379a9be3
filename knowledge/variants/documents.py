"""Variant metadata: ``variant.json`` of a wheel and ``{name}-{version}-variants.json`` of an index.

Bytes enter, checked records leave; what breaks the format is refused as a whole, because a label that means
something else than its maker thinks is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.variants.records import VariantsDocument

NULL = "null"
LARGEST_BYTES = 1 << 20
MOST_VARIANTS = 1000
_MOST_FEATURES = 200
_MOST_VALUES = 500
_LONGEST = 128
_NAME = re.compile(r"[a-z0-9_]+", re.ASCII)
_VALUE = re.compile(r"[a-z0-9_.]+", re.ASCII)
_SCHEMA = re.compile(r"https://\S*/v(\d{1,4})\.(\d{1,4})\.(\d{1,4})\.json", re.ASCII)
_DRAFT = (0, 1, 1)
"""The draft that PEP 825 describes; it promises nothing about others that begin with zero."""
_MAJOR = 1


class VariantsError(Exception):
    """Variant metadata break the format; the message says where and how."""


class _Priorities(msgspec.Struct):
    namespace: list[str]


class _Json(msgspec.Struct, rename={"schema": "$schema", "priorities": "default-priorities"}):
    schema: str
    priorities: _Priorities
    variants: dict[str, dict[str, dict[str, list[str]]]]


_decode = msgspec.json.Decoder(_Json).decode


def parse_variants(body: bytes) -> VariantsDocument:
    """The document that `body` holds.

    Raises:
        VariantsError: it is too large, no such document, of an unknown schema, or inconsistent.

    Source: PEP 825, "Variant metadata".
    """
    if len(body) > LARGEST_BYTES:
        raise VariantsError(f"it has more than {LARGEST_BYTES:,} bytes")
    try:
        found = _decode(body)
    except UNDECODABLE as error:
        raise VariantsError(f"it is no variant metadata: {str(error)[:200]}") from error
    _check_schema(found.schema)
    if len(found.variants) > MOST_VARIANTS:
        raise VariantsError(f"it has {len(found.variants):,} variants, more than {MOST_VARIANTS:,}")
    namespaces = tuple(dict.fromkeys(found.priorities.namespace))
    _check_names(namespaces, _NAME, "default-priorities.namespace")
    variants = {label: _variant(label, stated, namespaces) for label, stated in found.variants.items()}
    return VariantsDocument(schema=found.schema, namespaces=namespaces, variants=variants)


def combined(documents: Iterable[VariantsDocument]) -> VariantsDocument:
    """What several wheels of one release say together.

    Raises:
        VariantsError: there is none, or they contradict each other.

    Source: PEP 825, "Metadata consistency".
    """
    found: VariantsDocument | None = None
    for document in documents:
        found = document if found is None else _combined(found, document)
    if found is None:
        raise VariantsError("no wheel says what its label means")
    return found


def _combined(first: VariantsDocument, second: VariantsDocument) -> VariantsDocument:
    shorter, longer = sorted((first.namespaces, second.namespaces), key=len)
    if longer[: len(shorter)] != shorter:
        raise VariantsError("wheels of the release order namespaces differently")
    for label in first.variants.keys() & second.variants.keys():
        if first.variants[label] != second.variants[label]:
            raise VariantsError(f"wheels of the release give the label {label} different meanings")
    variants = {**first.variants, **second.variants}
    return VariantsDocument(schema=first.schema, namespaces=longer, variants=variants)


def _check_schema(schema: str) -> None:
    match = _SCHEMA.fullmatch(schema[:500])
    version = tuple(map(int, match.groups())) if match else ()
    if version != _DRAFT and version[:1] != (_MAJOR,):
        raise VariantsError(f"its schema {schema[:100]!r} is not known; v0.1.1 and v1 are")


def _check_names(names: Iterable[str], pattern: re.Pattern[str], where: str) -> None:
    for name in names:
        if len(name) > _LONGEST or not pattern.fullmatch(name):
            raise VariantsError(f"{where} has {name[:_LONGEST]!r}, which is no valid name")


def _variant(
    label: str, stated: Mapping[str, Mapping[str, list[str]]], namespaces: tuple[str, ...]
) -> dict[str, dict[str, tuple[str, ...]]]:
    _check_names([label], _VALUE, "variants")
    _check_names(stated, _NAME, label)
    count = sum(map(len, stated.values()))
    if (count == 0) != (label == NULL):
        raise VariantsError(f"the label {label} has {count} features; {NULL} alone has none")
    if count > _MOST_FEATURES:
        raise VariantsError(f"the label {label} has {count:,} features, more than {_MOST_FEATURES}")
    unordered = stated.keys() - namespaces
    if unordered:
        raise VariantsError(f"the label {label} uses {min(unordered)}, which default-priorities leave out")
    properties = {}
    for namespace, features in stated.items():
        _check_names(features, _NAME, f"{label}.{namespace}")
        for feature, values in features.items():
            where = f"{label}.{namespace}.{feature}"
            if not 0 < len(values) <= _MOST_VALUES:
                raise VariantsError(f"{where} has {len(values):,} values")
            _check_names(values, _VALUE, where)
        properties[namespace] = {name: tuple(sorted(set(values))) for name, values in features.items()}
    return properties
