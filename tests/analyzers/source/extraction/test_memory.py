"""What an extraction leaves behind: nothing, so that a process may go through many files."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from analyzers.source import extraction


@pytest.mark.slow
def test_no_cycles_are_left() -> None:
    text = Path(extraction.__file__).with_name("structure.py").read_text()
    text += "class K(K, ImportFact):\n    def f(self): self.x = lambda: [super().y for y in self.x]\n"
    extraction.extracted(text)
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            extraction.extracted(text)
        assert gc.collect() < 20
    finally:
        gc.enable()
