"""Pages hold all that the JSON holds, as text and nothing else, and stay of a size that opens."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Callable

import msgspec
import pytest

from analyzers.evidence import Evidence, Finding, Justification, Level
from analyzers.source.documents import LISTS, encoded_list
from analyzers.source.installed import InstalledReport
from analyzers.source.report import SourceReport
from analyzers.source.totals import SourceSummary, totals
from fakes.images.image_reports import image_report
from fakes.indexes.html_pages import HtmlPage
from fakes.searching.advices import TARGET, advice, pin, rejection
from fakes.searching.filled import filled, leaves
from images.reports.records import SystemPackage
from images.reports.report import ImageReport
from resolver.outputs.pages.advice_page import advice_page
from resolver.outputs.pages.contents import Contents
from resolver.outputs.pages.image_page import image_page
from resolver.outputs.pages.leaves import leaf, shown
from resolver.outputs.pages.scan_page import installed_page, scan_page
from resolver.reports.advice import Advice, OtherStack, Status

HOSTILE = "</td></script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&{{7*7}}\x1b[31m\u202e\x00"


def scanned(report: SourceReport) -> str:
    """The page on a scan, from a whole report."""
    shell = msgspec.structs.replace(report, **dict.fromkeys(LISTS, ()))
    lists = {name: encoded_list([getattr(report, name)]) for name in LISTS}
    return scan_page(SourceSummary(report=shell, totals=totals(report.files, report.imports, {})), lists)


def of_advice(report: Advice) -> str:
    return advice_page(report, TARGET)


PAGES: list[tuple[type[msgspec.Struct], Callable[..., str]]] = [
    (Advice, of_advice),
    (SourceReport, scanned),
    (ImageReport, image_page),
    (InstalledReport, installed_page),
]
each_page = pytest.mark.parametrize(("record", "page"), PAGES, ids=lambda one: getattr(one, "__name__", ""))


@each_page
def test_every_value_of_the_json_is_on_the_page(
    record: type[msgspec.Struct], page: Callable[..., str]
) -> None:
    report = filled(record)
    parsed = HtmlPage(page(report))
    told = list(leaves(msgspec.to_builtins(report)))
    assert len(told) > 10
    missing = [
        value
        for value in told
        if str(value) not in parsed.text and (isinstance(value, str) or repr(value) not in parsed.values)
    ]
    assert missing == []


@each_page
def test_what_others_wrote_is_text(record: type[msgspec.Struct], page: Callable[..., str]) -> None:
    harmless, hostile = (HtmlPage(page(filled(record, text))) for text in ("value", HOSTILE))
    assert hostile.tags == harmless.tags
    assert hostile.attributes == harmless.attributes
    assert hostile.scripts == harmless.scripts
    assert hostile.styles == harmless.styles
    assert shown(HOSTILE) in hostile.text
    assert not any(c in hostile.text for c in "\x1b\u202e\x00")


@each_page
def test_the_policy_admits_nothing_but_its_own_style_and_script(
    record: type[msgspec.Struct], page: Callable[..., str]
) -> None:
    parsed = HtmlPage(page(filled(record)))
    policy = dict(part.strip().split(" ", 1) for part in parsed.policy.split(";"))
    assert policy["default-src"] == "'none'"
    for name, contents in (("style-src", parsed.styles), ("script-src", parsed.scripts)):
        (content,) = contents
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[name] == f"'sha256-{digest}'"
    assert not parsed.attributes & {"src", "style", "onclick", "onload", "srcset"}


@each_page
def test_every_place_on_the_page_that_it_leads_to_is_there(
    record: type[msgspec.Struct], page: Callable[..., str]
) -> None:
    parsed = HtmlPage(page(filled(record)))
    assert {f"#{anchor}" for anchor in parsed.sections} <= set(parsed.links)
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= parsed.anchors


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "https://a b", "http:x", "file:///x"]
)
def test_only_plain_addresses_of_the_web_are_links(url: str) -> None:
    reason = Justification(unit="links", message="home page", link=url)
    parsed = HtmlPage(of_advice(advice([pin("flask", "3.0", reasons=(reason,))])))
    assert url not in parsed.links
    assert url in parsed.text
    assert leaf("https://flask.example/a?b=c").href == "https://flask.example/a?b=c"


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_verdict(status: Status) -> None:
    solved = status not in (Status.NOT_PROVEN, Status.UNSATISFIABLE)
    pins = [pin("flask", "3.0", rejected=(rejection("4.0", "needs Python >=4"),))] if solved else []
    parsed = HtmlPage(of_advice(advice(pins, status=status, explanation=("Because of that.",))))
    assert status.value.replace("_", " ") in parsed.text
    assert ("pins" in parsed.sections) == solved
    assert ("Not 4.0: needs Python >=4." in parsed.text) == solved
    assert "Because of that." in parsed.text


def test_warnings_of_pins_are_told_before_the_stack() -> None:
    warning = Justification(
        unit="yanked",
        message="was yanked",
        level=Level.WARNING,
        evidence=(Evidence(what="breaks sessions", where="index"),),
    )
    parsed = HtmlPage(of_advice(advice([pin("flask", "3.0", reasons=(warning,))])))
    assert parsed.sections[:2] == ["remarks", "pins"]
    assert "flask 3.0 was yanked" in re.sub(r"\s+", " ", parsed.text)


def test_scores_are_told_by_unit_and_add_up() -> None:
    def scored(unit: str, score: int) -> Justification:
        return Justification(unit=unit, message="is old", score=score)

    stack = [
        pin("flask", "2.0", reasons=(scored("freshness", -200_000),)),
        pin("jinja2", "2.0", reasons=(scored("freshness", -100_000), scored("security", -50_000))),
    ]
    parsed = HtmlPage(of_advice(advice(stack, score=-400_000, bound=-300_000, gap=100_000)))
    section = parsed.text[parsed.text.index("Score by unit", parsed.text.index("is lost") - 400) :]
    told = re.findall(
        r"(freshness|security|in sum)\D*?(\d+ packages?|of no single package)?\D*?(-\d\.\d+)", section
    )
    assert {unit: score for unit, _, score in told[:3]} == {
        "freshness": "-0.300", "security": "-0.050", "in sum": "-0.050",
    }  # fmt: skip


def test_other_stacks_are_told_by_what_is_otherwise() -> None:
    other = OtherStack(score=-5_000, pins={"flask": "3.0", "jinja2": "2.9", "new": "1"})
    stack = [pin("flask", "3.0"), pin("jinja2", "3.1"), pin("old", "1")]
    text = HtmlPage(of_advice(advice(stack, others=(other,)))).text
    assert "jinja2 2.9, new 1, without old" in text
    assert "0.005 worse" in text


def test_a_large_image_gives_a_page_that_says_what_it_leaves_out() -> None:
    packages = tuple(
        SystemPackage(
            name=f"package{n}", version=f"{n}.1", type="deb", where="status", depends=("libc6",) * 4
        )
        for n in range(20_000)
    )
    findings = tuple(
        Finding(
            id="library-missing",
            level=Level.WARNING,
            message=f"library {n} is missing",
            evidence=(Evidence(what="it is needed", where=f"lib{n}.so"),) * 3,
        )
        for n in range(20_000)
    )
    report = msgspec.structs.replace(image_report([]), packages=packages, findings=findings)
    html = image_page(report)
    rows = html.count("<tr")
    left_out = [int(count.replace(",", "")) for count in re.findall(r"([\d,]+) more in the JSON", html)]
    assert rows + sum(left_out) >= 40_000
    assert rows > 5_000
    assert html.index("library 299 is missing") < html.index("Show the other")
    assert html.index("Show the other") < html.index("library 300 is missing")
    assert len(html) < 15_000_000


def test_a_section_shows_only_what_there_is_room_for() -> None:
    for most in range(1, 40):
        contents = Contents(most)
        records = [
            {"name": f"n{i}", "parts": [{"deep": [f"{i}-{j}"] * 5, "at": j} for j in range(5)]}
            for i in range(50)
        ]
        block = contents.block({"records": records, "more": "text"})
        count = str(block).count("Leaf(")
        # The row and the list that stand open when the room ends are told to their end.
        assert count <= most + 8, most


def test_long_text_is_cut() -> None:
    told = leaf("x" * 1_000_000)
    assert len(told.text) < 30_000
    assert told.text.endswith("980,000 more characters in the JSON)")


def test_values_keep_their_exact_form_behind_what_is_said() -> None:
    assert (leaf(-32_000, "score").text, leaf(-32_000, "score").value) == ("-0.032", "-32000")
    assert (leaf(1_500_000, "size_bytes").text, leaf(1_500_000, "size_bytes").value) == ("1.5 MB", "1500000")
    assert (leaf(12_345).text, leaf(12_345).value) == ("12,345", "12345")
    assert (leaf(False).text, leaf(False).value) == ("no", "false")
    for text in itertools.chain("\x00\x1b\u202e\u2066\ud800", ["a\x7fb"]):
        assert leaf(text).text.isprintable()
