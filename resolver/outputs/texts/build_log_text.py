"""What a build log tells, for a person: what failed, why, what to do; then what was made good."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.buildlogs.records import BuildFailure, BuildLogReport, Step
from resolver.outputs.texts.build_log_remedies import reason, remedies
from resolver.outputs.texts.columns import counted
from resolver.outputs.texts.lines import fitted

_MOST_FAILURES = 50
_MOST_UNKNOWNS = 5
_MOST_LINES = 8
_VERBS = {
    Step.RESOLVE: "was not found",
    Step.DOWNLOAD: "was not fetched",
    Step.BUILD_REQUIREMENTS: "was not built, for want of what its build requires",
    Step.METADATA: "was not built: its metadata failed",
    Step.BUILD: "was not built",
    Step.INSTALL: "was not installed",
}
_ALONE = {
    Step.RESOLVE: "finding releases failed",
    Step.DOWNLOAD: "fetching failed",
    Step.BUILD_REQUIREMENTS: "the requirements of a build failed",
    Step.METADATA: "the metadata of a build failed",
    Step.BUILD: "a build failed",
    Step.INSTALL: "the installation failed",
}


def build_log_text(report: BuildLogReport, width: int) -> str:
    """The whole text, in lines of at most this width where words allow."""
    lines = (line for text in _lines(report) for line in _fitted(text, width))
    return "".join(f"{line}\n" for line in lines)


def _fitted(text: str, width: int) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    return fitted(text, width, indent) if text else [""]


def _lines(report: BuildLogReport) -> Iterator[str]:
    lasting = [failure for failure in report.failures if not failure.is_recovered]
    for failure in lasting[:_MOST_FAILURES]:
        yield from _failure(failure)
        yield ""
    if len(lasting) > _MOST_FAILURES:
        yield f"and {len(lasting) - _MOST_FAILURES} more failures (--format json)"
    for failure in report.failures:
        if failure.is_recovered:
            yield f"made good: {_subject(failure)} failed first: {reason(failure)} ({_places(failure)})"
    for unknown in report.unknowns[:_MOST_UNKNOWNS]:
        yield f"unknown: {unknown.what} ({unknown.where}): {unknown.reason}"
    yield _sum(report, len(lasting))


def _failure(failure: BuildFailure) -> Iterator[str]:
    yield f"{_subject(failure)}: {reason(failure)}"
    yield f"  {_places(failure)}: {failure.message}"
    if failure.requested_by:
        yield f"  asked for by: {' <- '.join(failure.requested_by)}"
    for remedy in remedies(failure):
        yield f"  {remedy}"


def _subject(failure: BuildFailure) -> str:
    if not failure.package:
        return _ALONE[failure.step]
    if failure.conflicting:
        return "no set of releases was found"
    return f"{failure.package} {failure.version}".rstrip() + f" {_VERBS[failure.step]}"


def _places(failure: BuildFailure) -> str:
    numbers = [str(number) for number in failure.lines]
    shown = ", ".join(numbers[:_MOST_LINES])
    more = ", …" if len(numbers) > _MOST_LINES else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {shown}{more}"


def _sum(report: BuildLogReport, lasting: int) -> str:
    by = f"{report.installer} {report.installer_version}".strip() or "build"
    python = f", Python {report.python}" if report.python else ""
    done = sum(1 for one in report.installation if one.is_successful)
    failed = counted(lasting, "failure") if lasting else "nothing failed"
    return f"{report.input.what} ({by}{python}): {failed}; {counted(done, 'package')} installed"
