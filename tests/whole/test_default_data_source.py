"""The default data source of an organisation: who gets it, and from whom, is in the plan, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl, Server
from tests.whole.project import Project


def _source(name: str, *lines: str) -> str:
    named = [f'uid = "default-{name}"', f'name = "Default {name}"', 'type = "loki"', 'url = "http://x"']
    return "\n".join([f"[resource.grafana_data_source.{name}]", *named, *lines]) + "\n"


def _defaults(server: Server) -> list[str]:
    return [source["uid"] for source in server.call("GET", "/api/datasources") if source["isDefault"]]


def test_a_default_goes_from_one_data_source_to_another(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """What the server gave to the first one of the organisation is nobody's wish: another one may have it. The plan
    says whom it is taken from, unless that one is told to give it up or goes."""
    project = Project(hcl, server, tmp_path)
    project.apply(_source("a"))
    printed = project.apply(_source("a") + _source("b", "is_default = true"))
    assert "It takes is_default from grafana_data_source.a." in printed
    assert _defaults(server) == ["default-b"]
    printed = project.apply(_source("a", "is_default = true") + _source("b", "is_default = false"))
    assert "It takes" not in printed
    assert _defaults(server) == ["default-a"]
    printed = project.apply(_source("b", "is_default = true"))
    assert "It takes" not in printed
    printed = project.apply(_source("b") + _source("c", "is_default = true"))
    assert "It takes is_default from grafana_data_source.b." in printed
    assert _defaults(server) == ["default-c"]
    project.destroy()


def test_the_default_of_a_stranger_is_not_taken_without_a_word(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Neither by a new one nor by one that changes; one that has it already takes nothing."""
    project = Project(hcl, server, tmp_path)
    theirs = {
        "name": "Theirs",
        "uid": "theirs",
        "type": "loki",
        "access": "proxy",
        "url": "http://t",
        "isDefault": True,
    }
    server.call("POST", "/api/datasources", theirs)
    told = 'It takes is_default from the one with name "Theirs" (theirs), which is not managed here.'
    assert told in project.apply(_source("a", "is_default = true"))
    server.call("PUT", "/api/datasources/uid/theirs", theirs)
    assert told in project.apply()
    assert told not in project.apply(_source("a", "is_default = true", 'database_name = "d"'))
    project.destroy()
    server.call("DELETE", "/api/datasources/uid/theirs")


def test_ignored_defaults_are_not_fought_over(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Two blocks may ask for it where one leaves it to others once it is made."""
    project = Project(hcl, server, tmp_path)
    leaves = '[resource.grafana_data_source.a.lifecycle]\nignore_changes = ["is_default"]'
    first, second = _source("a", "is_default = true", leaves), _source("b", "is_default = true")
    project.apply(first)
    assert "It takes is_default from grafana_data_source.a." in project.apply(first + second)
    assert _defaults(server) == ["default-b"]
    project.destroy()
