"""amazon_grafana from plan to destroy: the workspace is the embedded server on a port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.embedded import Options, create_app
from tests.conftest import Hcl, Server
from tests.whole.processes import serving

_TOKEN = "glsa_workspace"
_RESOURCES = """
[resource.grafana_folder.f]
# provider
uid = "f"
title = "Found ${data.grafana_data_source.there.name}"

[resource.grafana_data_source.s]
# provider
uid = "s"
name = "S"
type = "grafana-testdata-datasource"
secure_json_data = { password = "s3cret" }
check_health = true

[data.grafana_data_source.there]
# provider
uid = "there"

[data.grafana_query.numbers]
# provider
data_source = "there"
query = { scenarioId = "csv_metric_values", stringInput = "1,2,3" }

[output.numbers]
value = "${data.grafana_query.numbers.frames[0].fields[1]['values']}"
"""


@pytest.fixture
def workspace() -> Iterator[str]:
    """A workspace in which somebody has made a data source; its URL. Who calls has to have the token."""
    app = create_app(options=Options(tokens={_TOKEN: "Admin"}))
    with serving(app) as url:
        source = {"uid": "there", "name": "There", "type": "grafana-testdata-datasource", "access": "proxy"}
        Server(url, _TOKEN).call("POST", "/api/datasources", source)
        yield url


@pytest.mark.parametrize("name", ["amazon_grafana", "eu"])
def test_a_workspace_from_plan_to_destroy(
    hcl: Hcl, workspace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As the default provider, and by a name of its own, for commands too; the account is in the environment."""
    monkeypatch.setenv("AMAZON_GRAFANA_AUTH", _TOKEN)
    head = f'[provider.{name}]\ntype = "amazon_grafana"\nworkspace_endpoint = "{workspace}"\n'
    named = "" if name == "amazon_grafana" else f'provider = "{name}"'
    (tmp_path / "main.toml").write_text(head + _RESOURCES.replace("# provider", named))
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    server = Server(workspace, _TOKEN)
    assert server.call("GET", "/api/folders/f")["title"] == "Found There"
    assert server.call("GET", "/api/datasources/uid/s")["secureJsonFields"] == {"password": True}
    assert hcl("output", "--json").out.split() == ["{", '"numbers":', "[", "1,", "2,", "3", "]", "}"]
    assert hcl("plan", "--detailed-exitcode").code == 0
    for args in ((), ("--provider", name)):
        listed = json.loads(hcl("data-source", "list", "--json", *args).out)
        assert [one["uid"] for one in listed] == ["s", "there"]
    state = (tmp_path / "hcl-lite.state.json").read_text()
    assert f'"{name}"' in state
    assert _TOKEN not in state + applied.out + applied.err
    assert hcl("destroy", "--auto-approve").code == 0
    assert [one["uid"] for one in server.call("GET", "/api/datasources")] == ["there"]


def test_a_wrong_token_is_refused_with_what_to_set(hcl: Hcl, workspace: str, tmp_path: Path) -> None:
    """401, in the server's words."""
    head = f'[provider.amazon_grafana]\nworkspace_endpoint = "{workspace}"\nauth = "wrong"\n'
    (tmp_path / "main.toml").write_text(head + _RESOURCES)
    planned = hcl("plan")
    assert (planned.code, "Invalid API key" in planned.err) == (1, True)
    assert "AMAZON_GRAFANA_AUTH" in planned.err


def test_a_workspace_beside_a_grafana(hcl: Hcl, workspace: str, embedded: Server, tmp_path: Path) -> None:
    """With both declared, grafana is the default one: the other is named."""
    (tmp_path / "main.toml").write_text(
        f'{embedded.provider}[provider.amazon_grafana]\nworkspace_endpoint = "{workspace}"\nauth = "{_TOKEN}"\n'
        '[resource.grafana_folder.here]\nuid = "h"\ntitle = "Here"\n'
        '[resource.grafana_folder.there]\nuid = "t"\ntitle = "There"\nprovider = "amazon_grafana"\n'
    )
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert embedded.inventory()["folders"] == ["h"]
    assert Server(workspace, _TOKEN).inventory()["folders"] == ["t"]
