"""One HTML page with everything in it: no script, font or style is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

import msgspec

from topics.plots.figures import COLOURS
from topics.plots.maps import PackagePoint, TopicPoint
from topics.plots.predictions import Confusion, RiskPoint

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"


class PageData(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows; an empty part is left out.

    Attributes:
        title: of the page.
        told: sentences on where the data come from.
    """

    title: str
    told: tuple[str, ...] = ()
    colours: tuple[str, ...] = COLOURS
    topics: Sequence[TopicPoint] = ()
    packages: Sequence[PackagePoint] = ()
    risk: Sequence[RiskPoint] = ()
    confusion: Confusion | None = None


def page(data: PageData) -> str:
    """The page; names and terms may be anything, for the data cannot end the element that they stand in."""
    encoded = msgspec.json.encode(data).decode()
    for character, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        encoded = encoded.replace(character, code)
    sentences = "".join(f"<p>{escape(text)}</p>" for text in data.told)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(data.title)}</title>
<style>{_text("page.css")}</style>
</head>
<body>
<h1>{escape(data.title)}</h1>
{sentences}
<main id="parts"></main>
<script type="application/json" id="data">{encoded}</script>
<script>{_text("page.js")}</script>
</body>
</html>
"""


def _text(name: str) -> str:
    return files("topics.plots").joinpath(name).read_text(encoding="utf-8")
