"""The rules that ship, as the command checks and tests them."""

from __future__ import annotations

from fakes.commands import Commands


def test_the_rules_that_ship_are_sound(stackwright: Commands) -> None:
    checked = stackwright.main("rules", "check", "--format", "json")
    assert (checked.code, checked.json["findings"]) == (0, [])
    tested = stackwright.main("rules", "test", "--format", "json")
    assert (tested.code, tested.json["findings"]) == (0, [])
    assert tested.json["examples"] >= 2 * tested.json["rules"] > 100
