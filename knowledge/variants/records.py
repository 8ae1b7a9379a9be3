"""What is known of the variants of a release. Source: PEP 825."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.reports import Unknown

Properties = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Namespace to feature to values."""


class VariantsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Variant metadata of one release.

    Attributes:
        schema: as written.
        namespaces: by default the most important first; holds all that variants use.
        variants: label to properties.
    """

    schema: str
    namespaces: tuple[str, ...]
    variants: dict[str, dict[str, dict[str, tuple[str, ...]]]]


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One variant against one target.

    Attributes:
        properties: those of its properties that the target has, such as ``x86_64 :: level :: v3``, the most
            important first.
        refused: why it certainly does not fit; empty where nothing speaks against it.
        missing: the facts without which it cannot be known to fit.
    """

    label: str
    properties: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it certainly fits."""
        return not self.refused and not self.missing


class ReleaseVariants(msgspec.Struct, frozen=True, kw_only=True):
    """The variants of one release on one target.

    Attributes:
        variants: those that fit, best first, then the others by label.
        places: name of a file to `File.place`.
        unknowns: what could not be read or decided.
    """

    variants: tuple[Variant, ...]
    places: dict[str, int]
    unknowns: tuple[Unknown, ...] = ()
