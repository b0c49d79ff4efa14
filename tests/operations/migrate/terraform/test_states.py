"""What a state tells: instances by both of its forms, uids of all providers' versions, modules as parts of the root."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hcl_lite.core.schema.type_text import type_of
from hcl_lite.operations.migrate.terraform.flatten import flatten
from hcl_lite.operations.migrate.terraform.objects import folder_numbers, is_same, same_json, stated
from hcl_lite.operations.migrate.terraform.parse import parse_blocks
from hcl_lite.operations.migrate.terraform.state_file import Instance, read_state
from hcl_lite.operations.migrate.terraform.syntax import Literal, Name, Path, Template
from providers.registry import PROVIDER_TYPES

_TYPES = PROVIDER_TYPES["grafana"].resources


def test_both_forms_of_a_state_tell_the_same() -> None:
    """terraform.tfstate, and what terraform show -json prints."""
    stored = {
        "version": 4,
        "resources": [
            {
                "module": 'module.a["k"].module.b',
                "mode": "managed",
                "type": "grafana_folder",
                "name": "f",
                "provider": 'provider["registry.terraform.io/grafana/grafana"]',
                "instances": [
                    {"index_key": "x", "attributes": {"uid": "u"}},
                    {"deposed": "0123", "attributes": {"uid": "old"}},
                ],
            }
        ],
    }
    inner = {"mode": "managed", "type": "grafana_folder", "name": "f", "index": "x", "values": {"uid": "u"}}
    module = {"address": 'module.a["k"].module.b', "resources": [inner]}
    shown = {"format_version": "1.0", "values": {"root_module": {"child_modules": [{"child_modules": [module]}]}}}
    expected = Instance("grafana_folder", "f", "x", ("a", "b"), ("k",), attributes={"uid": "u"})
    assert [*read_state(json.dumps(stored), "s")] == [expected]
    assert [*read_state(json.dumps(shown), "s")] == [expected]


@pytest.mark.parametrize(
    ("type_", "attributes", "uid"),
    [
        ("grafana_folder", {"id": "1:u", "uid": "u"}, "u"),
        ("grafana_folder", {"id": "12", "uid": "u"}, "u"),
        ("grafana_dashboard", {"id": "my-slug", "uid": "u", "dashboard_id": 3}, "u"),
        ("grafana_dashboard", {"id": "u"}, "u"),
        ("grafana_data_source", {"id": "1:u"}, "u"),
        ("grafana_team", {"id": "1:7", "team_id": 7}, "7"),
        ("grafana_team", {"id": "7"}, "7"),
        ("grafana_folder_permission", {"id": "1:u", "folder_uid": "1:u"}, "u"),
        ("grafana_folder_permission", {"id": "12", "folder_uid": "12"}, "of-number"),
        ("grafana_rule_group", {"id": "1:u:api", "folder_uid": "u", "name": "api"}, "u:api"),
        ("grafana_rule_group", {"id": "u;api", "folder_uid": "u", "name": "api"}, "u:api"),
        ("grafana_message_template", {"id": "1:a b", "name": "a b"}, "a b"),
        ("grafana_organization_preferences", {"id": "1"}, "preferences"),
        ("grafana_playlist", {"id": "1:u"}, "u"),
    ],
)
def test_ids_of_all_versions_of_the_provider(type_: str, attributes: dict[str, Any], uid: str) -> None:
    """With their organisation, without, or the numbers of the first versions."""
    [found] = stated(Instance(type_, "x", attributes=attributes), _TYPES[type_], {"12": "of-number"})
    assert found.uid == uid


def test_a_folder_that_is_named_by_number() -> None:
    """As provider 1.x has it in dashboards; 0 is the root."""
    folders = folder_numbers([Instance("grafana_folder", "f", attributes={"id": "12", "uid": "u"})])
    boards = [Instance("grafana_dashboard", "b", attributes={"uid": "x", "folder": one}) for one in ("12", "0", "1:u")]
    values = [stated(one, _TYPES["grafana_dashboard"], folders)[0].values["folder"] for one in boards]
    assert values == ["u", "", "u"]


def test_each_way_of_a_contact_point_is_an_object() -> None:
    """With its own uid, and a name that tells it apart."""
    ways = {"email": [{"uid": "a"}, {"uid": "b"}], "webhook": [{"uid": "c", "url": "x"}], "slack": []}
    instance = Instance("grafana_contact_point", "sre", attributes={"name": "SRE", "id": "1:SRE", **ways})
    found = stated(instance, _TYPES["grafana_contact_point"], {})
    assert [(one.uid, one.suffix) for one in found] == [("a", "email_1"), ("b", "email_2"), ("c", "webhook")]


def test_permissions_are_a_map() -> None:
    """Roles by name, teams and users by number."""
    items = [
        {"role": "Editor", "team_id": "0", "user_id": "0", "permission": "Edit"},
        {"role": "", "team_id": "1:3", "user_id": "0", "permission": "Admin"},
        {"role": "", "team_id": "", "user_id": "4", "permission": "View"},
    ]
    instance = Instance("grafana_folder_permission", "p", attributes={"folder_uid": "u", "permissions": items})
    [found] = stated(instance, _TYPES["grafana_folder_permission"], {})
    assert found.values == {"folder_uid": "u", "permissions": {"Editor": "Edit", "team:3": "Admin", "user:4": "View"}}


@pytest.mark.parametrize(
    ("told", "there", "same"),
    [
        ('{"title": "a"}', '{"title": "a", "id": 3, "version": 2, "uid": "u"}', True),
        ('{"panels": [{"title": "p"}]}', '{"panels": [{"title": "p", "id": 7}]}', True),
        (
            '{"panels": [{"libraryPanel": {"uid": "l"}}]}',
            '{"panels": [{"libraryPanel": {"uid": "l", "name": "x"}}]}',
            True,
        ),
        ('{"title": "a"}', '{"title": "b"}', False),
        ('{"panels": []}', '{"panels": [{"title": "p"}]}', False),
    ],
)
def test_what_the_provider_leaves_out_of_json_is_no_drift(told: str, there: str, same: bool) -> None:
    """Numbers of servers, ids of panels, models of library panels."""
    assert same_json(told, there) is same


def test_a_module_is_a_part_of_the_root() -> None:
    """What it is given stands in place of its variables, what it gives in place of its outputs, to any depth."""
    pytest.importorskip("tree_sitter_hcl")
    directories = {
        "": 'module "a" {\n source = "./a"\n t = "T-${var.x}"\n}\noutput "o" {\n value = module.a.uid\n}\n'
        'module "many" {\n source = "./a"\n for_each = {}\n}\n',
        "a": 'variable "t" {}\nvariable "d" {\n default = "D"\n}\nlocals {\n n = "N ${var.t}"\n}\n'
        'resource "grafana_folder" "f-1" {\n title = local.n\n parent_folder_uid = var.d\n}\n'
        'module "b" {\n source = "../b"\n of = grafana_folder.f-1.uid\n}\noutput "uid" {\n value = module.b.it\n}\n',
        "b": 'variable "of" {}\noutput "it" {\n value = var.of\n}\n',
    }
    texts = {path: parse_blocks(text, f"{path}/main.tf") for path, text in directories.items()}
    flat = flatten(texts[""], lambda path: texts[path])
    block = flat.blocks[("a",), "resource", "grafana_folder", "f-1"]
    title = Template(["N ", Template(["T-", Path(Name("var"), ["x"])])])
    assert {key: one.value for key, one in block.attributes.items()} == {
        "title": title,
        "parent_folder_uid": Literal("D"),
    }
    [output] = [one for one in flat.root if one.type == "output"]
    assert output.attributes["value"].value == Path(Name("grafana_folder"), ["a_f_1", "uid"])
    assert [one.labels for one in flat.repeated] == [("many",)]


@pytest.mark.parametrize(
    ("told", "there", "same"),
    [
        ([{"name": "a", "for": "5m0s"}], [{"name": "a", "for": "5m", "keep_firing_for": "0s"}], True),
        ([{"name": "a", "missing_series_evals_to_resolve": 0}], [{"name": "a"}], True),
        ([{"name": "a", "data": [{"relative_time_range": {"from": 0, "to": 0}}]}], [{"name": "a", "data": [{}]}], True),
        (
            [{"name": "a", "data": [{"model": {"expr": "x"}}]}],
            [{"name": "a", "data": [{"model": {"expr": "y"}}]}],
            False,
        ),
        ([{"name": "a", "for": "5m0s"}], [{"name": "a", "for": "1m"}], False),
        ([{"name": "a"}], [{"name": "a"}, {"name": "b"}], False),
    ],
)
def test_only_what_the_state_tells_is_compared(told: Any, there: Any, same: bool) -> None:
    """Durations by what they mean; what is unset in the provider's way is nothing."""
    assert is_same(type_of(_TYPES["grafana_rule_group"].attrs["rule"]), told, there) is same
