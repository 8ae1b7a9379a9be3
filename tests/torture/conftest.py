"""These tests take half an hour: ``make torture`` runs them, nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SECONDS = "STACKWRIGHT_TORTURE_S"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leaves them out where nobody asked for them."""
    return None if SECONDS in os.environ else True


@pytest.fixture
def seconds() -> float:
    """How long each fuzzer goes on."""
    return float(os.environ[SECONDS])
