"""Every page of the documentation can be reached from its first one, and every link leads somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FIRST = DOCS / "README.md"
PAGES = sorted(DOCS.rglob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("examples/*/*.md")), *PAGES]
FENCED = re.compile(r"^(`{3,}).*?^\1`*$", re.MULTILINE | re.DOTALL)


@cache
def text(path: Path) -> str:
    """A document without its blocks of code."""
    return FENCED.sub("", path.read_text())


def links(path: Path) -> list[tuple[Path, str]]:
    """The files of this repository that a document links to, each with its anchor or nothing."""
    found = re.findall(r"\]\(([^)\s]+)\)", text(path))
    parts = [target.partition("#") for target in found if not re.match(r"\w+:", target)]
    return [((path.parent / name).resolve() if name else path, anchor) for name, _, anchor in parts]


@cache
def anchors(path: Path) -> set[str]:
    """Those of the headings of a document, as code hosts and the site make them."""
    titles = re.findall(r"^#{1,6} (.*?)\s*$", text(path), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles)
    return {re.sub(r"[^\w\s-]", "", title).strip().replace(" ", "-") for title in plain}


def test_every_page_is_reached_from_the_first_one() -> None:
    reached, pending = {FIRST}, [FIRST]
    while pending:
        new = {target for target, _ in links(pending.pop()) if target in PAGES} - reached
        reached |= new
        pending += new
    assert sorted(set(PAGES) - reached) == []


def test_the_first_page_names_every_page_itself() -> None:
    named = {target for target, _ in links(FIRST)}
    assert sorted(set(PAGES) - named - {FIRST}) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in links(path):
        assert target.exists(), target
        if anchor:
            assert anchor in anchors(target), f"{target.name}#{anchor}"


def test_a_link_that_leads_nowhere_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` c\n\n[x](#a-b-c) [y](#d) [z](gone.md)\n\n```\n[w](code.md)\n```\n")
    assert [target for target, _ in links(page)] == [page, page, tmp_path / "gone.md"]
    assert anchors(page) == {"a-b-c"}
