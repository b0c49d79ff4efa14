"""What the account may not do: certain, or not said."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import httpx
import pytest
import respx

from hcl_lite.core.schema import Verb
from providers.grafana.account import find_forbidden
from providers.grafana.client import make_client
from providers.grafana.provider import RESOURCE_TYPES
from tests.contexts import BARE

_URL = "http://grafana.invalid"
_VIEWER = ("dashboards:read", "datasources:read", "folders:read")
_EDITOR = (*_VIEWER, "dashboards:create", "folders:create")

Write = tuple[str, Verb]


_SOURCE: Write = ("grafana_data_source", "create")
_FOLDER: Write = ("grafana_folder", "create")
_BOARD: Write = ("grafana_dashboard", "create")
_EDIT: Write = ("grafana_dashboard", "update")
_RIGHTS: Write = ("grafana_folder_permission", "create")
_SHOT: Write = ("grafana_snapshot", "create")
_TEAM: Write = ("grafana_team", "create")
_TEAM_EDIT: Write = ("grafana_team", "update")
_HOME: Write = ("grafana_organization_preferences", "update")


def _forbidden(*writes: Write) -> Mapping[Write, str]:
    async def ask() -> Mapping[Write, str]:
        client = make_client({"url": _URL, "auth": "token"}, True, BARE)
        try:
            return await find_forbidden(client, RESOURCE_TYPES, writes)
        finally:
            await client.close()

    return asyncio.run(ask())


def _serve(answer: httpx.Response, version: str = "12.4.0") -> respx.Route:
    respx.get(f"{_URL}/api/frontend/settings").respond(json={"buildInfo": {"version": version}})
    return respx.get(f"{_URL}/api/access-control/user/actions", params={"reloadcache": "true"}).mock(
        return_value=answer
    )


@pytest.mark.parametrize(
    ("held", "writes", "forbidden"),
    [
        (_VIEWER, [_SOURCE, _FOLDER], {_SOURCE: "Admin (datasources:create)", _FOLDER: "Editor (folders:create)"}),
        (_EDITOR, [_SOURCE, _BOARD], {_SOURCE: "Admin (datasources:create)"}),
        (_EDITOR, [_HOME], {_HOME: "Admin (orgs.preferences:write)"}),
        (_EDITOR, [_TEAM, _TEAM_EDIT], {_TEAM: "Admin (teams:create)"}),
        (_EDITOR, [_EDIT], {_EDIT: "Editor (dashboards:write)"}),
        (_EDITOR, [_RIGHTS], {_RIGHTS: "Admin of it (folders.permissions:write)"}),
        (_EDITOR, [_FOLDER, _EDIT, _RIGHTS], {}),
        (
            _VIEWER,
            [_FOLDER, _RIGHTS],
            {_FOLDER: "Editor (folders:create)", _RIGHTS: "Admin of it (folders.permissions:write)"},
        ),
        ((*_VIEWER, "dashboards:write"), [_EDIT], {}),
        (_VIEWER, [_SHOT], {}),
    ],
    ids=[
        "a viewer",
        "an editor",
        "preferences",
        "a team, whose members are another action",
        "no dashboard that may be edited",
        "no folder of its own",
        "who makes a folder is admin of it",
        "who cannot make one is not",
        "one dashboard may be edited",
        "snapshots",
    ],
)
@respx.mock
def test_what_the_account_has_on_no_object_is_forbidden(
    held: Collection[str], writes: Collection[Write], forbidden: Mapping[Write, str]
) -> None:
    """What it has on any may be meant for this one, and what it makes is its own."""
    _serve(httpx.Response(200, json=dict.fromkeys(held, True)))
    assert _forbidden(*writes) == forbidden


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"message": "Not found"}),
        httpx.Response(401, json={"message": "Unauthorized"}),
        httpx.Response(403, json={"message": "no"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
    ],
)
@respx.mock
def test_a_server_that_does_not_tell_forbids_nothing(answer: httpx.Response) -> None:
    """The write itself says what it takes."""
    _serve(answer)
    assert _forbidden(_SOURCE) == {}


@pytest.mark.parametrize("version", ["3.2.1", "5.4.3", "7.5.5", "11.6.0"])
@respx.mock
def test_older_servers_are_not_asked(version: str) -> None:
    """Of none is it recorded that they have the route."""
    route = _serve(httpx.Response(200, json={}), version)
    assert (_forbidden(_SOURCE), route.called) == ({}, False)
