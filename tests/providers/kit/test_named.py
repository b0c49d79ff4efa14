"""Objects that are known by one name, or by several attributes together; and versions that a write sends along."""

from __future__ import annotations

import json

import pytest

from tests.providers.kit.made import Made, made, server

__all__ = ["made", "server"]

_PAIR = '[resource.made_pair.a]\nfolder = "f"\nname = "a:b"\ntext = "x"\n'
_NAMED = '[resource.made_named.a]\nname = "n"\ntext = "x"\n'
BOTH = pytest.mark.parametrize(
    ("text", "collection", "uid", "type_"),
    [(_PAIR, "pairs", "f:a:b", "made_pair"), (_NAMED, "named", "n", "made_named")],
    ids=["composite", "name"],
)


@BOTH
def test_an_object_lives_under_its_name(made: Made, text: str, collection: str, uid: str, type_: str) -> None:
    """Made, changed with the version that is there, imported, and made anew under another name."""
    made.apply(text)
    ((_, _, body),) = made.apply(text.replace('"x"', '"y"'))
    assert (body["version"], made.server.plain[collection][uid]["text"]) == (1, "y")
    made.run("state", "rm", f"{type_}.a")
    made.run("import", f"{type_}.a", uid)
    made.run("plan", "--detailed-exitcode")
    assert [record["uid"] for record in json.loads(made.state())["records"]] == [uid]
    made.apply(text.replace("name = ", 'name = "other" # ').replace('"x"', '"y"'))
    assert list(made.server.plain[collection]) == [uid.replace("a:b", "other").replace("n", "other")]
    made.write("")
    made.run("apply", "--auto-approve")
    assert made.server.plain[collection] == {}


@BOTH
def test_what_is_there_is_taken_over_by_asking(made: Made, text: str, collection: str, uid: str, type_: str) -> None:
    """The name says which it is; a word that can be none of them is no object."""
    made.server.plain[collection][uid] = {"folder": "f", "name": "a:b", "text": "theirs", "version": 7}
    if collection == "named":
        made.server.plain[collection][uid] = {"folder": "root", "name": "n", "text": "theirs", "version": 7}
    made.write(text)
    assert "exists already" in made.hcl("plan").err
    ((method, _, body),) = made.apply(text + 'on_exists = "adopt"\n')
    assert (method, body["version"]) == ("PUT", 7)
    made.write(text.replace(".a]", ".b]"))
    assert made.hcl("import", f"{type_}.b", "alone" if collection == "pairs" else "none").code == 1


def test_what_moves_between_the_look_and_the_write_is_the_servers_to_refuse(made: Made) -> None:
    """The version that was looked at is sent along."""
    made.apply(_NAMED)
    made.write(_NAMED.replace('"x"', '"y"'))

    def colleague(call: str) -> None:
        if call.startswith("PUT"):
            made.server.plain["named"]["n"].update(version=9, text="theirs")

    made.server.before = colleague
    refused = made.hcl("apply", "--auto-approve")
    assert (refused.code, "answered 412: another version" in refused.err) == (1, True), refused.err
    assert made.server.plain["named"]["n"]["text"] == "theirs"
