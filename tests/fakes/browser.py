"""A real browser without a window: opens pages, runs expressions in them, notes what they ask for and say.

It is driven through two pipes, so that no port is open: messages of the DevTools protocol, which a zero ends.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--remote-debugging-pipe"),
)
_TIMEOUT_S = 120
# The browser reads commands from 3 and writes to 4; a shell script may stand before it.
_BEGIN = "import os, sys; os.dup2({0}, 3); os.dup2({1}, 4); os.execvp(sys.argv[1], sys.argv[1:])"


def command() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


@dataclass(kw_only=True)
class Tab:
    """A page that is open.

    Attributes:
        requests: URLs that were asked for, its own among them.
        complaints: errors and warnings of the console, of the policy, and of scripts.
    """

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> Any:
        """A command to this page."""
        return self.browser.call(method, parameters, self.session)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def shows(self, width: int, height: int = 800, *, dark: bool = False, medium: str = "screen") -> None:
        """Let it be of a size, light or dark, on a screen or on paper."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=medium, features=[scheme])

    def picture(self) -> bytes:
        """The whole page as PNG."""
        told = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        return base64.b64decode(told["data"])

    def paper(self) -> bytes:
        """The page as PDF."""
        self.call("Emulation.setEmulatedMedia", media="print", features=[])
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])


class Browser:
    """See `browser`."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._buffer = b""
        self._number = 0
        self._tabs: dict[str, Tab] = {}
        self._loaded: set[str] = set()

    def open(self, path: Path) -> Tab:
        """A page of this machine, once it is loaded."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = self._tabs[session] = Tab(browser=self, session=session)
        for domain in ("Page", "Network", "Runtime", "Log"):
            tab.call(f"{domain}.enable")
        tab.call("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + _TIMEOUT_S
        while session not in self._loaded:
            self._note(self._message(end))
        return tab

    def call(self, method: str, parameters: dict[str, Any], session: str | None = None) -> Any:
        """A command, and what the browser answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _TIMEOUT_S
        while True:
            told = self._message(end)
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        tab, given = self._tabs.get(told.get("sessionId", "")), told.get("params", {})
        if tab is None:
            return
        match told.get("method"):
            case "Network.requestWillBeSent":
                tab.requests.append(given["request"]["url"])
            case "Runtime.exceptionThrown":
                tab.complaints.append(json.dumps(given["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                tab.complaints.append(json.dumps(given["args"]))
            case "Log.entryAdded":
                tab.complaints.append(given["entry"]["text"])
            case "Page.loadEventFired":
                self._loaded.add(tab.session)

    def _message(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._from, 1 << 20) if ready else b""
            assert data, "the browser does not answer"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded


@contextlib.contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """A browser with a profile of its own, which ends with the test."""
    theirs, ours = os.pipe(), os.pipe()
    given = [fcntl.fcntl(handle, fcntl.F_DUPFD, 10) for handle in (theirs[0], ours[1])]
    for handle in (theirs[0], ours[1]):
        os.close(handle)
    begin = [sys.executable, "-c", _BEGIN.format(*given), program, *FLAGS, f"--user-data-dir={profile}"]
    with subprocess.Popen(
        begin, pass_fds=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for handle in given:
            os.close(handle)
        try:
            running = Browser(theirs[1], ours[0])
            yield running
            with contextlib.suppress(OSError, AssertionError):
                running.call("Browser.close", {})
        finally:
            for handle in (theirs[1], ours[0]):
                os.close(handle)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
