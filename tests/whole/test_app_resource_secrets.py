"""The section `secure` of app resources. No kind of a plain 12.4.0 has one: the made-up kind here keeps secrets as its
storage does (pkg/storage/unified/apistore/secure.go): created, kept where nothing is said of them, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from tests.conftest import Hcl
from tests.whole.leaks import texts_below

_URL = "http://grafana.invalid"
_PATH = "/apis/made.app/v1/namespaces/default/vaults"
_BLOCK = f"""
[provider.grafana]
url = "{_URL}"
auth = "token"
[resource.grafana_app_resource.v]
api_version = "made.app/v1"
kind = "Vault"
metadata = {{ name = "v" }}
spec = {{ title = "V" }}
[resource.grafana_app_resource.v.secure]
"""


@dataclass
class _Vaults:
    """A Grafana with a kind of its own; `secrets` are those that it keeps of the one object, `writes` what was sent."""

    keeps: bool = True
    there: dict[str, Any] | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    writes: list[Any] = field(default_factory=list)
    count: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/api/frontend/settings":
            return httpx.Response(200, json={"buildInfo": {"version": "12.4.0"}})
        if path == "/apis/made.app":
            return httpx.Response(200, json={"versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}})
        if path == "/apis/made.app/v1":
            verbs = ["create", "delete", "get", "list", "update"]
            kind = {"name": "vaults", "kind": "Vault", "namespaced": True, "verbs": verbs}
            return httpx.Response(200, json={"resources": [kind]})
        if not path.startswith(_PATH):
            return httpx.Response(404, json={"message": "Not found"})
        if request.method in ("POST", "PUT"):
            self._store(json.loads(request.content))
        elif request.method == "DELETE":
            self.there = None
            return httpx.Response(200, json={"status": "Success"})
        elif path == _PATH:
            return httpx.Response(200, json={"metadata": {}, "items": [self._told()] if self.there else []})
        return httpx.Response(200, json=self._told()) if self.there else httpx.Response(404, json={"message": "none"})

    def _store(self, sent: dict[str, Any]) -> None:
        secure = sent.pop("secure", {})
        self.writes.append(secure)
        for key, one in secure.items() if self.keeps else ():
            if "create" in one:
                self.secrets[key] = one["create"]
            elif one.get("remove"):
                del self.secrets[key]
        self.count += 1
        self.there = {**sent, "metadata": {**sent["metadata"], "resourceVersion": str(self.count)}}

    def _told(self) -> dict[str, Any]:
        assert self.there is not None
        return {**self.there, "secure": {key: {"name": f"kept-{key}"} for key in self.secrets}}


@pytest.fixture
def vaults() -> Iterator[_Vaults]:
    with respx.mock(assert_all_called=False) as router:
        made = _Vaults()
        router.route(host="grafana.invalid").mock(side_effect=made)
        yield made


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOKEN", "planted-token")
    monkeypatch.setenv("KEY", "planted-key")
    return tmp_path


def _apply(hcl: Hcl, here: Path, secure: str) -> str:
    (here / "main.toml").write_text(f"{_BLOCK}{secure}\n")
    planned = hcl("plan", "--out", "p").out
    applied = hcl("apply", "p")
    assert applied.code == 0, applied.err
    again = hcl("plan", "--detailed-exitcode")
    assert again.code == 0, again.out
    return planned + applied.out + applied.err


def test_secrets_are_sent_when_they_are_others(hcl: Hcl, here: Path, vaults: _Vaults) -> None:
    """Created, kept by saying nothing, rotated, removed; in no file of ours and on no screen."""
    both = 'token = "env:TOKEN"\nkey = "env:KEY"'
    said = _apply(hcl, here, both)
    assert vaults.secrets == {"token": "planted-token", "key": "planted-key"}
    said += _apply(hcl, here, both.replace("env:KEY", "env:TOKEN"))
    assert vaults.secrets == {"token": "planted-token", "key": "planted-token"}
    said += _apply(hcl, here, 'token = "env:TOKEN"')
    assert (vaults.writes[-1]["key"], vaults.secrets) == ({"remove": True}, {"token": "planted-token"})
    (here / "main.toml").write_text((here / "main.toml").read_text().replace('"V"', '"W"'))
    assert hcl("apply", "--auto-approve").code == 0
    assert vaults.secrets == {"token": "planted-token"}
    told = {line.strip() for line in said.splitlines() if "secure." in line}
    assert told == {
        "+ secure.key: (sensitive, set)",
        "+ secure.token: (sensitive, set)",
        "~ secure.key: (sensitive, rotated)",
        "- secure.key: (sensitive, removed)",
        "secure.token: (sensitive, unchanged)",
    }
    assert "planted" not in said
    assert [name for name, text in texts_below(here, set()) if "planted" in text] == []


def test_a_kind_that_keeps_no_secrets_is_told_of(hcl: Hcl, here: Path, vaults: _Vaults) -> None:
    """Grafana passes over what it does not know: whoever sent a secret hears of it."""
    vaults.keeps = False
    (here / "main.toml").write_text(f'{_BLOCK}token = "env:TOKEN"\n')
    applied = hcl("apply", "--auto-approve")
    assert "Grafana keeps no secrets of a Vault: token came to nothing." in applied.out + applied.err
