"""for_each, count and modules: instances, what they are called, and what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action
from tests.engine.world import World, address

_BOXES = """
[resource.fake_box.b]
for_each = { a = "Alpha", z = "Zulu" }
title = "${each.value} ${each.key}"
"""


def _edges(world: World, text: str) -> set[tuple[str, str]]:
    graph = world.build(text).graph
    return {(str(a), str(b)) for a, b in graph.edges if a.kind is not Kind.PROVIDER}


@pytest.mark.parametrize(
    ("repeated", "addresses"),
    [
        ('for_each = { a = 1, "b c" = 2 }', ['fake_box.x["a"]', 'fake_box.x["b c"]']),
        ('for_each = ["p", "q"]', ['fake_box.x["p"]', 'fake_box.x["q"]']),
        ("for_each = \"${toset(['p', 'q', 'p'])}\"", ['fake_box.x["p"]', 'fake_box.x["q"]']),
        ("for_each = \"${ {'k': 1} }\"", ['fake_box.x["k"]']),
        ("for_each = {}", []),
        ("count = 2", ["fake_box.x[0]", "fake_box.x[1]"]),
        ('count = "${1 + 2 - 2}"', ["fake_box.x[0]"]),
        ("count = 0", []),
        ("", ["fake_box.x"]),
    ],
)
def test_a_block_stands_for_its_instances(world: World, repeated: str, addresses: list[str]) -> None:
    """One for each key, in their order."""
    assert list(world.actions(f"[resource.fake_box.x]\n{repeated}\n")) == addresses


def test_instances_live_and_go_one_by_one(world: World) -> None:
    """A key that goes takes its object with it, and no other."""
    assert world.apply(_BOXES).failures == ()
    assert world.known() == {'fake_box.b["a"]': "b-a-new", 'fake_box.b["z"]': "b-z-new"}
    assert world.server.objects["fake_box", "b-z-new"]["content"]["title"] == "Zulu z"
    assert world.actions(_BOXES) == {}
    assert world.actions(_BOXES.replace('a = "Alpha", ', "")) == {'fake_box.b["a"]': Action.DELETE}
    assert world.actions(_BOXES.replace("Zulu", "Zoo")) == {'fake_box.b["z"]': Action.UPDATE}


@pytest.mark.parametrize(
    ("box", "needs"),
    [
        ("${fake_box.b['a'].uid}", {"a"}),
        ("${fake_box.b[each.value].uid}", {"z"}),
        ("${fake_box.b[local.which].uid}", {"a"}),
        ("${upper(fake_box.b['z'].uid)}", {"z"}),
        ("${join(',', fake_box.b | map(attribute='title') | list) if false else fake_box.b['a'].title}", {"a"}),
        ("${length(fake_box.b)}", {"a", "z"}),
        ("${fake_box.b.values() | map(attribute='title') | join}", {"a", "z"}),
    ],
)
def test_only_what_is_looked_at_is_needed(world: World, box: str, needs: set[str]) -> None:
    """An index that is known tells which instance; otherwise all are."""
    text = f'[locals]\nwhich = "a"\n{_BOXES}[resource.fake_item.i]\nfor_each = {{ k = "z" }}\nnote = "${{{{}}}}{box}"\n'
    text = text.replace("${{}}", "")
    found = {needed for needed, user in _edges(world, text) if user == 'fake_item.i["k"]'}
    assert {address for address in found if address != "local.which"} == {f'fake_box.b["{key}"]' for key in needs}


def test_a_collection_feeds_another_one_key_by_key(world: World) -> None:
    """for_each over the instances of another block: each needs its own."""
    text = _BOXES + '[resource.fake_item.i]\nfor_each = "${fake_box.b}"\nbox = "${each.value.uid}"\n'
    assert _edges(world, text) == {(f'fake_box.b["{key}"]', f'fake_item.i["{key}"]') for key in "az"}
    assert world.apply(text).failures == ()
    assert world.server.objects["fake_item", "i-a-new"]["content"]["box"] == "b-a-new"
    assert world.actions(text) == {}
    assert world.actions(text.replace('a = "Alpha", ', "")) == {
        'fake_item.i["a"]': Action.DELETE,
        'fake_box.b["a"]': Action.DELETE,
    }


def test_what_is_known_of_a_collection_is_used_though_other_parts_are_not(world: World) -> None:
    """A uid is known before the apply, a size is not: only what rests on the size is unknown."""
    text = _BOXES + (
        "[output.uids]\nvalue = \"${fake_box.b.values() | map(attribute='uid') | list}\"\n"
        "[output.sizes]\nvalue = \"${fake_box.b.values() | map(attribute='url') | list}\"\n"
        "[output.one]\nvalue = \"${fake_box.b['a'].url}\"\n"
    )
    outputs = {output.name: output.after for output in world.plan(text).outputs}
    unknown = "(known after apply)"
    assert outputs == {"uids": ["b-a-new", "b-z-new"], "sizes": [unknown, unknown], "one": unknown}


_MODULE = {
    "main.toml": """
