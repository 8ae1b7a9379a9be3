"""Text to libcst's tree, which keeps every character; what cannot be read that way is an error with a reason.

Importing this module imports libcst; do so where it is needed.
"""

from __future__ import annotations

import libcst as cst

from analyzers.source.reading.nesting import is_too_deep

LIMIT_CHARACTERS = 2_000_000


class ConcreteSyntaxError(ValueError):
    """The text cannot be read without loss.

    Attributes:
        line: where, if that is known.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


def concrete_module(text: str) -> cst.Module:
    """The tree of a whole file.

    Raises:
        ConcreteSyntaxError: it is no Python 3, too large, too deep, or its tree would give another text.
    """
    if len(text) > LIMIT_CHARACTERS:
        raise ConcreteSyntaxError(f"larger than the limit of {LIMIT_CHARACTERS:,} characters")
    if "\0" in text:
        raise ConcreteSyntaxError("holds NUL", text.count("\n", 0, text.index("\0")) + 1)
    if is_too_deep(text):
        raise ConcreteSyntaxError("nested too deep")
    try:
        module = cst.parse_module(text)
        if module.code != text:
            raise ConcreteSyntaxError("is not kept character by character")
    except cst.ParserSyntaxError as error:
        line = error.raw_line if error.raw_line > 0 else None
        raise ConcreteSyntaxError("is no Python 3 that libcst knows", line) from error
    except RecursionError as error:
        raise ConcreteSyntaxError("nested too deep") from error
    except cst.CSTValidationError as error:
        raise ConcreteSyntaxError(f"cannot be read: {str(error)[:100]}") from error
    return module
