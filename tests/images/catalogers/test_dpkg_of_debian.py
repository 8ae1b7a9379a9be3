"""The dpkg cataloger says the same as dpkg does of a real Debian root."""

from __future__ import annotations

import pytest

from fakes.debian_root import DebianRoot

pytestmark = [pytest.mark.system, pytest.mark.slow]


def test_the_root_is_whole(debian_root: DebianRoot) -> None:
    assert {"python3", "python3-pip", "python3-venv"} <= {package.name for package in debian_root.packages}
    assert "pip" in debian_root.run("python3", "-m", "pip", "list")
