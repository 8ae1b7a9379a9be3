"""Whatever a report holds as blocks of a page, up to a limit: every field, by the shape of its value.

A section is made by one `Contents`: what goes beyond its room is counted instead of shown, so that a page on
anything takes linear time and can be opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from resolver.outputs.pages.blocks import Block, Entries, Items, Leaf, Line, Row, Table
from resolver.outputs.pages.leaves import label, leaf, safe_link

MOST_LEAVES = 40_000
"""Values that a section shows."""
_MOST_COLUMNS = 6
_REASON = frozenset({"unit", "message", "level", "score", "evidence", "link"})
_EVIDENCE = frozenset({"what", "where", "confidence", "reason"})
_LOCATION = frozenset({"path", "line", "column", "cell"})
_FILE = frozenset({"filename", "kind", "url", "hashes", "sha256", "size_bytes", "uploaded_at"})
_REJECTION = frozenset({"version", "unit", "reason"})

Record = Mapping[str, object]


class Contents:
    """Makes the blocks of one section.

    Args:
        most: values that it shows.
    """

    def __init__(self, most: int = MOST_LEAVES) -> None:
        self._left = most

    @property
    def has_room(self) -> bool:
        """Whether anything more is to be shown."""
        return self._left > 0

    def leaf(self, value: object, name: str = "") -> Leaf:
        """One value."""
        self._left -= 1
        return leaf(value, name)

    def block(self, value: object, name: str = "") -> Block | None:
        """A value; None where it is none, or empty.

        Args:
            value: as `msgspec.to_builtins` makes it.
            name: of its field.
        """
        match value:
            case None | "":
                return None
            case {}:
                return self._record(value, name) if value else None
            case list() | tuple():
                return self._sequence(value, name) if value else None
            case _:
                return self.leaf(value, name)

    def entries(self, record: Record, without: Iterable[str] = ()) -> Entries | None:
        """Every field of a record that says something; None where none does."""
        left_out = frozenset(without)
        found: list[tuple[str, Block]] = []
        names = [name for name in record if name not in left_out]
        for number, name in enumerate(names):
            if self._left <= 0:
                return Entries(items=tuple(found), more=len(names) - number)
            block = self.block(record[name], name)
            if block is not None:
                found.append((label(name), block))
        return Entries(items=tuple(found)) if found else None

    def named(self, records: Mapping[str, object]) -> Entries | None:
        """Values by names that are no fields but somebody's, such as those of projects."""
        found: list[tuple[str, Block]] = []
        for number, (name, value) in enumerate(records.items()):
            if self._left <= 0:
                return Entries(items=tuple(found), more=len(records) - number)
            found.append((self.leaf(name).text, self.block(value) or Leaf(text="none")))
        return Entries(items=tuple(found)) if found else None

    def table(
        self,
        records: Sequence[Record],
        columns: Sequence[str] = (),
        *,
        wide: str = "",
        is_stacked: bool = False,
        total: int | None = None,
    ) -> Table | None:
        """Records as rows; None where there are none.

        Args:
            records: of one kind.
            columns: fields in their order; without any, all fields that hold single values. What no column
                has goes with the row.
            wide: the column that takes the room.
            is_stacked: see `Table`.
            total: of the records, where those given are but the first.
        """
        if not records:
            return None
        names = list(columns) or _plain(records)
        common = _common(records, names) if len(records) > 1 else {}
        names = [name for name in names if name not in common and any(map(_says, _column(records, name)))]
        names = names or [next(iter(records[0]))]
        rows: list[Row] = []
        for record in records:
            if self._left <= 0:
                break
            cells = tuple(self.block(record.get(name), name) for name in names)
            rest = self.entries(record, (*names, *common))
            rows.append(Row(cells=cells, rest=rest))
        return Table(
            columns=tuple(map(label, names)),
            rows=tuple(rows),
            common=self.entries(common) if common else None,
            more=(len(records) if total is None else total) - len(rows),
            wide=names.index(wide) if wide in names else 0,
            is_stacked=is_stacked,
        )

    def listed(self, values: Iterable[Block], total: int, *, is_inline: bool = False) -> Items:
        """Blocks one below the other, as far as there is room."""
        found = tuple(self._fitting(values))
        return Items(items=found, is_inline=is_inline, more=total - len(found))

    def _fitting(self, values: Iterable[Block]) -> Iterator[Block]:
        iterator = iter(values)
        while self._left > 0 and (block := next(iterator, None)) is not None:
            yield block

    def _record(self, record: Record, name: str) -> Block | None:
        names = record.keys()
        if {"unit", "message"} <= names <= _REASON:
            return self.reason(record)
        if {"what", "where"} <= names <= _EVIDENCE:
            return self._evidence(record)
        if "path" in names <= _LOCATION:
            parts = [str(record[part]) for part in ("path", "cell", "line", "column") if part in record]
            return self.leaf(":".join(parts))
        if {"filename", "url"} <= names <= _FILE:
            return self._file(record)
        if names == _REJECTION and isinstance(reason := record["reason"], Mapping):
            line = self.reason(reason, record["version"])
            if record["unit"] == reason.get("unit"):
                return line
            return msgspec.structs.replace(line, beside=(self.leaf(record["unit"]), *line.beside))
        if name in _NAMED:
            return self.named(record)
        return self.entries(record)

    def _sequence(self, values: Sequence[object], name: str) -> Block:
        if all(isinstance(value, Mapping) for value in values):
            records: list[Record] = [value for value in values if isinstance(value, Mapping)]
            if len(records) > 1 and _is_flat(records) and not any(map(_is_line, records)):
                table = self.table(records)
                assert table is not None
                return table
        made = (self.block(value, name) or Leaf(text="none") for value in values)
        plain = not any(isinstance(value, Mapping | list | tuple) for value in values)
        return self.listed(made, len(values), is_inline=plain)

    def reason(self, record: Record, lead: object = None) -> Line:
        """What a unit says, with its evidence.

        Args:
            record: an `analyzers.evidence.Justification`.
            lead: what it is about.
        """
        beside = [self.leaf(record["unit"])]
        if record.get("score") is not None:
            beside.append(self.leaf(record["score"], "score"))
        message = self.leaf(record["message"])
        link = record.get("link")
        evidence = self.block(record.get("evidence"))
        if link is not None and (href := safe_link(link)) is None:
            beside.append(self.leaf(link))
        return Line(
            head=Leaf(text=message.text, href=href) if link is not None and href else message,
            lead=None if lead is None else self.leaf(lead),
            beside=tuple(beside),
            below=() if evidence is None else (evidence,),
            level=str(record.get("level", "info")),
        )

    def _evidence(self, record: Record) -> Line:
        names = [name for name in ("where", "confidence") if record.get(name)]
        reason = record.get("reason")
        return Line(
            head=self.leaf(record["what"] if reason is None else reason),
            lead=None if reason is None else self.leaf(record["what"]),
            beside=tuple(self.leaf(record[name]) for name in names),
        )

    def _file(self, record: Record) -> Line:
        beside = [
            self.leaf(record[name], name)
            for name in ("kind", "size_bytes", "uploaded_at")
            if record.get(name)
        ]
        hashes = record.get("hashes")
        stated = hashes if isinstance(hashes, Mapping) else {}
        digests = {**stated, **({"sha256": record["sha256"]} if record.get("sha256") else {})}
        for name, digest in digests.items():
            told = self.leaf(digest)
            beside.append(Leaf(text=f"{leaf(name).text}:{told.text}", is_code=True))
        href = safe_link(record["url"])
        if href is None and record["url"]:
            beside.append(self.leaf(record["url"]))
        return Line(head=Leaf(text=self.leaf(record["filename"]).text, href=href), beside=tuple(beside))


