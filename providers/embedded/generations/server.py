"""The server itself, queries and the proxy, as 3.2.1, 5.4.3 and 7.5.5 answer."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from providers.embedded import upstream, wire
from providers.embedded.generations import binding
from providers.embedded.generations.traits import Traits
from providers.embedded.routing import Call

_COMMIT = "embedded"


def get_settings(traits: Traits, call: Call) -> Response:
    """GET /api/frontend/settings (3.2.1, 5.4.3, 7.5.5; not recorded): the part that tells the version."""
    build = {"version": traits.version, "commit": _COMMIT, "latestVersion": "", "hasUpdate": False, "env": "production"}
    return wire.answer({"appSubUrl": "", "buildInfo": build, "datasources": {}}, content_type=wire.CHARSET)


def query(traits: Traits, _: Call) -> Response:
    """POST /api/tsdb/query (5.4.3, 7.5.5): what a type of data source fails with that the server cannot ask."""
    raise traits.refused("query-failed")


def query_by_uid(traits: Traits, call: Call) -> Response:
    """POST /api/ds/query (7.5.5): data sources are named by `datasourceId`; a uid is not enough (ds-query-ds)."""
    queries = binding.read(call).get("queries")
    listed = queries if isinstance(queries, list) else []
    if not all(isinstance(one, dict) and one.get("datasourceId") for one in listed):
        raise traits.refused("query-without-source")
    raise traits.refused("query-failed")


def make_proxy(traits: Traits) -> Callable[[Call], Awaitable[Response]]:
    """* /api/datasources/proxy/:id/*: where nothing answers, an empty 502 (3.2.1, 7.5.5) or a 500 (5.4.3)."""

    async def proxy(call: Call) -> Response:
        answer = await upstream.forward(call)
        if answer.status_code == 502 and not answer.body:
            traits.object_to("source-unreachable")
        return answer

    return proxy
