"""Secrets of a data source: set, rotated and removed where the configuration gave them, and left alone otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project, plan_changes

_PATH = "/api/datasources/uid/theirs"
_THEIRS = {
    "uid": "theirs",
    "name": "Theirs",
    "type": "prometheus",
    "access": "proxy",
    "url": "http://x.invalid",
    "jsonData": {},
    "secureJsonData": {"password": "by-hand", "tlsCACert": "by-hand"},
}
_BLOCK = """
[resource.grafana_data_source.d]
uid = "theirs"
name = "Theirs"
type = "prometheus"
url = "http://x.invalid"
"""
_IMPORT = '[[import]]\nto = "grafana_data_source.d"\nid = "theirs"\n'


class _Theirs(Project):
    """A project on a server where somebody has made a data source with two secrets by hand."""

    def kept(self) -> list[str]:
        """The names of the secrets that the server has."""
        return sorted(self.server.call("GET", _PATH)["secureJsonFields"])


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[_Theirs]:
    server.call("POST", "/api/datasources", _THEIRS)
    yield _Theirs(hcl, server, tmp_path)
    if server.call("GET", "/api/datasources"):
        server.call("DELETE", _PATH)


@pytest.mark.parametrize("way", ["adopt", "[[import]]", "import"])
def test_what_nobody_gave_here_is_kept_when_a_data_source_is_taken_over(project: _Theirs, way: str) -> None:
    """It is told once, and no later update takes it away: another url, name, header, secret, undo."""
    text = {"adopt": _BLOCK + 'on_exists = "adopt"\n', "[[import]]": _BLOCK + _IMPORT, "import": _BLOCK}[way]
    project.write(text)
    if way == "import":
        assert project.hcl("import", "grafana_data_source.d", "theirs").code == 0
    told = ["    password: (sensitive, kept: not managed here)", "    tlsCACert: (sensitive, kept: not managed here)"]
    assert [line.replace("      ", "    ") for line in project.run("plan").splitlines() if "kept" in line] == told
    project.apply(text)
    assert "kept" not in project.run("plan", "--refresh=false")
    later = _BLOCK.replace("x.invalid", "y.invalid")
    for more in ("", 'secure_json_data = { token = "1" }\n', 'secure_json_data = { token = "2" }\n'):
        assert "kept" not in project.apply(later + more)
        assert {"password", "tlsCACert"} <= set(project.kept())
    assert "token: (sensitive, removed)" in project.apply(later + 'http_headers = { X-A = "1" }\n')
    assert project.kept() == ["httpHeaderValue1", "password", "tlsCACert"]
    assert "httpHeaderValue1: (sensitive, removed)" in project.run("undo", "--auto-approve")
    assert project.kept() == ["password", "tlsCACert"]
    project.apply(later.replace('"Theirs"', '"Ours"'))
    assert project.kept() == ["password", "tlsCACert"]
    project.destroy()


def test_what_is_not_managed_is_removed_by_an_empty_text_alone(project: _Theirs) -> None:
    """And stays removed; what was given once and is no longer is removed, too."""
    project.apply(_BLOCK + 'on_exists = "adopt"\n')
    emptied = _BLOCK + 'secure_json_data = { password = "", never = "" }\n'
    said = project.apply(emptied)
    assert ("- password: (sensitive, removed)" in said, "never" in said) == (True, False)
    assert project.kept() == ["tlsCACert"]
    project.apply(_BLOCK)
    project.apply(_BLOCK + 'secure_json_data = { tlsCACert = "ours" }\n')
    assert "- tlsCACert: (sensitive, removed)" in project.apply(_BLOCK)
    assert project.kept() == []
    project.destroy()


def test_an_empty_secret_that_is_not_there_is_no_change(project: _Theirs) -> None:
    """As a variable's empty default gives it; what somebody sets there is removed."""
    given = 'secure_json_data = { basicAuthPassword = "x", tlsCACert = "" }\nhttp_headers = { X-A = "" }\n'
    text = _BLOCK.replace("Theirs", "Another").replace("theirs", "another") + given
    assert "tlsCACert" not in project.apply(text)
    path = _PATH.replace("theirs", "another")
    assert list(project.server.call("GET", path)["secureJsonFields"]) == ["basicAuthPassword"]
    there = {**project.server.call("GET", path), "secureJsonData": {"tlsCACert": "by hand"}}
    project.server.call("PUT", path, there)
    assert "- tlsCACert: (sensitive, removed)" in project.run("plan")
    project.apply(text)
    project.destroy()


