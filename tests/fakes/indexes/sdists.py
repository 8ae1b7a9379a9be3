"""Small source distributions of the three kinds that differ in how their dependencies can be known.

Each builds without a network and without a build backend from elsewhere: it carries its own, which hands out
a wheel that stands ready in the archive.
"""

from __future__ import annotations

import enum
import gzip
import io
import tarfile
from collections.abc import Iterable, Mapping

from fakes.indexes.core_metadata import core_metadata
from fakes.indexes.wheels import build_wheel, escaped, module_name, wheel_filename

_PYPROJECT = b'[build-system]\nrequires = []\nbuild-backend = "handout"\nbackend-path = ["backend"]\n'

_BACKEND = b'''"""Builds by handing out the wheel beside this file."""

import pathlib
import shutil


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    wheel = next(pathlib.Path(__file__).parent.glob("*.whl"))
    shutil.copy(wheel, wheel_directory)
    return wheel.name
'''


class SdistKind(enum.StrEnum):
    """How an sdist states its dependencies.

    STATIC: PKG-INFO of metadata 2.2, which promises them. EGG_INFO: an older PKG-INFO without them, and
    ``*.egg-info/requires.txt``. DYNAMIC: PKG-INFO of metadata 2.2 that declares them dynamic; only a build
    tells.
    """

    STATIC = "static"
    EGG_INFO = "egg-info"
    DYNAMIC = "dynamic"


def sdist_filename(name: str, version: str) -> str:
    return f"{module_name(name)}-{escaped(version)}.tar.gz"


def build_sdist(
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    kind: SdistKind = SdistKind.STATIC,
    files: Mapping[str, bytes] | None = None,
    *,
    egg_info_metadata_version: str = "1.2",
    pkg_info: bytes | None = None,
) -> bytes:
    """A ``.tar.gz`` of one root folder.

    Args:
        files: further members, by path under the root.
        egg_info_metadata_version: what an EGG_INFO sdist's PKG-INFO claims to be (1.0 to 2.1).
        pkg_info: PKG-INFO as it shall stand, right or wrong, instead of the one made from the fields.

    Source: https://packaging.python.org/en/latest/specifications/source-distribution-format/
    """
    requires, extras = tuple(requires), {extra: tuple(texts) for extra, texts in (extras or {}).items()}
    wheel = build_wheel(name, version, requires, extras, requires_python)
    members = {
        "pyproject.toml": _PYPROJECT,
        "backend/handout.py": _BACKEND,
        f"backend/{wheel_filename(name, version, 'py3-none-any')}": wheel,
        **(files or {}),
    }
    match kind:
        case SdistKind.STATIC:
            described = core_metadata(
                name, version, requires=requires, extras=extras, requires_python=requires_python
            )
        case SdistKind.DYNAMIC:
            dynamic = ("Requires-Dist", "Provides-Extra")
            described = core_metadata(name, version, requires_python=requires_python, dynamic=dynamic)
        case SdistKind.EGG_INFO:
            described = core_metadata(
                name,
                version,
                requires_python=requires_python,
                metadata_version=egg_info_metadata_version,
            )
            folder = f"{module_name(name)}.egg-info"
            members[f"{folder}/PKG-INFO"] = described
            members[f"{folder}/requires.txt"] = requires_txt(requires, extras)
    members["PKG-INFO"] = pkg_info if pkg_info is not None else described
    return _tar_gz(f"{module_name(name)}-{escaped(version)}", members)


def requires_txt(requires: Iterable[str], extras: Mapping[str, Iterable[str]]) -> bytes:
    """Dependencies as setuptools writes them: sections ``[extra:marker]``, either part possibly missing.

    Source: https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
    """
    sections: dict[str, list[str]] = {"": []}
    for extra, texts in [("", requires), *extras.items()]:
        sections.setdefault(extra, [])
        for requirement in texts:
            text, _, marker = requirement.partition(";")
            title = f"{extra}:{marker.strip()}" if marker.strip() else extra
            sections.setdefault(title, []).append(text.strip())
    lines = sections.pop("")
    for title, texts in sections.items():
        lines += ["", f"[{title}]", *texts]
    return "".join(f"{line}\n" for line in lines).encode()


def _tar_gz(root: str, members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    # tarfile's own gzip mode would stamp the present time
    with (
        gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, content in sorted(members.items()):
            member = tarfile.TarInfo(f"{root}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()
