"""The options of pip as words of a command or of a requirements file: short or long, with or without value.

Source: https://pip.pypa.io/en/stable/cli/pip_install/
"""

from __future__ import annotations

from collections.abc import Mapping

SHORT = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-i": "--index-url",
    "-f": "--find-links",
    "-C": "--config-settings",
}
"""Short options that have a long form, and it."""


def option_and_value(word: str, synonyms: Mapping[str, str]) -> tuple[str, str | None]:
    """The name of an option, long where it has a long form, and its value if that is part of the word.

    Args:
        word: one that starts with no dash is given back.
        synonyms: other long names of options.
    """
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return synonyms.get(name, name), value if equals else None
    if not word.startswith("-"):
        return word, None
    return SHORT.get(word[:2], word[:2]), word[2:] or None
