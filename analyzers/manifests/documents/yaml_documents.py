"""YAML as plain trees of text with places, read from PyYAML's events; nothing is constructed.

Source: https://yaml.org/spec/1.1/ as PyYAML reads it
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.errors import UnreadableManifestError

_DEPTH_LIMIT = 32


class YamlLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may cost.

    Attributes:
        events: values and the ends of collections.
    """

    size_bytes: int = 1 << 20
    events: int = 200_000


WRITTEN_LIMITS = YamlLimits()
"""For what people write."""

LOCK_LIMITS = YamlLimits(size_bytes=16 << 20, events=2_000_000)
"""For what tools write."""


class YamlScalar(msgspec.Struct, frozen=True):
    """A text, whatever type YAML would give it; an alias is empty, and says that it is one."""

    text: str
    location: Location
    is_alias: bool = False


class YamlSequence(msgspec.Struct, frozen=True):
    """A list."""

    items: list[YamlNode]
    location: Location


class YamlMapping(msgspec.Struct, frozen=True):
    """Keys that are texts, with their values; other keys are left out.

    Attributes:
        repeated: keys that stand there more than once, of which the first counts.
    """

    entries: dict[str, YamlNode]
    location: Location
    repeated: dict[str, Location] = {}


YamlNode = YamlScalar | YamlSequence | YamlMapping


def yaml_document(data: bytes, path: str, limits: YamlLimits = WRITTEN_LIMITS) -> YamlNode:
    """The first document of a file; an empty text where there is none.

    Raises:
        UnreadableManifestError: it is no YAML, or beyond the limits.
    """
    import yaml  # only who meets such a file pays for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = decoded_utf8(data, path, limits.size_bytes)
    try:
        return _tree(yaml.parse(text, Loader=loader), path, limits.events)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        problem = getattr(error, "problem", None) or type(error).__name__
        raise UnreadableManifestError(
            path, f"is no valid YAML: {problem}"[:200], "correct the file", line=line
        ) from error


def _tree(events: Iterator[object], path: str, limit_events: int) -> YamlNode:
    import yaml

    stack: list[_Open] = [_Open(YamlSequence([], Location(path=path)))]
    for count, event in enumerate(events):
        if count > limit_events:
            raise UnreadableManifestError(path, "has too many values", "simplify the file")
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        mark = event.start_mark
        location = Location(path=path)
        if mark is not None:
            location = Location(path=path, line=mark.line + 1, column=mark.column + 1)
        node: YamlNode
        if isinstance(event, yaml.SequenceStartEvent):
            node = YamlSequence([], location)
        elif isinstance(event, yaml.MappingStartEvent):
            node = YamlMapping({}, location)
        else:
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            node = YamlScalar(text, location, isinstance(event, yaml.AliasEvent))
        stack[-1].add(node)
        if not isinstance(node, YamlScalar):
            if len(stack) > _DEPTH_LIMIT:
                reason = f"is nested more than {_DEPTH_LIMIT} deep"
                raise UnreadableManifestError(path, reason, "simplify the file", line=location.line)
            stack.append(_Open(node))
    root = stack[0].node
    items = root.items if isinstance(root, YamlSequence) else []
    return items[0] if items else YamlScalar("", Location(path=path))


class _Open:
    """A collection that is being read; in a mapping every other node is a key."""

    def __init__(self, node: YamlNode) -> None:
        self.node = node
        self._key: YamlNode | None = None

    def add(self, node: YamlNode) -> None:
        if isinstance(self.node, YamlSequence):
            self.node.items.append(node)
        elif isinstance(self.node, YamlMapping):
            if self._key is None:
                self._key = node
                return
            key = self._key
            if isinstance(key, YamlScalar) and self.node.entries.setdefault(key.text, node) is not node:
                self.node.repeated[key.text] = key.location
            self._key = None
