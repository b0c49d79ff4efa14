"""Real dashboards and data sources through a whole life: apply, empty plan, drift shown and repaired, destroy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import plan_changes
from tests.whole.real_data import block_name, data_source_block, form_of, loading, retitle_first


def _configuration(server: Server, paths: list[Path]) -> str:
    read_from = sorted({str(path.parent) for path in paths})
    blocks = [
        f"[hcl_lite]\nread_from = {read_from}\n",
        server.provider,
        '[resource.grafana_folder.all]\ntitle = "All"\n',
    ]
    for path in paths:
        blocks.append(
            f"[resource.grafana_dashboard.{block_name(path)}]\n"
            'folder = "${grafana_folder.all.uid}"\n'
            f"config_json = '${{file(\"{path}\")}}'\n"
        )
    return "\n".join(blocks)


def _retitle(server: Server, uid: str, form: str) -> str:
    """Give the first panel another title, as a colleague would; the path at which a plan should show it."""
    if form:
        path = f"/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards/{uid}"
        resource = server.call("GET", path)
        where = retitle_first(resource["spec"])
        server.call("PUT", path, resource)
        return where
    dashboard = server.call("GET", f"/api/dashboards/uid/{uid}")
    where = retitle_first(dashboard["dashboard"])
    body = {"dashboard": dashboard["dashboard"], "folderUid": dashboard["meta"]["folderUid"]}
    server.call("POST", "/api/dashboards/db", body)
    return where


def test_every_dashboard_that_grafana_loads_lives_a_whole_life(
    hcl: Hcl, server: Server, shared: Path, tmp_path: Path
) -> None:
    """Applied, planned empty, drift shown as exactly what was edited, repaired, and gone at the end."""
    paths = list(loading(shared))
    assert len(paths) == 63
    before = server.inventory()
    (tmp_path / "main.toml").write_text(_configuration(server, paths))

    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert plan_changes(hcl) == []

    records = json.loads(hcl("show", "--json").out)["records"]
    uids = {record["address"]: record["uid"] for record in records}
    titles = {}
    for path in paths:
        address = f"grafana_dashboard.{block_name(path)}"
        titles[address] = _retitle(server, uids[address], form_of(path))
    changes = plan_changes(hcl)
    assert {change["address"] for change in changes} == set(titles)
    for change in changes:
        (difference,) = change["differences"]
        assert difference["path"].endswith(".title"), change["address"]
        assert difference["before"] == titles[change["address"]]
        assert change["drifted"], change["address"]

    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    destroyed = hcl("destroy", "--auto-approve")
    assert destroyed.code == 0, destroyed.err
    assert server.inventory() == before


def test_what_the_server_gets_is_what_the_file_says(hcl: Hcl, server: Server, shared: Path, tmp_path: Path) -> None:
    """All 63 files come back from the server in their form as they are, key by key, but for id, uid and version; those
    of a v2 form as the server says by a dry run that it stores them, with the keys of their schema and no other."""
    paths = list(loading(shared))
    (tmp_path / "main.toml").write_text(_configuration(server, paths))
    assert hcl("apply", "--auto-approve").code == 0
    records = {r["address"]: r for r in json.loads(hcl("show", "--json").out)["records"]}
    for path in paths:
        uid, form = records[f"grafana_dashboard.{block_name(path)}"]["uid"], form_of(path)
        live, wanted = _read(server, uid, form), json.loads(path.read_text())
        if form.startswith("v2"):
            wanted = _stored(server, uid, form, wanted.get("spec", wanted))
        elif form:
            wanted = wanted["spec"]
        for document in (live, wanted):
            for key in ("id", "uid", "version"):
                document.pop(key, None)
        assert live == wanted, path.name
    assert plan_changes(hcl) == []
    assert hcl("destroy", "--auto-approve").code == 0


def _stored(server: Server, uid: str, form: str, spec: Any) -> Any:
    """What the server makes of a resource form."""
    resource = {"apiVersion": f"dashboard.grafana.app/{form}", "kind": "Dashboard", "metadata": {"name": uid}}
    path = f"/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards/{uid}?dryRun=All"
    return server.call("PUT", path, {**resource, "spec": spec})["spec"]


def _read(server: Server, uid: str, form: str) -> Any:
    """A dashboard as the server gives it in the form that its file has."""
    if not form:
        return server.call("GET", f"/api/dashboards/uid/{uid}")["dashboard"]
    return server.call("GET", f"/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards/{uid}")["spec"]


def test_every_data_source_payload_lives_a_whole_life(hcl: Hcl, server: Server, shared: Path, tmp_path: Path) -> None:
    """28 payloads: created as written, planned empty, drift repaired, destroyed; no secret in state or output."""
    payloads = json.loads((shared / "data" / "datasources.json").read_text())
    before = server.inventory()
    blocks = [data_source_block(index, payload) for index, payload in enumerate(payloads)]
    (tmp_path / "main.toml").write_text("\n".join([server.provider, *blocks]))

    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert plan_changes(hcl) == []
    records = {r["address"]: r for r in json.loads(hcl("show", "--json").out)["records"]}
    for index, payload in enumerate(payloads):
        live = server.call("GET", f"/api/datasources/uid/{records[f'grafana_data_source.d{index}']['uid']}")
        sent = {key: value for key, value in payload.items() if key != "secureJsonData"}
        if sent["type"] == "postgres":
            sent["type"] = "grafana-postgresql-datasource"
        assert {key: live[key] for key in sent} == sent
        assert set(live["secureJsonFields"]) == set(payload.get("secureJsonData", {}))

    uid = records["grafana_data_source.d0"]["uid"]
    live = server.call("GET", f"/api/datasources/uid/{uid}")
    server.call("PUT", f"/api/datasources/uid/{uid}", {**live, "url": "http://elsewhere:9090"})
    (change,) = plan_changes(hcl)
    assert [(d["path"], d["before"]) for d in change["differences"]] == [("url", "http://elsewhere:9090")]
    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    assert server.call("GET", f"/api/datasources/uid/{uid}")["url"] == payloads[0]["url"]

    written = (
        "".join(path.read_text() for path in tmp_path.rglob("*.json*") if "state" in str(path) and path.is_file())
        + applied.out
    )
    assert "s3cr3t" not in written
    assert hcl("destroy", "--auto-approve").code == 0
    assert server.inventory() == before


@pytest.mark.parametrize("change", ["rotate", "add", "remove"])
def test_a_changed_secret_is_planned_by_name_and_sent(hcl: Hcl, server: Server, tmp_path: Path, change: str) -> None:
    """Set, rotated and removed secrets are told apart; the values are never shown."""
    block = '[resource.grafana_data_source.d]\nname = "secretive"\ntype = "prometheus"\nurl = "http://x:1"\n'
    secrets = {"rotate": '{a = "two"}', "add": '{a = "one", b = "three"}', "remove": "{}"}
    main = tmp_path / "main.toml"
    main.write_text(server.provider + block + 'secure_json_data = {a = "one"}\n')
    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    main.write_text(server.provider + block + f"secure_json_data = {secrets[change]}\n")
    (planned,) = plan_changes(hcl)
    expected = {"rotate": {"a": "rotated"}, "add": {"b": "set"}, "remove": {"a": "removed"}}
    assert planned["secrets"] == expected[change]
    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    uid = json.loads(hcl("show", "--json").out)["records"][0]["uid"]
    fields = server.call("GET", f"/api/datasources/uid/{uid}")["secureJsonFields"]
    assert set(fields) == {"rotate": {"a"}, "add": {"a", "b"}, "remove": set()}[change]
    assert hcl("destroy", "--auto-approve").code == 0
