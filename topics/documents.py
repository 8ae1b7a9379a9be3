"""The record of what a package says about itself, read leniently from a JSON object or METADATA."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from analyzers.metadata import decoded, parse_metadata
from analyzers.undecodable import UNDECODABLE

DESCRIPTION_LIMIT_CHARACTERS = 200_000
"""How much of a description is kept; cleaning looks at less of it."""

_TEXT_LIMIT_CHARACTERS = 20_000
_ITEMS_LIMIT = 1_000
_HEAD_END = re.compile(r"\r?\n\r?\n|\r\r")
_KEYWORDS = re.compile(r"^keywords:[ \t]*(.*(?:\r?\n[ \t]+\S.*)*)", re.IGNORECASE | re.MULTILINE)
_DESCRIPTION = re.compile(r"^description:[ \t]*(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_CONTINUED = re.compile(r"^(?: {7}\||[ \t]{1,8})", re.MULTILINE)


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Texts and facts about one package; what is not known is empty.

    Attributes:
        name: as written.
        month: of the version's upload, ``YYYY-MM``.
        rank: by downloads, from 1.
        short_descriptions: sentences that others wrote about it.
        description: markdown, reStructuredText or plain; cut, not cleaned.
        description_source: who wrote it, such as ``wheel`` or ``debian``.
        github_topics: of its repository.
        requires: requirement lines.
        labels: what curated lists say it is about: never a feature, and a missing one is no proof.
        tail: drawn at random from projects that nobody ranked.
    """

    name: str
    version: str = ""
    month: str = ""
    rank: int | None = None
    summary: str = ""
    short_descriptions: tuple[str, ...] = ()
    description: str = ""
    description_source: str = ""
    keywords: str = ""
    github_topics: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    license_expression: str | None = None
    labels: tuple[str, ...] = ()
    tail: bool = False


_TEXTS = ("version", "month", "summary", "description", "description_source", "keywords")
_LISTS = ("short_descriptions", "github_topics", "classifiers", "requires", "labels")


def read_document(data: bytes) -> Document:
    """The document that a JSON object describes; fields of other types than theirs count as absent.

    Raises:
        ValueError: it is no JSON object, or has no name.
    """
    try:
        document = msgspec.json.decode(data, type=Document)
    except UNDECODABLE:  # also of fields of other types
        return _leniently(data)
    if not document.name.strip():
        raise ValueError("has no name")
    if len(document.description) > DESCRIPTION_LIMIT_CHARACTERS:
        return _leniently(data)
    return document


def _leniently(data: bytes) -> Document:
    try:
        value: Any = msgspec.json.decode(data.decode("utf-8-sig", "replace"))
    except UNDECODABLE as error:
        raise ValueError(f"is no JSON ({str(error)[:200]})") from error
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")
    name = value.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("has no name")
    rank = value.get("rank")
    return Document(
        name=name[:_TEXT_LIMIT_CHARACTERS],
        rank=rank if isinstance(rank, int) and not isinstance(rank, bool) else None,
        license_expression=_text(value.get("license_expression")) or None,
        tail=value.get("tail") is True,
        **{field: _text(value.get(field)) for field in _TEXTS},  # type: ignore[arg-type]
        **{field: _items(value.get(field)) for field in _LISTS},  # type: ignore[arg-type]
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_items(value))
    return value[:DESCRIPTION_LIMIT_CHARACTERS] if isinstance(value, str) else ""


def _items(value: object) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(item[:_TEXT_LIMIT_CHARACTERS] for item in given[:_ITEMS_LIMIT] if isinstance(item, str))


def from_metadata(data: bytes, where: str) -> Document:
    """The document that a METADATA or PKG-INFO file makes; the description in its body or in its field.

    Args:
        data: the file; UTF-8, or Latin-1 where it is not.
        where: names the file in errors.

    Raises:
        analyzers.metadata.MetadataError: name or version is missing or invalid, or its head is too large.
    """
    core = parse_metadata(data, where, any_version=True)
    text = decoded(data[: 4 * DESCRIPTION_LIMIT_CHARACTERS + (1 << 20)])
    end = _HEAD_END.search(text)
    head, body = (text[: end.start()], text[end.end() :]) if end else (text, "")
    keywords, folded = _KEYWORDS.search(head), _DESCRIPTION.search(head)
    if not body.strip() and folded:
        body = _CONTINUED.sub("", folded[1])
    return Document(
        name=core.name,
        version=core.version,
        summary=core.summary or "",
        description=body[:DESCRIPTION_LIMIT_CHARACTERS].strip(),
        description_source="wheel" if body.strip() else "",
        keywords=" ".join(keywords[1].split())[:_TEXT_LIMIT_CHARACTERS] if keywords else "",
        classifiers=core.classifiers[:_ITEMS_LIMIT],
        requires=core.requires_dist[:_ITEMS_LIMIT],
        license_expression=core.license_expression,
    )
