"""HCL's expressions in hcl-lite's, and those that are none."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.migrate.terraform.expressions import Names, Untranslatable, translate
from hcl_lite.operations.migrate.terraform.parse import Unparsed, parse_blocks
from hcl_lite.operations.migrate.terraform.syntax import Expression, Items, Table

pytest.importorskip("tree_sitter_hcl")

_NAMES = Names(
    resources={("grafana_folder", "a"): "", ("grafana_folder", "t"): "map", ("grafana_folder", "s"): "list"},
    data={("grafana_folder", "d"): "", ("grafana_team", "t"): ""},
    attributes={
        "grafana_folder": ("uid", "title", "url"),
        "data.grafana_folder": ("uid",),
        "data.grafana_team": ("team_id",),
    },
    locals={"m": Table([]), "l": Items([])},
    variables={"x": "", "teams": "map(string)", "names": "list(string)"},
    aliases={("grafana_folder", "old"): "a"},
)


def _read(text: str) -> Expression:
    [block] = parse_blocks(f"x {{\n  v = {text}\n}}\n", "x.tf")
    return block.attributes["v"].value


@pytest.mark.parametrize(
    ("hcl", "ours"),
    [
        ("3", 3),
        ("-2.5", -2.5),
        ("true", True),
        ('"a \\"b\\" \\u00e9\\n"', 'a "b" é\n'),
        ('"$${a} %%{b"', "${a} %{b"),
        ("<<EOT\n  a\n b\nEOT", "  a\n b\n"),
        ("<<-EOT\n    a ${var.x}\n     b\n  EOT", Code("a ${var.x}\n b\n")),
        ('{ a = 1, "b" : [var.x, null] }', {"a": 1, "b": [Code("${var.x}"), Code("${none}")]}),
        ('toset(["a"])', ["a"]),
        ('"Team ${var.x} "', Code("Team ${var.x} ")),
        ("grafana_folder.a.uid", Code("${grafana_folder.a.uid}")),
        ("grafana_folder.a.id", Code("${grafana_folder.a.uid}")),
        ("grafana_folder.old.uid", Code("${grafana_folder.a.uid}")),
        ('grafana_folder.t["k"].uid', Code('${grafana_folder.t["k"].uid}')),
        ("grafana_folder.s[0].uid", Code("${grafana_folder.s[0].uid}")),
        ("grafana_folder.s[*].url", Code('${grafana_folder.s | map(attribute="url")}')),
        ("data.grafana_folder.d.uid", Code("${data.grafana_folder.d.uid}")),
        ("data.grafana_team.t.id", Code("${data.grafana_team.t.team_id}")),
        ("terraform.workspace", Code("${hcl_lite.workspace}")),
        ('var.x ? "a" : "b"', Code('${"a" if var.x else "b"}')),
        ("!var.x && (local.m || var.x)", Code("${(not var.x) and (local.m or var.x)}")),
        ("var.x == null", Code("${var.x is none}")),
        ("var.x != null", Code("${var.x is not none}")),
        ("1 + 2 * 3", Code("${1 + (2 * 3)}")),
        ("max(local.l...)", Code("${max(*local.l)}")),
        ('file("${path.module}/d/${each.key}.json")', Code('${file("d/" ~ each.key ~ ".json")}')),
        ('fileset("${path.module}/d", "*.json")', Code('${fileset("d", "*.json")}')),
        (
            "[for u in local.l : upper(u.name) if u.on]",
            Code('${local.l | selectattr("on") | map(attribute="name") | map("upper")}'),
        ),
        ('[for w in local.l : w if w != "a"]', Code('${local.l | select("ne", "a")}')),
        ('[for w in var.names : "t-${w}"]', Code('${formatlist("t-%s", var.names)}')),
        ("[for k, t in local.m : t.title]", Code('${values(local.m) | map(attribute="title")}')),
        ("[for k, t in var.teams : k]", Code("${keys(var.teams)}")),
        ("[for f in grafana_folder.t : f.uid]", Code('${values(grafana_folder.t) | map(attribute="uid")}')),
        (
            '{ for f in fileset("d", "*.json") : trimsuffix(f, ".json") => f }',
            Code('${zipmap(fileset("d", "*.json") | map("trimsuffix", ".json"), fileset("d", "*.json"))}'),
        ),
    ],
)
def test_what_means_the_same(hcl: str, ours: Any) -> None:
    """Literals stay; the rest is an expression that the language reads."""
    found = translate(_read(hcl), _NAMES)
    assert found == ours
    if isinstance(found, Code):
        parse_template(found.text)


@pytest.mark.parametrize(
    ("hcl", "why"),
    [
        ("uuid()", "no function uuid()"),
        ("grafana_folder.b.uid", "grafana_folder.b is not carried over"),
        ("grafana_folder.a.version", "has no version here"),
        ("data.grafana_user.d.id", "data.grafana_user.d is not carried over"),
        ("var.y", "var.y is not carried over"),
        ("local.n", "local.n is not carried over"),
        ("module.a.uid", "flattened"),
        ("[for u in var.x : u]", "list or a map"),
        ("[for i, u in local.l : i]", "positions of a list"),
        ("{ for u in local.l : u.a => u... }", "groups"),
        ("[for k, v in local.m : merge(v, k)]", "keys and values"),
        ('[for u in local.l : u.a if u.b == "x" && u.c]', "more than a comparison"),
        ('lower("$${x}")', "has ${ in it"),
        ('"%{ if var.x }a%{ endif }"', "nothing here like"),
    ],
)
def test_what_is_nothing_here(hcl: str, why: str) -> None:
    """It is said why, so that its value stands there instead."""
    with pytest.raises(Untranslatable) as raised:
        translate(_read(hcl), _NAMES)
    assert why in str(raised.value)


@pytest.mark.parametrize(
    "text", ["a {", "a {\n  b = \n}", "}{", '"', "[" * 5000, "a { b = " + "[" * 3000 + "]" * 3000 + " }"]
)
def test_what_is_no_hcl_is_told(text: str) -> None:
    """By its place, also where it is nested deeper than anything can be read."""
    with pytest.raises(Unparsed, match=r"x\.tf:\d+"):
        parse_blocks(text, "x.tf")
