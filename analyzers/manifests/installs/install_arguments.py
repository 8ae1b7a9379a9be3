"""The words behind ``pip install`` and ``conda install``, wherever such a command is written.

Source: https://pip.pypa.io/en/stable/cli/pip_install/, https://docs.astral.sh/uv/reference/cli/ and
https://docs.conda.io/projects/conda/en/stable/commands/install.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import DeclaredKind, Group, Index, IndexKind
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.installs.option_words import SHORT, option_and_value
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.requirements import RequirementsReading

_CONDA = re.compile(r"(?:[^:\s]+::)?([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(.*)", re.DOTALL)
_SYNONYMS = {
    "--requirements": "--requirement",
    "--constraints": "--constraint",
    "--default-index": "--index-url",
}
_INDEXES = {
    "--index-url": IndexKind.DEFAULT,
    "--extra-index-url": IndexKind.EXTRA,
    "--index": IndexKind.EXTRA,
    "--find-links": IndexKind.FIND_LINKS,
}
_VALUED = frozenset(
    {
        *("-t", "--target", "-d", "-b", "--prefix", "--root", "--src", "--python", "-p", "--python-version"),
        *("--platform", "--implementation", "--abi", "--cache-dir", "--cert", "--client-cert", "--proxy"),
        *("--retries", "--timeout", "--trusted-host", "--no-binary", "--only-binary", "--config-settings"),
        *("--global-option", "--upgrade-strategy", "--progress-bar", "--log", "--report", "--group"),
        *("-G", "--extra", "--optional", "--package", "-P", "--upgrade-package", "--index-strategy"),
        *("--keyring-provider", "--resolution", "--prerelease", "--exclude-newer", "--link-mode", "--hash"),
        *("-n", "--name", "--channel", "--solver", "--source", "--torch-backend", "--override"),
        *("--excludes", "--build-constraint", "--use-feature", "--exists-action", "--root-user-action"),
    }
)


class InstallArguments:
    """Declares what install commands ask for, in one group of a draft."""

    def __init__(self, draft: Draft, group: Group, read: ReadFile | None, environ: Mapping[str, str]) -> None:
        self._draft, self._group, self._read, self._environ = draft, group, read, environ

    def read_pip(self, words: Iterable[str], place: Location) -> None:
        """The arguments of ``pip install``, ``uv pip install``, ``uv add`` or ``pipenv install``."""
        manner = Manner(group=self._group)
        remaining = iter(words)
        for word in remaining:
            if not word.startswith("-"):
                self._require(word, place, manner)
                continue
            name, value = option_and_value(word, _SYNONYMS)
            if value is None and (name in _VALUED or name in SHORT.values() or name in _INDEXES):
                value = next(remaining, "")
            self._option(name, value or "", place)

    def read_conda(self, words: Iterable[str], place: Location) -> None:
        """The arguments of ``conda install`` and its like: names of conda packages."""
        remaining = iter(words)
        for word in remaining:
            if word.startswith("-"):
                name, value = option_and_value(word, _SYNONYMS)
                if value is None and (name in _VALUED or word in ("-c", "-f", "--file")):
                    value = next(remaining, "")
                if name in ("--file", "--find-links"):
                    self._draft.unknown(value or "", place, "a list of conda packages in a file is not read")
                continue
            self.conda_spec(word, place)

    def conda_spec(self, text: str, place: Location) -> None:
        """One conda package with its version, as ``name=1.2`` or ``channel::name>=1.2``."""
        found = _CONDA.fullmatch(text.strip())
        if found is None or _is_computed(text):
            self._draft.unknown(text, place, "no name of a conda package")
            return
        self._draft.declare_conda(found[1], found[2].strip(), text.strip(), place, self._group)

    def _require(self, word: str, place: Location, manner: Manner) -> None:
        if _is_computed(word):
            self._draft.unknown(word, place, "it is filled in when the command runs")
        else:
            self._draft.require(word, place, manner)

    def _option(self, name: str, value: str, place: Location) -> None:
        if name in ("--requirement", "--constraint"):
            kind = DeclaredKind.CONSTRAINT if name == "--constraint" else DeclaredKind.REQUIREMENT
            if self._read is None or _is_computed(value):
                self._draft.unknown(value, place, "the file cannot be read from here")
            else:
                RequirementsReading(self._draft, self._read, self._environ, self._group).include(
                    value, place, kind
                )
        elif name == "--editable":
            target = value if value.startswith((".", "/", "~")) or "+" in value else f"./{value}"
            self._require(target, place, Manner(group=self._group, editable=True))
        elif name in _INDEXES and not _is_computed(value):
            self._draft.indexes.append(Index(url=value, location=place, kind=_INDEXES[name]))


def _is_computed(word: str) -> bool:
    return "$" in word or "`" in word or "{" in word
