"""Four things that went wrong without a word in types that were only declared, and do not in the kit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import AfterTheLastLook
from tests.providers.kit.made import Made, MadeServer, made, server

__all__ = ["made", "server"]

TYPES = pytest.mark.parametrize("type_", ["made_thing", "made_numbered"])


def _block(type_: str, **arguments: Any) -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in arguments.items()]
    return "\n".join([f"[resource.{type_}.a]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, list) else json.dumps(value)


def _only(server: MadeServer) -> dict[str, Any]:
    (thing,) = server.things.values()
    return thing


@TYPES
def test_a_secret_is_sent_when_it_is_another_one(made: Made, type_: str) -> None:
    """Rotated it is sent; taken out it is removed; one that was never given here is left alone."""
    made.apply(_block(type_, name="A", token="first-token"))
    assert made.apply(_block(type_, name="A", token="first-token")) == []
    made.write(_block(type_, name="A", token="second-token"))
    assert "token: (sensitive, rotated)" in made.run("plan")
    made.apply(_block(type_, name="A", token="second-token"))
    assert _only(made.server)["token"] == "second-token"
    assert "second-token" not in made.state()
    made.apply(_block(type_, name="A"))
    assert _only(made.server)["token"] == ""
    _only(made.server)["token"] = "of a colleague"
    made.apply(_block(type_, name="B"))
    assert _only(made.server)["token"] == "of a colleague"


@TYPES
def test_what_somebody_has_changed_since_the_plan_is_not_overwritten(
    made: Made, type_: str, after_the_last_look: AfterTheLastLook
) -> None:
    """An API that looks at no version would do it without a word."""
    made.apply(_block(type_, name="A"))
    made.write(_block(type_, name="B"))
    made.run("plan", "--out", "p")
    after_the_last_look(lambda: _only(made.server).update(tags=["colleague"]))
    outcome = made.hcl("apply", "p")
    assert outcome.code == 1
    assert "changed by someone else since the plan" in outcome.err
    assert (_only(made.server)["name"], _only(made.server)["tags"]) == ("A", ["colleague"])


@TYPES
@pytest.mark.parametrize("settings", ["", "[hcl_lite]\nbackups = 0\n"], ids=["copied before", "not copied"])
def test_what_somebody_has_changed_since_the_plan_is_not_deleted(
    made: Made, type_: str, settings: str, after_the_last_look: AfterTheLastLook
) -> None:
    """Whether it is read to be copied or not; what is gone already is gone."""
    made.apply(settings + _block(type_, name="A"))
    made.write(settings)
    made.run("plan", "--out", "p")
    colleague = iter([lambda: _only(made.server).update(tags=["colleague"]), made.server.things.clear])
    after_the_last_look(lambda: next(colleague)())
    outcome = made.hcl("apply", "p")
    assert (outcome.code, "It was changed by someone else since the plan" in outcome.err) == (1, True), outcome.err
    assert (_only(made.server)["tags"], made.server.writes()) == (["colleague"], [])
    made.run("plan", "--out", "p")
    made.run("apply", "p")
    assert (made.server.things, [call[0] for call in made.server.writes()]) == ({}, ["DELETE"])


@pytest.mark.parametrize("type_", ["made_thing"])
def test_secrets_below_the_top_level_are_secrets(
    made: Made, type_: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """References are read, nothing shows or stores them, and nothing but another one is an update."""
    monkeypatch.setenv("PASSWORD", "planted-one")
    monkeypatch.setenv("STEP", "planted-two")
    step = [{"do": "x", "password": "env:STEP"}]
    text = _block(type_, name="A", settings={"host": "h", "password": "env:PASSWORD"}, step=step)
    made.write(text)
    assert "planted" not in made.run("plan")
    made.apply(text)
    thing = _only(made.server)
    assert (thing["settings"], thing["step"][0]["password"]) == (
        {"host": "h", "password": "planted-one"},
        "planted-two",
    )
    assert made.apply(text) == []
    monkeypatch.setenv("PASSWORD", "planted-three")
    said = made.run("plan")
    assert "settings.password: (sensitive, rotated)" in said
    made.run("apply", "--auto-approve")
    assert _only(made.server)["settings"]["password"] == "planted-three"
    made.run("plan", "--detailed-exitcode")
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"planted" in data for data in files)


@pytest.mark.parametrize("type_", ["made_listed"])
def test_a_nested_secret_that_was_never_given_here_stays(made: Made, type_: str) -> None:
    """What stands for it is sent along; one that was given and is no longer is removed."""
    made.apply(_block(type_, name="A", kind="chat", settings={"room": "x"}))
    _only(made.server)["settings"].update(token="of a colleague")
    made.run("apply", "--auto-approve")
    made.apply(_block(type_, name="B", kind="chat", settings={"room": "y"}))
    assert _only(made.server)["settings"] == {"room": "y", "token": "of a colleague"}
    inner = _block(type_, name="B", kind="chat", settings={"room": "y", "auth": {"secret": "planted-four"}})
    made.apply(inner)
    assert _only(made.server)["settings"]["auth"] == {"secret": "planted-four"}
    made.apply(_block(type_, name="B", kind="chat", settings={"room": "y"}))
    assert _only(made.server)["settings"] == {"room": "y", "token": "of a colleague"}
    made.apply(_block(type_, name="B", kind="mail", settings={"room": "y"}))
    assert _only(made.server)["settings"] == {"room": "y"}


@pytest.mark.parametrize("type_", ["made_thing"])
def test_what_a_server_fills_in_or_writes_in_its_own_way_is_no_difference(made: Made, type_: str) -> None:
    """Also where something else changes: then just that is told."""
    text = _block(type_, name="A", interval="3600s", tags=["a", "b", "a"])
    steps = f'[[resource.{type_}.a.step]]\ndo = "x"\nfor = "90s"\n[[resource.{type_}.a.step]]\ndo = "y"\n'
    made.apply(text + steps)
    made.write(text.replace('"A"', '"B"') + steps)
    said = made.run("plan")
    assert 'name: "A" → "B"' in said
    assert [word for word in ("interval", "tags", "step", "uid") if f"{word}:" in said or f"{word}[" in said] == []
    made.apply(text.replace('"A"', '"B"') + steps)
    made.write(text.replace('"A"', '"B"').replace("3600s", "2h") + steps.replace('"y"', '"z"'))
    said = made.run("plan")
    assert 'interval: "1h" → "2h"' in said
    assert '"y" → "z"' in said
    assert "1m30s" not in said
