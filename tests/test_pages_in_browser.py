"""Pages in a real browser: they ask for nothing, complain of nothing, and fit phones, paper and the dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakes.browser import Browser, Tab, browser, command
from fakes.commands import Commands
from fakes.images.image_files import write_docker_archive
from fakes.images.web_images import web_image
from fakes.indexes.html_pages import HtmlPage
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.searching.advices import pin, rejection
from fakes.searching.filled import filled
from resolver.outputs.pages.advice_page import advice_page
from resolver.reports.advice import Advice

pytestmark = pytest.mark.system
HOSTILE = "<img src='http://127.0.0.1:9/x' onerror='alert(1)'></script><script>alert(2)</script>\u202e"
PAPER = 718
"""Of A4 without margins, in pixels of CSS."""
CODE = "import flask\nimport numpy\n\nflask.Flask(__name__)\nnumpy.product([1])\n"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = command()
    if program is None:
        pytest.skip("chromium is not installed")
    with browser(program, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def stackwright(tmp_path: Path) -> Iterator[Commands]:
    """The command, with an index that has what the example and the code need."""
    index = FakeIndex()
    index.add("flask", "3.0.3", requires=["werkzeug>=3", "click>=8"], sdist=True)
    index.add("flask", "3.1.0", requires=["werkzeug>=3.1"], yanked="breaks sessions")
    for name, version in (("werkzeug", "3.0.6"), ("click", "8.1.7"), ("numpy", "2.1"), ("requests", "2.32")):
        index.add(name, version)
    index.add("pandas", "2.2", requires=["numpy"])
    index.add("scikit-learn", "1.5", requires=["numpy"])
    with IndexServer(index) as server:
        yield Commands(tmp_path, server.url)


def looked_at(chromium: Browser, path: Path) -> Tab:
    """A page, after everything that must hold of each was looked at."""
    tab = chromium.open(path)
    whole = HtmlPage(path.read_text())
    assert tab.value("[...document.querySelectorAll('section')].map(each => each.id)") == whole.sections
    for width in (360, 768, 1280):
        for dark in (False, True):
            tab.shows(width, dark=dark)
            assert tab.value("document.documentElement.scrollWidth") <= width, (dark, width)
    tab.shows(PAPER, medium="print")
    assert tab.value("document.documentElement.scrollWidth") <= PAPER
    tab.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    tab.shows(360)
    assert tab.value("document.documentElement.scrollWidth") <= 360
    assert tab.picture().startswith(b"\x89PNG")
    assert tab.paper().startswith(b"%PDF")
    assert tab.requests == [path.resolve().as_uri()]
    assert tab.complaints == []
    return tab


def contrasts(tab: Tab) -> list[float]:
    """Of text against what is behind it, for every piece of text that is shown."""
    found = tab.value("""(() => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      const rgb = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
      const light = part => (part /= 255) <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4;
      const luminance = c => .2126 * light(c[0]) + .7152 * light(c[1]) + .0722 * light(c[2]);
      const behind = element => { for (let at = element; at; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor); if (colour[3] === 255) return colour; }
        return [255, 255, 255]; };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), told = new Map();
      for (let node; (node = walker.nextNode());) {
        const at = node.parentElement;
        if (!node.data.trim() || at.closest("script, style, svg") || !at.checkVisibility()) continue;
        const [a, b] = [luminance(rgb(getComputedStyle(at).color)), luminance(behind(at))];
        told.set(at.className + at.tagName, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)); }
      return [...told.values()];
    })()""")
    return list(map(float, found))


def test_an_advice_for_the_example_that_ships(chromium: Browser, stackwright: Commands) -> None:
    example = Path(__file__).parents[1] / "examples" / "forecast"
    ran = stackwright.advise("--source", example, "--report", "advice.html", "--python-version", "3.12")
    assert ran.code == 0, ran.err
    tab = looked_at(chromium, stackwright.path("advice.html"))
    for section in ("pins", "score", "graph", "history", "code-findings", "environment", "run"):
        assert tab.value(f"document.getElementById('{section}').innerText.length") > 20, section
    assert tab.value("document.querySelectorAll('.graph .node').length") == 7
    assert "breaks sessions" in tab.value("document.getElementById('pins').innerText")


def test_a_scan_and_an_image(chromium: Browser, stackwright: Commands) -> None:
    stackwright.write("code/app.py", CODE)
    stackwright.write("code/requirements.txt", "flask\n")
    stackwright.write("scan.html", stackwright.main("scan", "code", "--format", "html").out)
    tab = looked_at(chromium, stackwright.path("scan.html"))
    assert "undeclared-dependency" in tab.value("document.getElementById('findings').innerText")
    write_docker_archive(stackwright.path("web.tar"), web_image())
    assert stackwright.main("inspect", "web.tar", "-o", "image.html").code == 0
    tab = looked_at(chromium, stackwright.path("image.html"))
    assert "secret-in-history" in tab.value("document.getElementById('findings').innerText")
    assert "hunter2" not in tab.value("document.documentElement.outerHTML")


def test_what_others_wrote_does_nothing(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(advice_page(filled(Advice, HOSTILE), HOSTILE))
    tab = looked_at(chromium, path)
    assert tab.value("document.querySelectorAll('img').length") == 0
    assert HOSTILE.rstrip("\u202e") in tab.value("document.body.innerText")


def test_a_large_stack_can_be_searched_sorted_and_followed(chromium: Browser, tmp_path: Path) -> None:
    told = filled(Advice)
    names = [f"project-{n:03}" for n in range(150)]
    pins = tuple(
        pin(
            name,
            f"{n}.0",
            direct=n < 5,
            dependents=tuple({names[n // 2], names[n // 3]} - {name}),
            rejected=(rejection(f"{n + 1}.0", "needs Python >=4"),),
        )
        for n, name in enumerate(names)
    )
    path = tmp_path / "large.html"
    path.write_text(advice_page(msgspec.structs.replace(told, pins=pins), "somewhere"))
    tab = looked_at(chromium, path)
    tab.shows(1280)
    shown = "[...document.querySelectorAll('#pins tbody tr')].filter(row => !row.hidden).map(row => row.id)"
    assert len(tab.value(shown)) == 150
    search = """(() => { const input = document.querySelector('#pins input'); input.value = TEXT;
      input.dispatchEvent(new Event('input')); })()"""
    tab.value(search.replace("TEXT", json.dumps("project-149")))
    assert tab.value(shown) == ["pin-149"]
    tab.value(search.replace("TEXT", "''"))
    tab.value("document.querySelectorAll('#pins th button')[1].click()")
    tab.value("document.querySelectorAll('#pins th button')[1].click()")
    assert tab.value(shown)[:2] == ["pin-149", "pin-148"]
    tab.value("document.querySelector('.node[data-n=\"74\"]').dispatchEvent(new Event('mouseenter'))")
    near = tab.value("[...document.querySelectorAll('.node.near')].map(node => +node.dataset.n)")
    # Those that ask for it, itself, and those that it asks for.
    expected = {74 // 2, 74 // 3, 74, *(n for n in range(150) if 74 in (n // 2, n // 3))}
    assert set(near) == expected


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_what_is_behind_it(chromium: Browser, tmp_path: Path, dark: bool) -> None:
    path = tmp_path / "page.html"
    path.write_text(advice_page(filled(Advice), "somewhere"))
    tab = chromium.open(path)
    tab.shows(1280, dark=dark)
    tab.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = contrasts(tab)
    assert len(found) > 15
    assert min(found) >= 4.5
