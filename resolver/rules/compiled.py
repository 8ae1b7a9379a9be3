"""Rules in the form in which they are kept: encoded one by one, with an index by project name.

Of ten thousand rules a run decodes those about the projects that it meets. Nothing is executed by reading
them: the form is MessagePack.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.rules.errors import RuleError
from resolver.rules.records import EVERY, PlacedRule

FORMAT = 2
_CHECKSUM_BYTES = 4
_PLACE_BYTES = 4
_BUCKETS = 256
_T = TypeVar("_T")


class CompiledRules(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The rules of one source.

    Attributes:
        digest: of the files that they come from.
        source: where those are, in words.
        encoded: the rules, one behind the other, without their examples, which only a test of them needs.
        ends: where each of them ends in that, four bytes each.
        projects: by a hash of it, normalised name to places in `encoded`: of thousands few are asked for.
        by_prefix: likewise what names begin with; empty for rules about all projects.
        general: those about no project.
        named: by a hash of it, name of every rule to its place.
    """

    digest: str
    source: str
    encoded: bytes
    ends: bytes
    projects: list[msgspec.Raw]
    by_prefix: dict[str, list[int]]
    general: list[int]
    named: list[msgspec.Raw]

    def __len__(self) -> int:
        return len(self.ends) // _PLACE_BYTES

    def rule(self, place: int) -> PlacedRule:
        """One rule."""
        start = self._end(place - 1) if place else 0
        return _RULE.decode(memoryview(self.encoded)[start : self._end(place)])

    def places(self, project: str) -> Iterable[int]:
        """The rules that are about a project (normalised name), in the order of their files."""
        bucket = _bucket(project)
        if bucket not in self._opened:
            self._opened[bucket] = _PLACES.decode(self.projects[bucket])
        found = set(self._opened[bucket].get(project, ()))
        if self.by_prefix:
            for end in range(len(project) + 1):
                found.update(self.by_prefix.get(project[:end], ()))
        return sorted(found)

    def place(self, name: str) -> int | None:
        """The place of the rule of a name; None where there is none."""
        return _PLACE.decode(self.named[_bucket(name)]).get(name)

    def names(self) -> Iterator[str]:
        """The names of all rules, in no order."""
        for bucket in self.named:
            yield from _PLACE.decode(bucket)

    @functools.cached_property
    def _opened(self) -> dict[int, dict[str, list[int]]]:
        return {}

    def _end(self, place: int) -> int:
        return int.from_bytes(self.ends[place * _PLACE_BYTES : (place + 1) * _PLACE_BYTES], "big")


_RULE = msgspec.msgpack.Decoder(PlacedRule)
_PLACES = msgspec.msgpack.Decoder(dict[str, list[int]])
_PLACE = msgspec.msgpack.Decoder(dict[str, int])
_COMPILED = msgspec.msgpack.Decoder(CompiledRules)


def _bucket(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % _BUCKETS


def _in_buckets(found: Mapping[str, _T]) -> list[msgspec.Raw]:
    buckets: list[dict[str, _T]] = [{} for _ in range(_BUCKETS)]
    for name, value in found.items():
        buckets[_bucket(name)][name] = value
    return [msgspec.Raw(msgspec.msgpack.encode(bucket)) for bucket in buckets]


def compiled(rules: Iterable[PlacedRule], digest: str, source: str) -> CompiledRules:
    """Make the index.

    Raises:
        RuleError: two rules have one name.
    """
    encoder = msgspec.msgpack.Encoder()
    encoded: list[bytes] = []
    ends: list[int] = []
    by_project: dict[str, list[int]] = {}
    by_prefix: dict[str, list[int]] = {}
    general: list[int] = []
    names: dict[str, int] = {}
    places: list[str] = []
    for place, placed in enumerate(rules):
        rule = placed.rule
        if rule.name in names:
            other = places[names[rule.name]]
            raise RuleError(placed.where, f"another rule is named {rule.name}: {other}", "rename one of them")
        names[rule.name] = place
        places.append(placed.where)
        bare = PlacedRule(msgspec.structs.replace(rule, examples=()), placed.where)
        encoded.append(encoder.encode(bare))
        ends.append((ends[-1] if ends else 0) + len(encoded[-1]))
        for project in rule.projects:
            if project.endswith(EVERY):
                by_prefix.setdefault(project.removesuffix(EVERY), []).append(place)
            else:
                by_project.setdefault(project, []).append(place)
        if not all(match.projects for match in rule.matches):
            general.append(place)
    return CompiledRules(
        digest=digest,
        source=source,
        encoded=b"".join(encoded),
        ends=b"".join(end.to_bytes(_PLACE_BYTES, "big") for end in ends),
        projects=_in_buckets(by_project),
        by_prefix=by_prefix,
        general=general,
        named=_in_buckets(names),
    )


def packed(rules: CompiledRules) -> bytes:
    """As it is kept: a checksum of the rest, then the rest."""
    content = msgspec.msgpack.encode(rules)
    return zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big") + content


def unpacked(data: bytes) -> CompiledRules | None:
    """What was kept; None where it is damaged."""
    content = memoryview(data)[_CHECKSUM_BYTES:]
    if zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big") != data[:_CHECKSUM_BYTES]:
        return None
    try:
        return _COMPILED.decode(content)
    except UNDECODABLE:
        return None
