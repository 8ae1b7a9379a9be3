"""Package URLs of what is in an image.

Source: https://github.com/package-url/purl-spec/tree/main/types-doc
"""

from __future__ import annotations

from images.facts.environment import RuntimeEnvironment
from images.reports.records import PythonDistribution, SystemPackage
from images.reports.report import ImageReport

_NAMESPACES = {"deb": "debian", "apk": "alpine", "rpm": ""}
"""Of packages of a system that does not say what it is."""


def distribution_purl(one: PythonDistribution) -> str | None:
    """``pkg:pypi/…``; None for an editable install and for one without a version: no index has it."""
    if one.version is None or one.editable is not None:
        return None
    qualifiers = {}
    if one.url is not None:
        is_repository = one.url.startswith(("git+", "hg+", "svn+", "bzr+"))
        qualifiers["vcs_url" if is_repository else "download_url"] = one.url
    return _purl("pypi", None, one.name, one.version, qualifiers)


def package_purl(one: SystemPackage, environment: RuntimeEnvironment) -> str:
    """``pkg:deb/debian/…``, ``pkg:rpm/fedora/…``, ``pkg:apk/alpine/…`` or ``pkg:conda/…``."""
    qualifiers = {"arch": one.arch} if one.arch else {}
    if one.type == "conda":
        return _purl("conda", None, one.name, one.version, {"subdir": one.arch} if one.arch else {})
    os_id, os_version = environment.text("os.id"), environment.text("os.version")
    if os_id is not None:
        qualifiers["distro"] = f"{os_id}-{os_version}" if os_version else os_id
    version = one.version
    if one.type == "rpm" and ":" in version:
        qualifiers["epoch"], _, version = version.partition(":")
    namespace = os_id or _NAMESPACES.get(one.type) or None
    return _purl(one.type, namespace, one.name, version, qualifiers)


def image_purl(report: ImageReport) -> str | None:
    """``pkg:oci/…`` by the digest of the manifest; None where the source has none, or no name."""
    origin = report.origin
    if origin.manifest_digest is None or origin.kind != "registry":
        return None
    repository = origin.reference.removeprefix("registry:").removeprefix("docker:").removeprefix("//")
    repository = repository.partition("@")[0]
    head, slash, last = repository.rpartition("/")
    name, _, tag = last.partition(":")
    qualifiers = {"repository_url": f"{head}{slash}{name}"} | ({"tag": tag} if tag else {})
    return _purl("oci", None, name.lower(), origin.manifest_digest, qualifiers)


def _purl(kind: str, namespace: str | None, name: str, version: str, qualifiers: dict[str, str]) -> str:
    from packageurl import PackageURL

    return PackageURL(kind, namespace, name, version, qualifiers or None).to_string()
