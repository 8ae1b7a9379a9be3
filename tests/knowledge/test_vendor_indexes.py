"""Where the indexes of vendors are asked, as they ship and as the user moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import ConfigurationError
from knowledge.indexes.configuration import configure_index
from knowledge.indexes.vendor_indexes import shipped, vendor_indexes

CPU = "https://download.pytorch.org/whl/cpu/"


def test_a_name_and_an_address_are_the_same_index() -> None:
    indexes = vendor_indexes({})
    assert indexes.address("pytorch-cpu") == indexes.address(CPU) == indexes.address(CPU[:-1]) == CPU
    assert indexes.address("pytorch-none") is None


def test_the_longest_beginning_counts_and_a_name_counts_more() -> None:
    table = {
        "https://download.pytorch.org/": "https://a.example/all/",
        "https://download.pytorch.org/whl": "https://b.example",
    }
    assert vendor_indexes(table).address("pytorch-cpu") == "https://b.example/cpu/"
    named = vendor_indexes({**table, "pytorch-cpu": "https://c.example/cpu"})
    assert named.address("pytorch-cpu") == "https://c.example/cpu/"
    assert named.address(CPU) == "https://b.example/cpu/"
    assert named.address("pytorch-xpu") == "https://b.example/xpu/"
    assert vendor_indexes({"https://download.pytorch": "https://d.example"}).address("pytorch-cpu") == CPU


def test_credentials_are_taken_out_and_never_shown() -> None:
    configuration = configure_index(
        project={"vendor-indexes": {"pytorch-cpu": "https://me:secret@a.example/cpu"}}, environ={}
    )
    assert configuration.vendors.address("pytorch-cpu") == "https://a.example/cpu/"
    assert configuration.credentials == {"https://a.example:443": ("me", "secret")}
    assert "secret" not in repr(configuration.vendors) + repr(configuration)


@pytest.mark.parametrize(
    "stated", [[], "x", {"pytorch-cpu": 1}, {"pytorch-cpu": "file:///x"}, {"else": CPU}, {"https://": CPU}]
)
def test_what_is_no_table_of_mirrors(stated: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        vendor_indexes(stated)
    assert "[tool.stackwright.vendor-indexes]" in str(caught.value)


def test_every_index_is_documented_and_used() -> None:
    root = Path(__file__).parents[2]
    documented = (root / "docs/reference/rules.md").read_text(encoding="utf-8")
    rules = "".join(
        path.read_text(encoding="utf-8") for path in (root / "resolver/rules/shipped").glob("*.yaml")
    )
    assert shipped()
    for name, url in shipped().items():
        assert url.endswith("/")
        assert f"| `{name}` | `{url}` |" in documented
        assert f"index: {name}}}" in rules
