"""The log of a run: where it goes, what is in it, and by which id a server's own log knows a call."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from hcl_lite.cli.logs import LogSettings, settings_of
from hcl_lite.core.diags import HclError
from providers.transport.call_log import body_shown
from tests.conftest import Hcl, Outcome

_MAIN = '[provider.grafana]\nurl = "http://g"\nauth = "a-token"\nretries = 1\n[data.grafana_data_source.d]\nuid = "d"\n'


@pytest.mark.parametrize(
    ("environment", "options", "expected"),
    [
        ({}, (None, None, None), LogSettings()),
        ({"HCL_LITE_LOG": "DEBUG"}, (None, None, None), LogSettings("debug")),
        ({"HCL_LITE_LOG": "debug"}, ("error", None, None), LogSettings("error")),
        ({"HCL_LITE_LOG_FILE": "l"}, (None, None, None), LogSettings("info", "l")),
        ({"HCL_LITE_TRACE": "1"}, (None, None, None), LogSettings("trace")),
        ({"HCL_LITE_TRACE": "0"}, (None, None, None), LogSettings()),
        ({"HCL_LITE_LOG": "off"}, (None, "l", "json"), LogSettings("", "l", "json")),
        ({"HCL_LITE_LOG_FORMAT": "json"}, ("info", None, None), LogSettings("info", "", "json")),
    ],
)
def test_options_win_over_the_environment(
    environment: dict[str, str], options: tuple[str | None, str | None, str | None], expected: LogSettings
) -> None:
    """A file alone is a log at info."""
    assert settings_of(environment, *options) == expected


def test_an_unknown_level_is_refused() -> None:
    """In the environment too."""
    with pytest.raises(HclError) as caught:
        settings_of({"HCL_LITE_LOG": "loud"}, None, None, None)
    assert caught.value.diagnostics[0].summary == 'HCL_LITE_LOG cannot be "loud"'


@respx.mock
def test_a_failing_call_is_found_by_its_id(hcl: Hcl, tmp_path: Path) -> None:
    """The same in the request's headers, in each line of the log and in what the user is told."""
    respx.get("http://g/api/frontend/settings").respond(json={"buildInfo": {"version": "12.4.0"}})
    route = respx.get("http://g/api/datasources/uid/d").mock(
        side_effect=[httpx.Response(503, json={"message": "busy"}), httpx.Response(400, json={"message": "no"})]
    )
    (tmp_path / "main.toml").write_text(_MAIN)
    failed = hcl("plan", "--log-file", "l", "--log-level", "debug", "--log-format=json")
    sent = [call.request.headers for call in route.calls]
    request_id = sent[0]["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    assert [headers["X-Request-ID"] for headers in sent] == [request_id] * 2
    assert sent[0]["traceparent"] == f"00-{request_id}-{request_id[:16]}-00"
    assert f"Request id: {request_id}" in failed.err
    lines = [json.loads(line) for line in (tmp_path / "l").read_text().splitlines()]
    told = [(line["level"], line["message"]) for line in lines if line.get("request_id") == request_id]
    url = "http://g/api/datasources/uid/d"
    assert [(level, re.sub(r"[\d.]+ s", "N s", message)) for level, message in told] == [
        ("debug", f"GET {url} answered 503"),
        ("warning", f"GET {url}: answered 503: busy; again in N s"),
        ("debug", f"GET {url} answered 400"),
        ("debug", f"GET {url}: answered 400: no"),
        ("error", f"GET {url} answered 400: no"),
    ]
    assert (lines[0]["message"], lines[-1]["message"], lines[-1]["exit_code"]) == (
        "begins: hcl-lite plan --log-file l --log-level debug --log-format=json",
        "ends",
        1,
    )
    assert {line["run"] for line in lines} == {lines[0]["run"]}


def test_a_run_without_a_log_says_nothing_more(hcl: Hcl, tmp_path: Path) -> None:
    """And leaves Python's logging as it was."""
    before = [*logging.getLogger("hcl_lite").handlers]
    (tmp_path / "main.toml").write_text("[output.o]\n")
    assert hcl("plan").err.startswith("Error: ")
    assert logging.getLogger("hcl_lite").handlers == before


def test_a_log_file_is_its_owners_and_grows(hcl: Hcl, tmp_path: Path) -> None:
    """Two runs, two beginnings; a text of one line each."""
    (tmp_path / "main.toml").write_text("[locals]\na = 1\n")
    for _ in range(2):
        assert hcl("--log-file", "l", "validate").code == 0
    assert stat.S_IMODE((tmp_path / "l").stat().st_mode) == 0o600
    lines = (tmp_path / "l").read_text().splitlines()
    assert [re.sub(r"^\S+Z info    [0-9a-f]{8} ", "", line).partition(" version")[0] for line in lines[::2]] == [
        "run: begins: hcl-lite --log-file l validate"
    ] * 2


def test_a_file_that_cannot_be_written_is_an_error(hcl: Hcl) -> None:
    """No run goes on without the log that was asked for."""
    failed = hcl("--log-file", "none/l", "validate")
    assert (failed.code, failed.err.splitlines()[0]) == (1, "Error: Cannot log to none/l")


_FULL = """Warning: The log /dev/full cannot be written

  No space left on device. The run goes on, and is not logged any more.
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("level", ["info", "trace"])
@pytest.mark.parametrize(("command", "code"), [("validate", 0), ("plan --detailed-exitcode", 2), ("output nothing", 1)])
def test_a_log_on_a_full_disk_changes_no_run(hcl: Hcl, tmp_path: Path, command: str, code: int, level: str) -> None:
    """One warning, the run's own output and exit code."""
    (tmp_path / "main.toml").write_text('[provider.grafana]\nurl = "embedded:g.db"\n[output.o]\nvalue = 1\n')
    alone = hcl(*command.split())
    logged = hcl(*command.split(), "--log-file", "/dev/full", "--log-level", level)
    assert (logged.code, logged.out, logged.err) == (code, alone.out, _FULL + alone.err)


def test_a_disk_that_fills_during_a_run_ends_the_log_only(hcl: Hcl, tmp_path: Path, monkeypatch: Any) -> None:
    """What was written stays, and half a line at its end."""
    (tmp_path / "main.toml").write_text("[locals]\na = 1\n")
    write, room = os.write, [100]

    def writing(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        count = write(descriptor, data[: room[0]])
        room[0] -= count
        return count

    monkeypatch.setattr(os, "write", writing)
    done = hcl("--log-file", "l", "validate")
    assert (done.code, done.err.count("Warning"), "File too large." in done.err) == (0, 1, True)
    assert len((tmp_path / "l").read_bytes()) == 100


def test_a_log_that_cannot_be_begun_for_want_of_room_is_a_warning(hcl: Hcl, tmp_path: Path, monkeypatch: Any) -> None:
    """As one that cannot be gone on with."""
    (tmp_path / "main.toml").write_text("[locals]\na = 1\n")
    opened = os.open

    def full(path: str, flags: int, mode: int = 0o777) -> int:
        if path == "l":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", full)
    assert hcl("--log-file", "l", "validate") == Outcome(
        0, "Valid: 0 resources in 1 file.\n", _FULL.replace("/dev/full", "l")
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"secureJsonData": {"a": "x", "b": ""}}, {"secureJsonData": {"a": "(sensitive)", "b": ""}}),
        ({"secureJsonFields": {"a": True}}, {"secureJsonFields": {"a": True}}),
        ({"deleteKey": "x", "key": "k"}, {"deleteKey": "(sensitive)", "key": "k"}),
        ({"deleteUrl": "http://g/x"}, {"deleteUrl": "(sensitive)"}),
        ([{"basicAuthPassword": "x", "password": None}], [{"basicAuthPassword": "(sensitive)", "password": None}]),
        ({"key": "glsa_abcdefghijkl_0123"}, {"key": "(sensitive)"}),
    ],
)  # fmt: skip
def test_secret_fields_of_a_body_are_masked_by_name(body: Any, shown: Any) -> None:
    """Also those that nobody knew before, such as a delete key that a server chose."""
    assert json.loads(body_shown(json.dumps(body).encode())) == shown


def test_long_bodies_are_cut() -> None:
    """A thousand dashboards make no log."""
    assert body_shown(b"x" * 20_000) == "x" * 10_000 + "… (20000 characters)"
