"""Layouts that users choose: never out of the configuration."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.bulk_import.templates import Templates, read_templates


def _found(title: str, *path: str, type_: str = "grafana_dashboard", provider: str = "grafana") -> Found:
    return Found(provider, cast(Any, SimpleNamespace(name=type_)), "Uid_1", title, path)


@pytest.mark.parametrize(
    ("texts", "one", "body", "blocks"),
    [
        ((), _found("Nodes", "Team 0", "Ämter"), "dashboards/team-0/amter/nodes", "dashboards.toml"),
        ((), _found("Nodes", provider="second"), "second/dashboards/nodes", "second_dashboards.toml"),
        (("d/{uid}.json",), _found("Nodes", "T"), "d/uid-1", "dashboards.toml"),
        (("{folder}/{type}-{slug}.json", "{types}-{folder}.toml"), _found("../x", "..", "B/C"),
         "unnamed/b-c/dashboard-x", "dashboards-unnamed-b-c.toml"),
        (("all.toml",), _found("Nodes"), "dashboards/nodes", "all.toml"),
        (("{types}-{folder}.toml",), _found("Nodes"), "dashboards/nodes", "dashboards.toml"),
        ((), _found("", type_="grafana_notification_policy"), "notification_policies/uid-1",
         "notification_policies.toml"),
    ],
)  # fmt: skip
def test_an_object_goes_where_the_template_says(texts: tuple[str, ...], one: Found, body: str, blocks: str) -> None:
    """What is empty takes no place; titles are no way out."""
    templates = read_templates(texts)
    assert (templates.body_of(one), templates.blocks_of(one)) == (body, blocks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("../{slug}.json", "leads out"),
        ("/etc/{slug}.json", "leads out"),
        ("~/{slug}.json", "leads out"),
        (".hcl-lite/{slug}.json", "hidden"),
        ("a/../{slug}.json", "leads out"),
        ("a\\{slug}.json", "leads out"),
        ("a\n{slug}.json", "leads out"),
        ('a"b/{slug}.json', "characters"),
        ("a${x}/{slug}.json", "{x}"),
        ("a$b/{slug}.json", "characters"),
        ("{title}.json", "{title}"),
        ("{slug.json", "brace"),
        ("{slug}", "ends in .json"),
        ("{slug}/.json", "leads out"),
        ("dashboards/{folder}.json", "neither {slug} nor {uid}"),
        ("blocks/{types}.toml", "a module"),
        ("", "leads out"),
    ],
)
def test_what_is_no_layout_is_refused(text: str, said: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(HclError) as caught:
        read_templates([text])
    assert said in caught.value.diagnostics[0].detail


def test_directories_of_folders_are_asked_for_only_where_there_are_such() -> None:
    """fileset() reads all files of a directory."""
    one = _found("Nodes", "Team")
    assert Templates().directories_of(one, ["team"]) == ["dashboards/team"]
    assert Templates("d/{uid}.json").directories_of(one, ["team"]) == []
    with pytest.raises(HclError, match="--style fileset"):
        Templates("{folder}/{slug}/{uid}.json").directories_of(one, ["team"], is_asked=True)
