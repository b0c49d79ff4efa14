"""Real dashboards and data sources on the generations before the app platform, as far as these can hold them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from providers.embedded.generations.slugs import make_slug
from providers.embedded.plugins import current_type
from tests.conftest import Hcl
from tests.whole.generations import GENERATIONS, GenerationProject
from tests.whole.real_data import block_name, data_source_block, form_of, loading, retitle_first

_OLD = tuple(generation for generation in GENERATIONS if generation != "12")
_PLAIN = {"password", "basicAuthPassword"}


def _classic(shared: Path) -> list[Path]:
    """The classic ones, one of each title: before 12 two cannot have the same."""
    by_slug = {make_slug(json.loads(path.read_text())["title"]): path for path in loading(shared) if not form_of(path)}
    return sorted(by_slug.values())


@pytest.mark.parametrize("generation", _OLD)
def test_every_classic_dashboard_lives_a_whole_life(hcl: Hcl, shared: Path, tmp_path: Path, generation: str) -> None:
    """Applied, planned empty, a colleague's edit shown as exactly that and repaired, destroyed."""
    project = GenerationProject(hcl, tmp_path, generation)
    paths = _classic(shared)
    assert len(paths) > 55
    paths = paths[:: 1 if os.environ.get("HCL_LITE_TEST_ALL_DATA") else 3]
    blocks = [
        f"[resource.grafana_dashboard.{block_name(path)}]\nconfig_json = '${{file(\"{path}\")}}'\n" for path in paths
    ]
    read_from = sorted({str(path.parent) for path in paths})
    project.write("".join([*blocks, f"[hcl_lite]\nread_from = {read_from}\n"]))
    project.apply()
    edited = paths[::8]
    for path in edited:
        title = json.loads(path.read_text())["title"]
        document = project.colleague.dashboard(title)["dashboard"]
        retitle_first(document)
        project.colleague.edit(title, **document)
    planned = project.plan()
    assert [(address, action) for address, action, _ in planned] == sorted(
        (f"grafana_dashboard.{block_name(path)}", "update") for path in edited
    )
    assert all(len(changed) == 1 and changed[0].endswith(".title") for *_, changed in planned)
    project.apply()
    project.destroy()
    assert project.colleague.inventory()["dashboards"] == []


@pytest.mark.parametrize("generation", _OLD)
def test_every_data_source_lives_a_whole_life(
    hcl: Hcl, shared: Path, tmp_path: Path, generation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those whose secrets there can be; what was sent is what is there."""
    monkeypatch.setenv("HCL_LITE_FINGERPRINT_KEY", "k" * 32)
    payloads = json.loads((shared / "data" / "datasources.json").read_text())
    if generation == "3":
        payloads = [payload for payload in payloads if payload.get("secureJsonData", {}).keys() <= _PLAIN]
    project = GenerationProject(hcl, tmp_path, generation)
    project.write("\n".join(data_source_block(index, payload) for index, payload in enumerate(payloads)))
    project.apply()
    listed = {item["name"]: item["id"] for item in project.server.call("GET", "/api/datasources")}
    assert len(listed) == len(payloads) >= 8
    for payload in payloads:
        live = project.server.call("GET", f"/api/datasources/{listed[payload['name']]}")
        live["jsonData"].pop("hclLiteUid", None)
        sent = {key: value for key, value in payload.items() if key in live}
        if generation in ("10", "11"):  # which are told from 12, with its names of types
            sent["type"] = current_type(sent["type"])
        assert {key: live[key] for key in sent} == sent
    assert "s3cr3t" not in (tmp_path / "hcl-lite.state.json").read_text()
    project.destroy()
    assert project.colleague.inventory()["data sources"] == []