_NAMED = frozenset({"pins", "weights", "versions", "environment", "labels", "counts", "hashes", "signals"})
"""Fields whose records have names of somebody's, not of ours."""


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], (), {})


def _column(records: Sequence[Record], name: str) -> Iterator[object]:
    return (record.get(name) for record in records)


def _plain(records: Sequence[Record]) -> list[str]:
    names = dict.fromkeys(name for record in records for name in record)
    return [
        name
        for name in names
        if not any(isinstance(value, Mapping | list | tuple) and value for value in _column(records, name))
    ][:_MOST_COLUMNS]


def _common(records: Sequence[Record], names: Iterable[str]) -> dict[str, object]:
    """Fields of the same single value everywhere."""
    first = records[0]
    return {
        name: first[name]
        for name in names
        if isinstance(first.get(name), str)
        and first[name]
        and all(value == first[name] for value in _column(records, name))
    }


def _is_flat(records: Sequence[Record]) -> bool:
    names = {name for record in records for name in record}
    return len(names) <= _MOST_COLUMNS and not any(
        isinstance(value, Mapping | list | tuple) and value for record in records for value in record.values()
    )


def _is_line(record: Record) -> bool:
    names = record.keys()
    return bool(
        {"unit", "message"} <= names <= _REASON
        or {"what", "where"} <= names <= _EVIDENCE
        or {"filename", "url"} <= names <= _FILE
        or "path" in names <= _LOCATION
        or names == _REJECTION
    )