def test_ignore_changes_of_one_secret_is_of_that_one(project: _Theirs) -> None:
    """The others are rotated and removed as ever."""
    both = _BLOCK + 'on_exists = "adopt"\nsecure_json_data = { password = "1", token = "1" }\n'
    project.apply(both)
    ignoring = both + 'lifecycle = { ignore_changes = ["secure_json_data.password"] }\n'
    project.apply(ignoring)
    said = project.apply(ignoring.replace('"1"', '"2"'))
    assert ("token: (sensitive, rotated)" in said, "password: (sensitive, unchanged)" in said) == (True, True)
    gone = ignoring.replace('password = "1", token = "1"', "")
    said = project.apply(gone)
    assert ("token: (sensitive, removed)" in said, "password: (sensitive, removed)" in said) == (True, False)
    assert project.kept() == ["password", "tlsCACert"]
    assert "password: (sensitive, removed)" in project.apply(gone.replace('"secure_json_data.password"', '"url"'))
    project.destroy()


def test_headers_are_numbered_after_those_that_json_data_names(project: _Theirs) -> None:
    """In whichever order they are written; one that is in both is refused."""
    text = _BLOCK + (
        'on_exists = "adopt"\njson_data = { httpHeaderName1 = "X-By-Hand" }\n'
        'secure_json_data = { httpHeaderValue1 = "1" }\nhttp_headers = { X-B = "2", X-A = "3" }\n'
    )
    project.apply(text)
    names = {"httpHeaderName1": "X-By-Hand", "httpHeaderName2": "X-A", "httpHeaderName3": "X-B"}
    assert project.server.call("GET", _PATH)["jsonData"] == names
    project.write(text.replace('X-B = "2", X-A = "3"', 'X-A = "3", X-B = "2"'))
    assert "No changes." in project.run("plan")
    project.apply(text.replace('http_headers = { X-B = "2", X-A = "3" }\n', ""))
    assert project.server.call("GET", _PATH)["jsonData"] == {"httpHeaderName1": "X-By-Hand"}
    assert project.kept() == ["httpHeaderValue1", "password", "tlsCACert"]
    project.write(text.replace("X-A", "x-by-hand"))
    outcome = project.hcl("plan")
    assert (outcome.code, 'The header "x-by-hand" is given twice' in outcome.err) == (1, True)
    project.write(text)
    project.destroy()


def test_what_goes_with_a_replaced_data_source_is_told(project: _Theirs) -> None:
    """A new one has only the secrets that the configuration gives it."""
    project.apply(_BLOCK + 'on_exists = "adopt"\nsecure_json_data = { token = "1" }\n')
    said = project.run("plan", "--replace", "grafana_data_source.d")
    assert "Secrets that are not managed here go with the old one: password, tlsCACert." in said
    project.destroy()


def test_nothing_is_told_of_secrets_without_a_look(project: _Theirs) -> None:
    """--refresh=false goes by what is remembered."""
    text = _BLOCK + 'on_exists = "adopt"\nsecure_json_data = { token = "1", none = "" }\n'
    project.apply(text)
    assert "No changes." in project.run("plan", "--refresh=false")
    project.write(text.replace('"1"', '"2"'))
    assert "~ token: (sensitive, rotated)" in project.run("plan", "--refresh=false")
    changes = plan_changes(project.hcl, "--refresh=false")
    assert [change["secrets"] for change in changes] == [{"token": "rotated"}]
    project.write(text)
    project.destroy()
