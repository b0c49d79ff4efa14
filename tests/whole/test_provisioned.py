"""Objects that come from files of the server's own: taken over and referred to, and never planned to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.embedded import Options, create_app
from tests.conftest import Hcl, Server
from tests.whole.processes import serving
from tests.whole.project import Project

_PLATFORM = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
_FILE = "it comes from a file of the server's own (provisioning)"


@pytest.fixture
def dashboard(server: Server) -> Iterator[Server]:
    """A server with a dashboard that its metadata says is from a file: 12.4 lets anybody say so on the app platform."""
    annotations = {"grafana.app/managedBy": "classic-file-provisioning", "grafana.app/managerId": "files"}
    head = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard"}
    metadata = {"name": "from-file", "annotations": {**annotations, "grafana.app/sourcePath": "/etc/d.json"}}
    server.call("POST", _PLATFORM, {**head, "metadata": metadata, "spec": {"title": "File", "schemaVersion": 41}})
    yield server
    # What a forced deletion is there.
    server.call(
        "DELETE", f"{_PLATFORM}/from-file", {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
    )


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Server]:
    """The embedded server with a data source from a file: no API makes one."""
    file = tmp_path / "grafana.db"
    wire = {"uid": "prov", "name": "P", "type": "loki", "access": "proxy", "url": "http://p.invalid"}
    Server.embedded(tmp_path).call("POST", "/api/datasources", wire)
    with serving(create_app(file, options=Options(read_only_sources=frozenset({"prov"})))) as url:
        yield Server(url, "admin:admin")


_SOURCE = '[resource.grafana_data_source.o]\nuid = "prov"\nname = "P"\ntype = "loki"\nurl = "http://p.invalid"\n'
_DASHBOARD = "[resource.grafana_dashboard.o]\nuid = 'from-file'\nconfig = { title = 'File', schemaVersion = 41 }\n"


def _check(hcl: Hcl, project: Project, block: str, address: str, uid: str, change: tuple[str, str]) -> None:
    """Everything that a person tries with it, one after the other."""
    project.write(block)
    outcome = hcl("import", address, uid)
    assert outcome.code == 0
    assert f"Warning: {address} cannot be changed" in outcome.err
    assert _FILE in outcome.err
    project.write(block.replace(*change))
    refused = hcl("plan")
    assert refused.code == 1
    assert f"Error: {address} cannot be changed\n  at main.toml:4:" in refused.err
    assert _FILE in refused.err
    assert "[[removed]]" in refused.err
    project.write("")
    refused = hcl("plan")
    assert refused.code == 1
    assert f"Error: {address} cannot be deleted" in refused.err
    assert f'[[removed]] from = "{address}"' in refused.err
    project.write(block)
    for args in (("destroy", "--auto-approve"), ("plan", "--replace", address)):
        refused = hcl(*args)
        assert refused.code == 1
        assert f"Error: {address} cannot be" in refused.err
    project.write(f'[[removed]]\nfrom = "{address}"\ndestroy = false\n')
    project.run("apply", "--auto-approve")
    project.run("plan", "--detailed-exitcode")


def test_a_dashboard_from_a_file_is_never_planned_to_change(hcl: Hcl, dashboard: Server, tmp_path: Path) -> None:
    """As it is declared is fine, and adopting it says what it is."""
    project = Project(hcl, dashboard, tmp_path)
    declared = (
        "[resource.grafana_dashboard.o]\non_exists = 'adopt'\nconfig_json = '${data.grafana_dashboard.d.config_json}'\n"
    )
    project.write(f"{declared}[data.grafana_dashboard.d]\nuid = 'from-file'\n")
    planned = project.run("plan")
    assert f"It cannot be changed here: {_FILE}." in planned
    project.run("apply", "--auto-approve")
    project.run("plan", "--detailed-exitcode")
    project.run("state", "rm", "grafana_dashboard.o")
    _check(hcl, project, _DASHBOARD, "grafana_dashboard.o", "from-file", ("title = 'File'", "title = 'Mine'"))


def test_a_data_source_from_a_file_is_never_planned_to_change(hcl: Hcl, source: Server, tmp_path: Path) -> None:
    """readOnly, as the server says."""
    project = Project(hcl, source, tmp_path)
    _check(hcl, project, _SOURCE, "grafana_data_source.o", "prov", ("http://p.invalid", "http://q.invalid"))
    assert source.call("GET", "/api/datasources/uid/prov")["url"] == "http://p.invalid"
