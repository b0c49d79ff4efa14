"""HeadSpin and the Grafana that it allocates, in one configuration: in this process, and on a port."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from providers.embedded_headspin import create_app
from providers.headspin.client import make_client
from tests.conftest import Hcl
from tests.contexts import BARE
from tests.whole.processes import serving

_FLOWS = "User Flow Timeseries"
_REST = """
[variable.turn]
type = "string"
default = "1"

[variable.title]
type = "string"
default = "Sessions"

[resource.headspin_grafana.org]
reset_trigger = "${var.turn}"

[provider.grafana]
url = "${headspin_grafana.org.grafana_url}"
auth = "${headspin_grafana.org.username}:${headspin_grafana.org.password}"

[resource.grafana_folder.devices]
uid = "devices"
title = "Devices"

[resource.grafana_dashboard.sessions]
uid = "sessions"
folder = "${grafana_folder.devices.uid}"
config = { title = "${var.title}" }

[data.grafana_folder.devices]
uid = "${grafana_folder.devices.uid}"

[resource.headspin_dashboard.sessions]
name = "Sessions"
dashboard_uid = "${grafana_dashboard.sessions.uid}"
version = 1

[resource.headspin_dashboard.flows]
name = "User Flow Timeseries"
remove_in_grafana = true

[data.headspin_grafana_viewer.viewer]
depends_on = ["headspin_grafana.org"]

[output.folder]
value = "${data.grafana_folder.devices.title}"

[output.login]
value = "${data.headspin_grafana_viewer.viewer.username}:${data.headspin_grafana_viewer.viewer.password}"
sensitive = true
"""


@dataclass(frozen=True)
class _HeadSpin:
    """Where HeadSpin is, and its file."""

    url: str
    file: Path

    @property
    def provider(self) -> str:
        return f'[provider.headspin]\nurl = "{self.url}"\nauth = "embedded"\n'

    def get(self, path: str) -> Any:
        async def work() -> Any:
            client = make_client({"url": self.url, "auth": "embedded"}, True, BARE)
            try:
                return await client.find(path)
            finally:
                await client.close()

        return asyncio.run(work())

    def dashboards(self) -> dict[str, Any]:
        """Allocated ones: name and version."""
        listed = self.get("/v0/grafana/dashboard/info")["dashboards"]
        return {item["name"]: item["version"] for item in listed if item["allocated"]}

    def passwords(self) -> list[str]:
        """All that there are now, of every role."""
        with sqlite3.connect(self.file) as database:
            return [password for (password,) in database.execute("select password from headspin_account")]


@pytest.fixture(params=["in this process", "on a port"])
def headspin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[_HeadSpin]:
    """An embedded HeadSpin with nothing in it."""
    file = tmp_path / "headspin.db"
    if request.param == "in this process":
        yield _HeadSpin(f"embedded:{file}", file)
        return
    with serving(create_app(file)) as url:
        yield _HeadSpin(url, file)


def _leaks(root: Path, passwords: list[str], *said: str) -> list[str]:
    """Which of the passwords stand in what was printed, or in a file of ours."""
    files = [path for path in root.iterdir() if path.is_file() and "headspin.db" not in path.name]
    texts = [*said, *(path.read_text(errors="replace") for path in files)]
    return [password for password in passwords if any(password in text for text in texts)]


def test_one_run_allocates_fills_and_registers(hcl: Hcl, tmp_path: Path, headspin: _HeadSpin) -> None:
    """The second plan is empty; no password is printed or kept; a destroy leaves HeadSpin's Grafana, and it only."""
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    first = hcl("plan", "--out", "first.plan")
    assert "Plan: 5 to create, 0 to update, 0 to delete." in first.out, first.err
    assert "provider.grafana is set up during the apply" in first.out
    applied = hcl("apply", "first.plan")
    assert applied.code == 0, applied.err
    assert 'folder = "Devices"' in applied.out
    assert (headspin.dashboards(), len(headspin.passwords())) == ({"Sessions": 1, _FLOWS: 1}, 3)
    again = hcl("plan", "--detailed-exitcode", "--out", "again.plan")
    assert (again.code, "No changes." in again.out) == (0, True), again.out
    assert "No changes. The state is up to date." in hcl("plan", "--refresh-only").out
    said = [text for outcome in (first, applied, again) for text in (outcome.out, outcome.err)]
    shown = hcl("state", "show", "headspin_grafana.org")
    assert (shown.code, "Example Grafana" in shown.out) == (0, True)
    assert _leaks(tmp_path, headspin.passwords(), *said, shown.out, hcl("output").out, hcl("show").out) == []
    destroyed = hcl("destroy", "--auto-approve")
    assert destroyed.code == 0, destroyed.err
    assert "because HeadSpin has no call that gives Grafana back: it stays allocated" in destroyed.out
    assert "Plan: 0 to create, 0 to update, 4 to delete, 1 to forget." in destroyed.out
    assert headspin.dashboards() == {}
    assert headspin.get("/v0/grafana/info")["username"] == "Example Grafana"
    assert json.loads((tmp_path / "hcl-lite.state.json").read_text())["records"] == []


