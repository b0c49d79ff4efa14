"""Where folders are that formats name by uid, by title or not at all; references in texts."""

from __future__ import annotations

from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.migrate.interpolation import Interpolated, interpolate
from hcl_lite.operations.migrate.model import Told
from hcl_lite.operations.migrate.objects import place_folders, shape, shape_all
from hcl_lite.operations.migrate.shapes import folder_told
from providers.grafana.provider import PROVIDER

_FOLDER = PROVIDER.resources["grafana_folder"]


def _there(uid: str, title: str, *path: str) -> Found:
    return Found("grafana", _FOLDER, uid, title, path)


def test_folders_have_one_uid_each_and_lie_in_each_other() -> None:
    """By parent uid or by titles, in any order; one without a uid gets one of its titles, and never another's."""
    told = [
        folder_told("f:3", "Inner", "inner", parent="outer"),
        folder_told("f:1", "Outer", "outer"),
        folder_told("f:5", "Loose", path=("Outer",)),
        folder_told("f:6", "Outer"),
        folder_told("f:7", "outer loose"),
    ]
    placed, places = place_folders(told, [])
    assert [(one.uid, one.path, one.title) for one in placed] == [
        ("outer", (), "Outer"),
        ("outer-loose_3", (), "outer loose"),
        ("inner", ("Outer",), "Inner"),
        ("outer-loose_2", ("Outer",), "Loose"),
    ]
    assert places.folder_of(Told("grafana_dashboard", "d", path=("Outer", "Inner"))) == ("inner", ("Outer", "Inner"))


def test_a_folder_that_is_there_is_that_one() -> None:
    """Whatever the format calls it: found by its uid, or where it lies; names of its own lead to it."""
    there = [_there("x", "Team"), _there("y", "Sub", "Team")]
    told = [folder_told("f:1", "Team", "ref:ns/team"), folder_told("f:2", "Sub", "other", parent="ref:ns/team")]
    placed, places = place_folders(told, there)
    assert [one.uid for one in placed] == ["x", "y"]
    assert places.folder_of(Told("grafana_dashboard", "d", folder="other")) == ("y", ("Team", "Sub"))
    assert places.folder_of(Told("grafana_dashboard", "d", folder="ref:ns/team")) == ("x", ("Team",))
    renamed, _ = place_folders([folder_told("f:1", "Renamed", "x")], there)
    assert [one.uid for one in renamed] == ["x"]


def test_folders_in_a_circle_end_somewhere() -> None:
    """Files may say anything."""
    told = [folder_told("f:1", "A", "a", parent="b"), folder_told("f:2", "B", "b", parent="a")]
    placed, _ = place_folders(told, [])
    assert {one.uid for one in placed} == {"a", "b"}


def test_what_no_type_takes_is_left_out_with_its_place() -> None:
    """Types that are not there, values of other types, the same object twice."""
    _, places = place_folders([], [])
    told = [
        Told("grafana_nothing", "f:1", title="N"),
        Told("grafana_folder", "f:2", "u", "T", wire={"title": "T"}),
        Told("grafana_folder", "f:3", "u", "T", wire={"title": "T"}),
        Told("grafana_contact_point", "f:4", "c", "C", wire={"name": "C", "type": "email", "settings": [1]}),
    ]
    shaped, left = shape_all(told, PROVIDER.resources.get, places, {})
    assert [one.uid for one in shaped] == ["u", "c"]
    assert [f"{one.what} | {one.reason}" for one in left] == [
        'f:1: grafana_nothing "N" | hcl-lite has no type grafana_nothing yet',
        'f:3: grafana_folder "T" | f:2 tells of it already',
    ]


def test_secrets_are_references_or_left_out() -> None:
    """By what the type declares as a secret; those that the server has redacted are no loss."""
    _, places = place_folders([], [])
    settings = {"url": Interpolated((("env", "URL"),)), "token": "xoxb-plain", "recipient": "#ops"}
    wire = {"name": "S", "type": "slack", "settings": settings}
    found = shape(
        Told("grafana_contact_point", "f:1", "s", "S", wire=wire),
        PROVIDER.resources["grafana_contact_point"],
        places,
        {},
    )
    assert not hasattr(found, "reason")
    assert (found.secrets, found.open) == ({"settings.url": "env:URL"}, ["settings.token"])
    assert found.given["settings"] == {"recipient": "#ops"}
    assert "xoxb-plain" not in repr(found.values)


def test_a_dollar_that_refers_to_nothing_is_one() -> None:
    """As Go's os.ExpandEnv would leave it, or $$ says it."""
    assert interpolate("costs $5") == "costs $5"
    assert interpolate("a $$NAME") == "a $NAME"
    assert interpolate("${NAME") == "${NAME"
    assert interpolate("$A$B") == Interpolated((("env", "A"), ("env", "B")))
