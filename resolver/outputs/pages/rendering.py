"""From blocks to HTML: one file whose policy forbids every load, and every style and script but its own."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from resolver.outputs.pages.blocks import Page
from resolver.outputs.plots.page import CHART_STYLE

_TEMPLATES = Path(__file__).parent / "templates"


def rendered_page(page: Page) -> str:
    """The page as one HTML document."""
    style = (_TEMPLATES / "page.css").read_text(encoding="utf-8") + CHART_STYLE
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return fragment("page.html", page=page, style=Markup(style), script=Markup(script), policy=policy)


def fragment(template: str, **values: object) -> Markup:
    """A template with its values, each of which is escaped."""
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _digest(text: str) -> str:
    """Of an inline style or script. Source: CSP Level 3, 2.3.1."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
