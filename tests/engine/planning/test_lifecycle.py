"""What a block says about how its object may change, and what a configuration says about objects that moved or went."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Live
from hcl_lite.engine.plan import Action
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from tests.engine.world import World, address, config_of


def _problem(world: World, text: str, **options: object) -> str:
    """What a plan says against `text`."""
    with pytest.raises(HclError) as caught:
        world.plan(text, **options)
    (problem,) = caught.value.diagnostics
    return f"{problem.summary} | {problem.detail}"


# --- prevent_destroy --------------------------------------------------------------------------------------------------

_PROTECTED = """
[variable.keep]
[resource.fake_box.a]
uid = "a"
title = "A"
lifecycle = { prevent_destroy = "${var.keep}" }
"""
_KEEP = {"variables": {"keep": True}}


def test_what_is_protected_is_neither_deleted_nor_replaced(world: World) -> None:
    """By destroy, by another uid, by a block that is gone, by a key that is gone."""
    world.apply(_PROTECTED, **_KEEP)
    assert _problem(world, _PROTECTED, destroy=True, **_KEEP).startswith("fake_box.a is protected")
    assert "It would have to be replaced" in _problem(world, _PROTECTED.replace('"a"', '"b"'), **_KEEP)
    assert "Its block is gone" in _problem(world, "[variable.keep]\n", **_KEEP)


def test_a_variable_takes_the_protection_away(world: World) -> None:
    """And an apply with it is remembered."""
    world.apply(_PROTECTED, **_KEEP)
    open_ = {"variables": {"keep": False}}
    assert world.actions(_PROTECTED, destroy=True, **open_) == {"fake_box.a": Action.DELETE}
    assert world.actions(_PROTECTED, **open_) == {"fake_box.a": Action.REFRESH}
    world.apply(_PROTECTED, **open_)
    assert world.actions("", **open_) == {"fake_box.a": Action.DELETE}


def test_a_protected_instance_keeps_its_key(world: World) -> None:
    """What the block says now counts."""
    text = '[resource.fake_box.b]\nfor_each = ["x", "y"]\nlifecycle = { prevent_destroy = true }\n'
    world.apply(text)
    assert 'fake_box.b["x"] is protected' in _problem(world, text.replace('"x", ', ""))
    free = text.replace('"x", ', "").replace("true", "false")
    assert world.actions(free)['fake_box.b["x"]'] is Action.DELETE


# --- ignore_changes ---------------------------------------------------------------------------------------------------

_IGNORING = '[resource.fake_box.a]\nuid = "a"\ntitle = "A"\nbox = "b"\nlifecycle = { ignore_changes = ["title"] }\n'


def test_what_is_ignored_is_left_to_others(world: World) -> None:
    """It makes no plan, and an update of the rest sends it as it is there."""
    world.apply(_IGNORING)
    world.server.put("fake_box", "a", title="Colleague", box="b", size=1)
    assert world.actions(_IGNORING) == {"fake_box.a": Action.REFRESH}
    world.apply(_IGNORING)
    assert world.actions(_IGNORING) == {}
    assert world.actions(_IGNORING.replace('title = "A"', 'title = "Z"')) == {"fake_box.a": Action.REFRESH}
    changed = _IGNORING.replace('box = "b"', 'box = "c"')
    (change,) = [c for c in world.plan(changed).changes if c.action is Action.UPDATE]
    assert [difference.path for difference in change.differences] == ["box"]
    assert world.apply(changed).failures == ()
    assert world.server.objects["fake_box", "a"]["content"] == {"title": "Colleague", "box": "c", "size": 1}
    assert world.actions(changed) == {}


def test_a_new_object_gets_what_is_ignored_later(world: World) -> None:
    """There is nobody to leave it to."""
    world.apply(_IGNORING)
    assert world.server.objects["fake_box", "a"]["content"]["title"] == "A"


def test_all_leaves_the_whole_object_alone(world: World) -> None:
    """Until it is to go."""
    text = _IGNORING.replace('["title"]', '"all"')
    world.apply(text)
    world.server.put("fake_box", "a", title="Colleague", box="z", size=1)
    assert Action.UPDATE not in world.actions(text.replace('"A"', '"Z"')).values()
    assert world.actions("") == {"fake_box.a": Action.DELETE}


def test_ignored_secrets_are_kept(world: World) -> None:
    """Another one in the configuration changes nothing."""
    text = '[resource.fake_box.a]\nuid = "a"\ntoken = "t1"\nlifecycle = { ignore_changes = ["token"] }\n'
    world.apply(text)
    kept = world.store.state.records[address("fake_box.a")].secrets
    assert Action.UPDATE not in world.actions(text.replace("t1", "t2")).values()
    world.apply(text.replace("t1", "t2") + "[resource.fake_box.b]\n")
    assert world.store.state.records[address("fake_box.a")].secrets == kept


# --- replacing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "change", "replaced"),
    [
        ("fake_box.b", 'title = "new"', True),
        ("fake_box.b.title", 'title = "new"', True),
        ("fake_box.b.box", 'title = "new"', False),
        ("fake_box.b", 'title = "old"', False),
    ],
)
def test_an_object_is_replaced_when_another_one_changes(
    world: World, trigger: str, change: str, replaced: bool
) -> None:
    """Or one attribute of it."""
    lifecycle = f'lifecycle = {{ replace_triggered_by = ["{trigger}"] }}'
    text = f'[resource.fake_box.b]\ntitle = "old"\n[resource.fake_box.a]\n{lifecycle}\n'
    world.apply(text)
    changed = world.actions(text.replace('title = "old"', change))
    assert changed.get("fake_box.a") is (Action.REPLACE if replaced else None)


@pytest.mark.parametrize(
    ("attribute", "before", "after", "replaced"),
    [
        ("token", 'token = "1"', 'token = "2"', True),
        ("token", 'title = "1"', 'title = "2"', False),
        ("url", 'title = "1"', 'title = "2"', True),
        ("uid", 'title = "1"', 'title = "2"', False),
    ],
)
def test_secrets_and_what_the_server_fills_in_are_triggers_too(
    world: World, attribute: str, before: str, after: str, replaced: bool
) -> None:
    """A secret has no difference to be seen, and what the server fills in is known only after the update."""
    lifecycle = f'lifecycle = {{ replace_triggered_by = ["fake_box.b.{attribute}"] }}'
    text = f"[resource.fake_box.b]\n{before}\n[resource.fake_box.a]\n{lifecycle}\n"
    world.apply(text)
    changed = world.actions(text.replace(before, after))
    assert changed.get("fake_box.a") is (Action.REPLACE if replaced else None)


@pytest.mark.parametrize(("first", "calls"), [(True, ["create b", "delete a"]), (False, ["delete a", "create b"])])
def test_what_comes_first_in_a_replacement_can_be_said(world: World, first: bool, calls: list[str]) -> None:
    """create_before_destroy, either way."""
    text = f'[resource.fake_box.x]\nuid = "a"\nlifecycle = {{ create_before_destroy = {str(first).lower()} }}\n'
    world.apply(text)
    world.apply(text.replace('"a"', '"b"'))
    assert world.server.calls == calls


# --- conditions -------------------------------------------------------------------------------------------------------

_CONDITIONS = """
[resource.fake_box.a]
title = "A"
[[resource.fake_box.a.lifecycle.precondition]]
condition = "${length(var.name) > 2}"
error_message = "${var.name} is too short."
[[resource.fake_box.a.lifecycle.postcondition]]
condition = "${self.size < 5}"
error_message = "It has become ${self.size}."
[variable.name]
"""


def test_a_precondition_stands_in_the_way_of_a_plan(world: World) -> None:
    """With its own message."""
    problem = _problem(world, _CONDITIONS, variables={"name": "x"})
    assert problem == "x is too short. | The precondition does not hold."


def test_a_postcondition_is_looked_at_when_the_object_is_there(world: World) -> None:
    """At the apply that makes it, and at each plan after that."""
    names = {"variables": {"name": "long"}}
    assert world.apply(_CONDITIONS, **names).failures == ()
    world.server.put("fake_box", "a-new", title="A", size=9)
    assert _problem(world, _CONDITIONS, **names) == "It has become 9. | The postcondition does not hold."


def test_a_postcondition_that_fails_at_apply_keeps_the_object(world: World) -> None:
    """It is in the state, and what needs it is skipped."""
    text = _CONDITIONS.replace("< 5", "> 5") + '[resource.fake_item.i]\nbox = "${fake_box.a.url}"\n'
    result = world.apply(text, variables={"name": "long"})
    assert [failure.summary for failure in result.failures] == ["It has become 1."]
    assert [str(skipped) for skipped in result.skipped] == ["fake_item.i"]
    assert world.known() == {"fake_box.a": "a-new"}


def test_a_check_warns_and_stands_in_nobodys_way(world: World) -> None:
    """At the plan where it can be told, at the apply where not."""
    check = '[[check]]\nname = "size"\ncondition = "${fake_box.a.size > 5}"\nerror_message = "small"\n'
    text = f"[resource.fake_box.a]\n{check}"
    assert world.plan(text).warnings == ()
    result = world.apply(text)
    assert ([warning.summary for warning in result.warnings], result.failures) == (["small"], ())
    assert [warning.summary for warning in world.plan(text).warnings] == ["small"]


# --- moved, removed, import -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "moves", "known"),
    [
        ("[resource.fake_box.a]", "[resource.fake_box.b]", [("fake_box.a", "fake_box.b")], {"fake_box.b": "a-new"}),
        (
            "[resource.fake_box.a]",
            "[resource.fake_box.c]",
            [("fake_box.a", "fake_box.b"), ("fake_box.b", "fake_box.c")],
            {"fake_box.c": "a-new"},
        ),
        (
            "[resource.fake_box.a]",
            '[resource.fake_box.a]\nfor_each = ["k"]',
            [("fake_box.a", 'fake_box.a[\\"k\\"]')],
            {'fake_box.a["k"]': "a-new"},
        ),
        (
            '[resource.fake_box.a]\nfor_each = ["k", "l"]',
            '[resource.fake_box.b]\nfor_each = ["k", "l"]',
            [("fake_box.a", "fake_box.b")],
            {'fake_box.b["k"]': "a-k-new", 'fake_box.b["l"]': "a-l-new"},
        ),
        ("[resource.fake_box.a]", "[resource.fake_box.a]\ncount = 1", [], {"fake_box.a[0]": "a-new"}),
        ("[resource.fake_box.a]\ncount = 1", "[resource.fake_box.a]", [], {"fake_box.a": "a-0-new"}),
    ],
    ids=["renamed", "twice", "for_each", "a collection", "count comes", "count goes"],
)
def test_what_moved_is_neither_made_nor_deleted(
    world: World, before: str, after: str, moves: list[tuple[str, str]], known: dict[str, str]
) -> None:
    """Only the state changes; then the plan is empty, also with the statement still there."""
    world.apply(before)
    text = after + "".join(f'\n[[moved]]\nfrom = "{source}"\nto = "{target}"\n' for source, target in moves)
    assert set(world.actions(text).values()) == {Action.REFRESH}
    world.apply(text)
    assert world.server.calls == []
    assert world.known() == known
    assert world.actions(text) == {}


def test_a_module_moves_with_all_that_is_in_it(world: World, tmp_path: Path) -> None:
    """Into a module, to another name of it, and to instances."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text("[resource.fake_box.a]\n")
    main = tmp_path / "main.toml"
    world.apply("[resource.fake_box.old]\n")
    main.write_text('[module.m]\nsource = "./m"\n[[moved]]\nfrom = "fake_box.old"\nto = "module.m.fake_box.a"\n')
    world.apply(tmp_path)
    assert world.known() == {"module.m.fake_box.a": "old-new"}
    main.write_text('[module.n]\nsource = "./m"\n[[moved]]\nfrom = "module.m"\nto = "module.n"\n')
    world.apply(tmp_path)
    assert world.known() == {"module.n.fake_box.a": "old-new"}
    main.write_text(
        '[module.n]\nsource = "./m"\nfor_each = ["k"]\n[[moved]]\nfrom = "module.n"\nto = \'module.n["k"]\'\n'
    )
    world.apply(tmp_path)
    assert world.known() == {'module.n["k"].fake_box.a': "old-new"}
    assert world.server.calls == []
    assert world.actions(tmp_path) == {}


