"""What each format tells, read from files in its own documented shape; what cannot be carried over, with its place."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.operations.migrate.formats import FORMATS
from hcl_lite.operations.migrate.model import Origin, Reading
from hcl_lite.operations.migrate.tree import open_tree

_GRIZZLY = "apiVersion: grizzly.grafana.com/v1alpha1\n"
_OPERATOR = "apiVersion: grafana.integreatly.org/v1beta1\n"


def _read(root: Path, format_: str, files: Mapping[str, str | bytes], organisation: str = "1") -> Reading:
    for name, text in files.items():
        path = root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    tree = open_tree(root / "in", "in")
    return FORMATS[format_].read(tree, Origin(organisation, lambda path: open_tree(root / "in" / path, path)))


def _told(reading: Reading) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    return [(one.type.removeprefix("grafana_"), one.uid, one.title, one.folder, one.path) for one in reading.told]


def _left(reading: Reading) -> list[str]:
    return [f"{one.what} | {one.reason}" for one in reading.left]


# --- Grizzly ----------------------------------------------------------------------------------------------------------


def test_grizzly_has_kinds(tmp_path: Path) -> None:
    """By metadata.name and metadata.folder; specs that are text, several in a file, in lists and in tables."""
    reading = _read(
        tmp_path,
        "grizzly",
        {
            "a.yaml": f"{_GRIZZLY}kind: Dashboard\nmetadata: {{name: top, folder: general}}\n"
            'spec: |\n  {"title": "Top", "uid": "top"}\n'
            f"---\n{_GRIZZLY}kind: DashboardFolder\nmetadata: {{name: sub}}\nspec: {{title: Sub, parentUid: team}}\n",
            "b.json": json.dumps(
                {
                    "all": [
                        {
                            "apiVersion": "grizzly.grafana.com/v1alpha1",
                            "kind": "LibraryElement",
                            "metadata": {"name": "lib"},
                            "spec": {"kind": 1, "name": "Clock", "folderUid": "sub", "model": {"type": "text"}},
                        }
                    ]
                }
            ),
            "c.yml": f"{_GRIZZLY}kind: AlertNotificationPolicy\nmetadata: {{name: global}}\nspec: {{receiver: ops}}\n",
        },
    )
    assert _told(reading) == [
        ("dashboard", "top", "Top", "", ()),
        ("folder", "sub", "Sub", "team", ()),
        ("library_panel", "lib", "Clock", "sub", ()),
        ("notification_policy", "policy", "policy", "", ()),
    ]
    assert [one.where for one in reading.told] == ["in/a.yaml:1", "in/a.yaml:7", "in/b.json:1", "in/c.yml:1"]


def test_what_grizzly_has_beside_grafana_is_listed(tmp_path: Path) -> None:
    """Kinds of others, variables of libraries, and what is incomplete."""
    files = {
        "a.yaml": f"{_GRIZZLY}kind: SyntheticMonitoringCheck\nmetadata: {{name: x}}\nspec: {{}}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n"
        f"---\n{_GRIZZLY}kind: LibraryElement\nmetadata: {{name: v}}\nspec: {{kind: 2, name: V}}\n"
        f"---\n{_GRIZZLY}kind: Dashboard\nmetadata: {{}}\nspec: {{title: X}}\n"
        f"---\n{_GRIZZLY}kind: Datasource\nmetadata: {{name: d}}\nspec: {{type: [a]}}\n"
    }
    assert _left(_read(tmp_path, "grizzly", files)) == [
        "in/a.yaml:1: SyntheticMonitoringCheck x | hcl-lite has no type for the kind SyntheticMonitoringCheck",
        "in/a.yaml:6: Pod p | its apiVersion is none of grizzly.grafana.com/",
        "in/a.yaml:11: LibraryElement v | it is a library variable, which is no panel",
        "in/a.yaml:18: Dashboard | it has no name",
        "in/a.yaml:24: Datasource d | its type is no text: expected a text",
    ]


# --- gdg --------------------------------------------------------------------------------------------------------------


def test_gdg_has_directories(tmp_path: Path) -> None:
    """Encoded as in a query; a resource of the app platform in an envelope; rules of several files are one group."""
    resource = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": {"name": "n", "x": 1}}
    rule = {"ruleGroup": "g", "folderUID": "f", "title": "R"}
    reading = _read(
        tmp_path,
        "gdg",
        {
            "org_a/folders/linux%2Fgnu/ES+net.json": json.dumps(
                {"title": "ES net", "uid": "es", "NestedPath": "linux%2Fgnu/ES+net"}
            ),
            "org_a/dashboards/linux%2Fgnu/n.json": json.dumps(
                {"resource": {**resource, "spec": {"title": "N"}, "status": {}}, "nested_path": "linux%2Fgnu"}
            ),
            "org_a/alerting-rules/x/1.json": json.dumps(rule),
            "org_a/alerting-rules/x/2.json": json.dumps({**rule, "title": "S"}),
            "org_a/teams/t/team.json": json.dumps({"id": 1, "name": "T"}),
            "org_a/teams/t/members.json": json.dumps([{"email": "b@x"}, {"email": "a@x"}]),
            "users/bob.json": "{}",
        },
    )
    assert _told(reading) == [
        ("folder", "", "linux/gnu", "", ()),
        ("dashboard", "n", "N", "", ("linux/gnu",)),
        ("folder", "", "linux/gnu", "", ()),
        ("folder", "es", "ES net", "", ("linux/gnu",)),
        ("team", "", "T", "", ()),
        ("rule_group", "", "g", "f", ()),
    ]
    assert json.loads(reading.told[1].text)["metadata"] == {"name": "n"}
    assert reading.told[4].arguments == {"members": ["a@x", "b@x"]}
    assert [rule["title"] for rule in reading.told[5].wire["rules"]] == ["R", "S"]
    assert _left(reading) == ["in/users/bob.json | hcl-lite has no type for it: accounts are not in its configuration"]


# --- provisioning -----------------------------------------------------------------------------------------------------


def test_provisioning_refers_to_secrets_and_never_has_them(tmp_path: Path) -> None:
    """$NAME, ${NAME}, $__file{} and $__env{}; $$ is a $; what is in plain text is named alone."""
    text = """apiVersion: 1
