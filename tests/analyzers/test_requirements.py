from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Location
from analyzers.requirements import RequirementProblem, RequirementsError, parse_requirements


def _problems(text: str) -> tuple[RequirementProblem, ...]:
    with pytest.raises(RequirementsError) as caught:
        parse_requirements(text, "requirements.in")
    assert caught.value.source == "requirements.in"
    return caught.value.problems


def test_reads_requirements_with_their_places() -> None:
    text = (
        "\ufeff# comment\n"
        "numpy>=1.20,<2\n"
        "\n"
        "  Requests [socks] ; python_version >= '3.8'  # why\n"
        "one#two\r\n"
        "a-b==1.0 \\\n"
        "  ; sys_platform == 'linux'\n"
    ).replace("one#two", "one")
    found = parse_requirements(text, "requirements.in")
    assert [str(line.requirement) for line in found] == [
        "numpy<2,>=1.20",
        'Requests[socks]; python_version >= "3.8"',
        "one",
        'a-b==1.0; sys_platform == "linux"',
    ]
    assert [str(line.location) for line in found] == [
        "requirements.in:2:1",
        "requirements.in:4:3",
        "requirements.in:5:1",
        "requirements.in:6:1",
    ]


def test_an_empty_file_has_none() -> None:
    assert parse_requirements("", "x") == []
    assert parse_requirements("\n # only \\\n\n\\\n", "x") == []


def test_a_comment_ends_a_continued_line() -> None:
    found = parse_requirements("a>=1 \\\n# note \\\nb\n", "x")
    assert [line.requirement.name for line in found] == ["a", "b"]


def test_a_number_sign_within_a_word_is_no_comment() -> None:
    assert "foo#bar" in _problems("foo#bar\n")[0].text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("-r other.txt", "option -r"),
        ("-rother.txt", "option -r"),
        ("--requirement=other.txt", "option --requirement"),
        ("-c constraints.txt", "option -c"),
        ("-e .", "option -e"),
        ("--index-url https://index.example/simple/", "option --index-url"),
        ("a==1 --hash=sha256:00", "option --hash"),
        ("a==1 \\\n  --hash=sha256:00", "option --hash"),
        ("--pre", "option --pre"),
        ("https://index.example/a-1.0-py3-none-any.whl", "a URL"),
        ("git+https://example.org/a.git", "a URL"),
        ("git+git@example.org:a.git", "a URL"),
        ("file:a", "a URL"),
        ("a @ https://example.org/a.zip ; python_version > '3'", "by URL"),
        ("./a", "a path"),
        ("/opt/a", "a path"),
        ("~/a", "a path"),
        ("a-1.0-py3-none-any.whl", "a path or an archive"),
        ("a-1.0.tar.gz", "a path or an archive"),
    ],
)
def test_what_only_an_installer_can_do_is_refused_with_a_remedy(line: str, reason: str) -> None:
    (problem,) = _problems(f"fine\n{line}\n")
    assert reason in problem.reason
    assert problem.remedy
    assert (problem.location.line, problem.location.column) == (2, 1)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("foo=>1", 1, 4),
        ("ok\n\n   foo=>1  # c", 3, 7),
        ("foo \\\n  =>1", 2, 3),
        ("foo ; python_versio > '3'", 1, 7),
        ("foo[bar", 1, 4),
        ("foo>=one", 1, 4),
        ("foo bar", 1, 5),
        ("1 2 3", 1, 3),
        ("foo ; " + "(" * 3000 + "python_version > '3'" + ")" * 3000, 1, 1),
        ("foo" * 5000, 1, 1),
    ],
)
def test_malformed_requirements_say_where(text: str, line: int, column: int) -> None:
    (problem,) = _problems(text)
    assert problem.location == Location(path="requirements.in", line=line, column=column)
    assert "\n" not in problem.reason
    assert len(problem.text) <= 200


def test_every_problem_of_a_file_is_said_at_once() -> None:
    problems = _problems("-e .\nfine\nbad bad\nhttps://example.org\n")
    assert [problem.location.line for problem in problems] == [1, 3, 4]
    with pytest.raises(RequirementsError, match=r"x:1:1: .*\nx:3:5: ") as caught:
        parse_requirements("-e .\nfine\nbad bad\n", "x")
    assert str(caught.value).count("\n") == 1


def test_problems_and_length_are_bounded() -> None:
    assert len(_problems("bad bad\n" * 1000)) == 100
    assert "longer than" in _problems("#" * (9 << 20))[0].reason


@given(st.text(max_size=80))
def test_any_text_gives_requirements_or_the_error(text: str) -> None:
    try:
        parse_requirements(text, "x")
    except RequirementsError as error:
        assert error.problems
