"""Texts that read like expressions without their ${ }: which of them are warned of, and with which spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.source import parse_source
from providers.registry import PROVIDER_TYPES

_GIVEN = """
[variable.team]

[variable.all]

[locals]
known = 1

[data.grafana_folder.there]
uid = "there"

[resource.grafana_folder.a]
title = "A"

[resource.grafana_folder.many]
count = 2
title = "Many"

[resource.grafana_folder.each]
for_each = ["a"]
title = "${each.key}"
"""


def _found(text: str, tmp_path: Path) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    config = build_config(tmp_path, [parse_source(_GIVEN, "given.toml"), parse_source(text, "main.toml")], problems)
    assert problems == []
    return check_config(config, PROVIDER_TYPES, FUNCTION_NAMES)


def _of(argument: str, tmp_path: Path) -> list[tuple[str, str]]:
    found = _found(f"[resource.grafana_folder.x]\ntitle = {argument}\n", tmp_path)
    assert all(warning.severity is Severity.WARNING for warning in found)
    return [(warning.summary, warning.hint.partition(" Where")[0]) for warning in found]


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("var.team", '"${var.team}"'),
        (" var.team ", '"${var.team}"'),
        ("local.known", '"${local.known}"'),
        ("var.all[0].name", '"${var.all[0].name}"'),
        ("grafana_folder.a", '"${grafana_folder.a.uid}"'),
        ("grafana_folder.a.uid", '"${grafana_folder.a.uid}"'),
        ("grafana_folder.many[0].uid", '"${grafana_folder.many[0].uid}"'),
        ("grafana_folder.many", '"${grafana_folder.many}"'),
        ("data.grafana_folder.there.title", '"${data.grafana_folder.there.title}"'),
        ("path.module", '"${path.module}"'),
        ('grafana_folder.each["a"].uid', "'${grafana_folder.each[\"a\"].uid}'"),
        ("upper(var.team)", '"${upper(var.team)}"'),
        ("timestamp()", '"${timestamp()}"'),
        ('file("a).json")', "'${file(\"a).json\")}'"),
        ("join('-', [var.team, local.known])", "\"${join('-', [var.team, local.known])}\""),
    ],
)
def test_all_of_a_text_that_is_an_expression_is_warned_of(text: str, spelling: str, tmp_path: Path) -> None:
    """With the spelling that is meant, which for an object named alone is that of its uid."""
    assert [hint for _, hint in _of(f"'''{text}'''", tmp_path)] == [f"An expression is written {spelling}."]


@pytest.mark.parametrize(
    "text",
    [
        "Team",
        "var.nobody",
        "var.team and others",
        "grafana_folder.nobody.uid",
        "grafana_folder",
        "sum(up)",
        "rate(http_requests_total[5m])",
        "sum(var.team) + up",
        "file(",
        "upper(x) and lower(y)",
        "each.key",
        "count.index",
        "https://grafana.example.org",
        '${"var.team"}',
        "$${var.team}",
    ],
)
def test_any_other_text_is_none(text: str, tmp_path: Path) -> None:
    """Nothing is declared by that name, or it is only a part of the text."""
    assert _of(f"'''{text}'''", tmp_path) == []


def test_each_key_is_one_where_the_block_repeats(tmp_path: Path) -> None:
    """As is count.index."""
    text = '[resource.grafana_folder.x]\nfor_each = ["a"]\ntitle = "each.key"\nuid = "count.index"\n'
    assert [(warning.summary, warning.place and warning.place.line) for warning in _found(text, tmp_path)] == [
        ('title is the text "each.key", not what that refers to', 3)
    ]


def test_every_kind_of_argument_is_looked_at(tmp_path: Path) -> None:
    """Tables and lists in arguments, inputs of modules, locals, outputs and settings; not what is an address anyway."""
    text = """
[resource.grafana_dashboard.d.config]
title  = "D"
tags   = ["x", "var.team"]
panels = [{ title = "max(1, 2)", expr = 'upper("x")' }]

[resource.grafana_folder.x]
title      = "X"
depends_on = ["grafana_folder.a"]

[locals]
l = "var.team"

[output.o]
value = "var.team"

[provider.grafana]
url = "var.team"

[[removed]]
from = "grafana_folder.gone"
"""
    assert [warning.summary.partition(" is the text")[0] for warning in _found(text, tmp_path)] == [
        "config.tags.1",
        "config.panels.0.expr",
        "local.l",
        "value",
        "url",
    ]
