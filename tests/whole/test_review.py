"""The plan of docs/review: twenty changes over eight real dashboards, an alert rule and a permission, in all formats.

HCL_LITE_GOLDEN=write writes the files anew; the pictures are of the page, by the same Chromium as in the tests.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Chromium
from tests.conftest import Hcl

_DOCS = Path(__file__).parents[2] / "docs" / "review"
_SHARED = Path(__file__).parents[3] / "shared" / "data" / "dashboards"
_WRITES = os.environ.get("HCL_LITE_GOLDEN") == "write"
_FORMATS = {
    "txt": ("show", "p"),
    "md": ("show", "--format=markdown", "p"),
    "html": ("show", "--format=html", "p"),
    "json": ("show", "--json", "p"),
    "svg": ("graph", "--format=svg", "--plan", "p", "--var", "password=second-secret"),
}

Json = dict[str, Any]


def _panel(spec: Json, title: str) -> Json:
    """The panel with this title, wherever it lies."""
    found = [*spec.get("panels", ())]
    found += [inner for one in found for inner in one.get("panels", ())]
    return next(one for one in found if one.get("title") == title)


def _expr(spec: Json, title: str, old: str, new: str) -> None:
    for target in _panel(spec, title)["targets"]:
        target["expr"] = target["expr"].replace(old, new)


def _bosh(spec: Json) -> None:
    spec["title"] = "BOSH jobs"
    spec["refresh"] = "1m"
    _panel(spec, "Memory Usage")["title"] = "Memory"


def _kubernetes(spec: Json) -> None:
    for title in ("Global CPU  Usage", "Cluster CPU Utilization"):
        _expr(spec, title, "$__rate_interval", "5m")
    spec["time"] = {"from": "now-6h", "to": "now"}


def _istio(spec: Json) -> None:
    spec["tags"] = ["istio", "owner:mesh"]
    spec["title"] = "Istio: mesh"
    spec["refresh"] = "30s"


def _redis(spec: Json) -> None:
    spec["panels"] = [one for one in spec["panels"] if one.get("title") != "Max Uptime"]
    spec["panels"].append(
        {
            "id": 990,
            "type": "timeseries",
            "title": "Evictions",
            "gridPos": {"x": 0, "y": 90, "w": 12, "h": 8},
            "targets": [{"refId": "A", "expr": "sum(rate(redis_evicted_keys_total[5m])) by (instance)"}],
        }
    )


def _remote_write(spec: Json) -> None:
    spec["refresh"] = "1m"
    one = next(panel for panel in spec["panels"] if "fieldConfig" in panel)
    one.setdefault("fieldConfig", {}).setdefault("defaults", {})["unit"] = "s"


def _strimzi(spec: Json) -> None:
    spec["description"] = "What the operators of Strimzi do."
    spec["templating"]["list"][0]["label"] = "Source"


_DASHBOARDS: dict[str, tuple[str, str, Callable[[Json], None]]] = {
    "bosh": ("bosh-prometheus/bosh-jobs.json", "platform", _bosh),
    "kubernetes": ("dotdc/k8s-views-global.json", "platform", _kubernetes),
    "istio": ("istio/istio-mesh-dashboard.json", "mesh", _istio),
    "redis": ("redis-exporter/redis-dashboard.json", "data", _redis),
    "remote_write": ("kube-prometheus/prometheus-remote-write.json", "platform", _remote_write),
    "strimzi": ("strimzi/strimzi-operators.json", "data", _strimzi),
    "temporal": ("temporal/server-general.json", "data", lambda spec: spec.update(refresh="30s", tags=["temporal"])),
    "windows": ("starsliao/windows-dashboard.json", "platform", lambda spec: None),
}
_WORLD = """\
[provider.grafana]
url = "embedded:world"

[resource.grafana_folder.platform]
uid = "platform"
title = "Platform"

[resource.grafana_folder.mesh]
uid = "mesh"
title = "Mesh"
parent_folder_uid = "${grafana_folder.platform.uid}"

[resource.grafana_folder.data]
uid = "data"
title = "Data"

[resource.grafana_folder_permission.data]
folder_uid = "${grafana_folder.data.uid}"
permissions = { Viewer = "View", Editor = "LEVEL" }

[resource.grafana_contact_point.ops]
name = "ops"
type = "webhook"
settings = { url = "https://example.org/hook", password = "${var.password}" }

