"""Directories of rules: compiled once, kept, compiled anew where something changed or was damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakes.searching.rules import rule_text
from resolver.rules import sources
from resolver.rules.compiled import CompiledRules
from resolver.rules.errors import RuleError
from resolver.rules.sources import SHIPPED, checked_out, contents_of, load, rules_of


def write(folder: Path, name: str, *rules: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("rules:\n" + "".join(rules))
    return path


def rule(name: str, project: str = "a") -> str:
    return rule_text(name, f"{{project: {project}}}", "{refuse: true}")


def about(compiled: CompiledRules, project: str) -> list[str]:
    return [compiled.rule(place).rule.name for place in compiled.places(project)]


def test_rules_are_found_by_project_by_prefix_and_by_neither(tmp_path: Path) -> None:
    general = rule_text("general", "{facts: {gpu.vendor: none}}", "{message: info}")
    write(tmp_path, "one.yaml", rule("one"), rule("any", "'a*'"), rule("all", "'*'"), general)
    found = load(tmp_path, None)
    assert about(found, "a") == ["one", "any", "all"]
    assert about(found, "abc") == ["any", "all"]
    assert about(found, "b") == ["all"]
    assert [found.rule(place).rule.name for place in found.general] == ["general"]


def test_files_below_count_and_hidden_ones_and_links_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    write(folder, "deep/er/one.yml", rule("one"))
    write(folder, ".git/two.yaml", rule("two"))
    write(folder, "notes.txt", "nothing")
    outside = write(tmp_path, "three.yaml", rule("three"))
    (folder / "three.yaml").symlink_to(outside)
    assert [placed.rule.name for placed in rules_of(contents_of(folder))] == ["one"]


def test_what_was_kept_is_used_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, kept = tmp_path / "rules", tmp_path / "kept"
    path = write(folder, "one.yaml", rule("one"))
    first = load(folder, kept)
    (place,) = kept.iterdir()
    path.chmod(0)  # what was kept is not read again
    path.chmod(0o644)
    again = load(folder, kept)
    assert (sorted(again.names()), again.digest) == (sorted(first.names()), first.digest)
    write(folder, "one.yaml", rule("two"))
    assert list(load(folder, kept).names()) == ["two"]
    for damaged in (place.read_bytes()[:-1], b"", b"\0" * 100):
        for each in kept.iterdir():
            each.write_bytes(damaged)
        assert list(load(folder, kept).names()) == ["two"]


def test_a_place_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "rules", "one.yaml", rule("one"))
    (tmp_path / "kept").write_text("a file is in the way")
    assert list(load(tmp_path / "rules", tmp_path / "kept").names()) == ["one"]


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda folder: None, "No such file"),
        (lambda folder: folder.mkdir(), "has no file of rules"),
        (lambda folder: folder.write_text(""), "is no directory"),
        (lambda folder: (folder / ("d/" * 18)).mkdir(parents=True), "is nested more than"),
    ],
)
def test_directories_that_cannot_be_used(tmp_path: Path, prepare: object, told: str) -> None:
    assert callable(prepare)
    prepare(tmp_path / "rules")
    with pytest.raises(RuleError, match=told):
        load(tmp_path / "rules", None)


def test_names_are_unique(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", rule("one"))
    write(tmp_path, "two.yaml", rule("one"))
    with pytest.raises(RuleError, match=r"two\.yaml:2:5: another rule is named one: .*one\.yaml:2:5"):
        load(tmp_path, None)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        write(tmp_path, f"{name}.yaml", rule(name))
    monkeypatch.setattr(sources, "MOST_FILES", 1)
    with pytest.raises(RuleError, match="more than 1 files"):
        load(tmp_path, None)
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    monkeypatch.setattr(sources, "MOST_BYTES", 10)
    with pytest.raises(RuleError, match="larger than 10 bytes"):
        load(tmp_path, None)


def test_the_commit_of_a_checkout(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    assert checked_out(tmp_path) is None
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert checked_out(tmp_path) is None
    (git / "packed-refs").write_text(f"{'b' * 40} refs/heads/main\n")
    assert checked_out(tmp_path) == "b" * 40
    (git / "refs" / "heads" / "main").write_text("c" * 40)
    assert checked_out(tmp_path) == "c" * 40
    (git / "HEAD").write_text("d" * 40)
    assert checked_out(tmp_path) == "d" * 40
    (git / "HEAD").write_text("ref: refs/../../secret")
    assert checked_out(tmp_path) is None


def test_every_project_of_a_shipped_rule_is_in_the_index() -> None:
    shipped = load(SHIPPED, None)
    for placed in rules_of(contents_of(SHIPPED)):
        for project in placed.rule.projects:
            assert placed.rule.name in about(shipped, project.rstrip("*") or "anything")


def test_a_pipe_is_no_file_of_rules(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", rule("one"))
    os.mkfifo(tmp_path / "two.yaml")
    assert list(load(tmp_path, None).names()) == ["one"]
