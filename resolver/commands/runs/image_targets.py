"""From ``--image`` to a target: reads the image, or a report of it that was saved."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import msgspec

from images.errors import UnservedTargetError
from images.facts.image_targets import image_target, wanted_platform
from images.reports.report import ImageReport
from resolver.commands.options.arguments import ALL
from resolver.commands.subjects.inspecting import inspected
from resolver.targets.target import Target
from resolver.targets.target_image import target_image
from resolver.units.sieves.image_packages import ImagePackagesSieve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from images.reports.records import Interpreter
    from resolver.context import Context
    from resolver.pipeline import Pipeline


class ImageAsTarget(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was read, and what the options say about it.

    Attributes:
        name: as the user wrote it.
        interpreter: the one that is meant; None where it has none.
        upgrade: projects that need not be kept.
        keeps_packages: whether what it ships counts.
    """

    name: str
    report: ImageReport
    target: Target
    interpreter: Interpreter | None
    upgrade: tuple[str, ...]
    keeps_packages: bool

    @property
    def system_packages(self) -> dict[str, str]:
        """Name to version of the packages of the image's system; of several of one name, the first."""
        found: dict[str, str] = {}
        for package in self.report.packages:
            found.setdefault(package.name, package.version)
        return found

    def beside(self, context: Context, projects: Iterable[str], pipeline: Pipeline) -> Context:
        """A context on this target, with what the image ships.

        Args:
            context: of a run on this target.
            projects: normalised names of those whose manifests were read: what the image has of them is old.
            pipeline: of the run.
        """
        asked = {requirement.dependency.project for requirement in context.requirements}
        image = target_image(
            self.name,
            self.report,
            self.interpreter if self.keeps_packages else None,
            self.target,
            moving=asked.union(projects),
            upgraded=self.upgrade,
        )
        unknowns = (*context.unknowns, *self.report.unknowns)
        context = msgspec.structs.replace(context, image=image, unknowns=unknowns)
        preferences = dict(context.preferences)
        for sieve in pipeline.applying(context).sieves:
            if isinstance(sieve, ImagePackagesSieve):
                preferences = {**sieve.preferences(context), **preferences}
        return msgspec.structs.replace(context, preferences=preferences)


def read_image(reference: str, options: argparse.Namespace) -> ImageAsTarget:
    """The target that an image is.

    Args:
        reference: of an image, or the path of a report.
        options: of `resolver.commands.options.arguments.add_target`.

    Raises:
        ImageError: the image cannot be read.
        TargetError: the options contradict the image, or neither says what is needed.
    """
    from packaging.utils import canonicalize_name

    platform = wanted_platform(options.platform)
    wishes = {"platform": platform, "insecure": False, "quiet": getattr(options, "quiet", False)}
    report = inspected(argparse.Namespace(**wishes), reference)
    found = image_target(report, python_version=options.python_version, platform=options.platform)
    upgrade = getattr(options, "upgrade", [])
    try:
        target = Target(found.environment)
    except UnservedTargetError as error:
        error.add_note("state it with --platform, such as --platform linux/amd64")
        raise
    return ImageAsTarget(
        name=reference,
        report=report,
        target=target,
        interpreter=found.interpreter,
        upgrade=tuple(map(canonicalize_name, upgrade)),
        keeps_packages=not options.no_image_packages and ALL not in upgrade,
    )
