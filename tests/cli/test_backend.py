"""[hcl_lite.backend]: what is wrong with it, where its settings come from, what becomes of states when it changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from state.backends import BACKENDS
from state.file import decode, encode
from state.model import Record, State
from tests.conftest import Hcl
from tests.state_server import StateServer, serve_states

_RECORD = Record(Address.resource("grafana_folder", "f"), "grafana", "f", {"version": 1})
_STATE = State("lineage", 4, {_RECORD.address: _RECORD})
_TOKEN = "s3cr3t-t0ken"


@pytest.fixture
def states() -> Iterator[StateServer]:
    """A server with the HTTP protocol, which asks for a login."""
    with serve_states(f"team:{_TOKEN}") as server:
        yield server


def _http(url: str, more: str = 'username = "team"\npassword = "env:STATE_TOKEN"\n') -> str:
    address = f"{url}/states/{{workspace}}"
    return f'[hcl_lite.backend]\ntype = "http"\naddress = "{address}"\nlock_address = "{address}"\n{more}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('type = "s4"', ["main.toml:2:8", 'There is no backend "s4"', "Known: azure, gcs, http, local, postgres, s3."]),
        ("type = 3", ["main.toml:2:8", "There is no backend 3"]),
        ('type = "s3"', ["main.toml:1:11", 'The backend "s3" needs "bucket"', "HCL_LITE_BACKEND_BUCKET"]),
        ('type = "s3"\nbuckett = "b"', ["main.toml:3:1", 'has no setting "buckett"', 'Did you mean "bucket"?']),
        ('type = "s3"\nbucket = 3', ["main.toml:3:10", '"bucket" has the wrong type', "Expected a string"]),
        ('type = "s3"\nbucket = "${var.b}"', ["main.toml:3:10", "bucket cannot be an expression", "--backend-config"]),
        ('type = "local"\nhistory = "many"', ["main.toml:3:11", '"history" has the wrong type']),
        (
            f'type = "s3"\nbucket = "b"\nsecret_access_key = "{_TOKEN}"',
            ["main.toml:4:21", "secret_access_key is a secret", '"env:NAME"'],
        ),
        (
            'type = "s3"\nbucket = "b"\nserver_side_encryption = "rot13"',
            ["main.toml:4:26", "server_side_encryption cannot be", '"aws:kms"'],
        ),
        (
            f'type = "http"\naddress = "https://me:{_TOKEN}@x/"',
            ["main.toml:3:11", "has a password in the clear"],
        ),
        ('type = "http"\naddress = "x.example"', ["main.toml:3:11", "address is no URL", "https://"]),
        (
            f'type = "postgres"\nconn_str = "postgres://me:{_TOKEN}@db/x"',
            ["main.toml:3:12", "conn_str has a password in the clear", "PGPASSWORD"],
        ),
        (f'type = "postgres"\nconn_str = "host=db password={_TOKEN}"', ["conn_str has a password in the clear"]),
        (
            'type = "http"\naddress = "http://x"\npassword = "env:NOPE"',
            ["main.toml:4:12", "NOPE is not set"],
        ),
        ('type = "http"\naddress = "http://x"\npassword = "file:nope"', ['cannot be read from "nope"']),
    ],
)
def test_a_wrong_backend_is_a_diagnostic(hcl: Hcl, tmp_path: Path, text: str, says: list[str]) -> None:
    """With its place, what is known, what to do, and never a secret."""
    (tmp_path / "main.toml").write_text(f"[hcl_lite.backend]\n{text}\n")
    outcome = hcl("plan")
    assert outcome.code == 1
    for words in says:
        assert words in outcome.err
    assert _TOKEN not in outcome.err


def test_a_backend_is_chosen_once(hcl: Hcl, tmp_path: Path) -> None:
    """Two files that do are a mistake."""
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[hcl_lite.backend]\ntype = "local"\n')
    assert "The backend is chosen twice" in hcl("plan").err


@pytest.mark.parametrize(
    ("kind", "library", "settings"),
    [("s3", "obstore", 'bucket = "b"'), ("gcs", "obstore", 'bucket = "b"'), ("postgres", "psycopg", "")],
)
def test_a_missing_library_is_named(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, library: str, settings: str
) -> None:
    """With the command that installs it; validate does not need it."""
    monkeypatch.setitem(sys.modules, library, None)
    (tmp_path / "main.toml").write_text(f'[hcl_lite.backend]\ntype = "{kind}"\n{settings}\n')
    outcome = hcl("plan")
    assert outcome.code == 1
    assert f'The backend "{kind}" needs {library}, which is not installed' in outcome.err
    assert f"pip install 'hcl-lite[{kind}]'" in outcome.err
    assert hcl("validate").code == 0


def test_settings_come_from_the_environment_and_from_init(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: StateServer
) -> None:
    """What the file leaves out; init's are remembered, and its secrets are references."""
    (tmp_path / "main.toml").write_text('[hcl_lite.backend]\ntype = "http"\n')
    monkeypatch.setenv("TF_HTTP_USERNAME", "team")
    monkeypatch.setenv("STATE_TOKEN", _TOKEN)
    assert 'The backend "http" needs "address"' in hcl("plan").err
    address = f"address={states.url}/states/{{workspace}}"
    assert (
        "password is a secret" in hcl("init", "--backend-config", address, "--backend-config", f"password={_TOKEN}").err
    )
    (tmp_path / "ci.settings").write_text('password = "env:STATE_TOKEN"\n')
    outcome = hcl("init", "--backend-config", address, "--backend-config", "ci.settings")
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines()[0] == f"backend {states.url}/states/default"
    states.states["/states/default"] = encode(_STATE)
    assert hcl("state", "list").out == "grafana_folder.f\n"
    assert json.loads((tmp_path / ".hcl-lite" / "backend.json").read_text()) == {
        "type": "http",
        "settings": {},
        "given": {"address": f"{states.url}/states/{{workspace}}", "password": "env:STATE_TOKEN"},
    }
    monkeypatch.delenv("STATE_TOKEN")
    assert "The environment variable STATE_TOKEN is not set" in hcl("plan").err
    monkeypatch.setenv("STATE_TOKEN", _TOKEN)
    monkeypatch.setenv("HCL_LITE_BACKEND_TIMEOUT", "soon")
    assert '"timeout" has the wrong type' in hcl("plan").err


