"""The routes of HeadSpin's documentation, "Grafana API". What it does not say (errors) is answered in its style."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.options import Role
from providers.embedded_headspin.organisation import TEMPLATES, Organisation

Ask = Callable[[str, str, Any], Awaitable[tuple[int, Any]]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `ask_grafana` calls the organisation's Grafana as its admin, `grafana_url` is for others."""

    organisation: Organisation
    body: Mapping[str, Any]
    ask_grafana: Ask
    grafana_url: str

    def text(self, key: str) -> str:
        value = self.body.get(key, "")
        if not isinstance(value, str):
            raise refuse(400, f"{key} must be a string.")
        return value

    def name(self) -> str:
        return self.text("dashboard_name") or _fail(400, "dashboard_name is required.")


def refuse(status: int, message: str) -> wire.Refused:
    """A failure as the successes of the documentation are worded: `status` and `status_code`."""
    return wire.Refused(wire.answer({"status": message, "status_code": status}, status))


async def get_admin(call: Call) -> Response:
    """GET /v0/grafana/info"""
    return wire.answer(_credentials(call, "Admin"))


async def get_editor(call: Call) -> Response:
    """GET /v0/grafana/editor/info"""
    return wire.answer({**_credentials(call, "Editor"), "grafana_role": "Editor"})


async def get_viewer(call: Call) -> Response:
    """GET /v0/grafana/user/info"""
    return wire.answer({**_credentials(call, "Viewer"), "grafana_role": "Viewer"})


async def allocate_grafana(call: Call) -> Response:
    """POST /v0/grafana/allocate, /v0/grafana/info: what is allocated already is returned."""
    if call.organisation.account("Admin") is None:
        call.organisation.set_accounts()
    return await get_admin(call)


async def reset_grafana(call: Call) -> Response:
    """POST /v0/grafana/reset: new passwords; dashboards stay."""
    _credentials(call, "Admin")
    call.organisation.set_accounts()
    return _done("Reset Grafana User credentials.")


async def list_dashboards(call: Call) -> Response:
    """GET /v0/grafana/dashboard/info"""
    _credentials(call, "Admin")
    return wire.answer({"dashboards": call.organisation.dashboards()})


async def allocate_dashboard(call: Call) -> Response:
    """POST /v0/grafana/dashboard/allocate {"dashboard_name": …}: a template becomes a dashboard of Grafana."""
    _credentials(call, "Admin")
    name = call.name()
    known = call.organisation.dashboard(name)
    if known is None and name not in TEMPLATES:
        raise refuse(404, f'There is no dashboard "{name}" to allocate.')
    uid = known["dashboard_uid"] if known else await _make(call, name)
    return _done("Successfully allocated dashboard", dashboard_name=name, dashboard_uid=uid)


async def register_dashboard(call: Call) -> Response:
    """POST /v0/grafana/dashboard/register {"dashboard_name": …, "dashboard_uid" or "dashboard_url": …, "version": …}"""
    _credentials(call, "Admin")
    name = call.name()
    uid = call.text("dashboard_uid") or _uid_in(call.text("dashboard_url"))
    version = call.body.get("version", 0)
    if not isinstance(version, int) or isinstance(version, bool):
        raise refuse(400, "version must be a number.")
    status, _ = await call.ask_grafana("GET", f"/api/dashboards/uid/{uid}", None)
    if status != 200:
        raise refuse(404, f'Grafana has no dashboard with uid "{uid}".')
    call.organisation.register(name, uid, version)
    return _done("Successfully registered dashboard")


async def remove_dashboard(call: Call) -> Response:
    """DELETE /v0/grafana/dashboard/remove {"dashboard_name": …, "remove_in_grafana": …}"""
    _credentials(call, "Admin")
    known = call.organisation.dashboard(call.name())
    status = 0
    if known is not None:
        call.organisation.remove(known["name"])
        if call.body.get("remove_in_grafana") is True:
            status, _ = await call.ask_grafana("DELETE", f"/api/dashboards/uid/{known['dashboard_uid']}", None)
    return _done("Successfully removed dashboard (if allocated)", removed_from_grafana=status == 200)


def _credentials(call: Call, role: Role) -> Mapping[str, str]:
    account = call.organisation.account(role)
    if account is None:
        raise refuse(404, "Grafana is not allocated.")
    return {"username": account[0], "password": account[1], "grafana_url": call.grafana_url}


async def _make(call: Call, name: str) -> str:
    """A dashboard of the template in Grafana; its uid."""
    panel = {"id": 1, "type": "text", "title": name, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8}}
    dashboard = {"title": name, "tags": ["headspin"], "panels": [panel]}
    status, answer = await call.ask_grafana("POST", "/api/dashboards/db", {"dashboard": dashboard})
    if status != 200:
        raise refuse(500, f"Grafana does not take the template: {answer}")
    call.organisation.register(name, answer["uid"], TEMPLATES[name])
    return str(answer["uid"])


def _uid_in(url: str) -> str:
    match = re.search(r"/d/([^/?#]+)", url)
    return match[1] if match else _fail(400, "Either dashboard_uid or dashboard_url must be provided.")


def _fail(status: int, message: str) -> str:
    raise refuse(status, message)


def _done(message: str, **more: Any) -> Response:
    return wire.answer({"status": message, **more, "status_code": 200})


ROUTES: Mapping[tuple[str, str], Callable[[Call], Awaitable[Response]]] = {
    ("GET", "/v0/grafana/info"): get_admin,
    ("POST", "/v0/grafana/info"): allocate_grafana,
    ("POST", "/v0/grafana/allocate"): allocate_grafana,
    ("GET", "/v0/grafana/editor/info"): get_editor,
    ("GET", "/v0/grafana/user/info"): get_viewer,
    ("POST", "/v0/grafana/reset"): reset_grafana,
    ("GET", "/v0/grafana/dashboard/info"): list_dashboards,
    ("POST", "/v0/grafana/dashboard/allocate"): allocate_dashboard,
    ("POST", "/v0/grafana/dashboard/register"): register_dashboard,
    ("DELETE", "/v0/grafana/dashboard/remove"): remove_dashboard,
}
