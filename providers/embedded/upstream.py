"""Real requests to a data source's own server: the proxy, health, and Prometheus queries go through here."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.responses import Response

from providers.embedded import plugins, wire
from providers.embedded.datasource_table import DataSource, find_source
from providers.embedded.routing import Call, Route

if TYPE_CHECKING:
    import httpx

FORM: Mapping[str, str] = {"content-type": "application/x-www-form-urlencoded"}
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
# Grafana keeps its own cookies and credentials from the data source, and hop-by-hop headers stay on their hop.
_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding")
_NOT_FORWARDED = frozenset(
    (*_HOP, "accept-encoding", "authorization", "cookie", "host", "te", "trailer", "upgrade", "x-grafana-org-id")
)
_NOT_RETURNED = frozenset((*_HOP, "content-encoding", "set-cookie"))
_MAX_ANSWER = 64 * 1024 * 1024  # bytes, unpacked: what panels ask for is a thousandth of that
_ENCODINGS = ("", "identity", "gzip", "deflate")  # each once: packed twice, a kilobyte becomes a gigabyte
_PACKAGING = (b"content-encoding", b"content-length", b"transfer-encoding")


async def send(
    call: Call,
    source: DataSource,
    method: str,
    path: str,
    *,
    query: str = "",
    body: bytes = b"",
    headers: Mapping[str, str] = _NO_HEADERS,
) -> httpx.Response:
    """One request to `source`, signed with its secrets, and its whole answer, unpacked and without what said how.

    Raises httpx.HTTPError where there is no answer, or none of a size and in a time that are taken.
    """
    import httpx  # noqa: PLC0415 - only those who query a data source pay for loading it

    base = source.url if "://" in source.url else f"http://{source.url}"
    url = httpx.URL(base.rstrip("/") + "/" + path.lstrip("/")).copy_with(query=query.encode() or None)
    # As bytes, since httpx takes texts in ASCII only.
    texts = {**headers, **_credentials(source)}
    signed = [(name.encode(errors="replace"), value.encode(errors="replace")) for name, value in texts.items()]
    seconds = call.options.upstream_timeout
    client = httpx.AsyncClient(timeout=seconds, trust_env=False)
    sent = client.stream(method, url, content=body, headers=signed)
    try:
        async with asyncio.timeout(seconds), client, sent as answer:
            return await _read(answer)
    except TimeoutError as exc:  # a byte now and then, which httpx's own time-outs let go on
        raise httpx.ReadTimeout(f"the answer is not whole after {seconds:g} s") from exc


async def _read(answer: httpx.Response) -> httpx.Response:
    import httpx  # noqa: PLC0415 - see send

    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise httpx.DecodingError(f"the answer is packed as {encoding!r}")
    content = bytearray()
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > _MAX_ANSWER:
            raise httpx.ReadError(f"the answer has more than {_MAX_ANSWER} bytes")
    headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in _PACKAGING]
    extensions = {"reason_phrase": answer.reason_phrase.encode("latin-1", "replace")}
    return httpx.Response(answer.status_code, headers=headers, content=bytes(content), extensions=extensions)


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
            call, source, request.method, call.params["path"], query=request.url.query, body=call.body, headers=passed
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return Response(status_code=502)
    response = Response(answer.content, answer.status_code)
    kept = ((name.lower(), value) for name, value in answer.headers.raw)
    response.raw_headers += [(name, value) for name, value in kept if name.decode("latin-1") not in _NOT_RETURNED]
    return response


async def check_health(call: Call) -> Response:
    """GET /api/datasources/uid/:uid/health (12.4.0): OK is a 200, ERROR a 400; Prometheus and Loki are really asked."""
    source = find_source(call, uid=call.params["uid"])
    if source is None:
        raise wire.refuse(500, "Unable to load datasource metadata")
    if not plugins.is_built_in(source.type):
        raise wire.refuse_id(404, "plugin.notRegistered", "Plugin not registered")
    if source.type in plugins.WITHOUT_BACKEND:
        raise wire.refuse_id(500, "plugin.unavailable", "Plugin unavailable")
    if source.type == "grafana-testdata-datasource":
        return _well("Data source is working")
    if source.type == "prometheus":
        return await _prometheus_health(call, source)
    if source.type == "loki":
        return await _loki_health(call, source)
    return _ill(f"the embedded server cannot ask a data source of type {source.type}")


async def _prometheus_health(call: Call, source: DataSource) -> Response:
    """One query, by POST unless the data source says GET."""
    path, query, method = "/api/v1/query", "query=1%2B1&time=4", str(source.json_data.get("httpMethod") or "POST")
    form = {"query": query} if method == "GET" else {"body": query}
    problem = await _ask(call, source, method, path, **form)
    if problem:
        return _ill(f"{problem} - There was an error returned querying the Prometheus API.")
    details = {"application": "Prometheus", "features": {"rulerApiEnabled": False}}
    return _well("Successfully queried the Prometheus API.", details=details)


async def _loki_health(call: Call, source: DataSource) -> Response:
    """Checks a Loki; the cause of a failure is only in Grafana's log."""
    query = "direction=backward&query=vector%281%29%2Bvector%281%29&time=4000000000"
    if await _ask(call, source, "GET", "/loki/api/v1/query", query=query):
        return _ill("Unable to connect with Loki. Please check the server logs for more details.")
    return _well("Data source successfully connected.")


async def _ask(call: Call, source: DataSource, method: str, path: str, *, query: str = "", body: str = "") -> str:
    """Returns the reason why a call to a data source, with a form as its body, did not give JSON; empty where it
    did."""
    import httpx  # noqa: PLC0415 - see send

    if not source.url:
        return 'parse "": empty url'
    try:
        headers = FORM if body else {}
        answer = await send(call, source, method, path, query=query, body=body.encode(), headers=headers)
        if not answer.is_success:
            return f"{answer.status_code} {answer.reason_phrase}"
        answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        return f'{method.title()} "{source.url}{path}": {exc or type(exc).__name__}'
    return ""


def _well(message: str, **more: object) -> Response:
    return wire.answer({**more, "message": message, "status": "OK"})


def _ill(message: str) -> Response:
    return wire.answer({"message": message, "status": "ERROR"}, 400)


def _credentials(source: DataSource) -> dict[str, str]:
    """Basic auth and the `httpHeaderNameN` headers of a data source."""
    headers: dict[str, str] = {}
    if source.basic_auth:
        pair = f"{source.basic_auth_user}:{source.secret('basicAuthPassword')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode(errors="replace")).decode()
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