def test_a_refused_login_says_what_to_give(hcl: Hcl, tmp_path: Path, states: StateServer) -> None:
    """Method, URL, status, and the server's words."""
    (tmp_path / "main.toml").write_text(_http(states.url, ""))
    outcome = hcl("init")
    assert f"GET {states.url}/states/default: 401 Unauthorized: who are you" in outcome.err
    assert "HCL_LITE_BACKEND_PASSWORD" in outcome.err
    assert not (tmp_path / ".hcl-lite").exists()


# --- another backend --------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: StateServer) -> StateServer:
    """A directory that has a local state with two workspaces, and since then another backend in its configuration."""
    monkeypatch.setenv("STATE_TOKEN", _TOKEN)
    (tmp_path / "hcl-lite.state.json").write_bytes(encode(_STATE))
    (tmp_path / "main.toml").write_text("")
    assert hcl("workspace", "new", "staging").code == 0
    assert hcl("workspace", "select", "default").code == 0
    (tmp_path / "main.toml").write_text(_http(states.url))
    return states


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["state", "list"], ["workspace", "list"]])
def test_another_backend_without_init_is_refused(hcl: Hcl, moved: StateServer, command: list[str]) -> None:
    """It would begin with an empty state, and make everything twice; init alone says the same."""
    for words in (command, ["init"]):
        outcome = hcl(*words)
        assert outcome.code == 1
        assert "The backend is another one than before" in outcome.err
        assert "the state was in hcl-lite.state.json (local)" in outcome.err
        assert "--migrate-state" in outcome.err
        assert "--reconfigure" in outcome.err
    assert moved.states == {}
    assert hcl("validate").code == 0


def test_states_are_copied_and_read_back(hcl: Hcl, tmp_path: Path, moved: StateServer) -> None:
    """All workspaces, with lineage and serial; what was there stays; then all commands work on the new one."""
    assert "nobody is there to answer" in hcl("init", "--migrate-state").err
    outcome = hcl("init", "--migrate-state", "--force-copy")
    assert outcome.code == 0, outcome.err
    assert "Copied 2 workspaces from hcl-lite.state.json (local) to" in outcome.out
    assert sorted(moved.states) == ["/states/default", "/states/staging"]
    assert decode(moved.states["/states/default"], "it") == _STATE
    assert moved.locks == {}
    assert hcl("state", "list").out == "grafana_folder.f\n"
    assert (tmp_path / "hcl-lite.state.json").read_bytes() == encode(_STATE)
    assert _TOKEN not in (tmp_path / ".hcl-lite" / "backend.json").read_text()
    (tmp_path / "main.toml").write_text("")
    assert "The backend is another one than before" in hcl("plan").err
    assert hcl("init", "--force-copy").code == 0
    assert not (tmp_path / ".hcl-lite" / "backend.json").exists()


