"""The error tree: every refusal that real servers were seen to give, and those that no recording has.

`recorded_errors.txt` has what is said of each recorded answer; with HCL_LITE_GOLDEN=write it is written anew.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from hcl_lite.core.schema import Conflict, ProviderError
from providers.grafana.client import GrafanaClient, make_client
from providers.headspin.client import HeadspinClient
from providers.headspin.client import make_client as make_headspin
from providers.transport import errors
from providers.transport.errors import ApiError
from tests.conftest import SHARED
from tests.contexts import BARE

_GOLDEN = Path(__file__).with_name("recorded_errors.txt")
_URL = "http://g.test"


def _refusal(client: GrafanaClient | HeadspinClient, method: str, path: str) -> ApiError:
    """The error of one call; a test that gets an answer instead fails."""

    async def work() -> ApiError:
        try:
            return await _error_of(client, method, path)
        finally:
            await client.close()

    return asyncio.run(work())


async def _error_of(client: GrafanaClient | HeadspinClient, method: str, path: str) -> ApiError:
    try:
        answer = await client.call(method, path)
    except ApiError as error:
        return error
    raise AssertionError(f"no error, but {answer!r}")


def _grafana(**settings: Any) -> GrafanaClient:
    return make_client({"url": _URL, "auth": "s3cret", "retries": 0, **settings}, False, BARE)


# --- what was recorded ------------------------------------------------------------------------------------------------


def _recorded() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every exchange that failed, by version and name."""
    for path in sorted((SHARED / "recordings").glob("grafana-*.json")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            if exchange["response"]["status"] >= 400:
                yield f"{path.stem.removeprefix('grafana-')} {exchange['name']}", exchange


@pytest.fixture(scope="module")
def refusals() -> Mapping[str, ApiError]:
    """The error of each of them, through the client that the provider uses."""

    async def work() -> Mapping[str, ApiError]:
        found = {}
        for name, exchange in _recorded():
            answer = _answer(exchange["response"])
            with respx.mock:
                respx.route().mock(return_value=answer)
                client = _grafana()
                found[name] = await _error_of(client, exchange["request"]["method"], exchange["request"]["path"])
                await client.close()
        return found

    return asyncio.run(work())


def _answer(recorded: Mapping[str, Any]) -> httpx.Response:
    body = recorded["body"]
    headers = {"Content-Type": recorded["content_type"]} if recorded["content_type"] else {}
    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(recorded["status"], headers=headers, content=content.encode())


_RECORDED = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the recordings are not at {SHARED}")


@_RECORDED
def test_each_recorded_refusal_has_its_class_and_message(refusals: Mapping[str, ApiError]) -> None:
    """All of Grafana 3.2, 5.4, 7.5 and 12.4, to be read in one file."""
    text = "".join(f"{name}: {type(error).__name__}: {error}\n" for name, error in refusals.items())
    if os.environ.get("HCL_LITE_GOLDEN") == "write":
        _GOLDEN.write_text(text)
    assert text == _GOLDEN.read_text()
    assert len(refusals) > 150
    assert "s3cret" not in text


@_RECORDED
def test_no_recorded_message_is_lost(refusals: Mapping[str, ApiError]) -> None:
    """Whatever the server says in `message`, of the request or of a field, is in the text."""
    for name, exchange in _recorded():
        body = exchange["response"]["body"]
        said = body if isinstance(body, list) else [body] if isinstance(body, dict) else []
        lost = [one["message"] for one in said if one.get("message") and one["message"] not in str(refusals[name])]
        assert lost == [], name


# --- what stands without recordings -----------------------------------------------------------------------------------

_MISMATCH = {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
_TAKEN = {"message": "A dashboard with the same name in the folder already exists", "status": "name-exists"}
_PLUGIN = {"message": "The dashboard belongs to plugin Prometheus Stats", "status": "plugin-dashboard"}
_LATER = {"status": "Failure", "message": "the object has been modified", "reason": "Conflict", "code": 409}
_THERE = {"status": "Failure", "message": 'dashboards "d" already exists', "reason": "AlreadyExists", "code": 409}
_FIELDS = [{"fieldNames": ["Name"], "classification": "RequiredError", "message": "Required"}]
_PAGE = "<html>\n<head><title>502 Bad Gateway</title></head></html>"
_URL_ADVICE = errors.NotJson.advice
_ACCESS = {"title": "Access denied", "message": "You'll need additional permissions to perform this action."}
_NO_FORM = {"reason": "Forbidden", "message": "dashboards.dashboard.grafana.app is forbidden: User cannot create"}

_ANSWERS = [
    (400, {"json": {"message": "bad request data"}}, errors.Invalid, "bad request data", ""),
    (401, {"json": {"message": "Invalid API key"}}, errors.Unauthorized, "Invalid API key", "GRAFANA_AUTH"),
    (403, {"json": {"message": "Permission denied"}}, errors.Denied, "Permission denied", "more permissions"),
    (403, {"json": _ACCESS}, errors.Denied, "You'll need additional permissions", "more permissions"),
    (403, {"json": {"message": "Access denied to datasource"}}, errors.Denied, "Access denied", "more permissions"),
    (403, {"json": _NO_FORM}, errors.Denied, "dashboards.dashboard.grafana.app is forbidden", "more permissions"),
    (404, {"json": {"message": "Dashboard not found"}}, errors.NotFound, "Dashboard not found", ""),
    (409, {"json": {"message": "name taken"}}, errors.Precondition, "name taken", ""),
    (409, {"json": _LATER}, errors.VersionMismatch, "the object has been modified", "Plan again"),
    (409, {"json": _THERE}, errors.NameExists, 'dashboards "d" already exists', "on_exists"),
    (412, {"json": _TAKEN}, errors.NameExists, _TAKEN["message"], "on_exists"),
    (412, {"json": _MISMATCH}, errors.VersionMismatch, _MISMATCH["message"], "Plan again"),
    (412, {"json": _PLUGIN}, errors.PluginDashboard, _PLUGIN["message"], "another uid"),
    (412, {"json": {"message": "m", "status": "multiple-slugs-exists"}}, errors.Precondition, "m", ""),
    (422, {"json": _FIELDS}, errors.Invalid, "Name: Required", ""),
    (429, {"json": {"message": "slow down"}}, errors.RateLimited, "slow down", "parallelism"),
    (429, {"headers": {"Retry-After": "90"}}, errors.RateLimited, "an empty answer (Retry-After: 90)", "parallelism"),
    (418, {"json": {"message": "teapot"}}, ApiError, "teapot", ""),
    (500, {"json": {"message": "database is locked"}}, errors.ServerFault, "database is locked", ""),
    (502, {"text": _PAGE}, errors.ServerFault, "not JSON: '<html> <head><title>502 Bad Gateway", _URL_ADVICE),
    (503, {}, errors.ServerFault, "an empty answer", ""),
    (401, {"text": _PAGE}, errors.Unauthorized, "not JSON: '<html>", _URL_ADVICE),
    (404, {"text": "404 page not found\n"}, errors.NotFound, "not JSON: '404 page not found'", _URL_ADVICE),
    (404, {}, errors.NotFound, "an empty answer", ""),
    (500, {"json": [1]}, errors.ServerFault, "[1]", ""),
    (500, {"json": "text"}, errors.ServerFault, "text", ""),
    (500, {"json": {"error": "e"}}, errors.ServerFault, "e", ""),
    (500, {"content": b"[" * 100_000}, errors.ServerFault, "not JSON: '[[[[", _URL_ADVICE),
    (500, {"content": b"\xff\xfe"}, errors.ServerFault, "not JSON: '\ufffd\ufffd'", _URL_ADVICE),
]


@pytest.mark.parametrize(("status", "answer", "kind", "message", "hint"), _ANSWERS)
@respx.mock
def test_an_answer_is_an_error_of_the_tree(
    status: int, answer: dict[str, Any], kind: type[ApiError], message: str, hint: str
) -> None:
    """By its status and the server's word for the kind; with method, URL, status and what the server says."""
    respx.post(f"{_URL}/api/dashboards/db").respond(status, **answer)
    error = _refusal(_grafana(longest_wait=0), "POST", "/api/dashboards/db")
    assert type(error) is kind
    assert str(error).startswith(f"POST {_URL}/api/dashboards/db answered {status}: {message}")
    assert hint in error.hint
    assert error.unclear is (status >= 500)
    assert isinstance(error, Conflict) is (status in (409, 412))
    assert "s3cret" not in f"{error} {error!r} {error.hint}"


@pytest.mark.parametrize(
    ("status", "message", "advice"),
    [
        (403, "Cannot update read-only data source", "a file of the server's own"),
        (403, "Cannot delete read-only data source", "a file of the server's own"),
        (403, "Cannot update permissions for folders managed by provisioning.", "a file of the server's own"),
        (400, "Cannot save provisioned dashboard", "a file of the server's own"),
        (400, "provisioned dashboard cannot be deleted", "a file of the server's own"),
        (403, "External dashboard creation is disabled", ""),
        (403, "the library element has connections", ""),
        (403, "Quota reached", ""),
    ],
)
@respx.mock
def test_the_advice_fits_the_cause(status: int, message: str, advice: str) -> None:
    """Not every 403 is for want of permissions, and nobody may change what comes from the server's files."""
    respx.post(f"{_URL}/x").respond(status, json={"message": message})
    error = _refusal(_grafana(), "POST", "/x")
    assert "permissions" not in error.hint
    assert bool(error.hint) is bool(advice)
    assert advice in error.hint


@respx.mock
def test_no_call_leads_to_another_route() -> None:
    """A step that is called . or .. would be taken for a way through the path, by every server."""
    for path in ("/api/datasources/uid/..", "/api/dashboards/uid/.", "/api/folders/../org"):
        error = _refusal(_grafana(), "DELETE", path)
        assert (type(error), "no path has a step" in str(error)) == (errors.NotFound, True)
    assert not respx.calls


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(200, text=_PAGE), "the answer is not JSON but text/plain"),
        (httpx.Response(200), "an empty answer"),
        (httpx.Response(204), "an empty answer"),
        (httpx.Response(302, headers={"Location": "/login"}), "a redirect to /login"),
    ],
    ids=["page", "nothing", "no content", "redirect"],
)
@respx.mock
def test_a_success_without_json_is_no_answer_to_a_get(answer: httpx.Response, message: str) -> None:
    """Least of all that there is no such object: it would be made once more."""
    respx.get(f"{_URL}/api/dashboards/uid/d").mock(return_value=answer)
    error = _refusal(_grafana(), "GET", "/api/dashboards/uid/d")
    assert (type(error), message in str(error), error.hint) == (errors.NotJson, True, _URL_ADVICE)


