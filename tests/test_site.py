"""The documentation builds as a site, and the pages that are made from the code are up to date."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", ["options", "rooms"])
def test_generated_pages_are_up_to_date(page: str) -> None:
    made = runpy.run_path(str(ROOT / "docs" / f"write_{page}.py"))["document"]()
    assert (ROOT / "docs" / "reference" / f"{page}.md").read_text() == made, "run: make references"


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Links and anchors that lead nowhere and pages that are not in the navigation are warnings."""
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(list((ROOT / "docs").rglob("*.md")))
    for page in pages:
        text = page.read_text()
        loaded = re.findall(r"<(?:script|img|link)\b[^>]*?(?:src|href)=\"?(\w+://[^\">\s]+)", text)
        assert not loaded, page.name
