"""From a name and a version to the wheel that says what the release offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from resolver.errors import InputError

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from knowledge.releases import File
    from resolver.reports.api_reports import ReadRelease
    from resolver.targets.target import Target


class Released(NamedTuple):
    """A release and the wheel of it to read."""

    name: str
    version: str
    file: File
    is_for_target: bool

    def record(self) -> ReadRelease:
        """As reports tell it."""
        from resolver.reports.api_reports import ReadRelease

        digest = self.file.hashes.get("sha256")
        return ReadRelease(
            name=self.name,
            version=self.version,
            filename=self.file.filename,
            digest=f"sha256:{digest}" if digest else None,
            is_for_target=self.is_for_target,
        )


def read_release(text: str) -> tuple[str, str]:
    """Name and version of ``NAME==VERSION``.

    Raises:
        InputError: it is something else.
    """
    from resolver.advising.inquiry import read_question

    question = read_question(text, "read")
    if question.version is None:
        raise InputError(f"cannot read {text!r}", "name a release: NAME==VERSION")
    return question.name, question.version


def released(name: str, version: str, target: Target, knowledge: Knowledge) -> Released:
    """The wheel of a release that the target would install, else one that others would.

    Args:
        name: normalised.
        version: any spelling.

    Raises:
        InputError: there is no such project or release, or it has no wheel.
    """
    from packaging.version import Version

    from knowledge.releases import FileKind
    from resolver.targets.formats import Formats

    listing = knowledge.listing(name)
    if listing is None:
        near = knowledge.near_names(name)
        remedy = f"did you mean: {', '.join(near)}?" if near else f"the index is {knowledge.index_url}"
        raise InputError(f"no index has {name}", remedy)
    wanted = Version(version)
    position = next((at for at, each in enumerate(listing.versions) if Version(each) == wanted), None)
    if position is None:
        newest = f"its newest release is {listing.versions[-1]}" if listing.versions else "it has no releases"
        raise InputError(f"{name} has no release {version}", newest)
    files = listing.files(position)
    stated = listing.versions[position]
    usable = [each for each in target.usable_files(files, Formats()) if each.kind is FileKind.WHEEL]
    if usable:
        return Released(name, stated, usable[0], True)
    wheels = sorted((each for each in files if each.kind is FileKind.WHEEL), key=_strangeness)
    if not wheels:
        raise InputError(
            f"{name} {stated} has no wheel", "what a source distribution offers is known once it is built"
        )
    return Released(name, stated, wheels[0], False)


def _strangeness(file: File) -> tuple[bool, bool, str]:
    """Of wheels for other targets one for any is taken first, then one for Linux."""
    return not file.filename.endswith("-any.whl"), "linux" not in file.filename, file.filename


class Providers:
    """Finds the file of a release that another one needs: the newest that it admits.

    Args:
        target: for which both are meant.
        knowledge: is asked for metadata and listings.
    """

    def __init__(self, target: Target, knowledge: Knowledge) -> None:
        self._target, self._knowledge = target, knowledge

    def __call__(self, project: str, file: File, module: str) -> File | None:
        """The wheel that gives `file` of `project` a top-level module; None where nothing tells which."""
        from packaging.specifiers import InvalidSpecifier
        from packaging.utils import canonicalize_name

        from knowledge.errors import ArtifactError, TransportError
        from resolver.states.dependencies import InvalidRequirement, live_dependencies

        try:
            lines = self._knowledge.metadata(project, file).requires_dist
            needed = {each.project: each.specifiers for each in live_dependencies(lines, self._target)}
            name = canonicalize_name(module)
            return self._newest(name, needed[name]) if name in needed else None
        except (ArtifactError, TransportError, InvalidRequirement, InvalidSpecifier):
            return None

    def _newest(self, name: str, specifiers: str) -> File | None:
        from packaging.specifiers import SpecifierSet

        from knowledge.releases import FileKind
        from resolver.targets.formats import Formats

        listing = self._knowledge.listing(name)
        if listing is None:
            return None
        admitted = set(SpecifierSet(specifiers).filter(listing.versions))
        for position in reversed(range(len(listing.versions))):
            if listing.versions[position] in admitted and position not in listing.yanked:
                for file in self._target.usable_files(listing.files(position), Formats()):
                    if file.kind is FileKind.WHEEL:
                        return file
        return None