datasources:
  - name: A $$1
    type: prometheus
    url: http://${HOST}:9090
    secureJsonData: {a: $A, b: "${B}", c: "$__env{C}", d: "$__file{/d}", e: hunter2, f: "x-$F", g: "$__vault{g}"}
"""
    [one] = _read(tmp_path, "provisioning", {"a.yaml": text}).told
    assert one.title == "A $1"
    assert {name: one.secrets[name].secret for name in one.secrets} == {
        **{"a": "env:A", "b": "env:B", "c": "env:C", "d": "file:/d", "f": "", "g": ""}
    }
    assert one.open == ["e"]
    assert "hunter2" not in repr(one)
    assert one.wire["url"].code.text == 'http://${env("HOST")}:9090'
    assert one.secrets["f"].code.text == 'x-${env("F")}'
    assert one.secrets["g"].code is None
    assert one.wire["url"].resolve({"HOST": "h"}) == "http://h:9090"
    assert one.wire["url"].resolve({}) is None


def test_provisioning_has_folders_of_files_and_of_titles(tmp_path: Path) -> None:
    """foldersFromFilesStructure takes the last directory alone; other organisations are listed."""
    text = """providers:
  - {name: p, folder: F, folderUid: f, options: {path: one}}
  - {name: q, options: {path: two, foldersFromFilesStructure: true}}
  - {name: r, orgId: 2, options: {path: one}}
  - {name: s, type: other}
"""
    board = '{"title": "%s"}'
    files = {"a.yml": text, "one/x/a.json": board % "A", "two/x/y/b.json": board % "B", "two/c.json": board % "C"}
    reading = _read(tmp_path, "provisioning", files)
    assert _told(reading) == [
        ("folder", "f", "F", "", ()),
        ("dashboard", "", "A", "f", ("F",)),
        ("dashboard", "", "C", "", ()),
        ("folder", "", "y", "", ()),
        ("dashboard", "", "B", "", ("y",)),
    ]
    assert _left(reading) == [
        "in/a.yml:4: providers r | it is of organisation 2: --provider NAME takes a provider with org_id = 2",
        'in/a.yml:5: providers s | it is of the type "other", not of files',
    ]
    assert [one.title for one in _read(tmp_path, "provisioning", {}, "2").told] == ["A"]


def test_provisioned_rules_are_those_of_the_api(tmp_path: Path) -> None:
    """Durations, panels, recordings; annotations and queries stay as they are; labels lose their escapes."""
    text = """groups:
  - name: g
    folder: A/B\\/C
    interval: 1m30s
    rules:
      - {uid: r, title: R, keepFiringFor: 1m, dashboardUid: d, panelId: 2, annotations: {s: "$labels.x"},
         labels: {c: "$$5"}, data: [{model: {expr: "$__rate"}}], record: {metric: m, from: A, targetDatasourceUid: t}}