def test_a_move_to_an_instance_speaks_of_no_other_instance(world: World, tmp_path: Path) -> None:
    """It stays in the configuration when there are more instances, and when its own is gone: none takes its place."""
    moved = '[[moved]]\nfrom = "fake_box.a"\nto = \'fake_box.a["x"]\'\n'
    world.apply("[resource.fake_box.a]\n")
    text = f'[resource.fake_box.a]\nfor_each = ["x", "y"]\n{moved}'
    world.apply(text)
    assert world.known() == {'fake_box.a["x"]': "a-new", 'fake_box.a["y"]': "a-y-new"}
    assert world.actions(text) == {}
    assert world.actions(text.replace('"x", ', "")) == {'fake_box.a["x"]': Action.DELETE}

    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text("[resource.fake_item.i]\n")
    (tmp_path / "main.toml").write_text(
        '[module.m]\nsource = "./m"\nfor_each = ["x", "y"]\n[[moved]]\nfrom = "module.m"\nto = \'module.m["x"]\'\n'
    )
    world.apply(tmp_path)
    assert world.actions(tmp_path) == {}


@pytest.mark.parametrize("drifted", [False, True])
def test_what_moved_can_be_refreshed_and_destroyed_at_once(world: World, drifted: bool) -> None:
    """The state knows it by its old name until then, and by none after that."""
    world.apply("[resource.fake_box.a]\n[resource.fake_item.i]\ncount = 1\n")
    text = '[resource.fake_box.b]\n[resource.fake_item.i]\n[[moved]]\nfrom = "fake_box.a"\nto = "fake_box.b"\n'
    world.apply(text, destroy=True)
    assert (world.known(), world.server.objects) == ({}, {})

    world.apply("[resource.fake_box.a]\n[resource.fake_item.i]\ncount = 1\n")
    if drifted:
        world.server.put("fake_box", "a-new", title="Theirs")
    world.apply(text, refresh_only=True)
    assert world.known() == {"fake_box.b": "a-new", "fake_item.i": "i-0-new"}


