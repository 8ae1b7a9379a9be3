"""environment.yml: conda packages by name, and the list that pip installs into the environment.

The YAML is read as a stream of events: nothing is constructed, aliases are not followed, and a cap on depth
and count holds while reading.

Source: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import Format, Group, Manifest, Project
from analyzers.manifests.documents.yaml_documents import YamlMapping, YamlScalar, YamlSequence, yaml_document
from analyzers.manifests.draft import Draft
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.reading import ReadFile


def parse_conda_environment(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What a conda environment requires.

    Raises:
        ManifestError: it is no YAML, or a requirement is not accepted.
    """
    draft = Draft(path, Format.CONDA)
    document = yaml_document(data, path)
    if not isinstance(document, YamlMapping):
        draft.problem(Location(path=path), "", "is no environment: it has no keys", "correct the file")
        return draft.finish()
    name = document.entries.get("name")
    if isinstance(name, YamlScalar):
        draft.project = Project(name=name.text)
    dependencies = document.entries.get("dependencies")
    arguments = InstallArguments(draft, Group(), read, environ or {})
    if isinstance(dependencies, YamlSequence):
        for item in dependencies.items:
            _read_item(item, arguments, draft)
    elif dependencies is not None and not (isinstance(dependencies, YamlScalar) and not dependencies.text):
        draft.problem(dependencies.location, "", "dependencies must be a list", "correct the file")
    return draft.finish()


def _read_item(
    item: YamlScalar | YamlSequence | YamlMapping, arguments: InstallArguments, draft: Draft
) -> None:
    if isinstance(item, YamlScalar):
        arguments.conda_spec(item.text, item.location)
        return
    pip = item.entries.get("pip") if isinstance(item, YamlMapping) else None
    if not isinstance(pip, YamlSequence):
        draft.unknown("an item of dependencies", item.location, "neither a package nor a list for pip")
        return
    for requirement in pip.items:
        if not isinstance(requirement, YamlScalar):
            draft.unknown("an item of pip", requirement.location, "it is no text")
            continue
        text = requirement.text.strip()
        is_option = text.startswith("-")
        arguments.read_pip(text.split(None, 1) if is_option else [text], requirement.location)
