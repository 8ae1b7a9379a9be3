"""The options that a requirements file may hold: text in, (option, value) pairs out.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from analyzers.manifests.installs.option_words import SHORT, option_and_value

_QUOTED_LIMIT_CHARACTERS = 8 << 10
_HASH = re.compile(r"sha(256):[0-9a-f]{64}|sha(384):[0-9a-f]{96}|sha(512):[0-9a-f]{128}", re.IGNORECASE)

_SYNONYMS = {"--pypi-url": "--index-url", "--config-setting": "--config-settings"}
_VALUED = frozenset(
    {
        *SHORT.values(),
        "--extra-index-url",
        "--trusted-host",
        "--no-binary",
        "--only-binary",
        "--use-feature",
        "--hash",
        "--global-option",
    }
)
_FLAGS = frozenset({"--no-index", "--pre", "--prefer-binary", "--require-hashes"})
OF_A_REQUIREMENT = frozenset({"--hash", "--global-option", "--config-settings"})


class OptionError(ValueError):
    """An option is not known, lacks its value or has one too many."""


def parse_options(text: str) -> Iterator[tuple[str, str]]:
    """The options of a line in their long form, each with its value (empty for a flag).

    Raises:
        OptionError: see there; what was yielded before it is good.
    """
    words = _words(text)
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        name, value = option_and_value(word, _SYNONYMS)
        if name in _FLAGS:
            if value is not None:
                raise OptionError(f"the option {name} takes no value")
            yield name, ""
        elif name in _VALUED:
            if value is None:
                if position == len(words):
                    raise OptionError(f"the option {name} lacks its value")
                value = words[position]
                position += 1
            yield name, value
        elif word.startswith("-"):
            raise OptionError(f"the option {name} is not one of a requirements file")
        else:
            raise OptionError("a word that belongs to no option")


def _words(text: str) -> list[str]:
    """Split as a shell does; quotes and escapes only in short lines, since the time grows with the square."""
    if not any(sign in text for sign in "\"'\\"):
        return text.split()
    if len(text) > _QUOTED_LIMIT_CHARACTERS:
        raise OptionError(f"quotes in options of more than {_QUOTED_LIMIT_CHARACTERS:,} characters")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise OptionError(f"{error} in the options".lower()) from error


def is_hash(text: str) -> bool:
    """Whether a text is the value of ``--hash``: SHA-256, 384 or 512 with its digest in hexadecimal."""
    return _HASH.fullmatch(text) is not None
