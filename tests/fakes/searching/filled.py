"""Records in which every field holds something that is nowhere else: what shows one shows it all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

_Record = TypeVar("_Record", bound=msgspec.Struct)
FIRST_NUMBER = 1_000_000


def filled(record: type[_Record], text: str = "value", items: int = 2) -> _Record:
    """A record of a kind.

    Args:
        record: the kind.
        text: before the number that makes each text unlike the others.
        items: of every sequence and mapping.
    """
    made = _Maker(text, items).value(inspect.type_info(record))
    return msgspec.convert(made, record, strict=False)


class _Maker:
    def __init__(self, text: str, items: int) -> None:
        self._text, self._items = text, items
        self._numbers = itertools.count(FIRST_NUMBER)

    def value(self, kind: inspect.Type) -> Any:
        match kind:
            case inspect.StrType() | inspect.AnyType():
                return f"{self._text}{next(self._numbers)}x"
            case inspect.BoolType():
                return True
            case inspect.IntType():
                return next(self._numbers)
            case inspect.FloatType():
                return next(self._numbers) + 0.25
            case inspect.EnumType():
                return list(kind.cls)[-1].value
            case inspect.StructType():
                values = {field.encode_name: self.value(field.type) for field in kind.fields}
                return list(values.values()) if kind.array_like else values
            case inspect.VarTupleType() | inspect.ListType():
                return [self.value(kind.item_type) for _ in range(self._items)]
            case inspect.TupleType():
                return [self.value(item) for item in kind.item_types]
            case inspect.DictType():
                return {self.value(kind.key_type): self.value(kind.value_type) for _ in range(self._items)}
            case inspect.UnionType():
                return self.value(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
            case _:
                raise AssertionError(f"a field of a kind that is not known: {kind}")


def leaves(value: object) -> Iterator[str | int | float]:
    """Every text and number of a value as JSON has it, names that are no fields included."""
    match value:
        case bool() | None:
            return
        case str() | int() | float():
            yield value
        case Mapping():
            for name, each in value.items():
                if str(FIRST_NUMBER)[:3] in name:
                    yield name
                yield from leaves(each)
        case list() | tuple():
            for each in value:
                yield from leaves(each)
        case _:
            raise AssertionError(f"no value of JSON: {value!r}")
