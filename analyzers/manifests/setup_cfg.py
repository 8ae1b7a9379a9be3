"""setup.cfg: what setuptools reads from it, without running anything.

Source: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

from collections.abc import Mapping

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers.manifests.declared import BUILD, MAIN, Format, Group, GroupKind, Manifest, Project
from analyzers.manifests.documents.ini_documents import IniDocument, IniValue
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.setuptools_files import requirements_in_file

_TESTS = Group(GroupKind.ENVIRONMENT, "tests")
_EXTRAS = Group(GroupKind.EXTRA, "extras-require")


def parse_setup_cfg(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What a setup.cfg requires.

    Args:
        data: the file.
        path: names it.
        read: gives files that ``file:`` names.
        environ: for those files.

    Raises:
        ManifestError: it is no such file, or something in it is not accepted.
    """
    draft = Draft(path, Format.SETUP_CFG)
    document = IniDocument(data, path)
    name, version = document.value("metadata", "name"), document.value("metadata", "version")
    if name or version:
        stated = version.text if version and not version.text.startswith(("attr:", "file:")) else None
        draft.project = Project(name=name.text if name else None, version=stated)
    if python := document.value("options", "python_requires"):
        draft.python(python.text, python.location)
    for option, group in (("install_requires", MAIN), ("setup_requires", BUILD), ("tests_require", _TESTS)):
        if value := document.value("options", option):
            _read_list(value, Manner(group=group), draft, read, environ or {})
    if misplaced := document.value("options", "extras_require"):
        # setuptools refuses it; what its author means by it is plain all the same.
        draft.unknown("extras_require", misplaced.location, "extras belong into a section of their own")
        _read_list(misplaced, Manner(group=_EXTRAS), draft, read, environ or {})
    for extra, value in document.section("options.extras_require"):
        group = Group(GroupKind.EXTRA, canonicalize_name(extra))
        draft.groups.append(group)
        _read_list(value, Manner(group=group), draft, read, environ or {})
    return draft.finish()


def _read_list(
    value: IniValue, manner: Manner, draft: Draft, read: ReadFile | None, environ: Mapping[str, str]
) -> None:
    if value.text.startswith("file:"):
        for written in value.text.removeprefix("file:").split(","):
            requirements_in_file(draft, written.strip(), value.location, manner.group, read, environ)
        return
    if value.text.startswith("attr:"):
        draft.unknown(value.text, value.location, "it is computed by the build")
        return
    lines = list(value.lines())
    if len(lines) == 1 and "\n" not in value.text and ";" in value.text and not _is_one(value.text):
        location = lines[0][1]
        lines = [(part.strip(), location) for part in value.text.split(";") if part.strip()]
    for text, location in lines:
        draft.require(text, location, manner)


def _is_one(text: str) -> bool:
    """On a single line semicolons separate requirements, unless they start a marker."""
    try:
        Requirement(text)
    except (ValueError, RecursionError):
        return False
    return True
