"""What is told once: in many places of one object, and in many objects."""

from __future__ import annotations

from typing import Any

import click

from hcl_lite.cli.views.look import FULL, SHORT
from hcl_lite.cli.views.plan_text import render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Place
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Action, Change, Fate, Outside, Plan


def _change(name: str, *differences: Difference, **more: Any) -> Change:
    address = Address.resource("grafana_dashboard", name)
    return Change(address, Action.UPDATE, "grafana", name, differences=differences, **more)


def _text(*changes: Change, full: bool = False) -> str:
    """The plan without its first and last lines."""
    text = click.unstyle(render_plan(Plan(changes), FULL if full else SHORT))
    return text.removeprefix("hcl-lite will do this:\n\n").rpartition("\n\n")[0]


def _renamed(*panels: str) -> list[Difference]:
    return [
        Difference(
            f'panels["{name}"].targets["A"].expr', f"rate({name}{{job=~$job}}[5m])", f"rate({name}{{job=~$svc}}[5m])"
        )
        for name in panels
    ]


_FIVE = ("cpu", "disk", "net", "load", "swap")


def test_a_word_that_is_another_one_in_many_places_is_told_once() -> None:
    """A variable that was renamed: with the places, the label of the variable apart."""
    named = Difference('templating.list["svc"].name', "job", "svc")
    assert _text(_change("a", *_renamed(*_FIVE), named)) == (
        "~ grafana_dashboard.a will be updated\n"
        '    ~ the word "job" → "svc", in 5 places:\n'
        '        panels["cpu"].targets["A"].expr\n'
        '        panels["disk"].targets["A"].expr\n'
        '        panels["net"].targets["A"].expr\n'
        '        panels["load"].targets["A"].expr\n'
        '        panels["swap"].targets["A"].expr\n'
        '    ~ templating.list["svc"].name: "job" → "svc"'
    )


def test_three_places_are_told_one_by_one() -> None:
    """It takes four of them."""
    assert _text(_change("a", *_renamed(*_FIVE[:3]))).count(" → ") == 3


def test_equal_values_below_one_key_are_told_once() -> None:
    """What changes, what comes and what goes; places beyond the tenth by --full."""
    changed = [Difference(f'panels["{i}"].datasource.uid', "a", "b") for i in range(12)]
    come = [Difference(f'panels["{i}"].transparent', ABSENT, False) for i in range(4)]
    other = Difference('panels["5"].transparent', ABSENT, True)
    change = _change("a", *changed, *come, other)
    places = [f'        panels["{i}"].datasource.uid' for i in range(12)]
    rest = [
        "    + transparent: false, in 4 places:",
        *(f'        panels["{i}"].transparent' for i in range(4)),
        '    + panels["5"].transparent: true',
    ]
    head = ["~ grafana_dashboard.a will be updated", '    ~ datasource.uid: "a" → "b", in 12 places:']
    assert _text(change).splitlines() == [*head, *places[:10], "        … and 2 more places: --full shows them", *rest]
    assert _text(change, full=True).splitlines() == [*head, *places, *rest]


def test_the_same_change_of_many_objects_is_told_once() -> None:
    """Below the line of each of them; what is another change stays by itself."""
    refresh = Difference("dashboard.refresh", "5s", "10s")
    changes = [_change(name, refresh, place=Place("main.toml", 3, 1), files=(f"{name}.json",)) for name in "abcd"]
    other = _change("x", refresh, Difference("dashboard.title", "X", "Y"))
    secret = _change("y", refresh, secrets={"token": Fate.ROTATED})
    assert _text(changes[0], other, *changes[1:], secret) == (
        "~ grafana_dashboard.a will be updated  (main.toml:3, a.json)\n"
        "~ grafana_dashboard.b will be updated  (main.toml:3, b.json)\n"
        "~ grafana_dashboard.c will be updated  (main.toml:3, c.json)\n"
        "~ grafana_dashboard.d will be updated  (main.toml:3, d.json)\n"
        "    the same in each of these 4:\n"
        '    ~ dashboard.refresh: "5s" → "10s"\n'
        "\n"
        "~ grafana_dashboard.x will be updated\n"
        '    ~ dashboard.refresh: "5s" → "10s"\n'
        '    ~ dashboard.title: "X" → "Y"\n'
        "\n"
        "~ grafana_dashboard.y will be updated\n"
        '    ~ dashboard.refresh: "5s" → "10s"\n'
        "    ~ token: (sensitive, rotated)"
    )


