"""From a name and a version to the wheel that says what the release offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from resolver.errors import InputError

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from knowledge.releases import File
    from resolver.api_reports import ReadRelease
    from resolver.target import Target


class Released(NamedTuple):
    """A release and the wheel of it to read."""

    name: str
    version: str
    file: File
    is_for_target: bool

    def record(self) -> ReadRelease:
        """As reports tell it."""
        from resolver.api_reports import ReadRelease

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
    from resolver.inquiry import read_question

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
    from resolver.formats import Formats

    listing = knowledge.listing(name)
    if listing is None:
        near = knowledge.near_names(name)
        remedy = f"did you mean: {', '.join(near)}?" if near else f"the index is {knowledge.index_url}"
        raise InputError(f"no index has {name}", remedy)
    wanted = Version(version)
    position = next((at for at, each in enumerate(listing.versions) if Version(each) == wanted), None)
    if position is None:
        newest = f"its newest release is {listing.versions[0]}" if listing.versions else "it has no releases"
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
