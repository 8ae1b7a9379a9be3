"""An index in memory: releases are added by their fields, files are built when somebody asks for bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import Any

from packaging.utils import canonicalize_name

from fakes.indexes.files import UPLOADED_AT, FakeFile, Release
from fakes.indexes.pages import listing_page, root_page
from fakes.indexes.resources import PageForm, Resource
from fakes.indexes.sdists import SdistKind, build_sdist, sdist_filename
from fakes.indexes.wheels import build_wheel, wheel_filename
from knowledge.releases import FileKind

_normalised = lru_cache(maxsize=4096)(canonicalize_name)


def _reason(yanked: bool | str) -> str | None:
    if isinstance(yanked, str):
        return yanked
    return "" if yanked else None


class FakeIndex:
    """Projects and their files, in the order they were added.

    Args:
        core_metadata: whether listings promise ``.metadata`` files beside wheels (PEP 658).
        metadata_files: whether those files are there; the two need not agree, as on real indexes.
        files_url: where file links point, relative to a listing or absolute.
        sizes_and_times: whether listings state sizes and upload times (PEP 700).
        statuses: project to ``project-status`` of its JSON listing (PEP 792).
    """

    def __init__(
        self,
        *,
        core_metadata: bool = True,
        metadata_files: bool = True,
        files_url: str = "../../files/",
        sizes_and_times: bool = True,
    ) -> None:
        self.core_metadata, self.metadata_files = core_metadata, metadata_files
        self.files_url, self.sizes_and_times = files_url, sizes_and_times
        self.statuses: dict[str, dict[str, str]] = {}
        self._projects: dict[str, dict[str, FakeFile]] = {}
        self._by_filename: dict[str, FakeFile] = {}
        self._pages: dict[tuple[str, PageForm], bytes] = {}

    @classmethod
    def from_scenario(
        cls, scenario: Mapping[str, Any], *, core_metadata: bool = True, metadata_files: bool = True
    ) -> FakeIndex:
        """The index that a scenario in the format of packse and uv describes.

        What a scenario leaves out means a pure wheel, an sdist, and Python 3.7 or newer.
        """
        index = cls(core_metadata=core_metadata, metadata_files=metadata_files)
        for name, package in scenario.get("packages", {}).items():
            index.add_project(name)
            for version, fields in package["versions"].items():
                index.add(
                    name,
                    version,
                    requires=fields.get("requires", ()),
                    extras=fields.get("extras", {}),
                    requires_python=fields.get("requires_python", ">=3.7") or None,
                    yanked=fields.get("yanked", False),
                    tags=fields.get("wheel_tags") or ("py3-none-any",),
                    wheel=fields.get("wheel", True),
                    sdist=fields.get("sdist", True),
                )
        return index

    @property
    def projects(self) -> tuple[str, ...]:
        """Normalised names."""
        return tuple(self._projects)

    def __contains__(self, project: str) -> bool:
        return _normalised(project) in self._projects

    def files(self, project: str) -> tuple[FakeFile, ...]:
        return tuple(self._projects[_normalised(project)].values())

    def file(self, filename: str) -> FakeFile:
        return self._by_filename[filename]

    def add_project(self, name: str) -> None:
        """Lists a project, at first without files."""
        self._projects.setdefault(_normalised(name), {})

    def add(
        self,
        name: str,
        version: str,
        *,
        requires: Iterable[str] = (),
        extras: Mapping[str, Iterable[str]] | None = None,
        requires_python: str | None = None,
        yanked: bool | str = False,
        tags: Iterable[str] = ("py3-none-any",),
        wheel: bool = True,
        sdist: bool | SdistKind = False,
        uploaded_at: str | None = UPLOADED_AT,
        metadata_file: bool | None = None,
        contents: Mapping[str, bytes] | None = None,
        padding_bytes: int = 0,
    ) -> None:
        """Adds a release: one wheel per tag and, when asked for, an sdist.

        Args:
            metadata_file: overrides for this release whether its ``.metadata`` files are there.
            contents: members of the wheels beside their metadata.
        """
        release = Release(
            name=name,
            version=version,
            requires=tuple(requires),
            extras={extra: tuple(texts) for extra, texts in (extras or {}).items()},
            requires_python=requires_python,
        )
        fields = (name, version, release.requires, release.extras, requires_python)
        file = partial(
            FakeFile,
            release=release,
            requires_python=requires_python,
            yanked=_reason(yanked),
            uploaded_at=uploaded_at,
        )
        for tag in tags if wheel else ():
            self._put(
                name,
                file(
                    filename=wheel_filename(name, version, tag),
                    kind=FileKind.WHEEL,
                    build=partial(build_wheel, *fields, (tag,), contents, padding_bytes=padding_bytes),
                    metadata_served=self.metadata_files if metadata_file is None else metadata_file,
                    metadata_announced=self.core_metadata,
                ),
            )
        if sdist:
            kind = SdistKind.STATIC if sdist is True else sdist
            build = partial(build_sdist, *fields, kind)
            filename = sdist_filename(name, version)
            self._put(name, file(filename=filename, kind=FileKind.SDIST, build=build))

    def add_file(
        self,
        project: str,
        filename: str,
        content: bytes,
        *,
        metadata: bytes | None = None,
        hashes: Mapping[str, str] | None = None,
        requires_python: str | None = None,
        yanked: str | None = None,
        uploaded_at: str | None = UPLOADED_AT,
    ) -> None:
        """Adds a file as it is, whatever its name and bytes; `metadata` becomes its ``.metadata`` file."""
        wheel = filename.endswith(".whl")
        self._put(
            project,
            FakeFile(
                filename=filename,
                kind=FileKind.WHEEL if wheel else FileKind.SDIST,
                build=lambda: content,
                stated_metadata=metadata,
                metadata_served=metadata is not None and self.metadata_files,
                metadata_announced=metadata is not None and self.core_metadata,
                stated_hashes=hashes,
                requires_python=requires_python,
                yanked=yanked,
                uploaded_at=uploaded_at,
            ),
        )

    def _put(self, project: str, file: FakeFile) -> None:
        normalised = _normalised(project)
        self._projects.setdefault(normalised, {})[file.filename] = file
        self._by_filename[file.filename] = file
        self._pages.clear()

    def page(self, project: str, form: PageForm) -> bytes:
        """The listing of a project that is on the index."""
        key = (_normalised(project), form)
        if key not in self._pages:
            self._pages[key] = listing_page(self, key[0], form)
        return self._pages[key]

    def resource(self, path: str, form: PageForm) -> Resource | None:
        """Implements `fakes.indexes.resources.Site`."""
        match path.split("/")[1:]:
            case ["simple", ""]:
                return Resource(body=root_page(self, form), content_type=form)
            case ["simple", project, ""] if project in self:
                return Resource(body=self.page(project, form), content_type=form)
            case ["files", filename] if filename in self._by_filename:
                content = self._by_filename[filename].content
                return Resource(body=content, content_type="application/octet-stream")
            case ["files", name] if name.endswith(".metadata"):
                file = self._by_filename.get(name.removesuffix(".metadata"))
                if file is None or not file.metadata_served or file.metadata is None:
                    return None
                return Resource(body=file.metadata, content_type="application/octet-stream")
        return None
