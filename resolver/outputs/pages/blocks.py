"""What a page consists of, whatever it is about: leaves, lists, tables, pictures, sections.

All of it is text that somebody else may have written; only `Picture.markup` is HTML, and of our own making.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from markupsafe import Markup, escape


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One value.

    Attributes:
        text: for a person; it steers neither the page nor the direction of writing.
        value: as the report has it, where the text says it otherwise.
        href: where it leads; only ever ``http:``, ``https:`` or a place on the page.
        is_code: whether it is for machines: a digest, a path.
    """

    kind: ClassVar[str] = "leaf"
    text: str
    value: str | None = None
    href: str | None = None
    is_code: bool = False

    def __html__(self) -> str:
        """As templates show it: there are very many, and a macro for each takes most of the time."""
        shown = escape(self.text)
        if self.value is not None:
            shown = Markup('<data value="{}">{}</data>').format(self.value, shown)
        elif self.is_code:
            shown = Markup("<code>{}</code>").format(shown)
        if self.href is not None:
            shown = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(self.href, shown)
        return shown


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """Labels and what belongs to them; `more` are left out."""

    kind: ClassVar[str] = "entries"
    items: tuple[tuple[str, Block], ...]
    more: int = 0


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """A list; `more` are left out. One that is inline stands in a line, as far as it fits."""

    kind: ClassVar[str] = "items"
    items: tuple[Block, ...]
    is_inline: bool = False
    more: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence with what is beside and below it.

    Attributes:
        head: the sentence.
        lead: what it is about, before it.
        beside: where it is from, how large it is, and the like.
        below: what speaks for it.
        level: ``info``, ``warning`` or ``error``.
    """

    kind: ClassVar[str] = "line"
    head: Leaf
    lead: Leaf | None = None
    beside: tuple[Leaf, ...] = ()
    below: tuple[Block, ...] = ()
    level: str = "info"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a table.

    Attributes:
        cells: as many as the table has columns; None where there is nothing.
        rest: what no column has, behind a summary.
        summary: of the rest.
        anchor: by which the page leads here.
    """

    cells: tuple[Block | None, ...]
    rest: Entries | None = None
    summary: str = "more"
    anchor: str | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under headings; `more` rows are left out.

    Attributes:
        common: what is the same in every row, and therefore no column.
        wide: the column that takes the room and has the rest of each row.
        is_stacked: whether a row becomes a card on a phone, instead of a table that scrolls.
    """

    kind: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    common: Entries | None = None
    more: int = 0
    wide: int = 0
    is_stacked: bool = False


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing. `markup` is ours, and what it says of others is escaped."""

    kind: ClassVar[str] = "picture"
    markup: Markup
    is_scrolled: bool = False


class Fold(msgspec.Struct, frozen=True, kw_only=True):
    """What is behind a summary until somebody asks."""

    kind: ClassVar[str] = "fold"
    summary: str
    blocks: tuple[Block, ...]


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph of our own words and of others'."""

    kind: ClassVar[str] = "text"
    text: str


Block = Leaf | Entries | Items | Line | Table | Picture | Fold | Text


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a page under a heading.

    Attributes:
        anchor: by which the page leads here.
        count: of what it lists.
        is_open: whether it is shown at once; else a summary stands for it.
    """

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    count: int | None = None
    is_open: bool = True


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of the first screen: what it is, how much, and what that means."""

    label: str
    figure: Leaf
    note: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page.

    Attributes:
        kind: what it is a report of, such as ``advice``.
        headline: the answer in a few words.
        verdict: the answer in one word.
        tone: ``good``, ``fair`` or ``bad``.
        lead: what the verdict means.
        entries: what was asked and for what.
    """

    kind: str
    headline: str
    verdict: str
    tone: str
    lead: str
    entries: Entries
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    made_by: str
    made_at: str