@respx.mock
def test_a_delete_may_be_answered_with_nothing() -> None:
    """204, as the app platform of some servers has it."""
    respx.delete(f"{_URL}/x").respond(204)

    async def work() -> Any:
        client = _grafana()
        try:
            return await client.call("DELETE", "/x")
        finally:
            await client.close()

    assert asyncio.run(work()) is None


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (
            httpx.Response(200, json={"status": "no such dashboard", "status_code": 404}),
            errors.NotFound,
            "no such dash",
        ),
        (httpx.Response(401, json={"status": "bad token", "status_code": 401}), errors.Unauthorized, "bad token"),
        (httpx.Response(429, headers={"Retry-After": "3"}), errors.RateLimited, "Retry-After: 3"),
        (httpx.Response(500, text="<html>"), errors.ServerFault, "not JSON: '<html>'"),
    ],
)
@respx.mock
def test_headspins_answers_are_of_the_same_tree(answer: httpx.Response, kind: type[ApiError], message: str) -> None:
    """Also where HTTP says 200, and the body another status."""
    respx.post("http://h.test/v0/grafana/reset").mock(return_value=answer)
    client = make_headspin({"url": "http://h.test", "auth": "t", "retries": 0}, False, BARE)
    error = _refusal(client, "POST", "/v0/grafana/reset")
    assert (type(error), message in str(error)) == (kind, True)


def test_the_tree_is_drawn_as_it_is() -> None:
    """The docstring of providers.transport.errors has every class below the one that it is of."""
    drawn = re.findall(r"^( *(?:│ +)*)[├└]── (\w+)", inspect.getdoc(errors) or "", re.MULTILINE)
    parents: dict[int, str] = {-1: "ProviderError"}
    found: dict[str, str] = {}
    for indent, name in drawn:
        depth = len(indent) // 4
        parents[depth] = name
        found[name] = parents[depth - 1]
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ProviderError)]
    ours = {one.__name__: one.__bases__[0].__name__ for one in classes if one.__module__ == errors.__name__}
    assert found == ours
