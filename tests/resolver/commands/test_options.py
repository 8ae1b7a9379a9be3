"""One vocabulary: options of one name mean, take and say the same in every command."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator

import pytest

import cli
from fakes.commands import Commands
from resolver.commands.options import arguments, numbers

SPELLINGS = {
    "output": ("-o", "--output"),
    "quiet": ("-q", "--quiet"),
    "requirements file": ("-r", "--requirements"),
    "constraints": ("-c", "--constraints"),
    "count": ("-n", "--count"),
}
"""Options that have a short name, with it."""
WHOLLY_ALIKE = (
    *("--quiet", "--offline", "--store", "--refresh", "--index-url", "--index", "--find-links", "--no-index"),
    *("--keyring-provider", "--timeout", "--allow-builds", "--image", "--fact", "--type", "--pipeline"),
    *("--requirements", "--constraints", "--override", "--extra", "--group", "--prefer", "--upgrade"),
)
"""Options that have one declaration, and therefore one metavar, one default and one sentence."""
BY_METAVAR = {"--output": {"FILE", "DIR"}, "--format": {"FORMAT"}, "--source": {"PATH"}}
BEGINNINGS = {"--output": "write ", "--format": "format of the result: "}


def leaves() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by the words that call it."""
    pending = [("", cli.parser())]
    while pending:
        name, parser = pending.pop()
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if not below:
            yield name, parser
        for action in below:
            pending += [(f"{name} {word}".strip(), one) for word, one in action.choices.items()]


LEAVES = dict(leaves())


def options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """By the first long name; others are older names of the same."""
    found = {}
    for action in parser._actions:
        long = [text for text in action.option_strings if text.startswith("--")]
        found.update(dict.fromkeys(long[:1], action))
    return found


def test_every_command_is_walked() -> None:
    assert {name.partition(" ")[0] for name in LEAVES} == set(cli.COMMANDS)


@pytest.mark.parametrize("name", LEAVES)
def test_what_has_a_result_can_write_it_anywhere_and_be_quiet(name: str) -> None:
    known = options(LEAVES[name])
    assert "--quiet" in known
    if name not in cli.WITHOUT_RESULT:
        assert "--output" in known


@pytest.mark.parametrize("name", LEAVES)
def test_short_names_are_those_of_the_vocabulary(name: str) -> None:
    for action in LEAVES[name]._actions:
        short = [text for text in action.option_strings if not text.startswith("--")]
        for text in short:
            assert text == "-h" or tuple(action.option_strings) in SPELLINGS.values()


@pytest.mark.parametrize("option", WHOLLY_ALIKE)
def test_options_of_one_name_are_declared_alike(option: str) -> None:
    found = defaultdict(list)
    for name, parser in LEAVES.items():
        if (action := options(parser).get(option)) is not None:
            told = (
                action.metavar,
                str(action.default),
                str(action.help),
                action.dest,
                tuple(action.choices or ()),
            )
            found[told].append(name)
    assert found
    assert len(found) == 1, dict(found)


@pytest.mark.parametrize("option", BY_METAVAR)
def test_options_of_one_name_take_the_same(option: str) -> None:
    declared = [options(parser)[option] for parser in LEAVES.values() if option in options(parser)]
    assert declared
    assert {action.metavar for action in declared} <= BY_METAVAR[option]
    beginning = BEGINNINGS.get(option, "")
    assert all(str(action.help).startswith(beginning) for action in declared)


def test_whoever_has_a_format_has_text_and_json() -> None:
    for name, parser in LEAVES.items():
        if (action := options(parser).get("--format")) is not None:
            assert {"text", "json"} <= set(action.choices or ()), name


def test_whoever_asks_an_index_can_be_offline_and_has_a_store() -> None:
    for name, parser in LEAVES.items():
        known = options(parser)
        assert "--index-url" not in known or "--offline" in known, name
        assert "--index-url" not in known or "--store" in known, name


def test_a_command_has_the_usual_options_without_saying_so() -> None:
    made = argparse.ArgumentParser()
    arguments.add_usual(made)
    assert made.parse_args(["-q", "-o", "x"]).quiet
    own = argparse.ArgumentParser()
    arguments.add_output(own, "a lockfile")
    arguments.add_usual(own)
    assert str(own.parse_args(["-o", "x"]).output) == "x"


@pytest.mark.parametrize(
    "arguments_", [["units", "list"], ["host"], ["cache", "info"], ["host", "--format", "json"]]
)
def test_a_result_goes_to_the_file_that_is_named(stackwright: Commands, arguments_: list[str]) -> None:
    shown = stackwright.main(*arguments_, SOURCE_DATE_EPOCH="1700000000")
    written = stackwright.main(*arguments_, "-o", "result.txt", SOURCE_DATE_EPOCH="1700000000")
    assert (written.code, written.out) == (shown.code, "")
    assert stackwright.path("result.txt").read_text() == shown.out != ""


def test_a_result_that_cannot_be_written_says_where(stackwright: Commands) -> None:
    ran = stackwright.main("cache", "info", "-o", "nowhere/result.txt")
    assert ran.code == 3
    assert "nowhere/result.txt" in ran.err


@pytest.mark.parametrize("text", ["", "-1", "1.5", "\u0661", "1e3", "9" * 20, "65"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no number from 1 to 64"):
        numbers.whole_number(1, 64)(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "x", "1000001"])
def test_what_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="seconds from above 0 to 1000000"):
        numbers.seconds(text)


def test_numbers_are_what_they_say() -> None:
    assert (numbers.whole_number(1, 64)("64"), numbers.count("0"), numbers.seconds("0.5")) == (64, 0, 0.5)
