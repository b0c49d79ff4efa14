"""A server that is not there, or that does not know the account: who has set that up is said with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import AfterTheLastLook, Hcl, Server
from tests.http_servers import Handler, serve_http

_NOWHERE = "http://127.0.0.1:9"  # discard: nothing listens there
_FOLDER = '[resource.grafana_folder.f]\ntitle = "F"\n'


class _NoAccount(Handler):
    """Knows nobody."""

    def respond(self, body: bytes) -> None:
        self.answer_json(401, {"message": "who are you"})


def _told(text: str) -> list[str]:
    """What is said, without the line that is shown, the advice and what the test cannot know."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and "│" not in line and not line.startswith(("→", "Request id"))]


def _blocks(url: str, settings: str = 'auth = "admin:no"\n') -> str:
    return f'[provider.grafana]\nretries = 0\nurl = "{url}"\n{settings}' if url else ""


_COMMANDS = {
    "plan": ["plan"],
    "apply": ["apply", "--auto-approve"],
    "import": ["import", "grafana_folder.f", "f"],
    "dashboard versions": ["dashboard", "versions", "d"],
    "data-source list": ["data-source", "list"],
    "snapshot list": ["snapshot", "list"],
}


@pytest.mark.parametrize("words", _COMMANDS.values(), ids=_COMMANDS)
def test_a_server_that_is_not_there_is_told_with_the_line_that_names_it(
    hcl: Hcl, tmp_path: Path, words: list[str]
) -> None:
    """Once, and with the address of the block."""
    (tmp_path / "main.toml").write_text(_blocks(_NOWHERE) + _FOLDER)
    (what, *where) = _told(hcl(*words).err)
    assert what.startswith(f"Error: GET {_NOWHERE}/api/")
    assert where == ["at main.toml:3:7, in provider.grafana"]


@pytest.mark.parametrize("words", _COMMANDS.values(), ids=_COMMANDS)
def test_an_account_that_is_not_known_is_told_with_the_line_that_names_it(
    hcl: Hcl, tmp_path: Path, words: list[str]
) -> None:
    """Which is that of auth."""
    with serve_http(_NoAccount) as url:
        (tmp_path / "main.toml").write_text(_blocks(url) + _FOLDER)
        (what, *where) = _told(hcl(*words).err)
    assert what.endswith("answered 401: who are you")
    assert where == ["at main.toml:4:8, in provider.grafana"]


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("", ["No block sets up provider.grafana: its settings are those of the environment."]),
        (
            "[provider.grafana]\nretries = 0\n",
            [
                "at main.toml:1:11, in provider.grafana",
                "provider.grafana gives no auth: what the environment says counts.",
            ],
        ),
    ],
    ids=["no block", "a block without it"],
)
def test_what_the_environment_has_set_up_is_said_to_come_from_there(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: str, where: list[str]
) -> None:
    """No line of a file is to be changed."""
    with serve_http(_NoAccount) as url:
        monkeypatch.setenv("GRAFANA_URL", url)
        monkeypatch.setenv("GRAFANA_AUTH", "admin:no")
        (tmp_path / "main.toml").write_text(block + _FOLDER)
        assert _told(hcl("plan").err)[1:] == where
        (tmp_path / "main.toml").unlink()
        assert _told(hcl("dashboard", "trash").err)[1:] == [
            "Neither a configuration nor --url says which Grafana: GRAFANA_URL does."
        ]


def test_each_of_several_providers_has_its_place(hcl: Hcl, tmp_path: Path) -> None:
    """Instances of one block, also where a module uses them."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text(
        '[resource.grafana_folder.f]\nprovider = \'grafana["us"]\'\ntitle = "F"\n'
    )
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nfor_each = ["eu", "us"]\nretries = 0\nurl = "http://127.0.0.1:9/${each.key}"\n'
        '[resource.grafana_folder.f]\nprovider = \'grafana["eu"]\'\ntitle = "F"\n'
        '[module.m]\nsource = "./m"\n'
    )
    assert sorted(_told(hcl("plan").err)) == [
        "2 errors.",
        "Error: GET http://127.0.0.1:9/eu/api/frontend/settings: All connection attempts failed",
        "Error: GET http://127.0.0.1:9/us/api/frontend/settings: All connection attempts failed",
        'at main.toml:4:7, in provider.grafana["eu"]',
        'at main.toml:4:7, in provider.grafana["us"]',
    ]


def test_an_apply_says_both_places(
    hcl: Hcl,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    after_the_last_look: AfterTheLastLook,
) -> None:
    """That of the object, and that of the provider whose account is another one since the plan."""
    monkeypatch.setenv("GRAFANA_AUTH", server.auth)
    (tmp_path / "main.toml").write_text(f'[provider.grafana]\nurl = "{server.url}"\n{_FOLDER}')
    assert hcl("plan", "--out", "p").code == 0
    after_the_last_look(lambda: monkeypatch.setenv("GRAFANA_AUTH", "nobody:x"))
    outcome = hcl("apply", "p")
    assert [line for line in _told(outcome.err) if " answered 401: " not in line] == [
        "Error: Cannot change grafana_folder.f",
        "at main.toml:3:26, in grafana_folder.f",
        "provider.grafana is set up at main.toml:1:11.",
        "provider.grafana gives no auth: what the environment says counts.",
    ]


@pytest.mark.parametrize("words", [["plan"], ["apply", "--auto-approve"], ["data-source", "list"]], ids=" ".join)
def test_whoever_waits_is_told_what_for_on_standard_error(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """One line, however many objects wait for it, before the error that the run ends with."""
    monkeypatch.setattr("providers.transport.waiting.AFTER", 0.0)
    (tmp_path / "main.toml").write_text(_blocks(_NOWHERE).replace("retries = 0", "retries = 1") + _FOLDER)
    outcome = hcl(*words)
    told = [line for line in outcome.err.splitlines() if line.startswith("Waiting: ")]
    waits = [line for line in told if " has no answer after " not in line]
    assert waits == [f"Waiting: GET {_NOWHERE}/api/frontend/settings: All connection attempts failed; again in 1 s."]
    assert "Waiting" not in outcome.out
