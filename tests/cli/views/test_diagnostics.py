"""Problems as a person reads them."""

from __future__ import annotations

import click
import pytest

from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.core.diags import Diagnostic, Place, Severity


def _text(*diagnostics: Diagnostic) -> str:
    return click.unstyle(render_diagnostics(diagnostics))


def test_what_where_why_and_what_to_do() -> None:
    """With the line, and the place in it."""
    place = Place("main.toml", 12, 9, 'title = "${x}"', 6)
    assert (
        _text(Diagnostic("It is wrong", "Expected a.\nFound b.", place, "Do this.", "grafana_folder.f"))
        == """\
Error: It is wrong
  at main.toml:12:9, in grafana_folder.f
    12 │ title = "${x}"
       │         ^^^^^^

  Expected a.
  Found b.

  → Do this."""
    )


def test_several_are_counted_and_warnings_are_no_errors() -> None:
    """An empty line between two."""
    warning = Diagnostic("careful", severity=Severity.WARNING)
    assert _text(Diagnostic("a"), Diagnostic("b"), warning) == "Error: a\n\nError: b\n\nWarning: careful\n\n2 errors."
    assert _text(Diagnostic("a"), warning) == "Error: a\n\nWarning: careful"


def test_a_place_without_text_is_a_line() -> None:
    """As of a file that is not there."""
    assert _text(Diagnostic("a", place=Place("f", 1, 2))) == "Error: a\n  at f:1:2"


def test_a_long_line_is_cut_around_the_place() -> None:
    """The marks stay below what they mark."""
    text = "x" * 300 + "HERE" + "y" * 300
    lines = _text(Diagnostic("a", place=Place("f", 1, 301, text, 4))).splitlines()
    start = lines[3].index("^")
    assert lines[2][start : start + 4] == "HERE"
    assert (lines[3].count("^"), len(lines[2]) < 140) == (4, True)


def test_marks_end_with_the_line() -> None:
    """Whatever width the place has."""
    assert _text(Diagnostic("a", place=Place("f", 1, 3, "abc", 50))).splitlines()[3].endswith("│   ^")


_PLACE = Place("m.toml", 3, 1)


def _of_instances(summary: str, count: int, *, called: bool = False) -> list[Diagnostic]:
    """One of each instance of a block; `N` is its number, also in the id of its call."""
    return [
        Diagnostic(
            summary.replace("N", str(number)),
            place=_PLACE,
            address=f"module.m[{number}].folder.f",
            request_id=f"r{number}" if called else "",
        )
        for number in range(count)
    ]


_ALIKE = {
    "the same": (
        _of_instances("a", 200),
        ["Error: a\n  at m.toml:3:1, in module.m[0].folder.f and 199 more instances"],
    ),
    "two of them": (_of_instances("a", 2), ["Error: a\n  at m.toml:3:1, in module.m[0].folder.f and 1 more instance"]),
    "differing in what they quote": (
        _of_instances('"N" is no uid', 5),
        [
            *(f'Error: "{n}" is no uid\n  at m.toml:3:1, in module.m[{n}].folder.f' for n in range(3)),
            "… and 2 more at m.toml:3:1",
        ],
    ),
    "of failed calls": (
        _of_instances("503", 2, called=True),
        [f"Error: 503\n  at m.toml:3:1, in module.m[{n}].folder.f\n\n  Request id: r{n}" for n in range(2)],
    ),
    "of several blocks": (
        [Diagnostic("a", place=_PLACE, address=address) for address in ("folder.f", "folder.g", "a file")],
        [f"Error: a\n  at m.toml:3:1, in {address}" for address in ("folder.f", "folder.g", "a file")],
    ),
    "without a place": ([Diagnostic(f'no "{n}"') for n in range(4)], [f'Error: no "{n}"' for n in range(4)]),
}


@pytest.mark.parametrize(("found", "told"), _ALIKE.values(), ids=list(_ALIKE))
def test_what_is_wrong_in_many_instances_is_told_once(found: list[Diagnostic], told: list[str]) -> None:
    """With how many there are; failed calls one by one."""
    assert _text(*found) == "\n\n".join([*told, f"{len(found)} errors."])