[variable.password]
sensitive = true

[resource.grafana_rule_group.redis]
name = "redis"
folder_uid = "${grafana_folder.data.uid}"
interval_seconds = 60

[[resource.grafana_rule_group.redis.rule]]
name = "Redis is down"
condition = "A"
for = "FOR"
annotations = { summary = "No answer of Redis." }

[[resource.grafana_rule_group.redis.rule.data]]
ref_id = "A"
datasource_uid = "__expr__"
relative_time_range = { from = 600, to = 0 }
model = '{"type": "math", "expression": "EXPRESSION", "refId": "A"}'
"""


def _blocks(names: list[str]) -> Iterator[str]:
    for name in names:
        folder = _DASHBOARDS[name][1]
        yield f"""
[resource.grafana_dashboard.{name}]
folder = "${{grafana_folder.{folder}.uid}}"
config_json = "${{file('dashboards/{name}.json')}}"
"""


def _write(root: Path, names: list[str], level: str, wait: str, expression: str, *, edited: bool) -> None:
    """The configuration in `root`, before or after it is edited."""
    (root / "dashboards").mkdir(exist_ok=True)
    for name in names:
        file, _, edit = _DASHBOARDS[name]
        spec = json.loads((_SHARED / file).read_text())
        spec = {key: value for key, value in spec.items() if key not in ("id", "__inputs", "__requires", "__elements")}
        spec["uid"] = name
        if edited:
            edit(spec)
        (root / "dashboards" / f"{name}.json").write_text(json.dumps(spec, indent=2))
    world = _WORLD.replace("LEVEL", level).replace("FOR", wait).replace("EXPRESSION", expression)
    (root / "main.toml").write_text(world + "".join(_blocks(names)))


@pytest.fixture
def plan(hcl: Hcl, tmp_path: Path) -> Callable[..., str]:
    """Shows the plan, saved once, in a format."""
    if not _SHARED.is_dir():
        pytest.skip("the real dashboards are not here")
    _write(tmp_path, [*_DASHBOARDS], "Edit", "5m", "1 > 0", edited=False)
    before, after = (("--var", f"password={word}") for word in ("first-secret", "second-secret"))
    assert hcl("apply", "--auto-approve", *before).code == 0
    _write(tmp_path, [name for name in _DASHBOARDS if name != "windows"], "Admin", "10m", "2 > 1", edited=True)
    assert hcl("plan", "--out", "p", *after).code == 0

    def show(*words: str) -> str:
        return _lasting(hcl(*words).out)

    return show


def _lasting(text: str) -> str:
    """What is the same in each run: not when and as what a plan was saved."""
    text = re.sub(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+\+00:00)?", "2026-11-27 10:00:00", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "3f1c0c52-9a3e-4c1e-8a53-0a3f6c1d7e11", text)
    return re.sub(r"(hcl_lite_version\": )\"[^\"]*\"", r'\1"1.0"', text)


def test_the_plan_of_the_documentation_is_what_is_shown(plan: Callable[..., str]) -> None:
    """In each format, by its file; and no secret is in any."""
    shown = {ending: plan(*words) for ending, words in _FORMATS.items()}
    if _WRITES:
        _DOCS.mkdir(exist_ok=True)
        for ending, text in shown.items():
            (_DOCS / f"plan.{ending}").write_text(text)
    for ending, text in shown.items():
        assert text == (_DOCS / f"plan.{ending}").read_text()
        assert "-secret" not in text
    counts = json.loads(shown["json"])["summary"]["counts"]
    assert (counts["create"], counts["update"], counts["delete"]) == (0, 10, 1)
    assert sum(len(change["differences"]) for change in json.loads(shown["json"])["changes"]) >= 20


@pytest.mark.skipif(not _WRITES, reason="HCL_LITE_GOLDEN=write takes the pictures")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_page(chromium: Chromium, scheme: str) -> None:
    """The first screen, and one dashboard opened."""

    def act(page: Any) -> None:
        page.click("#o2 summary")
        page.mouse.move(0, 0)
        page.screenshot(path=_DOCS / f"page-{scheme}.png")

    page = (_DOCS / "plan.html").as_uri()
    assert chromium.look(page, act, color_scheme=scheme, viewport={"width": 1280, "height": 900}).console == []
