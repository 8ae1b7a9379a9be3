"""``stackwright rules check|test|explain``: whether rules are sound, and what one of them says here."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.evidence import Finding
    from resolver.rules.records import PlacedRule
    from resolver.rules.reports import RuleAnswer, RulesReport
    from resolver.rules.sources import Contents


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``rules``."""
    command.description = (
        "check: faults, contradictions and rules that never fire; test: the examples of rules; explain: "
        "what a rule says, and whether it fires on the target."
    )
    command.add_argument(
        "action", metavar="ACTION", choices=("check", "test", "explain"), help="check, test or explain rules"
    )
    command.add_argument(
        "subject", nargs="?", metavar="DIR|NAME",
        help="directory of rules to check or test (default: the rules that ship); name of a rule to explain",
    )  # fmt: skip
    arguments.add_format(command)
    arguments.add_units(command)
    arguments.add_target(command)
    arguments.add_releases(command)
    arguments.add_offline(command)


def run(options: argparse.Namespace) -> bool:
    """Check, test or explain; true where nothing is wrong."""
    match options.action:
        case "check":
            return _check(options)
        case "test":
            return _test(options)
        case _:
            return _explain(options)


def _check(options: argparse.Namespace) -> bool:
    from resolver.errors import InputError
    from resolver.rules.checking import faults_of, findings
    from resolver.rules.sources import SHIPPED, contents_of

    folder, contents = _contents(options)
    rules, errors = faults_of(contents)
    if errors:
        first, *others = errors
        raise InputError(str(first), *map(str, others), *getattr(first, "__notes__", ()))
    beside: list[PlacedRule] = []
    if folder != SHIPPED and not options.no_rules:
        beside, _ = faults_of(contents_of(SHIPPED))
    found = sorted(findings(rules, beside), key=lambda one: (str(one.location), one.id, one.message))
    _show(_report(contents, len(rules), 0, found), options.format)
    return not found


def _test(options: argparse.Namespace) -> bool:
    from analyzers.evidence import Finding, Level
    from resolver.rules.checking import place_of
    from resolver.rules.examples import failures
    from resolver.rules.sources import rules_of

    _, contents = _contents(options)
    rules = list(rules_of(contents))
    found = [
        Finding(
            id="rule-example",
            level=Level.ERROR,
            message=message,
            subject=placed.rule.name,
            location=place_of(placed),
        )
        for placed in rules
        for message in failures(placed)
    ]
    tried = sum(len(placed.rule.examples) for placed in rules)
    _show(_report(contents, len(rules), tried, found), options.format)
    return not found


def _explain(options: argparse.Namespace) -> bool:
    from resolver.commands.runs.session import Session
    from resolver.errors import InputError

    if not options.subject:
        raise InputError("rules explain: no rule is named", "stackwright units list names all of them")
    session = Session(options)
    answer = session.rule_answer(options.subject)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(answer))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _told(answer)))
    return True


def _contents(options: argparse.Namespace) -> tuple[Path, Contents]:
    from resolver.rules.sources import SHIPPED, contents_of

    folder = Path(options.subject) if options.subject else SHIPPED
    return folder, contents_of(folder)


def _report(contents: Contents, rules: int, examples: int, found: list[Finding]) -> RulesReport:
    from analyzers.digests import sha256_of
    from analyzers.reports import Input, InputFile
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.rules.reports import RulesReport

    files = tuple(InputFile(path=path, digest=sha256_of(data)) for path, data in contents)
    told = "\n".join(f"{file.path} {file.digest}" for file in files)
    digest = sha256_of(told.encode(errors="surrogateescape"))
    return RulesReport(
        tool=tool(),
        input=Input(what="rules", digest=digest, files=files),
        created_at=written_moment(report_moment()),
        rules=rules,
        examples=examples,
        findings=tuple(found),
    )


def _show(report: RulesReport, form: str) -> None:
    if form == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
        return
    for finding in report.findings:
        sys.stdout.write(f"{finding.location}: {finding.level.value}: {finding.message} ({finding.id})\n")
    from resolver.outputs.texts.columns import counted

    files = len(report.input.files)
    tried = f", {counted(report.examples, 'example')}" if report.examples else ""
    found = counted(len(report.findings), "finding") if report.findings else "nothing is wrong"
    sys.stdout.write(f"{counted(report.rules, 'rule')} in {counted(files, 'file')}{tried}: {found}\n")


def _told(answer: RuleAnswer) -> Iterator[str]:
    from resolver.rules.sources import SHIPPED_NAME
    from resolver.rules.wording import does, when

    rule = answer.rule
    origin = SHIPPED_NAME if answer.source == SHIPPED_NAME else f"of {answer.source}"
    yield f"{rule.name} is a rule {origin} ({answer.where}), applied by a {answer.kind.value}."
    yield ""
    yield f"When: {when(rule)}"
    yield f"What: {does(rule)}"
    yield f"Why:  {rule.because}"
    yield f"Read: {rule.link} (checked {rule.checked})"
    yield ""
    if not answer.enabled:
        yield "It is switched off."
    elif answer.fires is None:
        yield f"Whether it fires on this target is not known: {', '.join(answer.not_known)}"
    elif answer.fires:
        seen = answer.reason.evidence[:-1] if answer.reason else ()  # the last one is what was read
        yield "It fires on this target:" if seen else "It fires on this target."
        yield from (f"  {each.what} ({each.where})" for each in seen)
    else:
        yield "It does not fire on this target."
