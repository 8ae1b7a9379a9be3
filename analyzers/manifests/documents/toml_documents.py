"""A TOML manifest as a `Node`; what is no TOML, too large or too deep is refused with its place.

Source: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib

from analyzers.evidence import Location
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_places import KeyPath, TomlLimitError, TomlPlaces
from analyzers.manifests.draft import Draft
from analyzers.manifests.errors import UnreadableManifestError

MANIFEST_LIMIT_BYTES = 2 << 20
LOCK_LIMIT_BYTES = 32 << 20

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def toml_node(data: bytes | str, draft: Draft, *, first_line: int = 1, first_column: int = 1) -> Node:
    """The document as a table.

    Args:
        data: the file, or the text of a document inside of another file.
        draft: hears of wrong types.
        first_line: where the document starts in its file.
        first_column: where each of its lines starts.

    Raises:
        UnreadableManifestError: it is no TOML, or beyond the limits.
    """
    text = data if isinstance(data, str) else decoded_utf8(data, draft.path, MANIFEST_LIMIT_BYTES)
    return _node(text, draft, first_line, first_column)


def lock_node(data: bytes, draft: Draft) -> Node:
    """A lock as a table: it may be larger than a manifest, and places are known for its packages alone.

    Raises:
        UnreadableManifestError: it is no TOML, or beyond the limits.
    """
    return _node(decoded_utf8(data, draft.path, LOCK_LIMIT_BYTES), draft, depth=2)


def _node(
    text: str, draft: Draft, first_line: int = 1, first_column: int = 1, depth: int | None = None
) -> Node:
    text = text.replace("\r\n", "\n")
    try:
        places = TomlPlaces(text, depth)
        document = tomllib.loads(text)
    except TomlLimitError as error:
        line = error.line + first_line - 1
        raise UnreadableManifestError(draft.path, error.reason, "simplify the file", line=line) from error
    except RecursionError as error:
        raise UnreadableManifestError(draft.path, "nested too deep", "simplify the file") from error
    except ValueError as error:
        place = _PLACE.search(str(error))
        line_text = place[1] if place else None
        reason = f"is no valid TOML: {_PLACE.sub('', str(error))[:200]}"
        at = int(line_text) + first_line - 1 if line_text else None
        raise UnreadableManifestError(draft.path, reason, "correct the file", line=at) from error

    def locate(path: KeyPath) -> Location:
        place = places.of(path)
        if place is None:
            return Location(path=draft.path)
        return Location(path=draft.path, line=place[0] + first_line - 1, column=place[1] + first_column - 1)

    return Node(document, draft, locate)
