"""Every example is valid and in the one style, is planned and applied on the embedded server, and planned empty then.

An example may have stages: directories such as 1-before, which are applied first.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_ROOT = Path(__file__).parent.parent / "examples"
_EXAMPLES = sorted(path for path in _ROOT.iterdir() if (path / "main.toml").exists())

_NEEDS = {
    "secret-references": ("cryptography",),
    "jsonnet": ("rjsonnet",),
    "python-dashboards": ("grafana_foundation_sdk", "grafanalib"),
    "plugin": ("hcl_lite_note",),
}
# What an example is about to warn of.
_WARNS = {"checks": "Without tags nobody finds: Latency (draft)."}
_TO_DESTROY = {
    "lifecycle": ("--var", "protect=false"),
    "policies": ("--override-policy", "no-deletion-in-kept-folders=the end of the example"),
}


@pytest.fixture
def it(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of an example, without what was left there by trying it out."""
    name: str = request.param
    for library in _NEEDS.get(name, ()):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    if name == "python-dashboards":
        monkeypatch.setenv("HCL_LITE_ALLOW_PYTHON", "1")
    left = shutil.ignore_patterns("grafana.db*", "*.state.json*", ".hcl-lite")
    return Path(shutil.copytree(_ROOT / name, tmp_path / name, ignore=left))


def _apply_stages(hcl: Hcl, example: Path) -> list[Path]:
    stages = sorted(example.glob("[0-9]-*"))
    for stage in stages:
        applied = hcl("-C", str(stage), "apply", "--auto-approve")
        assert applied.code == 0, applied.err
    return stages


@pytest.mark.parametrize("it", [path.name for path in _EXAMPLES], indirect=True)
def test_an_example_runs_as_it_is(hcl: Hcl, it: Path) -> None:
    """fmt --check, validate, plan, apply, an empty plan, destroy."""
    assert hcl("fmt", "--check", "--recursive", str(it)).out == ""
    _apply_stages(hcl, it)
    here, expected = ("-C", str(it)), _WARNS.get(it.name, "")
    assert hcl(*here, "validate").code == 0
    planned = hcl(*here, "plan", "--detailed-exitcode")
    assert planned.code == 2, planned.err
    applied = hcl(*here, "apply", "--auto-approve")
    assert applied.code == 0, applied.err
    again = hcl(*here, "plan", "--detailed-exitcode")
    assert (again.code, "No changes." in again.out) == (0, True), again.out
    for outcome in (planned, applied, again):
        said = outcome.out + outcome.err
        assert ("Warning" in said) == bool(expected), said
        assert expected in said
    destroyed = hcl(*here, "destroy", "--auto-approve", *_TO_DESTROY.get(it.name, ()))
    assert destroyed.code == 0, destroyed.err


@pytest.mark.parametrize("it", [path.name for path in _EXAMPLES if list(path.glob("*.test.toml"))], indirect=True)
def test_the_tests_of_an_example_pass(hcl: Hcl, it: Path) -> None:
    """And leave nothing behind."""
    before = sorted(it.iterdir())
    outcome = hcl("-C", str(it), "test")
    assert (outcome.code, sorted(it.iterdir())) == (0, before), outcome.out


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.name)
def test_an_example_says_what_it_shows(path: Path) -> None:
    """At the head of its main.toml, with the command that runs it; and the table names it."""
    head = (path / "main.toml").read_text().partition("\n\n")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert f"hcl-lite -C examples/{path.name} apply" in head
    assert f"]({path.name}/main.toml)" in (_ROOT / "README.md").read_text()


def test_there_are_examples() -> None:
    """So that the tests above cannot pass by finding none."""
    assert len(_EXAMPLES) >= 13


@pytest.mark.parametrize("it", ["many-grafanas"], indirect=True)
def test_two_grafanas_and_50_dashboards_in_under_40_lines(hcl: Hcl, it: Path) -> None:
    """All TOML counted, comments and empty lines too; the dashboards counted on both servers."""
    assert sum(len(path.read_text().splitlines()) for path in it.rglob("*.toml")) < 40
    files = sorted(path.stem for path in it.rglob("*.json"))
    assert len(files) == 50
    assert hcl("-C", str(it), "apply", "--auto-approve").code == 0
    for name in ("eu", "us"):
        server = Server(f"embedded:{it / f'grafana.db.{name}'}", "admin:admin")
        assert server.inventory()["dashboards"] == files


def test_a_module_for_a_team_has_at_most_40_lines() -> None:
    """All TOML counted: team, folder, permissions, contact point, and its branch of the policies."""
    module = _ROOT / "team-module" / "team"
    assert sum(len(path.read_text().splitlines()) for path in module.rglob("*.toml")) <= 40


@pytest.mark.parametrize("it", ["lifecycle"], indirect=True)
def test_lifecycle_protects_and_ignores(hcl: Hcl, it: Path) -> None:
    """destroy is refused; a panel that somebody moves is left where it is, and one with another title is not."""
    here, server = ("-C", str(it)), Server(f"embedded:{it / 'grafana.db'}", "admin:admin")
    assert hcl(*here, "apply", "--auto-approve").code == 0
    refused = hcl(*here, "destroy", "--auto-approve")
    assert (refused.code, "grafana_dashboard.checkout is protected" in refused.err) == (1, True)
    _change(server, "checkout", {"gridPos": {"x": 12, "y": 40, "w": 12, "h": 8}})
    assert hcl(*here, "plan", "--detailed-exitcode").code == 0
    _change(server, "checkout", {"description": "Changed in the UI"})
    assert hcl(*here, "plan", "--detailed-exitcode").code == 2


def _change(server: Server, uid: str, panel: Mapping[str, object]) -> None:
    """Change the first panel of a dashboard, as somebody would in the UI."""
    dashboard = server.call("GET", f"/api/dashboards/uid/{uid}")
    first, *others = dashboard["dashboard"]["panels"]
    changed = {**dashboard["dashboard"], "panels": [{**first, **panel}, *others]}
    body = {"dashboard": changed, "folderUid": dashboard["meta"]["folderUid"], "overwrite": True}
    server.call("POST", "/api/dashboards/db", body)


@pytest.mark.parametrize("it", ["refactoring"], indirect=True)
def test_refactoring_makes_and_deletes_nothing(hcl: Hcl, it: Path) -> None:
    """Every object is there before and after."""
    _apply_stages(hcl, it)
    server = Server(f"embedded:{it / 'grafana.db'}", "admin:admin")
    before = server.inventory()
    applied = hcl("-C", str(it), "apply", "--auto-approve")
    assert "Plan: 0 to create, 2 to update, 0 to delete, 1 to forget." in applied.out
    assert server.inventory() == before
    hcl("-C", str(it), "destroy", "--auto-approve")
    assert server.call("GET", "/api/search?type=dash-folder&query=Sandbox")


@pytest.mark.parametrize("it", ["secrets"], indirect=True)
def test_secrets_are_nowhere(hcl: Hcl, it: Path) -> None:
    """Neither printed nor in the state; a rotated one is seen."""
    applied = hcl("-C", str(it), "apply", "--auto-approve")
    written = [path.read_text() for path in it.rglob("*.state.json*") if path.is_file()]
    written += [path.read_text() for path in it.rglob("*.history/*")]
    rotated = hcl("-C", str(it), "plan", "--var", "prometheus_password=another")
    assert "basicAuthPassword: (sensitive, rotated)" in rotated.out
    for text in (applied.out, applied.err, rotated.out, *written):
        assert "prometheus-password" not in text
        assert "orders-password" not in text
