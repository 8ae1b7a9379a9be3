"""Variant metadata, and releases whose wheels are variants, on a `FakeIndex`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from fakes.indexes.index import FakeIndex
from fakes.indexes.wheels import build_wheel, wheel_filename
from images.variants.provider import Fit

SCHEMA = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"
Stated = Mapping[str, Mapping[str, Sequence[str]]]


class StatedFeatures:
    """Namespace to feature to values, all in the order of preference."""

    def __init__(self, stated: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self.stated = stated

    def fit(self, namespace: str, feature: str, values: Sequence[str]) -> Fit:
        known = self.stated.get(namespace, {}).get(feature, ())
        return Fit(values=tuple(value for value in known if value in values), known="nothing more is there")

    def feature_order(self, namespace: str, features: Iterable[str]) -> Sequence[str]:
        order = list(self.stated.get(namespace, {}))
        return sorted(features, key=lambda name: order.index(name) if name in order else len(order))


def variants_json(
    namespaces: Sequence[str], variants: Mapping[str, Stated], *, schema: str = SCHEMA
) -> bytes:
    """The file of an index, or of one wheel. Source: PEP 825."""
    document = {
        "$schema": schema,
        "default-priorities": {"namespace": list(namespaces)},
        "variants": variants,
    }
    return json.dumps(document).encode()


def add_variants(
    index: FakeIndex,
    name: str,
    version: str,
    namespaces: Sequence[str],
    variants: Mapping[str, Stated],
    *,
    tags: Iterable[str] = ("py3-none-any",),
    requires: Iterable[str] = (),
    document: bytes | bool = True,
    build: str = "",
    inside: bool = True,
) -> None:
    """Adds a wheel for every label and tag, and what the index says of them.

    Args:
        document: the index's file: as it shall stand, or whether there is one.
        build: number of the build, as in the names.
        inside: whether the wheels hold their ``variant.json``.
    """
    for label, stated in variants.items():
        for tag in tags:
            files = {f"{name}/__init__.py": f"variant = {label!r}\n".encode()}
            if inside:
                own = variants_json(namespaces, {label: stated})
                files[f"{name}-{version}.dist-info/variant.json"] = own
            content = build_wheel(name, version, requires, tags=(tag,), files=files)
            stem = f"{build}-{tag}" if build else tag
            filename = wheel_filename(name, version, f"{stem}-{label}")
            index.add_file(name, filename, content)
    if document is not False:
        content = variants_json(namespaces, variants) if document is True else document
        index.add_file(name, f"{name}-{version}-variants.json", content)
