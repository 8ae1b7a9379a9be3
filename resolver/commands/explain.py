"""``stackwright explain``: why this release, and why not that one."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.advising.inquiry import Answer, Question
    from resolver.commands.runs.session import Session
    from resolver.context import Context
    from resolver.search.resolver import Resolver
    from resolver.search.solution import Solution


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``explain``."""
    command.description = (
        "Explain a project in the stack that is advised for requirements: who asks for it, why this release, "
        "why not another one, and what that would change."
    )
    command.add_argument("question", metavar="NAME[==VERSION]", help="a project, or a release to ask about")
    arguments.add_requirements(command)
    arguments.add_format(command)
    arguments.add_source(command)
    arguments.add_units(command)
    arguments.add_search(command)
    arguments.add_target(command)
    arguments.add_releases(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Explain; true when there is a stack."""
    from resolver.advising.inquiry import read_question
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.outputs.answers import answer_text

    _refuse_file(options.question)
    question = read_question(options.question)
    _find(options)
    session = Session(options)
    context = session.context()
    answer = _answer(question, session, context)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(answer))
    else:
        sys.stdout.write(answer_text(answer, context.target.name, columns(sys.stdout)))
    return answer.status.is_solved


def _refuse_file(text: str) -> None:
    """Refuse a file where a project is to be named: there are projects of such names."""
    from pathlib import Path

    from resolver.asked.reading import instead_of_file
    from resolver.errors import InputError

    if instead_of_file(text) is not None and Path(text).is_file():
        raise InputError(f"cannot explain {text!r}, which is a file", "name a project first, then -r FILE")


def _find(options: argparse.Namespace) -> None:
    """Look for what the command line does not name, as ``advise`` does."""
    if options.requirements or options.files or options.source is not None:
        return
    from knowledge.settings import project_settings
    from resolver.commands.repositories import flow
    from resolver.commands.runs.session import PROJECT_FILE

    flow.found_to_explain(options, project_settings(PROJECT_FILE), PROJECT_FILE)


def _answer(question: Question, session: Session, context: Context) -> Answer:
    """What the advised stack says; for another release also what a run says that must use it."""
    from resolver.advising.inquiry import answered, tried, why_not

    runs: list[tuple[Resolver, Solution | None]] = []
    with session.weighed(context) as (knowledge, context):
        advice = session.advised_by(knowledge, context, lambda *ended: runs.append(ended))
        resolver, solution = runs[0]
        stack = solution.stack if solution else None
        answer = answered(question, advice, resolver, stack)
        if stack is None or question.version is None:
            return answer
        rejection = why_not(question, resolver, stack)
        if rejection is None:
            return answer
        limited = msgspec.structs.replace(context, constraints=(*context.constraints, question.constraint))
        trial = tried(rejection, advice, session.advised_by(knowledge, limited))
        return msgspec.structs.replace(answer, trial=trial)