[module.team]
source = "./team"
for_each = ["x", "y"]
inputs = { name = "${each.key}", boxes = { p = 1 } }

[output.all]
value = "${module.team['x'].uids}"
""",
    "team/main.toml": """
[variable.name]
type = "string"
[variable.boxes]
type = "map(number)"
[locals]
title = "Team ${var.name}"
[resource.fake_box.b]
for_each = "${var.boxes}"
title = "${local.title}"
[module.inner]
source = "../inner"
inputs = { box = "${fake_box.b['p'].uid}" }
[output.uids]
value = "${[fake_box.b['p'].uid, module.inner.item]}"
""",
    "inner/main.toml": """
[variable.box]
[resource.fake_item.i]
box = "${var.box}"
title = "${file('title.txt')}"
[output.item]
value = "${fake_item.i.uid}"
""",
    "inner/title.txt": "from a file of the module",
}


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_modules_have_a_scope_and_addresses_of_their_own(world: World, tmp_path: Path) -> None:
    """Nested, with for_each, with inputs and outputs, and files beside them."""
    _write(tmp_path, _MODULE)
    assert world.apply(tmp_path).failures == ()
    assert sorted(world.known()) == [
        'module.team["x"].fake_box.b["p"]',
        'module.team["x"].module.inner.fake_item.i',
        'module.team["y"].fake_box.b["p"]',
        'module.team["y"].module.inner.fake_item.i',
    ]
    titles = sorted(item["content"]["title"] for item in world.server.objects.values())
    assert titles == ["Team x", "Team y", "from a file of the module", "from a file of the module"]
    assert world.actions(tmp_path) == {}
    assert world.store.state.outputs == {"all": ["team[x].b-p-new", "team[x].inner.i-new"]}


def test_the_providers_of_a_module_are_passed_in(world: World, tmp_path: Path) -> None:
    """Each instance of the module has its own; what is not passed is that of the caller."""
    _write(tmp_path, _MODULE)
    providers = '[provider.fake]\nfor_each = ["x", "y"]\nurl = "${each.key}"\n'
    call = _MODULE["main.toml"].replace("inputs", "providers = { fake = 'fake[\"${each.key}\"]' }\ninputs", 1)
    (tmp_path / "main.toml").write_text(providers + call)
    world.apply(tmp_path)
    assert {(r.address.module[0], r.provider) for r in world.store.state.records.values()} == {
        ('team["x"]', 'fake["x"]'),
        ('team["y"]', 'fake["y"]'),
    }
    assert world.opened == {'fake["x"]': {"url": "x"}, 'fake["y"]': {"url": "y"}}


def test_keys_that_rest_on_what_is_not_there_yet_are_refused(world: World) -> None:
    """With the place, and what to do."""
    text = '[resource.fake_box.a]\n[resource.fake_box.b]\ncount = "${fake_box.a.size}"\n'
    with pytest.raises(HclError) as caught:
        world.plan(text)
    (problem,) = caught.value.diagnostics
    assert problem.summary == "The instances of fake_box.b are known only after apply"
    assert str(problem.place) == "main.toml:3:1"


def test_a_target_is_an_instance_a_block_or_a_module(world: World, tmp_path: Path) -> None:
    """What covers more is more."""
    _write(tmp_path, _MODULE)
    for target, count in (
        ('module.team["x"]', 2),
        ("module.team", 4),
        ('module.team["x"].fake_box.b', 1),
        ('module.team["x"].module.inner', 2),
    ):
        assert len(world.actions(tmp_path, targets=(address(target),))) == count, target
