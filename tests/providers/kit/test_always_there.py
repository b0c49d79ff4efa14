"""Settings that a server always has: there while somebody has set any, and gone when none is set."""

from __future__ import annotations

import json

from tests.conftest import AfterTheLastLook
from tests.providers.kit.made import Made, made, server

__all__ = ["made", "server"]

_RED = '[resource.made_settings.s]\ncolor = "red"\n'


def _attributes(made: Made) -> object:
    return [record["attributes"] for record in json.loads(made.state())["records"]]


def test_what_is_not_spoken_of_stays(made: Made) -> None:
    """Keys of the type that the block leaves out, and keys that nobody declares; a destroy empties what was set."""
    assert made.apply(_RED) == [("PUT", "/settings", {"language": "en", "color": "red"})]
    made.server.settings["sizeOfAll"] = "large"
    made.run("plan", "--detailed-exitcode")
    assert _attributes(made) == [{"color": "red"}]
    made.apply(_RED.replace("red", "blue"))
    assert made.server.settings == {"language": "en", "color": "blue", "sizeOfAll": "large"}
    made.run("destroy", "--auto-approve")
    assert made.server.settings == {"language": "en", "color": "", "sizeOfAll": "large"}


def test_settings_that_are_there_are_taken_over_by_asking(made: Made) -> None:
    """And known by one word alone."""
    made.server.settings["sizeOfAll"] = "large"
    made.write(_RED)
    assert "exists already" in made.hcl("plan").err
    assert "made_settings" in made.hcl("import", "made_settings.s", "others").err
    made.run("import", "made_settings.s", "settings")
    made.apply(_RED)
    assert made.server.settings == {"language": "en", "color": "red", "sizeOfAll": "large"}


def test_what_somebody_sets_between_plan_and_apply_is_not_written_over(
    made: Made, after_the_last_look: AfterTheLastLook
) -> None:
    """Neither where it was there, nor where it was not."""
    made.write(_RED)
    made.run("plan", "--out", "p")
    after_the_last_look(lambda: made.server.settings.update(color="green"))
    refused = made.hcl("apply", "p")
    assert (refused.code, "changed by someone else since the plan" in refused.err) == (1, True), refused.err
    made.server.settings["color"] = ""
    made.apply(_RED)
    made.write(_RED.replace("red", "blue"))
    made.run("plan", "--out", "p")
    after_the_last_look(lambda: made.server.settings.update(sizeOfAll="small"))
    refused = made.hcl("apply", "p")
    assert (refused.code, "changed by someone else since the plan" in refused.err) == (1, True), refused.err
    assert made.server.settings == {"language": "en", "color": "red", "sizeOfAll": "small"}
