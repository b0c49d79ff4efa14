"""References to secrets from the configuration to the server: where they count, and where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_SOURCE = """
[resource.grafana_data_source.s]
uid = "s"
name = "S"
type = "loki"
url = "http://loki"
secure_json_data = { password = SECRET }
"""


def _write(path: Path, server: Server, secret: str, more: str = "") -> None:
    text = server.provider + _SOURCE.replace("SECRET", secret) + more
    (path / "main.toml").write_text(text)


def test_a_plan_says_what_becomes_of_each_secret(
    hcl: Hcl, tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set, rotated, unchanged, removed; and what may have changed outside."""
    monkeypatch.setenv("ONE", "first-secret")
    _write(tmp_path, embedded, '"env:ONE", token = "other-secret"')
    assert "password: (sensitive, set)" in hcl("plan").out
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("plan", "--detailed-exitcode").code == 0
    monkeypatch.setenv("ONE", "second-secret")
    said = hcl("plan").out
    assert "~ password: (sensitive, rotated)" in said
    assert "  token: (sensitive, unchanged)" in said
    monkeypatch.setenv("ONE", "first-secret")
    found = embedded.call("GET", "/api/datasources/uid/s")
    embedded.call("PUT", "/api/datasources/uid/s", {**found, "secureJsonData": {"password": "by a colleague"}})
    assert "its secrets may have changed outside, the server does not tell: password, token" in hcl("plan").out
    embedded.call("PUT", "/api/datasources/uid/s", {**found, "name": "Other", "version": found["version"] + 1})
    assert "  password: (sensitive, unchanged, may have changed outside)" in hcl("plan").out
    _write(tmp_path, embedded, '"env:ONE"')
    assert "- token: (sensitive, removed)" in hcl("plan").out


def test_a_failing_reference_is_at_its_place(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """File, line and column of the reference itself."""
    _write(tmp_path, embedded, '"env:NOT_THERE"')
    failed = hcl("plan")
    assert failed.code == 1
    assert "The environment variable NOT_THERE is not set\n  at main.toml:10:33, in grafana_data_source.s" in failed.err


def test_validate_reads_and_runs_nothing(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """A configuration is valid wherever its secrets are kept."""
    _write(tmp_path, embedded, '"cmd:touch ran"')
    assert hcl("validate").code == 0
    assert not (tmp_path / "ran").exists()


def test_what_is_not_written_in_the_configuration_is_no_reference(
    hcl: Hcl, tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who can choose a value can have a program run."""
    monkeypatch.setenv("TF_VAR_given", "cmd:touch ran")
    _write(tmp_path, embedded, '"${var.given}"', "\n[variable.given]\nsensitive = true\n")
    assert hcl("apply", "--auto-approve").code == 0
    assert not (tmp_path / "ran").exists()


def test_only_the_root_module_says_where_secrets_are_kept(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """A module from elsewhere reads no file and runs no program of whoever calls it."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "main.toml").write_text(_SOURCE.replace("SECRET", '"cmd:touch ran"'))
    (tmp_path / "main.toml").write_text(embedded.provider + '[module.inner]\nsource = "./inner"\n')
    failed = hcl("plan")
    assert failed.code == 1
    assert "Only the root module may say where a secret is kept" in failed.err
    assert not (tmp_path / "ran").exists()


def test_expressions_may_stand_in_a_reference(
    hcl: Hcl, tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One secret for each instance, such as a token for each server."""
    (tmp_path / "a b").write_text("secret of a b")
    more = '\n[variable.name]\ndefault = "a b"\n'
    for secret in ('"file:${var.name}"', '"cmd:cat ${var.name}"'):
        _write(tmp_path, embedded, secret, more)
        applied = hcl("apply", "--auto-approve")
        assert applied.code == 0, applied.err


def test_a_configurations_tests_need_no_secrets(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """They run on servers of their own, so anything will do."""
    _write(tmp_path, embedded, '"cmd:touch ran"')
    (tmp_path / "s.test.toml").write_text(
        '[[run]]\nname = "applies"\ncommand = "apply"\n[[run.assert]]\n'
        'condition = "${grafana_data_source.s.uid == \'s\'}"\nerror_message = "It is not."\n'
    )
    tested = hcl("test")
    assert tested.code == 0, tested.out + tested.err
    assert not (tmp_path / "ran").exists()