def test_the_same_change_in_other_places_of_many_objects_is_told_once() -> None:
    """With how many places there are; --full tells each object with its own."""
    changes = [_change(name, *_renamed(*_FIVE[: index + 1])) for index, name in enumerate("abcde")]
    heads = [f"~ grafana_dashboard.{name} will be updated" for name in "abcde"]
    assert _text(*changes).splitlines() == [
        *heads,
        "    the same in each of these 5:",
        '    ~ the word "job" → "svc", in 15 places: --full shows them',
    ]
    told = _text(*changes, full=True)
    assert [line for line in told.splitlines() if line.startswith("~")] == heads
    assert all(difference.path in told for change in changes for difference in change.differences)


def test_what_was_changed_for_another_reason_is_told_apart() -> None:
    """Drift is not mixed with what the user has changed."""
    refresh = Difference("dashboard.refresh", "5s", "10s")
    mine = [_change(name, refresh) for name in "abcd"]
    theirs = [_change(name, refresh, drifted=True, reason="it was changed outside of hcl-lite") for name in "efgh"]
    assert _text(*mine, *theirs).count("the same in each of these 4:") == 2


def _outside(second: int, by: str = "anna", message: str = "more room") -> Outside:
    return Outside(Revision(by, f"2026-11-26T10:12:0{second}Z", message), second, second + 1)


def test_what_one_account_has_changed_in_many_objects_is_told_once() -> None:
    """With the time that it took, and without the versions of each; what another one has done is told apart."""
    refresh = Difference("dashboard.refresh", "5s", "10s")
    theirs = {"drifted": True, "reason": "it was changed outside of hcl-lite"}
    anna = [_change(name, refresh, **theirs, outside=_outside(index)) for index, name in enumerate("abcd")]
    ben = _change("e", refresh, **theirs, outside=_outside(7, "ben"))
    other = _change("f", refresh, **theirs, outside=_outside(8), drift=(Difference("x", 1, 2),))
    lines = _text(*anna, ben, other).splitlines()
    changed = "    because it was changed outside of hcl-lite by"
    assert [line for line in lines if line.startswith("    because")] == [
        f'{changed} anna, 2026-11-26 10:12:00 UTC to 2026-11-26 10:12:03 UTC: "more room"',
        f'{changed} ben, 2026-11-26 10:12:07 UTC, version 7 → 8: "more room"',
        f'{changed} anna, 2026-11-26 10:12:08 UTC, version 8 → 9: "more room"',
    ]
    assert lines.count("    the same in each of these 4:") == 1


def test_panels_that_have_moved_by_the_same_distance_are_told_once() -> None:
    """As those do that stand below of one that was put in; a few are told by themselves."""
    lower = [Difference(f'panels["{name}"].gridPos.y', at, at + 3) for at, name in enumerate(_FIVE)]
    left = Difference('panels["cpu"].gridPos.x', 12, 0)
    assert _text(_change("a", *lower, left)).splitlines()[1:] == [
        "    ~ gridPos.y: +3, in 5 places:",
        *(f'        panels["{name}"].gridPos.y' for name in _FIVE),
        '    ~ panels["cpu"].gridPos.x: 12 → 0',
    ]
    assert _text(_change("a", *lower[:3])).count(" → ") == 3


def test_another_interval_in_many_queries_is_told_once() -> None:
    """Short as the word is, it says something by itself."""
    found = [Difference(f'panels["{name}"].expr', f"rate({name}[5m])", f"rate({name}[10m])") for name in _FIVE]
    assert _text(_change("a", *found)).splitlines()[1] == '    ~ the word "5m" → "10m", in 5 places:'


def test_what_others_have_changed_is_shortened_in_the_same_way() -> None:
    """Told once, and whole with --full."""
    new = Difference("panel", ABSENT, {"type": "text", "title": "T", "options": {"content": "x" * 300, "mode": "md"}})
    change = _change("a", Difference("title", 1, 2), drifted=True, reason="of them", drift=(*_renamed(*_FIVE), new))
    short, whole = (_text(change, full=full) for full in (False, True))
    assert '    there: ~ the word "job" → "svc", in 5 places:' in short.splitlines()
    assert ("--full shows them" in short, "--full shows them" in whole) == (True, False)
