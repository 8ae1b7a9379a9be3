"""What differs between two locks, as Markdown that fits into a comment on a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from analyzers.evidence import Finding
from resolver.comparing.records import LockComparison
from resolver.outputs.locks import lock_changes as words
from resolver.outputs.texts.levels import NOUNS

_SPECIAL = re.compile(r"([\\`*\[\]<>|#!~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LONGEST_BYTES = 60_000
"""A comment may have 65,536 characters."""
_MOST_ROWS = 200
_MOST_FINDINGS = 50


def lock_comparison_markdown(told: LockComparison) -> str:
    """A heading, what is worse, and tables; at most 60,000 bytes, whatever the locks hold."""
    head = list(_head(told))
    blocks = [_worse(told.worse), _pins(told), _apis(told), _advisories(told), _others(told), _units(told)]
    lines = head
    for block in map(list, blocks):
        if not block:
            continue
        longer = [*lines, "", *(block[:-1] if not block[-1] else block)]
        if len("\n".join(longer).encode()) > _LONGEST_BYTES:
            lines += ["", "_The rest is left out here; the report as JSON has all._"]
            break
        lines = longer
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """A text in which nothing is markup, and that breaks no table."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    # A mention of a person would call them, and a name with a dot would become a link.
    return _SPECIAL.sub(r"\\\1", shown).replace("@", "@\N{ZERO WIDTH SPACE}")


def _code(text: str) -> str:
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"`{shown.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _head(told: LockComparison) -> Iterator[str]:
    yield f"### {plain(told.before.path)} → {plain(told.after.path)}"
    yield ""
    yield f"For {plain(told.target)}." + (" They pin the same." if told.is_same else "")
    yield ""
    both = f", {told.kept_advisories} in both"
    yield from _table(
        ("", "before → after"),
        [
            ("Releases", words.releases(told)),
            ("Download", words.download(told)),
            ("Score", f"{words.score(told.before)} → {words.score(told.after)}"),
            (
                "Known vulnerabilities",
                f"{len(told.new_advisories)} new, {len(told.gone_advisories)} gone{both}",
            ),
        ],
    )


def _worse(found: Sequence[Finding]) -> Iterator[str]:
    if not found:
        return
    yield f"#### Worse ({len(found)})"
    yield ""
    for one in found[:_MOST_FINDINGS]:
        place = f" ({_code(str(one.location))})" if one.location is not None else ""
        yield f"- {NOUNS[one.level]} **{one.id}**: {plain(one.message)}{place}"
    if len(found) > _MOST_FINDINGS:
        yield f"- and {len(found) - _MOST_FINDINGS} more"


def _pins(told: LockComparison) -> Iterator[str]:
    if not told.pins:
        return
    yield f"#### Releases ({words.counts(told.pins)})"
    yield ""
    rows = [
        (
            words.SIGNS[pin.change],
            plain(pin.name) + ("" if pin.is_live else " (elsewhere)"),
            plain(pin.before or ""),
            plain(pin.after or ""),
            words.growth(pin) if pin.is_live else "",
        )
        for pin in told.pins[:_MOST_ROWS]
    ]
    yield from _table(("", "project", "before", "after", "download"), rows)
    if len(told.pins) > _MOST_ROWS:
        yield ""
        yield f"and {len(told.pins) - _MOST_ROWS} more"


def _apis(told: LockComparison) -> Iterator[str]:
    if not told.apis:
        return
    yield f"#### What changes that {plain(told.source or '')} uses"
    yield ""
    for api in told.apis:
        yield f"- **{plain(api.name)}** {plain(api.before)} → {plain(api.after)}"
        for one in api.changes[:_MOST_FINDINGS]:
            places = ", ".join(_code(use) for use in words.uses(one))
            yield f"  - {plain(words.change(one))}: {places}"


def _advisories(told: LockComparison) -> Iterator[str]:
    for title, found in (("New", told.new_advisories), ("Gone", told.gone_advisories)):
        if found:
            yield f"#### {title} known vulnerabilities ({len(found)})"
            yield ""
            for one in found[:_MOST_FINDINGS]:
                link = f" <{one.link}>" if re.fullmatch(r"https?://[^\s<>]+", one.link) else ""
                yield f"- {plain(words.advisory(one))}{link}"
            yield ""


def _others(told: LockComparison) -> Iterator[str]:
    if told.files:
        yield f"#### The same releases with other hashes ({len(told.files)})"
        yield ""
        for changed in told.files[:_MOST_FINDINGS]:
            counts = f"{len(changed.new)} new, {len(changed.gone)} gone, {changed.kept} shared"
            yield f"- {plain(changed.name)} {plain(changed.version)}: {counts}"
        yield ""
    if told.markers:
        yield f"#### Markers ({len(told.markers)})"
        yield ""
        for one in told.markers[:_MOST_FINDINGS]:
            old, new = (" | ".join(side) or "everywhere" for side in (one.before, one.after))
            yield f"- {plain(one.name)}: {_code(old)} → {_code(new)}"


def _units(told: LockComparison) -> Iterator[str]:
    rows = list(words.units(told))
    if rows:
        yield "#### Score by unit"
        yield ""
        yield from _table(("unit", "before", "after"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
