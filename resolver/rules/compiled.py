"""Rules in the form in which they are kept: encoded one by one, with an index by project name.

Of ten thousand rules a run decodes those about the projects that it meets. Nothing is executed by reading
them: the form is MessagePack.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec

from resolver.rules.errors import RuleError
from resolver.rules.records import EVERY, PlacedRule

FORMAT = 1
_CHECKSUM_BYTES = 4


class CompiledRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one source.

    Attributes:
        digest: of the files that they come from.
        source: where those are, in words.
        encoded: the rules, without their examples, which only a test of them needs.
        by_project: normalised name to places in `encoded`.
        by_prefix: likewise what names begin with; empty for rules about all projects.
        general: those about no project.
        names: of every rule to its place.
    """

    digest: str
    source: str
    encoded: list[msgspec.Raw]
    by_project: dict[str, list[int]]
    by_prefix: dict[str, list[int]]
    general: list[int]
    names: dict[str, int]

    def rule(self, place: int) -> PlacedRule:
        """One rule."""
        return _RULE.decode(self.encoded[place])

    def places(self, project: str) -> Iterable[int]:
        """The rules that are about a project (normalised name), in the order of their files."""
        found = set(self.by_project.get(project, ()))
        if self.by_prefix:
            for end in range(len(project) + 1):
                found.update(self.by_prefix.get(project[:end], ()))
        return sorted(found)


_RULE = msgspec.msgpack.Decoder(PlacedRule)
_COMPILED = msgspec.msgpack.Decoder(CompiledRules)


def compiled(rules: Iterable[PlacedRule], digest: str, source: str) -> CompiledRules:
    """Make the index.

    Raises:
        RuleError: two rules have one name.
    """
    encoder = msgspec.msgpack.Encoder()
    encoded: list[msgspec.Raw] = []
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
        encoded.append(msgspec.Raw(encoder.encode(bare)))
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
        encoded=encoded,
        by_project=by_project,
        by_prefix=by_prefix,
        general=general,
        names=names,
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
    except msgspec.MsgspecError:
        return None
