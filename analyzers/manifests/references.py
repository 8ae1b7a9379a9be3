"""Direct references in the forms that pip reads: URLs, version control, paths; text in, records out.

Nothing is looked up: that a word names a directory is told from its spelling alone.

Source: PEP 440 (direct references), PEP 508, and
https://pip.pypa.io/en/stable/topics/vcs-support/ for the ``vcs+scheme`` form.
"""

from __future__ import annotations

import re
import urllib.parse

import msgspec
from packaging.utils import parse_wheel_filename

from analyzers.manifests.declared import DirectReference, ReferenceKind

_SCHEME = re.compile(r"(?:(git|hg|svn|bzr)\+)?([A-Za-z][A-Za-z0-9.-]*)://?|(git|hg|svn|bzr)\+(?=\S+@)|file:")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tbz|tar\.xz|txz|tar)$", re.IGNORECASE)
_EXTRAS = re.compile(r"\[([^\[\]]*)\]$")
_CREDENTIALS = re.compile(r"(?<=://)[^/?#@\s]*@")
_EGG = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\[\]]*)\])?")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that is a URL or a path.

    Attributes:
        name: as the URL's ``egg``, or the name of its file, tells it.
        hashes: those of the fragment, ``algorithm:hex``.
    """

    reference: DirectReference
    name: str | None
    extras: tuple[str, ...]
    marker: str | None
    hashes: tuple[str, ...]


def without_credentials(text: str) -> str:
    """A text with the user part of every URL in it taken out."""
    return _CREDENTIALS.sub("", text)


def is_url(text: str) -> bool:
    """Whether a text starts as a URL does, also as one of version control."""
    return _SCHEME.match(text) is not None


def parse_target(text: str) -> Target | None:
    """The URL or path, with extras and marker, that a requirement line or ``-e`` states; None for a name."""
    if is_url(text):
        rest, marker = _split_marker(text, is_url=True)
        rest, extras = _split_extras(rest)
        reference, fragment = _of_url(rest)
    else:
        rest, marker = _split_marker(text, is_url=False)
        rest, extras = _split_extras(rest)
        if not _is_path(rest):
            return None
        reference, fragment = DirectReference(kind=ReferenceKind.PATH, target=rest), {}
    name, egg_extras = _egg(fragment.get("egg", ""))
    name = name or _wheel_name(rest.partition("#")[0].rsplit("/", 1)[-1])
    hashes = tuple(f"{key}:{value}" for key, value in fragment.items() if key.startswith(("sha", "md5")))
    return Target(
        reference=reference, name=name, extras=extras or egg_extras, marker=marker or None, hashes=hashes
    )


def reference_of(url: str) -> DirectReference:
    """The reference that the URL of ``name @ url`` states."""
    return _of_url(url)[0] if is_url(url) else DirectReference(kind=ReferenceKind.PATH, target=url)


def _of_url(url: str) -> tuple[DirectReference, dict[str, str]]:
    address, _, fragment_text = url.partition("#")
    fragment = dict(part.partition("=")[::2] for part in fragment_text.split("&") if "=" in part)
    subdirectory = fragment.get("subdirectory") or None
    scheme = _SCHEME.match(address)
    vcs = (scheme[1] or scheme[3]) if scheme else None
    if vcs is not None:
        address, revision = _split_revision(address.removeprefix(f"{vcs}+"))
        kind = ReferenceKind.VCS
    else:
        revision, kind = None, ReferenceKind.URL
        if address.lower().startswith("file:"):
            path = urllib.parse.unquote(address[len("file:") :])
            address = re.sub(r"^//(?:localhost)?(?=/)", "", path)
            kind = ReferenceKind.PATH
    reference = DirectReference(
        kind=kind, target=address, vcs=vcs, revision=revision, subdirectory=subdirectory
    )
    return reference, fragment


def _split_revision(address: str) -> tuple[str, str | None]:
    """An ``@`` in the path starts a revision; one in the host part belongs to the user."""
    host_end = address.find("/", address.find("://") + 3) if "://" in address else address.find(":")
    at = address.rfind("@")
    return (address[:at], address[at + 1 :] or None) if -1 < host_end < at else (address, None)


def _split_marker(text: str, *, is_url: bool) -> tuple[str, str]:
    """A semicolon starts a marker; in a URL only with a blank beside it."""
    at = text.find(";")
    while is_url and at >= 0 and not (text[at - 1].isspace() or text[at + 1 : at + 2].isspace()):
        at = text.find(";", at + 1)
    return (text.strip(), "") if at < 0 else (text[:at].strip(), text[at + 1 :].strip())


def _wheel_name(file_name: str) -> str | None:
    """The project of a wheel; the names of other files promise nothing."""
    if not file_name.endswith(".whl"):
        return None
    try:
        return parse_wheel_filename(urllib.parse.unquote(file_name))[0]
    except ValueError:
        return None


def _split_extras(text: str) -> tuple[str, tuple[str, ...]]:
    found = None if "#" in text else _EXTRAS.search(text)
    if found is None:
        return text, ()
    return text[: found.start()].rstrip(), _extras(found[1])


def _extras(text: str) -> tuple[str, ...]:
    return tuple(extra for part in text.split(",") if (extra := part.strip()))


def _egg(text: str) -> tuple[str | None, tuple[str, ...]]:
    found = _EGG.match(urllib.parse.unquote(text))
    return (found[1], _extras(found[2] or "")) if found else (None, ())


def _is_path(text: str) -> bool:
    if "@" in text and "/" not in text.partition("@")[0] and not text.startswith((".", "~")):
        return False  # the form ``name @ url``
    first = re.split(r"[\[<>=!~]", text, maxsplit=1)[0]
    return (
        text.startswith((".", "~/", "/"))
        or "/" in first
        or "\\" in first
        or _ARCHIVE.search(text) is not None
    )
