"""Real requests to a data source's own server: the proxy, health, and Prometheus queries go through here."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from starlette.responses import Response

from providers.embedded import plugins, wire
from providers.embedded.datasources import DataSource, find_source
from providers.embedded.routing import Call, Route

if TYPE_CHECKING:
    import httpx

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
# Grafana keeps its own cookies and credentials from the data source, and hop-by-hop headers stay on their hop.
_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding")
_NOT_FORWARDED = frozenset(
    (*_HOP, "accept-encoding", "authorization", "cookie", "host", "te", "trailer", "upgrade", "x-grafana-org-id")
)
_NOT_RETURNED = frozenset((*_HOP, "content-encoding", "set-cookie"))


async def send(
    call: Call, source: DataSource, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str
) -> httpx.Response:
    """One request to `source`, signed with its secrets; raises httpx.HTTPError where there is no answer."""
    import httpx  # noqa: PLC0415 - only those who query a data source pay for loading it

    base = source.url if "://" in source.url else f"http://{source.url}"
    url = httpx.URL(base.rstrip("/") + "/" + path.lstrip("/")).copy_with(query=query.encode() or None)
    signed = {name.replace("_", "-"): value for name, value in headers.items()} | _credentials(source)
    async with httpx.AsyncClient(timeout=call.options.upstream_timeout, trust_env=False) as client:
        return await client.request(method, url, content=body, headers=signed)


async def forward(call: Call) -> Response:
    """* /api/datasources/proxy/:id/* and /api/datasources/proxy/uid/:uid/* (12.4.0): no answer is an empty 502."""
    import httpx  # noqa: PLC0415 - see send

    uid, number = call.params.get("uid", ""), call.params.get("id", 0)
    source = find_source(call, uid=uid, number=number)
    if source is None:
        raise wire.refuse(404, "Unable to find datasource", wire.CHARSET, traceID="")
    request = call.request
    passed = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
    try:
        answer = await send(
            call, source, request.method, call.params["path"], query=request.url.query, body=call.body, **passed
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return Response(status_code=502)
    kept = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_RETURNED}
    return Response(answer.content, answer.status_code, kept)


async def check_health(call: Call) -> Response:
    """GET /api/datasources/uid/:uid/health (12.4.0): OK is a 200, everything else a 400."""
    source = find_source(call, uid=call.params["uid"])
    if source is None:
        raise wire.refuse(500, "Unable to load datasource metadata")
    if not plugins.is_built_in(source.type):
        raise wire.refuse_id(404, "plugin.notRegistered", "Plugin not registered")
    if source.type == "grafana-testdata-datasource":
        return wire.answer({"message": "Data source is working", "status": "OK"})
    if source.type == "prometheus":
        return await _prometheus_health(call, source)
    message = f"the embedded server cannot ask a data source of type {source.type}"
    return wire.answer({"message": message, "status": "ERROR"}, 400)


async def _prometheus_health(call: Call, source: DataSource) -> Response:
    import httpx  # noqa: PLC0415 - see send

    try:
        answer = await send(call, source, "GET", "/api/v1/query", query="query=1%2B1")
        problem = "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        problem = str(exc) or type(exc).__name__
    if problem:
        message = f"{problem} - There was an error returned querying the Prometheus API."
        return wire.answer({"message": message, "status": "ERROR"}, 400)
    return wire.answer({"message": "Successfully queried the Prometheus API.", "status": "OK"})


def _credentials(source: DataSource) -> dict[str, str]:
    """Basic auth and the `httpHeaderNameN` headers of a data source."""
    headers: dict[str, str] = {}
    if source.basic_auth:
        pair = f"{source.basic_auth_user}:{source.secret('basicAuthPassword')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    for key, name in source.json_data.items():
        if key.startswith("httpHeaderName") and isinstance(name, str):
            headers[name] = source.secure.get(key.replace("Name", "Value"), "")
    return headers


_QUERY = "datasources:query"

ROUTES = (
    *(Route(method, "/api/datasources/proxy/uid/{uid}/{path:path}", forward, "Viewer", _QUERY) for method in _METHODS),
    *(Route(method, "/api/datasources/proxy/{id:int}/{path:path}", forward, "Viewer", _QUERY) for method in _METHODS),
    Route("GET", "/api/datasources/uid/{uid}/health", check_health, "Viewer", _QUERY),
)
