"""Tests of what a plan tells of an object in the words of people, and of what becomes of who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change
from hcl_lite.engine.planning.described import access_of, described
from providers.grafana.provider import RESOURCE_TYPES


def _update(path: str, before: Any, after: Any) -> Change:
    return Change(Address.resource("t", "x"), Action.UPDATE, differences=(Difference(path, before, after),))


@pytest.mark.parametrize(
    ("type_", "change", "access"),
    [
        ("grafana_folder_permission", _update('permissions["team:3"]', "View", "Edit"), Access.OPENS),
        ("grafana_folder_permission", _update('permissions["team:3"]', "Admin", "Edit"), Access.CLOSES),
        ("grafana_folder_permission", _update('permissions["team:3"]', ABSENT, "View"), Access.OPENS),
        ("grafana_folder_permission", _update('permissions["team:3"]', "View", ABSENT), Access.CLOSES),
        ("grafana_folder_permission", Change(Address.resource("t", "x"), Action.CREATE), Access.CHANGES),
        ("grafana_folder_permission", Change(Address.resource("t", "x"), Action.DELETE), Access.CHANGES),
        ("grafana_folder_permission_item", Change(Address.resource("t", "x"), Action.DELETE), Access.CLOSES),
        ("grafana_service_account", _update("role", "None", "Viewer"), Access.OPENS),
        ("grafana_service_account", _update("is_disabled", False, True), Access.CLOSES),
        ("grafana_service_account", _update("name", "a", "b"), None),
        ("grafana_user", _update("is_admin", ABSENT, False), None),
        ("grafana_user", _update("is_admin", False, True), Access.OPENS),
        ("grafana_user", _update("is_admin", False, "(known after apply)"), Access.CHANGES),
        ("grafana_dashboard_public", _update("is_enabled", True, False), Access.CLOSES),
        ("grafana_dashboard_public", Change(Address.resource("t", "x"), Action.NOOP), None),
        ("grafana_team", _update('members["a@b.c"]', ABSENT, "a@b.c"), Access.OPENS),
        ("grafana_dashboard", _update("title", "a", "b"), None),
    ],
)
def test_what_becomes_of_who_may_do_what(type_: str, change: Change, access: Access | None) -> None:
    """By the levels of the arguments that give rights; a list of all rights takes away as it gives."""
    assert access_of(change, RESOURCE_TYPES[type_]) is access


def test_more_and_less_at_once_is_a_change() -> None:
    """One right is given and another is taken."""
    both = (Difference('permissions["a"]', ABSENT, "View"), Difference('permissions["b"]', "View", ABSENT))
    change = Change(Address.resource("t", "x"), Action.UPDATE, differences=both)
    assert access_of(change, RESOURCE_TYPES["grafana_folder_permission"]) is Access.CHANGES


@pytest.mark.parametrize(
    ("type_", "values", "title", "folder"),
    [
        ("grafana_folder", {"title": "Team", "parent_folder_uid": "up"}, "Team", "up"),
        ("grafana_dashboard", {"title": "API", "folder": "team"}, "API", "team"),
        ("grafana_contact_point", {"name": "ops"}, "ops", ""),
        ("grafana_rule_group", {"name": "api", "folder_uid": "team"}, "api", "team"),
        ("grafana_team", {"team_id": 3}, "", ""),
    ],
)
def test_an_object_in_the_words_of_people(type_: str, values: dict[str, Any], title: str, folder: str) -> None:
    """By the attributes that its type names for that."""
    change = described(Change(Address.resource("t", "x"), Action.UPDATE), RESOURCE_TYPES[type_], values)
    assert (change.title, change.folder) == (title, folder)
