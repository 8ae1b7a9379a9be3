from __future__ import annotations

import re
import tomllib
from pathlib import Path

from analyzers.source.dependencies.findings import DEPENDENCY_FINDINGS
from analyzers.source.settings import ScanSettings, read_scan_settings

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "findings.md").read_text()


def test_every_kind_has_its_section() -> None:
    assert sorted(re.findall(r"^### `(.+)`$", PAGE, re.MULTILINE)) == sorted(DEPENDENCY_FINDINGS)


def test_every_setting_is_in_the_table_and_in_the_example() -> None:
    keys = {name.replace("_", "-") for name in ScanSettings.__struct_fields__}
    assert set(re.findall(r"^\| `([a-z-]+)` \| .+ \| .+ \|$", PAGE, re.MULTILINE)) == keys
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    assert set(tomllib.loads(example)["tool"]["stackwright"]["scan"]) == keys
    assert read_scan_settings(example.encode(), "pyproject.toml", DEPENDENCY_FINDINGS) != ScanSettings()
