"""Environments that a project declares: ``[tool.stackwright.environments.NAME]`` or ``.thoth.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from images.facts.stated_facts import StatedFacts, flattened, stated_facts
from knowledge.settings import SettingsError, settings_content
from resolver.errors import InputError

THOTH_FILE = Path(".thoth.yaml")
_TABLE = "environments"
_OPTIONS = ("image", "platform", "python-version")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_STATED = frozenset({"", "null", "~", "Null", "NULL"})


class DeclaredEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """A target that a project names.

    Attributes:
        where: the file and table that declare it.
        image, platform, python_version: as the options of these names say it; None where it is not stated.
    """

    name: str
    where: str
    image: str | None = None
    platform: str | None = None
    python_version: str | None = None
    facts: StatedFacts = StatedFacts()


def declared_environment(name: str, project: Mapping[str, object], path: Path) -> DeclaredEnvironment:
    """The environment of one name.

    Args:
        name: as the user wrote it.
        project: the table ``[tool.stackwright]``.
        path: of the file that holds it; `THOTH_FILE` is looked for beside it.

    Raises:
        InputError: nothing declares it.
        SettingsError: its table cannot be used.
        TargetError: it states what no target can have.
    """
    tables = _tables(project, path)
    if name in tables:
        return _of_table(name, tables[name], path)
    thoth = {one.name: one for one in _of_thoth(path.parent / THOTH_FILE)}
    if name in thoth:
        return thoth[name]
    problem = InputError(
        f"no environment is named {name!r}",
        f"declare it as [tool.stackwright.{_TABLE}.{name}] in {path}"
        if _NAME.fullmatch(name)
        else "names have letters, digits, - and _",
    )
    if tables or thoth:
        problem.add_note(f"there are: {', '.join(sorted({*tables, *thoth}))}")
    raise problem


def declared_names(project: Mapping[str, object], path: Path) -> list[str]:
    """Names of the environments that a project declares; arguments are those of `declared_environment`.

    Those of `THOTH_FILE` count where the table ``[tool.stackwright]`` has none.

    Raises:
        SettingsError: a table cannot be used.
    """
    return list(_tables(project, path)) or [one.name for one in _of_thoth(path.parent / THOTH_FILE)]


def _tables(project: Mapping[str, object], path: Path) -> dict[str, dict[str, object]]:
    tables = project.get(_TABLE, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise SettingsError(path, f"[tool.stackwright.{_TABLE}] is no table of tables")
    for known in tables:
        if not _NAME.fullmatch(known):
            reason = f"[tool.stackwright.{_TABLE}] has the name {known!r}: use letters, digits, - and _"
            raise SettingsError(path, reason)
    return tables


def _of_table(name: str, table: Mapping[str, object], path: Path) -> DeclaredEnvironment:
    where = f"{path}: [tool.stackwright.{_TABLE}.{name}]"
    options: dict[str, str] = {}
    for key in _OPTIONS:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise SettingsError(path, f"[tool.stackwright.{_TABLE}.{name}]: {key} is no text")
        if value is not None:
            options[key.replace("-", "_")] = value
    facts = {key: value for key, value in table.items() if key not in _OPTIONS}
    stated = stated_facts(flattened(facts), where)
    return DeclaredEnvironment(name=name, where=where, facts=stated, **options)


def _of_thoth(path: Path) -> Iterator[DeclaredEnvironment]:
    """What the configuration of Thoth's clients declares. Source: thamos, ``runtime_environments``."""
    from analyzers.manifests.documents.yaml_documents import YamlMapping, YamlSequence, yaml_document

    content = settings_content(path)
    root = yaml_document(content, path.name) if content else None
    found = root.entries.get("runtime_environments") if isinstance(root, YamlMapping) else None
    for each in found.items if isinstance(found, YamlSequence) else ():
        texts = _texts(each)
        name = texts.get("name", "")
        if not _NAME.fullmatch(name):
            continue
        where = f"{path.name}:{each.location.line}"
        values = [(fact, texts[key]) for key, fact in _THOTH_FACTS.items() if key in texts]
        yield DeclaredEnvironment(
            name=name,
            where=where,
            platform=_platform(texts.get("platform")),
            python_version=texts.get("python_version"),
            facts=stated_facts(values, where),
        )


_THOTH_FACTS: Mapping[str, str] = {
    "operating_system.name": "os.id",
    "operating_system.version": "os.version",
    "cuda_version": "cuda.runtime",
    "cudnn_version": "cudnn.version",
    "hardware.gpu_model": "gpu.model",
}


def _platform(text: str | None) -> str | None:
    """A platform as Thoth names it, such as ``linux-x86_64``, in a way that is understood here."""
    return None if text is None else re.sub(r"^linux-(?=\w+$)", "linux/", text)


def _texts(node: object, above: str = "") -> dict[str, str]:
    from analyzers.manifests.documents.yaml_documents import YamlMapping, YamlScalar

    found: dict[str, str] = {}
    for key, value in node.entries.items() if isinstance(node, YamlMapping) else ():
        if isinstance(value, YamlScalar) and value.text not in _NOT_STATED:
            found[f"{above}{key}"] = value.text
        elif not above:
            found |= _texts(value, f"{key}.")
    return found
