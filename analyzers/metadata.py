"""Core metadata: the head of a METADATA or PKG-INFO file in, `CoreMetadata` out; the description is not read.

Source: https://packaging.python.org/en/latest/specifications/core-metadata/ (PEP 566, PEP 643, PEP 685,
PEP 794).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

import msgspec

HEAD_LIMIT_BYTES = 1 << 20
FIELDS_LIMIT = 50_000
_LIMIT_VERSION = 200

_HEAD_END = re.compile(rb"\n\r?\n|\r\r")
_FIELD = re.compile(r"([!-9;-~]+):")
_FIELDS = frozenset(
    {
        "classifier",
        "dynamic",
        "home-page",
        "import-name",
        "import-namespace",
        "license",
        "license-expression",
        "metadata-version",
        "name",
        "project-url",
        "provides-extra",
        "requires-dist",
        "requires-python",
        "summary",
        "version",
    }
)


_SINGLE = frozenset(
    {
        "home-page",
        "license",
        "license-expression",
        "metadata-version",
        "name",
        "requires-python",
        "summary",
        "version",
    }
)
"""Fields that may be stated once."""


class MetadataError(ValueError):
    """A metadata file does not say what release it describes, or is beyond reading.

    Attributes:
        what: the field at fault, or ``metadata``.
        where: the file, as the caller named it.
    """

    def __init__(self, what: str, where: str, reason: str) -> None:
        super().__init__(f"{where}: {what}: {reason}")
        self.what, self.where, self.reason = what, where, reason


class CoreMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a release states about itself; texts as written, with folded lines joined.

    Attributes:
        name: valid, as written.
        version: as written; valid by PEP 440 unless `parse_metadata` was told to take any.
        provides_extra: as written; compare normalised (PEP 685).
        dynamic: fields that an sdist leaves to its build, in lower case (PEP 643).
        project_urls: label to URL.
        import_names: dotted names that an import can start with, marked private ones included as written
            (``name ; private``); None where the release does not say, empty where it has none (PEP 794).
        import_namespaces: those that it shares with other distributions; None where it does not say.
        license: free text; a name or the whole licence. `license_expression` took its place.
        unparsed: fields, in lower case, that are present but not to be understood, such as a repeated
            ``requires-python``; what the record says about them is their absence.
    """

    metadata_version: str | None = None
    name: str
    version: str
    summary: str | None = None
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    license_expression: str | None = None
    home_page: str | None = None
    project_urls: dict[str, str] = {}
    import_names: tuple[str, ...] | None = None
    import_namespaces: tuple[str, ...] | None = None
    unparsed: tuple[str, ...] = ()
    license: str | None = None


def parse_metadata(data: bytes, where: str, *, any_version: bool = False) -> CoreMetadata:
    """The core metadata in a METADATA, PKG-INFO or ``.metadata`` file.

    Args:
        data: the file; UTF-8, or Latin-1 where it is not.
        where: names the file in errors.
        any_version: take a version that is none by PEP 440 as it is written, as what is installed may have.

    Raises:
        MetadataError: name or version is missing or invalid, or the head of the file exceeds the limits.
    """
    head = data[: HEAD_LIMIT_BYTES + 1]
    if end := _HEAD_END.search(head):
        head = head[: end.start()]
    if len(head) > HEAD_LIMIT_BYTES:
        raise MetadataError("metadata", where, f"its head exceeds {HEAD_LIMIT_BYTES:,} bytes")
    fields = _fields(decoded(head), where)
    unparsed = {name for name in _SINGLE & fields.keys() if len(fields[name]) > 1}
    project_urls: dict[str, str] = {}
    for stated in fields.get("project-url", ()):
        label, _, url = (part.strip() for part in stated.partition(","))
        if label in project_urls:
            unparsed.add("project-url")
        project_urls[label] = url
    single = {name: fields[name][0] for name in _SINGLE & fields.keys() - unparsed}
    return CoreMetadata(
        metadata_version=_unfolded(single.get("metadata-version")),
        name=_valid_name(_unfolded(single.get("name")), where, unparsed),
        version=_stated_version(_unfolded(single.get("version")), where, unparsed, any_version),
        summary=_unfolded(single.get("summary")),
        requires_dist=_each(fields.get("requires-dist")),
        requires_python=_unfolded(single.get("requires-python")),
        provides_extra=_each(fields.get("provides-extra")),
        dynamic=tuple(field.lower() for field in _each(fields.get("dynamic"))),
        classifiers=_each(fields.get("classifier")),
        license_expression=_unfolded(single.get("license-expression")),
        home_page=_unfolded(single.get("home-page")),
        project_urls={} if "project-url" in unparsed else project_urls,
        import_names=_stated(fields.get("import-name")),
        import_namespaces=_stated(fields.get("import-namespace")),
        unparsed=tuple(sorted(unparsed)),
        license=_unfolded(single.get("license")) or None,
    )


def decoded(data: bytes) -> str:
    """The text of a metadata file: UTF-8 with or without a byte order mark, or else Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _fields(head: str, where: str) -> dict[str, list[str]]:
    """The values of the fields that are used, by name in lower case; a folded value has several lines.

    The parser of the standard library and that of `packaging` give the same, but take as long as all else.
    """
    found: dict[str, list[list[str]]] = {}
    values: list[list[str]] | None = None
    lines = 0
    for line in head.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.startswith((" ", "\t")):
            field = _FIELD.match(line)
            if field is None:
                break  # as for e-mail, the first line that is no field starts the body
            name = field[1].lower()
            values = found.setdefault(name, []) if name in _FIELDS else None
            if values is not None:
                values.append([line[field.end() :].lstrip(" \t")])
        elif values is not None:
            values[-1].append(line)
        lines += values is not None
        if lines > FIELDS_LIMIT:
            raise MetadataError("metadata", where, f"has more than {FIELDS_LIMIT:,} fields")
    return {name: ["\n".join(parts) for parts in stated] for name, stated in found.items()}


def _unfolded(value: str | None) -> str | None:
    if value is None or "\n" not in value:
        return value.strip() if value else value
    return " ".join(value.split())


def _each(values: list[str] | None) -> tuple[str, ...]:
    return tuple(_unfolded(value) or "" for value in values or ())


def _stated(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(value for value in _each(values) if value)


def _valid_name(name: str | None, where: str, unparsed: AbstractSet[str]) -> str:
    from packaging.utils import canonicalize_name

    if not name:
        raise MetadataError("Name", where, "is repeated" if "name" in unparsed else "is missing")
    try:
        canonicalize_name(name, validate=True)
    except ValueError as error:
        raise MetadataError("Name", where, f"{name[:100]!r} is no valid project name") from error
    return name


def _stated_version(version: str | None, where: str, unparsed: AbstractSet[str], any_version: bool) -> str:
    from packaging.version import Version

    if not version:
        raise MetadataError("Version", where, "is repeated" if "version" in unparsed else "is missing")
    if any_version:
        return version[:_LIMIT_VERSION]
    try:
        Version(version)
    except ValueError as error:
        raise MetadataError("Version", where, f"{version[:100]!r} is no valid version (PEP 440)") from error
    return version
