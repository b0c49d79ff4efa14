"""The pages: what they show, who may see them, and what they never hold."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.embedded.pages.site import Site
from tests.providers.embedded.pages.samples import HOSTILE, SECRET

PATHS = (
    *("/", "/dashboards", "/dashboards/f/team", "/dashboards/f/inner/a-slug", "/d/board", "/d/board/a-slug"),
    *("/d/board/versions", "/d/board/versions?before=1&after=1", "/dashboard/snapshots", "/dashboard/snapshot/key"),
    *("/alerting/list", "/connections/datasources", "/datasources", "/connections/datasources/edit/prom"),
    *("/datasources/edit/1", "/d/unknown", "/dashboard/snapshot/unknown", "/d/board/versions?before=9"),
)


def _words(page: str) -> str:
    """What a page says, without its tags."""
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", ["1 dashboard 1 snapshot 2 alert rules 1 data source", "Team 1 dashboard", "2 panels · version 2"]),
        ("/dashboards/f/inner", [HOSTILE]),
        ("/d/board/any", [f"A Prometheus up{{job='{HOSTILE}'}}", "job query label_values(up, job)", "by admin"]),
        ("/d/board/versions", ["Version 1 to 2", '- "type": "timeseries" + "type": "stat"', "Second added"]),
        ("/d/board/versions?before=2&after=2", ["They are the same."]),
        ("/dashboard/snapshots", [HOSTILE]),
        (
            "/dashboard/snapshot/key",
            ["A timeseries of a.b + c 0 1 2 3 4 00:00:00", f"{HOSTILE} 4", "One of c, ${other}"],
        ),
        (
            "/alerting/list",
            ["Team / g", f"{HOSTILE} paused valid", "Broken would not work", "names the data source gone"],
        ),
        ("/connections/datasources", ["http://prom.example:9090/x", "apiKey (not shown)", "httpHeaderValue1"]),
    ],
)
def test_a_page_shows_what_is_stored(get: Any, path: str, said: list[str]) -> None:
    """In words that stand beside each other."""
    answer = get(path)
    assert answer.status_code == 200
    assert [one for one in said if " ".join(one.split()) not in _words(answer.text)] == []


def test_no_page_holds_a_secret_or_a_tag_of_somebody_else(get: Any) -> None:
    """Whatever it is about; each tells the browser to run and to load nothing."""
    for path in PATHS:
        answer = get(path)
        policy = dict(one.strip().split(" ", 1) for one in answer.headers["content-security-policy"].split(";"))
        assert policy.keys() == {"default-src", "style-src", "img-src", "base-uri", "form-action", "frame-ancestors"}
        assert policy["default-src"] == "'none'"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert not re.search(rf"<script|<img|{SECRET}|javascript:[^<]*\"|style=\"", answer.text), path


@pytest.mark.parametrize("path", ["/d/unknown", "/dashboards/f/x", "/dashboard/snapshot/x", "/alerting/grafana/x/view"])
def test_what_is_not_there_is_a_page_too(get: Any, path: str) -> None:
    """With the status that says so."""
    answer = get(path)
    assert (answer.status_code, "There is no" in _words(answer.text)) == (404, True)


def test_an_address_of_grafana_leads_to_its_page(get: Any, server: Any) -> None:
    """The url of a dashboard, of a snapshot and of a rule, as the API answers them."""
    uid = server.ok("GET", "/api/v1/provisioning/alert-rules")[0]["uid"]
    urls = [server.ok("GET", "/api/dashboards/uid/board")["meta"]["url"], f"/alerting/grafana/{uid}/view"]
    assert [get(url).status_code for url in urls] == [200, 200]


def test_the_api_does_not_know_of_the_pages(server: Any) -> None:
    """Requests to it pass, also those that are refused; a page is got, and nothing else."""
    pages = type(server)(Site(server.app, is_open=True))
    for method, path in [("GET", "/api/org"), ("GET", "/api/unknown"), ("POST", "/"), ("PUT", "/d/board")]:
        through, direct = pages(method, path), server(method, path)
        assert (through.status_code, through.text, through.headers) == (direct.status_code, direct.text, direct.headers)
    assert pages("GET", "/api/org", auth=None).status_code == 401
    assert pages("HEAD", "/", auth=None).status_code == 200


def test_a_closed_site_is_for_admins(make_server: Callable[..., Any]) -> None:
    """A browser asks for the account."""
    server = make_server(tokens={"viewer": "Viewer", "boss": "Admin"})
    pages = type(server)(Site(server.app, is_open=False))
    unsigned = pages("GET", "/", auth=None)
    assert (unsigned.status_code, unsigned.headers["www-authenticate"].split()[0]) == (401, "Basic")
    assert [pages("GET", "/", token=token).status_code for token in ("viewer", "boss", "wrong")] == [401, 200, 401]
    assert pages("GET", "/").status_code == 200


def test_each_organisation_has_its_own(make_server: Callable[..., Any]) -> None:
    """Links stay in the one that is shown."""
    server = make_server(orgs={1: "Main Org.", 2: "Other"})
    server.save("board", "Of the first")
    pages = type(server)(Site(server.app, is_open=True))
    first, second = (pages("GET", path, auth=None).text for path in ("/", "/?orgId=2"))
    assert ("Of the first" in first, '<a href="/?orgId=2">Other</a>' in first) == (True, True)
    assert ("Of the first" in second, 'href="/alerting/list?orgId=2"' in second) == (False, True)


@pytest.mark.parametrize("version", ["3", "5", "7", "10", "11", "12"])
def test_every_generation_has_pages(make_server: Callable[..., Any], version: str) -> None:
    """Of the same store: the front page, a dashboard by each of its addresses, a snapshot without data."""
    server = make_server(version=version)
    rows = {"rows": [{"panels": [{"id": 1, "title": "Load", "type": "graph", "targets": [{"target": "a.b"}]}]}]}
    saved = server.save("d1", "My Board", **(rows if version == "3" else {"panels": rows["rows"][0]["panels"]}))
    snapshot = server.ok("POST", "/api/snapshots", {"dashboard": {"uid": "d1", "title": "My Board", **rows}})
    pages = type(server)(Site(server.app, is_open=True))
    urls = ["/", saved.get("url") or f"/dashboard/db/{saved['slug']}", f"/dashboard/snapshot/{snapshot['key']}"]
    answers = [pages("GET", url, auth=None) for url in urls]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert ["My Board" in answers[0].text, "a.b" in answers[1].text, "Load" in answers[2].text] == [True] * 3


def test_real_dashboards_have_pages(server: Any, shared: Path) -> None:
    """Each of them, as a dashboard and as a snapshot."""
    pages = type(server)(Site(server.app, is_open=True))
    seen = 0
    for path in sorted((shared / "data/dashboards").rglob("*.json"))[::6]:
        document = json.loads(path.read_text())
        spec = document.get("spec", document)
        if "elements" not in spec:
            server.save("real", "Real", **{key: spec[key] for key in spec.keys() - {"id", "uid", "title", "version"}})
            key = server.ok("POST", "/api/snapshots", {"dashboard": {**spec, "uid": "real"}})["key"]
            paths = ("/d/real", "/d/real/versions", f"/dashboard/snapshot/{key}")
            assert [pages("GET", one, auth=None).status_code for one in paths] == [200] * 3, path
            seen += 1
    assert seen > 8
