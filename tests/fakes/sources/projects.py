"""Projects for the tests of findings: texts of manifests and sources in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from analyzers.evidence import Finding, Level
from analyzers.manifests.discovery import manifest_format, read_manifest
from analyzers.source.dependencies.findings import DEPENDENCY_FINDINGS, dependency_findings
from analyzers.source.dependencies.project import project_of
from analyzers.source.names.provided_names import Provided
from analyzers.source.names.standard_library import PythonVersion
from analyzers.source.protocols import DistributionNames
from analyzers.source.reading.suppressions import Suppressions, read_suppressions
from analyzers.source.records import Role
from analyzers.source.settings import ScanSettings
from fakes.sources.source_imports import imports_of, notebook_imports
from fakes.texts import Texts

PROJECT = '[project]\nname = "ours"\nrequires-python = ">=3.9"\ndependencies = [{}]\n'


def findings(
    files: Mapping[str, str],
    *,
    settings: ScanSettings | None = None,
    provided: Sequence[Provided] = (),
    wheels: DistributionNames | None = None,
    python: PythonVersion | None = None,
) -> tuple[Finding, ...]:
    """What is found in the files of a project; modules at its root are its own."""
    read = Texts(dict(files))
    manifests = [read_manifest(read, path) for path in files if _is_manifest(path, files[path])]
    sources = {path: text for path, text in files.items() if path.endswith((".py", ".ipynb"))}
    project = project_of(
        manifests,
        first_party={path.split("/")[0].removesuffix(".py"): path for path in sources if "." in path},
        settings=settings,
        provided=provided,
        wheels=wheels,
        python=python,
    )
    imports = [
        one
        for path, text in sources.items()
        for one in (
            notebook_imports(text, path) if path.endswith(".ipynb") else imports_of(text, path, role_of(path))
        )
    ]
    suppressions: Suppressions = {(path, None): read_suppressions(text) for path, text in files.items()}
    return dependency_findings(project.linked(imports), project, suppressions)


def role_of(path: str) -> Role:
    """What the usual names of files and folders say."""
    parts = PurePosixPath(path).parts
    if "tests" in parts or parts[-1].startswith("test_"):
        return Role.TEST
    if "docs" in parts:
        return Role.DOCS
    return Role.BUILD if parts[-1] in ("setup.py", "noxfile.py") else Role.MAIN


def _is_manifest(path: str, text: str) -> bool:
    return manifest_format(path) is not None or "# /// script" in text


def project(*dependencies: str, rest: str = "") -> str:
    """A ``pyproject.toml`` with these dependencies."""
    return PROJECT.format(", ".join(f'"{one}"' for one in dependencies)) + rest


def told(
    files: Mapping[str, str],
    *,
    settings: ScanSettings | None = None,
    installed: Sequence[Provided] = (),
    python: PythonVersion | None = None,
) -> list[tuple[str, str | None, Level]]:
    """Id, subject and level of each finding, all of which have what findings have."""
    found = findings(files, settings=settings, provided=installed, python=python)
    assert all(one.id in DEPENDENCY_FINDINGS and one.location and one.evidence for one in found)
    return [(one.id, one.subject, one.level) for one in found]


def only(files: Mapping[str, str], *, installed: Sequence[Provided] = ()) -> Finding:
    """The one finding that there is."""
    (found,) = findings(files, provided=installed)
    return found