def test_nothing_is_copied_over_another_state(hcl: Hcl, tmp_path: Path, moved: StateServer) -> None:
    """Of another lineage, or a newer one of the same."""
    for there in (State("another", 1, _STATE.records), State("lineage", 9, _STATE.records)):
        moved.states["/states/default"] = encode(there)
        outcome = hcl("init", "--force-copy")
        assert outcome.code == 1
        assert "state already" in outcome.err
        assert decode(moved.states["/states/default"], "it") == there
        assert moved.locks == {}
    assert "The backend is another one than before" in hcl("plan").err


def test_a_backend_can_be_changed_without_its_states(hcl: Hcl, moved: StateServer) -> None:
    """--reconfigure: the new one begins empty."""
    assert hcl("init", "--reconfigure").code == 0
    assert hcl("state", "list").out == ""
    assert moved.states == {}


def test_a_backend_that_was_written_to_is_remembered_without_init(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: StateServer
) -> None:
    """The next one is refused; one that was never written to was perhaps a slip."""
    monkeypatch.setenv("STATE_TOKEN", _TOKEN)
    (tmp_path / "main.toml").write_text(_http(f"{states.url}/slip"))
    assert hcl("state", "list").code == 0
    (tmp_path / "main.toml").write_text(_http(states.url))
    (tmp_path / "state").write_bytes(encode(_STATE))
    assert hcl("state", "push", "state").code == 0
    (tmp_path / "main.toml").write_text("")
    assert "The backend is another one than before" in hcl("state", "list").err


def test_an_encrypted_state_is_copied_and_pushed_as_one(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: StateServer
) -> None:
    """Nothing at the new place can be read but the serial; earlier states in the clear are forgotten."""
    pytest.importorskip("cryptography")
    monkeypatch.setenv("STATE_TOKEN", _TOKEN)
    monkeypatch.setenv("KEY", "a key of some length")
    (tmp_path / "main.toml").write_text('[hcl_lite.encryption]\nkey = "env:KEY"\n')
    (tmp_path / "hcl-lite.state.json").write_bytes(encode(_STATE))
    assert "hcl-lite state encrypt" in hcl("state", "list").err
    assert hcl("state", "encrypt").code == 0
    assert [line.split()[0] for line in hcl("state", "history").out.splitlines()] == ["5"]
    pulled = hcl("state", "pull").out
    (tmp_path / "main.toml").write_text('[hcl_lite.encryption]\nkey = "env:KEY"\n' + _http(states.url))
    assert hcl("init", "--force-copy").code == 0
    kept = states.states["/states/default"]
    assert json.loads(kept)["serial"] == 5
    assert b"grafana_folder" not in kept
    assert hcl("state", "list").out == "grafana_folder.f\n"
    (tmp_path / "pulled").write_text(pulled.replace('"serial": 5', '"serial": 6'))
    assert hcl("state", "push", "pulled").code == 0
    assert b"grafana_folder" not in states.states["/states/default"]


def test_a_setting_that_says_only_how_changes_nothing(hcl: Hcl, tmp_path: Path) -> None:
    """The history's length, say: no init is needed."""
    (tmp_path / "hcl-lite.state.json").write_bytes(encode(_STATE))
    (tmp_path / "main.toml").write_text('[hcl_lite.backend]\nhistory = 5\npath = "hcl-lite.state.json"\n')
    assert hcl("state", "list").out == "grafana_folder.f\n"


def test_the_backend_is_known_in_a_broken_configuration(hcl: Hcl, moved: StateServer, tmp_path: Path) -> None:
    """state list shows the state, and not an empty local one."""
    assert hcl("init", "--force-copy").code == 0
    (tmp_path / "main.toml").write_text("[hcl_lite.backend\n")
    assert hcl("state", "list").out == "grafana_folder.f\n"


def test_every_setting_of_every_backend_is_documented() -> None:
    """docs/backends.md, with its default."""
    text = (Path(__file__).parents[2] / "docs" / "backends.md").read_text()
    for backend in BACKENDS.values():
        section = text.partition(f"\n## {backend.name}\n")[2].partition("\n## ")[0]
        for key, attr in backend.settings.items():
            row = next((line for line in section.splitlines() if line.startswith(f"| `{key}` |")), "")
            assert row, f"{backend.name}.{key}"
            if attr.default is not None:
                assert f"`{json.dumps(attr.default)}`" in row, f"{backend.name}.{key}"
