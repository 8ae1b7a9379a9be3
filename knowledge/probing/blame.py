"""From an exception to the releases that it is traced to: who needs something, and whose it would be.

Only mechanics of Python, never a name of a project. A link of the chain of exceptions is looked at in the
order in which they would be read. What says most is what is missing: a name of a module, an attribute of an
object, an argument of a callee; whoever owns it is held against whoever asked for it. Where code of a release
raised of its own accord, its nearest caller asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzers.source.names.standard_library import is_standard
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.installed import Installed
from knowledge.probing.linked_libraries import absent_library_owner, linked_provider
from knowledge.probing.raised import Frame, Raised

Blame = tuple[ReleaseIdentity, ...]
_DOTTED = re.compile(r"(?<![\w./-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?![\w(])")
_QUOTED = re.compile(r"['\"`]([A-Za-z_][\w.]*)['\"`]")


class Traced:
    """Whom an exception is traced to, among the releases of a stack.

    Args:
        installed: what the stack brought.
        own: the name of the user's own file; its directory does not matter.
        own_directory: beside it, with further code of the user.
    """

    def __init__(self, installed: Installed, own: str, own_directory: str) -> None:
        self._installed, self._own, self._beside = installed, own, f"/{own_directory}/"

    def blame(self, raised: Raised) -> Blame:
        """At most a pair, who needs something of the other first; empty where nobody can be named."""
        links = raised.chain()
        for judge in (self._missing, self._refused):
            for link in links:
                found = judge(link)
                if found:
                    return found
        for link in links:
            found = self._mentioned(link) or self._alone(link)
            if found:
                return found
        return ()

    def where(self, raised: Raised) -> str:
        """The innermost place in a release of the stack; empty where there is none."""
        if raised.path and raised.line and self._installed.of_file(raised.path):
            return f"{self._installed.relative(raised.path)}:{raised.line}"
        return self.place(raised.frames)

    def place(self, frames: Sequence[Frame]) -> str:
        """Likewise, among frames."""
        for frame in reversed(frames):
            if self._installed.of_file(frame.file):
                return f"{self._installed.relative(frame.file) or frame.file}:{frame.line}"
        return ""

    def of_frames(self, frames: Sequence[Frame]) -> Blame:
        """Whom a crash is traced to: whose code was under way, and whose called it."""
        owners = self._owners(frames)
        return tuple(reversed(owners[:2])) if len(owners) > 1 else tuple(owners)

    def _owners(self, frames: Sequence[Frame]) -> list[ReleaseIdentity]:
        """Whose code was under way, the innermost first, each turn of it once; without that of no release."""
        found: list[ReleaseIdentity] = []
        for frame in reversed(frames):
            owner = self._installed.of_file(frame.file)
            if owner is not None and (not found or found[-1] != owner):
                found.append(owner)
        return found

    def _is_called_by_user(self, frames: Sequence[Frame]) -> bool:
        """Whether the innermost code is the user's own."""
        if not frames or self._installed.of_file(frames[-1].file):
            return False
        file = frames[-1].file
        return file.rpartition("/")[2] == self._own or self._beside in file

    def _missing(self, link: Raised) -> Blame:
        """Something is missing of a release: a module, a name of it, an attribute, an argument."""
        if linked := linked_provider(link.text, self._installed):
            return linked
        owners = self._owners(link.frames)
        asks = owners[0] if owners and not self._is_called_by_user(link.frames) else None
        provider = self._lacking(link)
        if provider is None:
            return ()
        if asks is None or asks == provider:
            if asks == provider and len(owners) > 1 and not link.is_kind("ImportError"):
                return ()  # its own code is at odds with itself: judged by who called it
            return (provider,) if asks is None else ()
        return (asks, provider)

    def _lacking(self, link: Raised) -> ReleaseIdentity | None:
        if link.is_kind("ImportError"):
            if link.path and (owner := self._installed.of_file(link.path)):
                return owner
            if link.name and (owner := self._installed.of_module(link.name)):
                return owner
            return absent_library_owner(link.text, self._installed)
        for origin in link.of:
            owner = self._installed.of_file(origin) if "/" in origin else self._installed.of_module(origin)
            if owner is not None:
                return owner
        return None

    def _refused(self, link: Raised) -> Blame:
        """Code of a release raised: whoever called it asked for what it does not do."""
        if link.is_kind("SyntaxError") and link.path and (owner := self._installed.of_file(link.path)):
            return (owner,)
        owners = self._owners(link.frames)
        if not owners or self._is_called_by_user(link.frames):
            return ()
        if mentioned := self._mentioned(link):
            return mentioned
        if len(owners) > 1 and not self.is_about_absent(link):
            return (owners[1], owners[0])
        return (owners[0],)

    def is_about_absent(self, link: Raised) -> bool:
        """Whether a module is missing that nothing in the stack would have, nor Python."""
        if not link.is_kind("ModuleNotFoundError") or not link.name or is_standard(link.name):
            return False
        return self._installed.of_module(link.name) is None

    def _mentioned(self, link: Raised) -> Blame:
        """A module of another release is named, as by extensions that were built for another one of it."""
        if not link.is_kind("ImportError") and "." not in link.text:
            return ()
        owners = self._owners(link.frames)
        for name in self._names(link.text):
            owner = self._installed.of_module(name)
            if owner is not None and owner not in owners[:1]:
                return (owners[0], owner) if owners else (owner,)
        return ()

    def _names(self, text: str) -> Iterator[str]:
        for pattern, group in ((_DOTTED, 0), (_QUOTED, 1)):
            for matched in pattern.finditer(text[:2000]):
                yield matched[group]

    def _alone(self, link: Raised) -> Blame:
        owners = self._owners(link.frames)
        return tuple(owners[:1])
