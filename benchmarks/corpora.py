"""Source to scan: source distributions from the index, checked and unpacked once, in the cache folder."""

from __future__ import annotations

import tarfile
from pathlib import Path

from pypi_simple import PyPISimple


def unpacked(project: str, version: str, index_url: str, cache: Path) -> Path:
    """The folder of a source distribution.

    Raises:
        LookupError: the index has no such source distribution.
    """
    place = cache / "corpora" / f"{project}-{version}"
    if not (place / "complete").exists():
        place.mkdir(parents=True, exist_ok=True)
        with PyPISimple(index_url) as index:
            found = [
                package
                for package in index.get_project_page(project).packages
                if package.version == version and package.package_type == "sdist"
            ]
            if not found:
                raise LookupError(f"no source distribution of {project} {version} on the index")
            archive = place / found[0].filename
            index.download_package(found[0], archive)
        with tarfile.open(archive) as tar:
            tar.extractall(place, filter="data")
        archive.unlink()
        (place / "complete").touch()
    return next(path for path in place.iterdir() if path.is_dir())


def python_files(folder: Path) -> list[Path]:
    """What every tool that is compared takes for source."""
    return sorted(path for path in folder.rglob("*.py") if path.is_file())
