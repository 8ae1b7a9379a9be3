"""A report on an image as an SPDX document, version 2.3.

Source: https://spdx.github.io/spdx-spec/v2.3/
"""

from __future__ import annotations

import datetime
import hashlib
import io
from typing import TYPE_CHECKING

from images.reports.report import ImageReport
from images.sbom.components import Component, components, dependencies, document_id
from images.sbom.errors import SbomLibraryError

if TYPE_CHECKING:
    from license_expression import LicenseExpression
    from spdx_tools.spdx.model import ExternalPackageRef, Package, SpdxNoAssertion

_DOCUMENT, _ROOT = "SPDXRef-DOCUMENT", "SPDXRef-Image"


def spdx(report: ImageReport) -> str:
    """The document as indented JSON: the same for the same report.

    Raises:
        SbomLibraryError: the extra ``sbom`` is not installed.
    """
    try:
        from spdx_tools.spdx.model import (
            Actor,
            ActorType,
            CreationInfo,
            Document,
            Package,
            PackagePurpose,
            Relationship,
            RelationshipType,
            SpdxNoAssertion,
        )
        from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

        from images.sbom.purls import image_purl
    except ImportError as error:
        raise SbomLibraryError("spdx", "spdx-tools") from error

    root = Package(
        spdx_id=_ROOT,
        name=report.origin.reference,
        version=report.input.digest,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        primary_package_purpose=PackagePurpose.CONTAINER
        if report.layers
        else PackagePurpose.OPERATING_SYSTEM,
        external_references=_references(image_purl(report)),
    )
    packages = {one.ref: _package(one) for one in components(report)}
    relationships = [Relationship(_DOCUMENT, RelationshipType.DESCRIBES, _ROOT)]
    relationships += [
        Relationship(_ROOT, RelationshipType.CONTAINS, package.spdx_id) for package in packages.values()
    ]
    relationships += [
        Relationship(packages[ref].spdx_id, RelationshipType.CONTAINS, packages[each].spdx_id)
        for ref, refs in dependencies(report).items()
        for each in refs
    ]
    document = Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id=_DOCUMENT,
            name=report.origin.reference,
            document_namespace=f"urn:uuid:{document_id(report)}",
            creators=[Actor(ActorType.TOOL, f"{report.tool.name}-{report.tool.version}")],
            created=datetime.datetime.fromisoformat(report.created_at),
        ),
        packages=[root, *packages.values()],
        relationships=relationships,
    )
    stream = io.StringIO()
    write_document_to_stream(document, stream, validate=False, drop_duplicates=False)
    return stream.getvalue() + "\n"


def _package(one: Component) -> Package:
    from spdx_tools.spdx.model import Package, PackagePurpose, SpdxNoAssertion

    declared = _license(one.license)
    return Package(
        spdx_id=f"SPDXRef-Package-{hashlib.sha256(one.ref.encode()).hexdigest()[:20]}",
        name=one.name,
        version=one.version,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        source_info="; ".join(f"{name}: {value}" for name, value in one.properties) or None,
        license_declared=declared,
        license_comment=one.license if isinstance(declared, SpdxNoAssertion) else None,
        primary_package_purpose=PackagePurpose.APPLICATION if one.is_application else PackagePurpose.LIBRARY,
        external_references=_references(one.purl),
    )


def _references(purl: str | None) -> list[ExternalPackageRef]:
    from spdx_tools.spdx.model import ExternalPackageRef, ExternalPackageRefCategory

    if purl is None:
        return []
    return [ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", purl)]


def _license(text: str | None) -> LicenseExpression | SpdxNoAssertion:
    """An expression of SPDX; what is none is told in the comment beside it."""
    from license_expression import ExpressionError
    from spdx_tools.common.spdx_licensing import spdx_licensing
    from spdx_tools.spdx.model import SpdxNoAssertion

    if not text:
        return SpdxNoAssertion()
    try:
        expression = spdx_licensing.parse(text, validate=True)
    except ExpressionError:
        expression = None
    return SpdxNoAssertion() if expression is None else expression
