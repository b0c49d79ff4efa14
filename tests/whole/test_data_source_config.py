"""grafana_data_source_config: settings of a data source that others manage. Its life is in test_lifecycle.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_SETTINGS = {"httpMethod": "POST", "timeInterval": "30s", "manageAlerts": True}
_THEIRS = {
    "uid": "dsc",
    "name": "DSC",
    "type": "prometheus",
    "access": "proxy",
    "url": "http://x",
    "jsonData": _SETTINGS,
}
_BLOCK = '[resource.grafana_data_source_config.c]\nuid = "dsc"\njson_data = { timeInterval = "30s" }\n'


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


def test_a_take_over_has_the_settings_of_its_block_alone(project: Project) -> None:
    """Without one nobody knows which are meant, and all of them would go with it: neither with all, nor by itself."""
    project.server.call("POST", "/api/datasources", _THEIRS)
    try:
        project.write("")
        said = project.run("import", "--all", "--dry-run", "--type", "grafana_data_source_config")
        assert "1 of grafana_data_source_config" in said
        assert "only a block says which settings of a data source are meant" in said
        alone = project.hcl("import", "grafana_data_source_config.c", "dsc", "--write")
        assert (alone.code, "cannot be taken over without a block" in alone.err) == (1, True)
        project.write(_BLOCK)
        project.run("import", "grafana_data_source_config.c", "dsc")
        assert project.plan() == []
        project.write("")
        project.run("apply", "--auto-approve")
        left = project.server.call("GET", "/api/datasources/uid/dsc")["jsonData"]
        assert left == {"httpMethod": "POST", "manageAlerts": True}
    finally:
        project.server.call("DELETE", "/api/datasources/uid/dsc")
