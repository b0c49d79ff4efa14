"""Moves as they are written: chains of them, with modules, and what is left of them when their targets are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from tests.engine.world import World, address, config_of


def _moves(*pairs: tuple[str, str]) -> str:
    return "".join(f"[[moved]]\nfrom = '{source}'\nto = '{target}'\n" for source, target in pairs)


_BOX = '[resource.fake_box.{}]\nuid = "u"\n'
_OUT = '[[removed]]\nfrom = "fake_box.{}"\ndestroy = {}\n'


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ("x.box", [("module.x.fake_box.box", "module.y.fake_box.d"), ("module.y", "module.z")], "z.d"),
        ("x.box", [("module.x", "module.y"), ("module.y.fake_box.box", "module.y.fake_box.d")], "y.d"),
        ("x.box", [("module.x", "module.y"), ("module.y", "module.z"), ("module.z.fake_box.box", "fake_box.e")], "e"),
        ("x.box", [("module.y.fake_box.c", "fake_box.e"), ("module.x.fake_box.box", "module.y.fake_box.c")], "e"),
        ("box", [("fake_box.box", "module.x.fake_box.c"), ("module.x.fake_box.c", "module.y.fake_box.c")], "y.c"),
    ],
)
def test_moves_of_objects_and_modules_go_on_from_each_other(
    world: World, tmp_path: Path, before: str, after: list[tuple[str, str]], known: str
) -> None:
    """In whatever order they are written; a target may be named by a later move alone."""

    def write(at: str, moves: str) -> Path:
        *modules, name = at.split(".")
        text = _BOX.format(name).replace('uid = "u"', "")
        for module in modules:
            (tmp_path / module).mkdir(exist_ok=True)
            (tmp_path / module / "main.toml").write_text(text)
            text = f'[module.{module}]\nsource = "./{module}"\n'
        (tmp_path / "main.toml").write_text(text + moves)
        return tmp_path

    world.apply(write(before, ""))
    (uid,) = world.known().values()
    now = write(known, _moves(*after))
    assert set(world.actions(now).values()) == {Action.REFRESH}
    world.apply(now)
    assert list(world.known().values()) == [uid]
    assert world.actions(now) == {}


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (_moves(("fake_box.a", "fake_box.b")), Action.DELETE),
        (_moves(("fake_box.a", "fake_box.b")) + _OUT.format("b", "false"), Action.RELEASE),
        (_moves(("fake_box.a", "fake_box.b")) + _OUT.format("b", "true"), Action.DELETE),
        (
            _moves(("fake_box.a", "fake_box.c"), ("fake_box.c", "fake_box.b")) + _OUT.format("b", "false"),
            Action.RELEASE,
        ),
    ],
)
@pytest.mark.parametrize("type_", ["fake_box", "fake_slot", "fake_shot", "fake_lid"])
@pytest.mark.parametrize("late", [False, True])
def test_moves_come_before_what_is_said_of_their_targets(
    world: World, text: str, action: Action, type_: str, late: bool
) -> None:
    """For every type, with moves that were made before, too; an object that is told to stay is not deleted."""
    text = text.replace("fake_box", type_)
    world.apply(_BOX.format("a").replace("fake_box", type_))
    if late:  # the state has it at the target already
        world.apply(_BOX.format("b").replace("fake_box", type_) + text.partition("[[removed]]")[0])
    assert world.actions(text) == {f"{type_}.b": action}
    world.apply(text)
    assert world.known() == {}
    assert ((type_, "u") in world.server.objects) is (action is Action.RELEASE)


def test_a_target_that_is_not_declared_is_named_in_the_plan(world: World) -> None:
    """It may be a typing error."""
    world.apply(_BOX.format("a"))
    (change,) = world.plan(_moves(("fake_box.a", "fake_box.b"))).changes
    assert change.reason == "fake_box.b, which it has moved to, is not declared"
    assert change.note == "It is known as fake_box.a until now."


def test_a_move_to_what_is_there_and_gone_is_passed_over(world: World) -> None:
    """Both have no block any more: both go, each by its own name."""
    world.apply(_BOX.format("a") + _BOX.format("b").replace('"u"', '"v"'))
    text = _moves(("fake_box.a", "fake_box.b"))
    assert world.actions(text) == {"fake_box.a": Action.DELETE, "fake_box.b": Action.DELETE}


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        ([("fake_box.a", "fake_box.b"), ("fake_box.b", "fake_box.a")], "Moves lead in a circle"),
        ([("fake_box.a", "fake_box.b"), ("fake_box.a", "fake_box.c")], "fake_box.a moves two ways"),
        ([("module.a", "module.b"), ("module.b", "module.a")], "Moves lead in a circle"),
    ],
)
def test_moves_that_contradict_each_other_are_found_without_a_state(moves: list[tuple[str, str]], says: str) -> None:
    """Once, at the later one."""
    (problem,) = check_config(config_of(_moves(*moves)), World(Path()).types(), FUNCTION_NAMES)
    assert (problem.summary, problem.place and problem.place.line in (4, 6)) == (says, True)


def test_a_longer_circle_is_found_where_an_object_is_in_it(world: World) -> None:
    """At the move that would bring it back."""
    world.apply(_BOX.format("a"))
    circle = _moves(("fake_box.a", "fake_box.b"), ("fake_box.b", "fake_box.c"), ("fake_box.c", "fake_box.a"))
    with pytest.raises(HclError) as caught:
        world.plan(circle)
    assert caught.value.diagnostics[0].summary == "Moves lead in a circle"


def test_a_moved_object_is_planned_with_targets(world: World) -> None:
    """Its own, or another: it gets its new address with the first apply."""
    world.apply(_BOX.format("a") + "[resource.fake_item.i]\n")
    text = _BOX.format("b") + "[resource.fake_item.i]\n" + _moves(("fake_box.a", "fake_box.b"))
    world.apply(text, targets=(address("fake_item.i"),))
    assert world.known() == {"fake_box.b": "u", "fake_item.i": "i-new"}
    assert world.actions(text) == {}


_IMPORT = '[[import]]\nto = "fake_box.b"\nid = "ID"\n'


@pytest.mark.parametrize("given", ["", 'uid = "v"\n'])
def test_an_import_to_where_another_object_has_moved_is_a_contradiction(world: World, given: str) -> None:
    """Nothing is replaced for it."""
    world.apply(_BOX.format("a"))
    world.server.put("fake_box", "v")
    text = "[resource.fake_box.b]\n" + given + _moves(("fake_box.a", "fake_box.b")) + _IMPORT
    with pytest.raises(HclError) as caught:
        world.plan(text.replace("ID", "v"))
    (problem,) = caught.value.diagnostics
    assert (problem.summary, problem.detail, problem.hint) == (
        '"v" cannot be imported as fake_box.b',
        'fake_box.a has moved there, which is "u".',
        "Leave out the [[moved]], or the [[import]].",
    )
    assert world.actions(text.replace("ID", "u").replace(given, "")) == {"fake_box.b": Action.REFRESH}


def test_an_import_that_does_nothing_is_warned_of(world: World) -> None:
    """The block stands for another object; one that names the same is kept for history."""
    world.apply("[resource.fake_box.b]\n" + _BOX.format("c"))
    uid = world.known()["fake_box.b"]
    for id_, said in ((uid, []), ("other", ['"other" is not imported'])):
        plan = world.plan("[resource.fake_box.b]\n" + _BOX.format("c") + _IMPORT.replace("ID", id_))
        assert [warning.summary for warning in plan.warnings] == said
        assert [change.action for change in plan.changes] == [Action.NOOP, Action.NOOP]


def test_imports_are_kept_for_history_in_a_list_that_has_moved_on(world: World) -> None:
    """An item left its front: no [[moved]] says so, and nothing is refused."""
    imports = "".join(f"[[import]]\nto = 'fake_box.b[{n}]'\nid = '{uid}'\n" for n, uid in enumerate("xyz"))
    text = "[resource.fake_box.b]\ncount = {}\nuid = '${{{}[count.index]}}'\n"
    world.apply(text.format(3, '["x", "y", "z"]'))
    plan = world.plan(text.format(2, '["y", "z"]') + imports.partition("[[import]]\nto = 'fake_box.b[2]'")[0])
    assert [change.action for change in plan.changes] == [Action.REFRESH, Action.REFRESH, Action.DELETE]
    assert plan.warnings == ()