def test_what_has_changed_is_refreshed_side_by_side(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two reads that wait for each other both get their answer."""
    text = "[resource.fake_box.a]\n[resource.fake_box.b]\n"
    world.apply(text)
    world.server.put("fake_box", "a-new", title="Theirs")
    world.server.put("fake_box", "b-new", title="Theirs too")
    read, both = world.server.read, asyncio.Barrier(2)

    async def waiting(type_: str, uid: str, *given: Any) -> Live | None:
        async with asyncio.timeout(30):
            await both.wait()
        return await read(type_, uid, *given)

    monkeypatch.setattr(world.server, "read", waiting)
    changes = world.plan(text, refresh_only=True).changes
    assert [(str(change.address), change.action) for change in changes] == [
        ("fake_box.a", Action.REFRESH),
        ("fake_box.b", Action.REFRESH),
    ]


@pytest.mark.parametrize("options", [{"destroy": True}, {"targets": (address("fake_box.b"),)}])
def test_what_depends_on_a_moved_object_still_does(world: World, options: dict[str, object]) -> None:
    """The item goes before its box, also when only the box was applied since."""
    box = '[resource.fake_box.a]\nuid = "b"\n'
    text = f'{box}[resource.fake_item.i]\nbox = "${{fake_box.a.uid}}"\n'
    world.apply(text)
    moved = text.replace("fake_box.a", "fake_box.b") + '[[moved]]\nfrom = "fake_box.a"\nto = "fake_box.b"\n'
    world.apply(moved, **options)
    result = world.apply(moved, destroy=True)
    assert (result.failures, world.known(), world.server.objects) == ((), {}, {})


def test_a_new_object_where_another_has_moved_away_gets_another_uid(world: World) -> None:
    """The one that moved keeps the uid that was derived from the address."""
    world.apply("[resource.fake_box.a]\n")
    world.apply('[resource.fake_box.b]\n[[moved]]\nfrom = "fake_box.a"\nto = "fake_box.b"\n')
    text = '[resource.fake_box.a]\n[resource.fake_box.b]\n[resource.fake_item.i]\nbox = "${fake_box.a.uid}"\n'
    assert world.apply(text).failures == ()
    assert world.known() == {"fake_box.a": "a-2-new", "fake_box.b": "a-new", "fake_item.i": "i-new"}
    assert world.server.objects["fake_item", "i-new"]["content"]["box"] == "a-2-new"
    assert world.actions(text) == {}


@pytest.mark.parametrize("recorded", [True, False])
def test_an_instance_that_is_declared_has_not_moved(world: World, recorded: bool) -> None:
    """Else it would be made anew, and could not move a second time."""
    text = '[resource.fake_box.b]\nfor_each = ["x", "y"]\n'
    if recorded:
        world.apply(text.replace(', "y"', ""))
    moved = "[[moved]]\nfrom = 'fake_box.b[\"x\"]'\nto = 'fake_box.b[\"y\"]'\n"
    says = 'fake_box.b["x"] cannot have moved | It is still declared, at main.toml:1:20.'
    assert _problem(world, text + moved) == says


def test_an_instance_leaves_a_block_that_goes_on_with_others(world: World) -> None:
    """The block is still declared; the instance is not."""
    world.apply('[resource.fake_box.b]\nfor_each = ["x", "y"]\n')
    moved = "[[moved]]\nfrom = 'fake_box.b[\"x\"]'\nto = 'fake_box.e'\n"
    text = '[resource.fake_box.b]\nfor_each = ["y"]\n[resource.fake_box.e]\n' + moved
    assert list(check_config(config_of(text), world.types(), FUNCTION_NAMES)) == []
    assert world.actions(text) == {"fake_box.e": Action.REFRESH}


def test_of_two_objects_that_come_to_one_address_the_one_that_is_there_stays(world: World) -> None:
    """As with Terraform: the plan warns, and shows that the other one goes."""
    world.apply("[resource.fake_box.a]\n[resource.fake_box.b]\n")
    text = '[resource.fake_box.b]\n[[moved]]\nfrom = "fake_box.a"\nto = "fake_box.b"\n'
    plan = world.plan(text)
    assert [(str(change.address), change.action) for change in plan.changes if change.action is not Action.NOOP] == [
        ("fake_box.a", Action.DELETE)
    ]
    assert [warning.summary for warning in plan.warnings] == ["fake_box.a has not moved to fake_box.b"]
    world.apply(text)
    assert world.plan(text).is_empty


def test_what_is_removed_stays_or_goes(world: World) -> None:
    """destroy = false forgets it, else it is deleted, also when it was protected."""
    world.apply("[resource.fake_box.a]\nlifecycle = { prevent_destroy = true }\n")
    plan = world.plan('[[removed]]\nfrom = "fake_box.a"\ndestroy = false\n')
    assert [(str(change.address), change.action) for change in plan.changes] == [("fake_box.a", Action.RELEASE)]
    assert not plan.is_empty
    assert world.actions('[[removed]]\nfrom = "fake_box.a"\n') == {"fake_box.a": Action.DELETE}
    world.apply('[[removed]]\nfrom = "fake_box.a"\ndestroy = false\n')
    assert (world.known(), world.server.calls) == ({}, [])
    assert ("fake_box", "a-new") in world.server.objects


def test_what_is_given_up_stays_when_the_rest_is_destroyed(world: World) -> None:
    """destroy = false is said of the object, not of one command: a protected one would go with the others."""
    world.apply("[resource.fake_box.a]\nlifecycle = { prevent_destroy = true }\n[resource.fake_box.b]\n")
    text = '[[removed]]\nfrom = "fake_box.a"\ndestroy = false\n[resource.fake_box.b]\n'
    assert world.actions(text, destroy=True) == {"fake_box.a": Action.RELEASE, "fake_box.b": Action.DELETE}
    world.apply(text, destroy=True)
    assert (world.server.calls, world.known()) == (["delete b-new"], {})


def test_objects_are_imported_by_the_configuration(world: World) -> None:
    """With for_each; what differs is updated, the uid is that of the object; and once it is in, nothing more."""
    world.server.put("fake_box", "one", title="T", size=1)
    world.server.put("fake_box", "two", title="Other", size=1)
    text = (
        '[locals]\nids = { a = "one", b = "two" }\n'
        '[resource.fake_box.x]\nfor_each = "${local.ids}"\ntitle = "T"\n'
        '[[import]]\nfor_each = "${local.ids}"\nto = \'fake_box.x["${each.key}"]\'\nid = "${each.value}"\n'
    )
    assert world.actions(text) == {'fake_box.x["a"]': Action.REFRESH, 'fake_box.x["b"]': Action.UPDATE}
    assert world.apply(text).failures == ()
    assert world.known() == {'fake_box.x["a"]': "one", 'fake_box.x["b"]': "two"}
    assert world.actions(text) == {}


def test_what_is_imported_by_another_name_moves_there(world: World) -> None:
    """A block was renamed, and its object imported: it is not deleted under its old name."""
    world.apply('[resource.fake_box.a]\nuid = "u"\n')
    text = '[resource.fake_box.b]\nuid = "u"\n[[import]]\nto = "fake_box.b"\nid = "u"\n'
    assert world.apply(text).failures == ()
    assert (world.server.calls, world.known()) == ([], {"fake_box.b": "u"})
    assert world.actions(text) == {}


def test_one_block_takes_one_object(world: World) -> None:
    """Two imports of it are refused."""
    import_ = '[[import]]\nto = "fake_box.x"\nid = "%s"\n'
    text = "[resource.fake_box.x]\n" + import_ % "one" + import_ % "two"
    assert _problem(world, text) == "fake_box.x is imported twice | First at main.toml:2:3."


@pytest.mark.parametrize(
    ("block", "id_", "says"),
    [
        ("", "nowhere", 'There is no fake_box "nowhere" to import'),
        ('uid = "other"', "one", 'fake_box.x asks for "other", not for "one"'),
    ],
)
def test_what_cannot_be_imported_is_said(world: World, block: str, id_: str, says: str) -> None:
    """At the plan."""
    world.server.put("fake_box", "one", title="T")
    text = f'[resource.fake_box.x]\n{block}\n[[import]]\nto = "fake_box.x"\nid = "{id_}"\n'
    assert _problem(world, text).startswith(says)