def test_another_trigger_resets_once(hcl: Hcl, tmp_path: Path, headspin: _HeadSpin) -> None:
    """What is on the Grafana is planned from the state meanwhile, and applied with the new password."""
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    assert hcl("apply", "--auto-approve").code == 0
    old = headspin.passwords()
    changes = ("--var", "turn=2", "--var", "title=Other")
    planned = hcl("plan", *changes)
    assert '~ reset_trigger: "1" → "2"' in planned.out
    assert "everybody is logged out" in planned.out
    assert "Plan: 0 to create, 2 to update, 0 to delete." in planned.out, planned.out
    assert headspin.passwords() == old
    applied = hcl("apply", "--auto-approve", *changes)
    assert applied.code == 0, applied.err
    new = headspin.passwords()
    assert not set(old) & set(new)
    again = hcl("plan", "--detailed-exitcode", *changes)
    assert again.code == 0, again.out + again.err
    assert headspin.passwords() == new
    assert _leaks(tmp_path, [*old, *new], planned.out, applied.out, again.out) == []


def test_a_grafana_that_is_there_is_adopted_only_when_asked(hcl: Hcl, tmp_path: Path, headspin: _HeadSpin) -> None:
    """Or imported; neither resets it."""
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    assert hcl("apply", "--auto-approve").code == 0
    (tmp_path / "hcl-lite.state.json").unlink()
    before = headspin.passwords()
    org = '[resource.headspin_grafana.org]\nreset_trigger = "9"\n'
    (tmp_path / "main.toml").write_text(headspin.provider + org)
    refused = hcl("plan")
    assert (refused.code, "exists already" in refused.err, "another uid" in refused.err) == (1, True, False)
    (tmp_path / "main.toml").write_text(f'{headspin.provider}{org}on_exists = "adopt"\n')
    assert "No changes." in hcl("apply", "--auto-approve").out
    assert hcl("state", "rm", "headspin_grafana.org").code == 0
    (tmp_path / "main.toml").write_text(headspin.provider + org)
    assert hcl("import", "headspin_grafana.org", "grafana").code == 0
    assert "No changes." in hcl("plan").out
    assert headspin.passwords() == before


def test_a_newer_version_is_registered_and_a_removal_is_seen(hcl: Hcl, tmp_path: Path, headspin: _HeadSpin) -> None:
    """A dashboard that somebody has removed is registered anew."""
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    assert hcl("apply", "--auto-approve").code == 0
    (tmp_path / "main.toml").write_text(headspin.provider + _REST.replace("version = 1", "version = 2"))
    planned = hcl("plan")
    assert "~ version: 1 → 2" in planned.out, planned.out + planned.err
    assert hcl("apply", "--auto-approve").code == 0
    assert headspin.dashboards() == {"Sessions": 2, _FLOWS: 1}
    with sqlite3.connect(headspin.file) as database:
        database.execute("delete from headspin_dashboard")
    assert "deleted outside of hcl-lite" in hcl("apply", "--auto-approve").out
    assert headspin.dashboards() == {"Sessions": 2, _FLOWS: 1}


def test_keys_can_rest_on_what_the_allocated_grafana_has(hcl: Hcl, tmp_path: Path, headspin: _HeadSpin) -> None:
    """Once it is there: its settings are taken as the state remembers them."""
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    keyed = '[resource.grafana_folder.each]\nfor_each = ["${data.grafana_server.it.org_name}"]\ntitle = "${each.key}"\n'
    (tmp_path / "keyed.toml").write_text("[data.grafana_server.it]\n" + keyed)
    early = hcl("plan")
    assert (early.code, "are known only after apply" in early.err) == (1, True), early.err
    (tmp_path / "keyed.toml").unlink()
    assert hcl("apply", "--auto-approve").code == 0
    (tmp_path / "keyed.toml").write_text("[data.grafana_server.it]\n" + keyed)
    planned = hcl("plan")
    assert 'grafana_folder.each["Main Org."] will be created' in planned.out, planned.err
    changing = hcl("plan", "--var", "turn=2")
    assert (changing.code, "are known only after apply" in changing.err) == (1, True), changing.err
    assert "The trash is empty." in hcl("dashboard", "trash").out


def test_a_configuration_with_headspin_is_tested(hcl: Hcl, tmp_path: Path) -> None:
    """hcl-lite test has a HeadSpin of its own, with its Grafana."""
    (tmp_path / "main.toml").write_text('[provider.headspin]\nauth = "real"\n' + _REST)
    run = '[[run]]\n[[run.assert]]\ncondition = \'${output.folder == "Devices"}\'\nerror_message = "no"\n'
    (tmp_path / "all.test.toml").write_text(run)
    tested = hcl("test")
    assert tested.code == 0, tested.out + tested.err


def test_what_a_headspin_and_its_grafana_have_is_taken_over(hcl: Hcl, tmp_path: Path) -> None:
    """Each by its own provider, though both go by one address; the credentials are HeadSpin's to give."""
    headspin = _HeadSpin(f"embedded:{tmp_path / 'headspin.db'}", tmp_path / "headspin.db")
    (tmp_path / "main.toml").write_text(headspin.provider + _REST)
    assert hcl("apply", "--auto-approve").code == 0
    imported = hcl("import", "--all")
    assert "2 objects taken over: 1 grafana_dashboard, 1 grafana_user." in imported.out, imported.err
    assert "No changes." in imported.out
    assert (tmp_path / "dashboards" / "user-flow-timeseries.json").exists()
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "main.toml").write_text(headspin.provider)
    imported = hcl("-C", "fresh", "import", "--all")
    assert "2 objects taken over: 2 headspin_dashboard." in imported.out
    assert "HeadSpin gives new credentials, and none that it gave before" in imported.out
    assert "No changes." in imported.out
