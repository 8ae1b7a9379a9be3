"""Warns of pins whose wheels need libraries of the system that the image lacks, and names their packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analyzers.evidence import Confidence, Evidence, Justification, Level
from resolver.context import Context
from resolver.states.stack import Member, Stack

if TYPE_CHECKING:
    from images.native.absent_libraries import Absent
    from images.native.elf_file import ElfFile

_FACT = "libraries"
_MOST_NAMED = 8


class MissingLibrariesWrap:
    """Says which libraries of the system the extension modules of a pin need and the target lacks."""

    name = "missing-libraries"

    def applies(self, context: Context) -> bool:
        """Where evidence is asked for, the target's libraries are known, and wheels can be read."""
        has = _FACT in context.target.environment
        return has and context.natives is not None and context.imports is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project, and one remark about all packages to install."""
        from images.native.absent_libraries import absent, sonames  # only a run on an image needs them

        files = {name: _natives(member, context) for name, member in stack.members.items()}
        brought = {soname for each in files.values() for soname in sonames(each)}
        environment = context.target.environment
        found = {name: list(absent(each, brought, environment)) for name, each in files.items() if each}
        told = {
            name: [self._warning(stack.members[name], missing, context)]
            for name, missing in found.items()
            if missing
        }
        packages = self._packages([one for missing in found.values() for one in missing], context)
        return {**told, "": [packages]} if packages is not None else told

    def _warning(self, member: Member, missing: Sequence[Absent], context: Context) -> Justification:
        has = context.target.environment.facts[_FACT]
        named = ", ".join(one.soname for one in missing[:_MOST_NAMED])
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        message = (
            f"{member.project.name} {member.version} needs {named}{more} of the system "
            f"({missing[0].path}), and the target has no such library"
        )
        evidence = [
            Evidence(what=f"needs {one.soname}", where=one.path, confidence=Confidence.LIKELY)
            for one in missing[:_MOST_NAMED]
        ]
        evidence.append(Evidence(what=f"no {named}{more}", where=has.source, confidence=has.confidence))
        return Justification(unit=self.name, level=Level.WARNING, message=message, evidence=tuple(evidence))

    def _packages(self, missing: Sequence[Absent], context: Context) -> Justification | None:
        """Which packages of the target's distribution bring what is missing."""
        from images.native.library_packages import installer_of, package_of

        environment = context.target.environment
        found = {one.soname: package_of(one.soname, environment) for one in missing}
        packages = sorted({package for package in found.values() if package is not None})
        installer = installer_of(environment)
        if not packages or installer is None:
            return None
        evidence = tuple(
            Evidence(
                what=f"{package} brings {soname}", where="packages of libraries", confidence=Confidence.LIKELY
            )
            for soname, package in sorted(found.items())
            if package is not None
        )
        message = f"libraries of the system are missing: {installer} {' '.join(packages)}"
        return Justification(unit=self.name, level=Level.WARNING, message=message, evidence=evidence)


def _natives(member: Member, context: Context) -> Mapping[str, ElfFile]:
    files = member.project.files(member.position, context.target)
    if not files or context.natives is None or files[0].filename.endswith("-any.whl"):
        return {}
    return context.natives.files(files[0]) or {}
