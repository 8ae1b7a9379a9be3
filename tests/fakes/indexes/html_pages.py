"""What a page of HTML says, for tests: its text, the values behind it, its links, and what it is made of."""

from __future__ import annotations

from html.parser import HTMLParser


class HtmlPage(HTMLParser):
    """A page that was parsed.

    Attributes:
        text: all of it, scripts and styles left out.
        values: exact values of ``data`` and ``time``.
        links: where it leads.
        tags: names of its elements.
        attributes: names of their attributes.
        sections: anchors of its sections, in their order.
        scripts: contents of scripts; `styles` likewise.
        policy: that it sets itself.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.values: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.anchors: set[str] = set()
        self.sections: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self._inside = ""
        self.feed(html)
        self.close()
        self.text = "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes.update(given)
        self.anchors.update(given[name] for name in ("id",) if name in given)
        self.values.update(given[name] for name in ("value", "datetime") if name in given)
        match tag:
            case "a":
                self.links.append(given["href"])
            case "section":
                self.sections.append(given["id"])
            case "script" | "style":
                self._inside = tag
            case "meta" if given.get("http-equiv") == "Content-Security-Policy":
                self.policy = given["content"]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        match self._inside:
            case "script":
                self.scripts.append(data)
            case "style":
                self.styles.append(data)
            case _:
                self.parts.append(data)
