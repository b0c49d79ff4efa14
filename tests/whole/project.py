"""A project as people have one: a directory with a configuration for one Grafana, and what they do in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Hcl, Server

Planned = list[tuple[str, str, list[str]]]


def plan_changes(hcl: Hcl, *args: str) -> list[dict[str, Any]]:
    """What a fresh plan, saved as "p", would do, as `show --json` has it; more than nothing, or taking note."""
    outcome = hcl("plan", "--out", "p", *args)
    assert outcome.code == 0, outcome.err
    changes = json.loads(hcl("show", "--json", "p").out)["changes"]
    return [change for change in changes if change["action"] not in ("no-op", "refresh")]


class Project:
    """A configuration in main.toml, and the command line beside it; every command has to succeed."""

    def __init__(self, hcl: Hcl, server: Server, root: Path) -> None:
        self.hcl, self.server, self.root = hcl, server, root

    @property
    def text(self) -> str:
        """The configuration, without the provider that `write` puts before it."""
        return (self.root / "main.toml").read_text().removeprefix(self.server.provider)

    def write(self, text: str) -> None:
        (self.root / "main.toml").write_text(self.server.provider + text)

    def replace(self, old: str, new: str, name: str = "main.toml") -> None:
        """What a person does in an editor."""
        text = (self.root / name).read_text()
        assert old in text
        (self.root / name).write_text(text.replace(old, new))

    def run(self, *args: str) -> str:
        """What a command prints."""
        outcome = self.hcl(*args)
        assert outcome.code == 0, outcome.out + outcome.err
        return outcome.out

    def plan(self, *args: str) -> Planned:
        """Address, action and changed paths of everything that a plan would do; it is saved as "p"."""
        return [
            (c["address"], c["action"], [d["path"] for d in c["differences"]] if c["action"] == "update" else [])
            for c in plan_changes(self.hcl, *args)
        ]

    def apply(self, text: str | None = None) -> str:
        """Apply, with `text` as the configuration where there is one; nothing is left to do after it."""
        if text is not None:
            self.write(text)
        printed = self.run("apply", "--auto-approve")
        self.run("plan", "--detailed-exitcode")
        return printed

    def destroy(self) -> None:
        self.run("destroy", "--auto-approve")

    def state(self) -> Any:
        return json.loads((self.root / "hcl-lite.state.json").read_text())
