"""Stars that somebody gives to dashboards, as 12.4.0 answers."""

from typing import Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.dashboards import find_dashboard
from providers.embedded.items import Draft, Items
from providers.embedded.routing import Call, Route


def list_all(call: Call) -> Response:
    """GET /api/user/stars (12.4.0): the uids of the caller's, of dashboards that are there."""
    uids = [item.name for item in _items(call).all() if call.objects.get("dashboards", item.name) is not None]
    return wire.answer(sorted(uids))


def star(call: Call) -> Response:
    """POST /api/user/stars/dashboard/uid/:uid (12.4.0)."""
    uid = find_dashboard(call, call.params["uid"]).name
    if _items(call).get(uid) is None:
        _items(call).add(Draft({}, uid, uid), call.identity.account.id)
    return wire.answer({"message": "Dashboard starred!"})


def unstar(call: Call) -> Response:
    """DELETE /api/user/stars/dashboard/uid/:uid (12.4.0)."""
    item = _items(call).get(call.params["uid"])
    if item is not None:
        _items(call).remove(item)
    return wire.answer({"message": "Dashboard unstarred"})


def _items(call: Call) -> Items:
    return Items(call.store, call.identity.org, f"star of {call.identity.account.id}")


_ONE: Final = "/api/user/stars/dashboard/uid/{uid}"
ROUTES: Final = (
    Route("GET", "/api/user/stars", list_all),
    Route("POST", _ONE, star, writes=True),
    Route("DELETE", _ONE, unstar, writes=True),
)
