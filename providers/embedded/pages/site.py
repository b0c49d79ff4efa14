"""The site: pages in front of the embedded server's API, which gets every request that is for no page."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.embedded import auth, wire
from providers.embedded.accounts import Account, Accounts
from providers.embedded.app import EmbeddedApp
from providers.embedded.pages import alerting, dashboard, history, home, snapshot, sources
from providers.embedded.pages.rendering import Missing, Page, show, show_missing
from providers.embedded.routing import Call, Identity, Route, Router

_NOBODY: Final = Account(0, "", "", "", "", False, False, 0.0)
_REALM: Final = {"WWW-Authenticate": 'Basic realm="hcl-lite serve", charset="UTF-8"'}

View = Callable[[Call], Page]

# Grafana's own addresses: links in plans and in answers of the API lead to them.
VIEWS: Final[Mapping[str, View]] = {
    "/": home.show_home,
    "/dashboards": home.show_home,
    "/dashboards/f/{uid}": home.show_folder,
    "/dashboards/f/{uid}/{slug}": home.show_folder,
    "/d/{uid}": dashboard.show_dashboard,
    "/d/{uid}/versions": history.show_difference,
    "/d/{uid}/{slug}": dashboard.show_dashboard,
    "/dashboard/db/{slug}": dashboard.show_by_slug,
    "/dashboard/snapshots": snapshot.list_snapshots,
    "/dashboard/snapshot/{key}": snapshot.show_snapshot,
    "/alerting": alerting.list_rules,
    "/alerting/list": alerting.list_rules,
    "/alerting/grafana/{uid}/view": alerting.show_rule,
    "/connections/datasources": sources.list_sources,
    "/connections/datasources/edit/{uid}": sources.show_source,
    "/datasources": sources.list_sources,
    "/datasources/edit/{uid}": sources.show_source,
}


class Site:
    """Pages, and behind them the app."""

    def __init__(self, app: EmbeddedApp, is_open: bool) -> None:
        """`is_open` says that nobody has to sign in; else a browser asks for an account that is admin."""
        self._app = app
        self._is_open = is_open
        self._router = Router(Route("GET", path, _page(view)) for path, view in VIEWS.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        await self._answer(Request(scope, receive), *found)(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Route, dict[str, object]] | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not self._app.is_there:
            return None
        return self._router.find("GET", scope["path"])

    def _answer(self, request: Request, route: Route, params: Mapping[str, object]) -> Response:
        org = request.query_params.get("orgId", "")
        try:
            who = self._sign_in(request, int(org) if org.isdecimal() and len(org) < 10 else 0)
        except wire.Refused as refused:
            return Response(refused.response.body, 401, _REALM, wire.PLAIN)
        return cast(Response, route.handler(Call(request, params, b"", who, self._app.store, self._app.options)))

    def _sign_in(self, request: Request, org: int) -> Identity:
        """An admin, of whoever runs the server or of whoever signs in. Raises Refused."""
        accounts = Accounts(self._app.store)
        if self._is_open:
            orgs = accounts.orgs()
            return Identity(_NOBODY, org if org in orgs else next(iter(orgs), 1), "Admin", {})
        wording = self._app.generation.wording
        who = auth.sign_in(request, auth.Door(accounts, self._app.options, wording))
        if who is None:
            raise wording.login("auth.unauthorized")
        who = auth.in_org(who, org) if org else who
        if not who.can("Admin"):
            raise wording.denied("")
        return who


def _page(view: View) -> Callable[[Call], Response]:
    def answer(call: Call) -> Response:
        try:
            return show(call, view(call))
        except Missing as missing:
            return show_missing(call, missing)

    return answer
