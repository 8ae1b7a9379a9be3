"""tox.ini: the dependencies of the test environments.

Source: https://tox.wiki/en/latest/config.html#deps
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import BUILD, Format, Group, GroupKind, Manifest
from analyzers.manifests.documents.ini_documents import IniDocument
from analyzers.manifests.draft import LINE_LIMIT_CHARACTERS, Draft, Manner
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.reading import ReadFile

_FACTORS = re.compile(r"(!?[\w.{},!-]+):\s+(.*)")


def parse_tox_ini(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What the environments of a tox.ini require, each under its name.

    Raises:
        ManifestError: it is no such file, or a requirement is not accepted.
    """
    draft = Draft(path, Format.TOX)
    document = IniDocument(data, path)
    if requires := document.value("tox", "requires"):
        for text, location in requires.lines():
            draft.require(text, location, Manner(group=BUILD))
    for section in document.sections():
        if section != "testenv" and not section.startswith("testenv:"):
            continue
        group = Group(GroupKind.ENVIRONMENT, section.removeprefix("testenv").lstrip(":") or "testenv")
        arguments = InstallArguments(draft, group, read, environ or {})
        value = document.value(section, "deps")
        for text, location in value.lines() if value else ():
            read_dependency(text, location, arguments, draft)
    return draft.finish()


def read_dependency(text: str, location: Location, arguments: InstallArguments, draft: Draft) -> None:
    """Declares one entry of ``deps``: a requirement, or an option of pip."""
    if len(text) > LINE_LIMIT_CHARACTERS:
        draft.unknown(text, location, "the line is too long")
        return
    if factors := _FACTORS.fullmatch(text):
        text = factors[2]
        draft.unknown(f"{factors[1]}: {text}", location, "it holds for some environments alone")
    if text.startswith("-"):
        text = text.replace("{toxinidir}/", "").replace("{tox_root}/", "")
        try:
            words = shlex.split(text)
        except ValueError:
            draft.unknown(text, location, "its quotes are not closed")
            return
        if len(words) == 1 and words[0][:2] in ("-r", "-c", "-e"):
            words = [words[0][:2], words[0][2:].strip()] if words[0][2:] else words
        arguments.read_pip(words, location)
    else:
        arguments.read_pip([text], location)