"""
    *folders, group = _read(tmp_path, "provisioning", {"a.yaml": text}).told
    assert [(one.path, one.title) for one in folders] == [((), "A"), (("A",), "B/C")]
    assert (group.path, group.wire["interval"]) == (("A", "B/C"), 90)
    assert group.wire["rules"] == [
        {
            "uid": "r",
            "title": "R",
            "keep_firing_for": "1m",
            "dashboardUid": "d",
            "panelId": 2,
            "annotations": {"__dashboardUid__": "d", "__panelId__": "2", "s": "$labels.x"},
            "labels": {"c": "$5"},
            "data": [{"model": {"expr": "$__rate"}}],
            "record": {"metric": "m", "from": "A", "target_datasource_uid": "t"},
        }
    ]


def test_yaml_is_that_of_version_1_2(tmp_path: Path) -> None:
    """A time of day and "on" are texts; anchors and merges are followed."""
    text = """muteTimes:
  - name: on
    time_intervals: [&a {times: [{start_time: 09:00, end_time: 17:30}]}, {<<: *a, years: ["2030"]}]
"""
    [one] = _read(tmp_path, "provisioning", {"a.yaml": text}).told
    times = {"times": [{"start_time": "09:00", "end_time": "17:30"}]}
    assert one.wire == {"name": "on", "time_intervals": [times, {**times, "years": ["2030"]}]}


# --- the operator -----------------------------------------------------------------------------------------------------


def _resource(kind: str, name: str, spec: str, metadata: str = "") -> str:
    return f"{_OPERATOR}kind: {kind}\nmetadata: {{name: {name}, namespace: ns{metadata}}}\nspec: {spec}\n---\n"


def test_the_operator_has_models_in_several_ways(tmp_path: Path) -> None:
    """json, gzipJson, a ConfigMap that is there; uids of specs, models and the cluster; the namespace is a folder."""
    zipped = base64.b64encode(gzip.compress(b'{"title": "Z"}')).decode()
    text = (
        _resource("GrafanaDashboard", "a", '{folderRef: f, json: \'{"title": "A", "uid": "a"}\'}')
        + _resource("GrafanaDashboard", "z", f"{{uid: own, folder: Other, gzipJson: {zipped}}}", ", uid: cluster")
        + _resource("GrafanaDashboard", "c", "{configMapRef: {name: cm, key: c.json}}", ", uid: cluster")
        + _resource("GrafanaFolder", "f", "{}", ", uid: 1-2-3")
        + _resource("GrafanaLibraryPanel", "l", '{folderRef: f, uid: l, json: \'{"name": "L", "title": "Seen"}\'}')
        + 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: ns}\ndata: {c.json: \'{"title": "C"}\'}\n'
    )
    assert _told(_read(tmp_path, "operator", {"a.yaml": text})) == [
        ("dashboard", "a", "A", "1-2-3", ()),
        ("folder", "", "Other", "", ()),
        ("dashboard", "own", "Z", "", ("Other",)),
        ("folder", "", "ns", "", ()),
        ("dashboard", "cluster", "C", "", ("ns",)),
        ("folder", "1-2-3", "f", "", ()),
        ("library_panel", "l", "L", "1-2-3", ()),
    ]


def test_what_the_operator_has_elsewhere_is_listed(tmp_path: Path) -> None:
    """Models that are not in the files, references that lead nowhere, other kinds, broken gzip."""
    text = (
        _resource("GrafanaDashboard", "u", "{url: https://x}")
        + _resource("GrafanaDashboard", "m", "{configMapRef: {name: gone, key: k}}")
        + _resource("GrafanaDashboard", "f", '{folderRef: gone, json: \'{"title": "A"}\'}')
        + _resource("GrafanaDashboard", "g", "{gzipJson: AAAA}")
        + _resource("GrafanaServiceAccount", "s", "{}")
        + _resource("GrafanaNotificationPolicy", "p", "{route: {receiver: r, routes: []}}")
        + _resource("GrafanaNotificationPolicy", "q", "{route: {receiver: r, routeSelector: {matchLabels: {}}}}")
    )
    reading = _read(tmp_path, "operator", {"a.yaml": text})
    assert [one.partition(": ")[2].partition(" | ")[0] for one in _left(reading)] == [
        *("GrafanaDashboard u", "GrafanaDashboard m", "GrafanaDashboard f", "GrafanaDashboard g"),
        *("GrafanaServiceAccount s", "GrafanaNotificationPolicy q"),
    ]


def test_the_operators_matchers_and_secrets_are_grafanas(tmp_path: Path) -> None:
    """matchers become object_matchers; what a Secret has is a variable with the name of its key."""
    matchers = "[{name: a, value: b}, {name: a, value: b, isRegex: true, isEqual: false}]"
    source = "{targetPath: url, valueFrom: {secretKeyRef: {name: s, key: my-url}}}"
    way = f"{{type: slack, settings: {{}}, valuesFrom: [{source}]}}"
    text = _resource("GrafanaNotificationPolicy", "p", f"{{route: {{receiver: r, matchers: {matchers}}}}}") + _resource(
        "GrafanaContactPoint", "c", f"{{receivers: [{way}]}}", ", uid: meta"
    )
    policy, point = _read(tmp_path, "operator", {"a.yaml": text}).told
    both = [{"label": "a", "match": match, "value": "b"} for match in ("=", "!~")]
    assert policy.wire == {"contact_point": "r", "matcher": both}
    assert (point.uid, point.title, point.name) == ("meta_0", "c", "c")
    assert point.wire["settings"]["url"].secret == "env:MY_URL"


# --- hostile files ----------------------------------------------------------------------------------------------------

_HOSTILE: Mapping[str, tuple[str | bytes, str]] = {
    "deep.yaml": ("[" * 100_000, "it is no"),
    "deeper.yaml": ("\n".join(" " * i + "a:" for i in range(900)), "it is nested more than 200 deep"),
    "deep.json": ("[" * 200_000, "it is n"),
    "bomb.yaml": (
        "a: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"b{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
        "its aliases stand for more than",
    ),
    "self.yaml": ("a: &a [*a]\n", "an alias in it refers to what it is in"),
    "binary.yaml": (b"\xff\xfe\x00\x01", "it is no text in UTF-8"),
    "control.yaml": ("a: \x01\n", "unacceptable character"),
    "tag.yaml": ("a: !!python/object/apply:os.system [x]\n", "it has the tag"),
    "key.yaml": ("? [a]\n: 1\n", "a key in it is no text"),
    "inf.json": ('{"kind": NaN}', "JSON has no NaN"),
    "digits.json": (f'{{"kind": {"9" * 5000}}}', "digits"),
    "list.yaml": (f"{_GRIZZLY}kind: Dashboard\nmetadata: []\nspec: []\n", "its metadata is no table"),
    "spec.yaml": (f"{_GRIZZLY}kind: Dashboard\nmetadata: {{name: x}}\nspec: [1]\n", "its spec is no table"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_what_is_no_document_is_told_with_its_place(tmp_path: Path, name: str) -> None:
    """Never a traceback, and never long."""
    content, reason = _HOSTILE[name]
    reading = _read(tmp_path, "grizzly", {name: content})
    assert not reading.told
    [left] = _left(reading)
    assert left.startswith(f"in/{name}")
    assert reason in left, left


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    """Neither to a file nor to a directory; one that stays inside is."""
    (tmp_path / "in").mkdir()
    secret = tmp_path / "secret.yaml"
    secret.write_text(f"{_GRIZZLY}kind: Datasource\nmetadata: {{name: x}}\nspec: {{type: t}}\n")
    (tmp_path / "in" / "out.yaml").symlink_to(secret)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "pipe.yaml").symlink_to("/dev/zero")
    (tmp_path / "in" / "good.yaml").write_text(secret.read_text())
    (tmp_path / "in" / "same.yaml").symlink_to("good.yaml")
    reading = _read(tmp_path, "grizzly", {})
    assert [one.where for one in reading.told] == ["in/good.yaml:1", "in/same.yaml:1"]
    assert _left(reading) == ["in/out.yaml | it is a link that leads out of the directory"]


def test_many_files_are_read_in_order(tmp_path: Path) -> None:
    """As a repository of dashboards may have them."""
    text = f"{_GRIZZLY}kind: DashboardFolder\nmetadata: {{name: f}}\nspec: {{title: F}}\n"
    (tmp_path / "in").mkdir()
    for number in range(300):
        (tmp_path / "in" / f"{number:04}.yaml").write_text(text)
    assert len(_read(tmp_path, "grizzly", {}).told) == 300


def test_what_is_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than anybody has, and a file of more bytes."""
    monkeypatch.setattr("hcl_lite.operations.migrate.tree._MOST_FILES", 2)
    monkeypatch.setattr("hcl_lite.operations.migrate.tree._MOST_BYTES", 10)
    assert _left(_read(tmp_path, "grizzly", {"a.yaml": "a: 1234567890"})) == [
        "in/a.yaml | it cannot be read: It has more than 10 bytes, the most that are read"
    ]
    with pytest.raises(HclError, match="in is too large"):
        _read(tmp_path, "grizzly", {"b.yaml": "", "c.yaml": ""})
