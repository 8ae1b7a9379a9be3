"""A report on an image as a CycloneDX document, version 1.6.

Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from images.reports.report import ImageReport
from images.sbom.components import Component, components, dependencies, document_id
from images.sbom.errors import SbomLibraryError

if TYPE_CHECKING:
    from cyclonedx.model.component import Component as BomComponent
    from cyclonedx.model.license import License

_ROOT = "image"


def cyclonedx(report: ImageReport) -> str:
    """The document as indented JSON: the same for the same report.

    Raises:
        SbomLibraryError: the extra ``sbom`` is not installed.
    """
    try:
        from cyclonedx.model import Property
        from cyclonedx.model.bom import Bom, BomMetaData
        from cyclonedx.model.component import Component as BomComponent
        from cyclonedx.model.component import ComponentType
        from cyclonedx.model.dependency import Dependency
        from cyclonedx.model.tool import ToolRepository
        from cyclonedx.output.json import JsonV1Dot6
        from packageurl import PackageURL

        from images.sbom.purls import image_purl
    except ImportError as error:
        raise SbomLibraryError("cyclonedx", "cyclonedx-python-lib") from error

    purl = image_purl(report)
    root = BomComponent(
        name=report.origin.reference,
        version=report.input.digest,
        type=ComponentType.CONTAINER if report.layers else ComponentType.OPERATING_SYSTEM,
        bom_ref=_ROOT,
        purl=PackageURL.from_string(purl) if purl else None,
        properties=[
            Property(name=f"stackwright:layer:{layer.index}", value=layer.diff_id) for layer in report.layers
        ],
    )
    made_by = BomComponent(
        name=report.tool.name, version=report.tool.version, type=ComponentType.APPLICATION, bom_ref="tool"
    )
    found = {one.ref: _component(one) for one in components(report)}
    document = Bom(
        serial_number=document_id(report),
        metadata=BomMetaData(
            tools=ToolRepository(components=[made_by]),
            component=root,
            timestamp=datetime.datetime.fromisoformat(report.created_at),
        ),
        components=found.values(),
        dependencies=[
            Dependency(root.bom_ref, [Dependency(one.bom_ref) for one in found.values()]),
            *(
                Dependency(found[ref].bom_ref, [Dependency(found[each].bom_ref) for each in refs])
                for ref, refs in dependencies(report).items()
            ),
        ],
    )
    return JsonV1Dot6(document).output_as_string(indent=2) + "\n"


def _component(one: Component) -> BomComponent:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component as BomComponent
    from cyclonedx.model.component import ComponentType
    from packageurl import PackageURL

    return BomComponent(
        name=one.name,
        version=one.version,
        type=ComponentType.APPLICATION if one.is_application else ComponentType.LIBRARY,
        bom_ref=one.ref,
        purl=PackageURL.from_string(one.purl) if one.purl else None,
        licenses=[_license(one.license)] if one.license else None,
        properties=[Property(name=name, value=value) for name, value in one.properties],
    )


def _license(text: str) -> License:
    """An identifier of SPDX, an expression of them, or a name."""
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
    from cyclonedx.spdx import fixup_id, is_expression

    identifier = fixup_id(text)
    if identifier is not None:
        return DisjunctiveLicense(id=identifier)
    return LicenseExpression(text) if is_expression(text) else DisjunctiveLicense(name=text)
