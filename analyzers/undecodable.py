"""What goes wrong where bytes are not the record that they should be, whoever wrote or damaged them."""

from __future__ import annotations

import msgspec

UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""All that `msgspec` raises for it: text that is no UTF-8 and endless depth are no errors of its own."""
