"""What an attribute says of itself holds at any depth: for the checker, the plan, the wire, the state and the docs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hcl_lite.lang.docs.json_schema import json_schema
from hcl_lite.lang.docs.type_pages import make_reference
from providers.registry import PROVIDER_TYPES
from tests.providers.kit.made import Made, MadeServer, made, server

__all__ = ["made", "server"]

_STEP = """[resource.made_thing.a]
name = "A"
limit = 5
labels = { a = 1 }
[[resource.made_thing.a.step]]
do = "x"
note = "mine"
[[resource.made_thing.a.step.part]]
name = "p"
wait = "90s"
size = 3
key = "planted-key"
"""


def _only(server: MadeServer) -> dict[str, Any]:
    (thing,) = server.things.values()
    return thing


def test_what_the_server_makes_of_it_is_no_difference(made: Made) -> None:
    """Its defaults, its keys, its ids, numbers as text and lengths of time as seconds, two blocks deep."""
    assert len(made.apply(_STEP)) == 1
    made.apply(_STEP.replace('"A"', '"B"'))
    made.write(_STEP.replace('"A"', '"C"'))
    said = made.run("plan")
    assert 'name: "B" → "C"' in said
    told = ("retries", "limit", "labels", "times", "id", "wait", "size", "how", "note")
    assert [word for word in told if f"{word}:" in said or f"{word}[" in said or f".{word}" in said] == []
    made.write(_STEP.replace("90s", "2m").replace("size = 3", "size = 4").replace('"A"', '"B"'))
    said = made.run("plan")
    assert ('wait: "1m30s" → "2m"' in said, "size: 3 → 4" in said) == (True, True), said


def test_what_is_sent_is_what_was_written(made: Made) -> None:
    """Defaults at any depth are sent; what steers, and what the server has by itself, is not."""
    (write,) = made.apply(_STEP)
    part = {"name": "p", "waitFor": "90s", "size": 3, "key": "planted-key"}
    step = {"how": "slow", "do": "x", "part": [part]}
    body = {key: value for key, value in write[2].items() if key != "uid"}
    assert body == {"name": "A", "interval": "1m", "kind": "mail", "limit": 5, "labels": {"a": 1}, "step": [step]}
    assert "planted" not in made.state()


def test_a_secret_two_blocks_deep_is_rotated(made: Made) -> None:
    """It is sent again when it is another one, and named by the way to it."""
    made.apply(_STEP)
    made.write(_STEP.replace("planted-key", "planted-new"))
    said = made.run("plan")
    assert ("step.0.part.0.key: (sensitive, rotated)" in said, "planted" in said) == (True, False)
    made.apply(_STEP.replace("planted-key", "planted-new"))
    assert _only(made.server)["step"][0]["part"][0]["key"] == "planted-new"


def test_a_server_default_that_somebody_changed_is_drift(made: Made) -> None:
    """And one that the block had, and no longer gives, is the server's again."""
    made.apply(_STEP)
    _only(made.server)["step"][0]["times"] = 9
    assert "times: 9 → 1" in made.run("plan")
    given = _STEP.replace('note = "mine"', "times = 4")
    made.apply(given)
    assert _only(made.server)["step"][0]["times"] == 4
    assert "times: 4 → 1" in _planned(made, _STEP)
    made.apply(_STEP)
    assert "times" not in _only(made.server)["step"][0]


def _planned(made: Made, text: str) -> str:
    made.write(text)
    return made.run("plan")


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ('note = "mine"', 'how = "soon"', "7:7", 'Expected one of "fast", "slow", found "soon".'),
        ("size = 3", 'size = "3"', "11:8", "Expected a number, found a string."),
        ('wait = "90s"', 'wait = "soon"', "10:8", "Expected a length of time"),
        ('name = "p"', 'title = "p"', "9:9", "There is no such attribute. Known: key, name, size, wait."),
        ("size = 3", "id = 3", "11:6", "It is set by the server, and cannot be given."),
        ("limit = 5", 'limit = "5"', "3:9", "Expected a number, found a string."),
        ("{ a = 1 }", '{ a = "1" }', "4:16", "Expected a number, found a string."),
        ('do = "x"\n', "", "5:25", 'The attribute "do" is missing'),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(made: Made, old: str, new: str, place: str, says: str) -> None:
    """File, line and column, two blocks deep."""
    made.write(_STEP.replace(old, new))
    outcome = made.hcl("validate")
    assert (outcome.code, f"main.toml:{place}" in outcome.err, says in outcome.err) == (1, True, True), outcome.err


@pytest.mark.usefixtures("server")
def test_editors_and_the_reference_know_all_of_it() -> None:
    """Types, choices, defaults and docs of nested attributes; what only a server fills in cannot be given."""
    providers = {"made": PROVIDER_TYPES["made"]}
    things = json_schema(providers)["properties"]["resource"]["properties"]["made_thing"]
    (block,) = things["patternProperties"].values()
    step = block["properties"]["step"]["items"]["properties"]
    part = step["part"]["items"]["properties"]
    assert step["how"]["anyOf"][0] == {"enum": ["fast", "slow"]}
    assert (step["how"]["default"], step["times"]["default"], step["do"]["description"]) == ("slow", 1, "What.")
    assert (part["key"]["description"], part.keys() & {"id"}) == ("With what. A secret: never stored.", set())
    assert json.dumps(step)
    page = make_reference(providers.values())["made_thing"]
    told = {argument.name: (argument.type, argument.default) for argument in page.arguments}
    assert told["step[].how"] == ("string", "slow")
    assert told["step[].times"] == ("number", 1)
    assert told["step[].part[].wait"] == ("string", None)
    assert [argument.name for argument in page.attributes] == ["step[].part[].id"]
