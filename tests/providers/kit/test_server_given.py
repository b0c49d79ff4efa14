"""An object whose uid its server chooses, when the answer that would tell it does not arrive."""

from __future__ import annotations

import json

import httpx

from tests.providers.kit.made import Made, made, server

__all__ = ["made", "server"]

_A = '[resource.made_numbered.a]\nname = "A"\n[output.uid]\nvalue = "${made_numbered.a.uid}"\n'


def test_the_uid_is_known_after_apply(made: Made) -> None:
    """A plan does not show the one that is intended."""
    made.write(_A)
    assert "a-" not in made.run("plan")
    made.apply(_A)
    assert '"made-1"' in made.run("output")
    assert [record["uid"] for record in json.loads(made.state())["records"]] == ["made-1"]


def test_what_was_made_is_found_by_what_it_was_to_be(made: Made) -> None:
    """Where the answer to the create is lost; one of the same name that is something else is not it."""
    made.server.things["other"] = {"uid": "other", "name": "A", "interval": "5m", "settings": {}}
    made.server.lose = ["POST /things"]
    made.apply(_A)
    assert sorted(made.server.things) == ["made-1", "other"]
    assert '"made-1"' in made.run("output")


def test_what_a_killed_run_has_made_is_taken_up(made: Made) -> None:
    """Nothing of it can be read back at the time; the next run finds it, also where its block has changed since."""

    def fall_over(call: str) -> None:
        if made.server.things:
            raise httpx.ConnectError("it is gone")

    for changed in (_A, _A.replace('name = "A"', 'name = "A"\ntoken = "new-token"')):
        made.write(_A)
        made.server.before, made.server.lose = fall_over, ["POST /things"]
        assert made.hcl("apply", "--auto-approve").code != 0
        made.server.before = lambda _: None
        made.apply(changed)
        assert len(made.server.things) == 1
        made.write("")
        made.run("apply", "--auto-approve")
        assert made.server.things == {}


def test_one_that_was_deleted_or_replaced_is_another_one(made: Made) -> None:
    """With the uid that the server gives it then."""
    made.apply(_A)
    made.server.things.clear()
    made.apply(_A)
    assert list(made.server.things) == ["made-2"]
    made.run("apply", "--auto-approve", "--replace", "made_numbered.a")
    assert list(made.server.things) == ["made-3"]
    made.run("plan", "--detailed-exitcode")
    made.run("state", "rm", "made_numbered.a")
    made.run("import", "made_numbered.a", "made-3")
    made.run("plan", "--detailed-exitcode")
