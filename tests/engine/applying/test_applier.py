"""Plans carried out on a server in memory: in which order, what is remembered, and what a failure leaves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Made, ProviderError
from hcl_lite.core.values import Secret
from hcl_lite.engine.plan import Action
from state.model import Identity, Record
from tests.engine.world import World, address

_BOX = '[resource.fake_box.b]\nuid = "b"\ntitle = "B"\n'
_OTHER = '[resource.fake_box.o]\nuid = "o"\ntitle = "O"\n'
_ITEM = '[resource.fake_item.i]\nuid = "i"\nbox = "${fake_box.b.uid}"\n'
_ALL = _BOX + _ITEM


class Lost(ProviderError):
    """An answer that never came."""

    unclear = True


def test_what_is_needed_is_made_first_and_remembered(world: World) -> None:
    """Box, then item; the records have what the server filled in, and the hash of what was asked for."""
    result = world.apply(_ALL)
    assert (world.server.calls, dict(result.counts)) == (["create b", "create i"], {Action.CREATE: 2})
    assert world.known() == {"fake_box.b": "b", "fake_item.i": "i"}
    record = world.store.state.records[address("fake_item.i")]
    assert (record.version, record.attributes, record.dependencies) == (
        {"version": 1},
        {"url": "/i", "size": 1},
        (address("fake_box.b"),),
    )
    assert world.actions(_ALL) == {}


def test_nothing_to_do_leaves_the_state_as_it_is(world: World) -> None:
    """No write to the server, none to the state."""
    world.apply(_ALL)
    before = world.store.state
    assert dict(world.apply(_ALL).counts) == {}
    assert (world.server.calls, world.store.state) == ([], before)


def test_deletions_go_against_the_dependencies_of_the_state(world: World) -> None:
    """The configuration is empty by then: only the state knows that the item is in the box."""
    world.apply(_ALL)
    world.apply("")
    assert world.server.calls == ["delete i", "delete b"]
    assert world.store.state.records == {}


def test_a_destroy_goes_against_them_too(world: World) -> None:
    """Side by side where it can be, and never a box with something in it."""
    world.parallelism = 8
    world.apply(_ALL + _OTHER)
    result = world.apply(_ALL + _OTHER, destroy=True)
    assert (result.failures, world.server.objects) == ((), {})
    assert world.server.calls.index("delete i") < world.server.calls.index("delete b")


def test_what_is_in_a_box_is_moved_before_the_box_goes(world: World) -> None:
    """It would be refused, or worse, go with it."""
    world.apply(_ALL + _OTHER)
    result = world.apply(_OTHER + _ITEM.replace("fake_box.b", "fake_box.o"))
    assert (result.failures, world.server.calls) == ((), ["update i", "delete b"])


@pytest.mark.parametrize(
    ("type_", "calls"),
    [("fake_box", ["create new", "delete old"]), ("fake_slot", ["delete old", "create new"])],
    ids=["create first", "delete first"],
)
def test_a_replacement_is_made_in_the_order_of_its_type(world: World, type_: str, calls: list[str]) -> None:
    """Where both can exist at once, the new one comes first."""
    world.apply(f'[resource.{type_}.x]\nuid = "old"\n')
    result = world.apply(f'[resource.{type_}.x]\nuid = "new"\n')
    assert (world.server.calls, dict(result.counts)) == (calls, {Action.REPLACE: 1})
    assert world.known() == {f"{type_}.x": "new"}
    assert world.store.state.deposed == ()


def test_what_is_in_the_trash_is_restored(world: World) -> None:
    """Counted and recorded as created."""
    world.apply(_BOX)
    del world.server.objects["fake_box", "b"]
    world.server.trash.add(("fake_box", "b"))
    result = world.apply(_BOX)
    assert (world.server.calls, dict(result.counts)) == (["restore b"], {Action.CREATE: 1})
    assert world.known() == {"fake_box.b": "b"}


def test_a_replacement_by_its_like_goes_first(world: World) -> None:
    """--replace: the uid stays, and there is no room for two."""
    world.apply(_BOX)
    result = world.apply(_BOX, replacing=(address("fake_box.b"),))
    assert (result.failures, world.server.calls) == ((), ["delete b", "create b"])
    assert world.known() == {"fake_box.b": "b"}


def test_users_move_to_the_replacement_before_the_old_one_goes(world: World) -> None:
    """A box with another uid takes its items along."""
    world.apply(_ALL)
    result = world.apply(_ALL.replace('uid = "b"', 'uid = "b2"'))
    assert (result.failures, world.server.calls) == ((), ["create b2", "update i", "delete b"])


def test_the_intent_is_on_disk_before_the_call_and_the_record_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the run in between."""
    expected_version = []
    create = world.server.create

    async def watched(type_: str, values: object, made: Made) -> object:
        expected_version.append(
            [next(iter(json.loads(line))) for line in world.store.journal.path.read_text().splitlines()]
        )
        return await create(type_, values, made)  # type: ignore[arg-type]

    monkeypatch.setattr(world.server, "create", watched)
    world.apply(_ALL)
    assert expected_version == [["lineage", "intent"], ["lineage", "intent", "put", "intent"]]
    assert not world.store.journal.path.exists()


def test_a_deposed_object_that_was_not_deleted_is_so_by_the_next_plan(world: World) -> None:
    """The replacement is there, the old one could not go: both are remembered."""
    world.apply(_BOX)
    world.server.faults["delete b"] = ProviderError("no")
    result = world.apply(_BOX.replace('"b"', '"b2"'))
    assert [d.summary for d in result.failures] == ["Cannot delete fake_box.b"]
    assert world.known() == {"fake_box.b": "b2"}
    assert [record.uid for record in world.store.state.deposed] == ["b"]
    (change,) = [c for c in world.plan(_BOX.replace('"b"', '"b2"')).changes if c.action is not Action.NOOP]
    assert (change.action, change.uid, change.deposed) == (Action.DELETE, "b", True)
    world.apply(_BOX.replace('"b"', '"b2"'))
    assert (world.server.calls, world.store.state.deposed) == (["delete b"], ())


def test_a_replacement_that_was_refused_leaves_the_old_object_remembered(world: World) -> None:
    """As if nothing had happened, since nothing has."""
    world.apply(_ALL)
    before = world.store.state.records
    world.server.faults["create b2"] = ProviderError("no")
    result = world.apply(_ALL.replace('uid = "b"', 'uid = "b2"'))
    assert [d.summary for d in result.failures] == ["Cannot change fake_box.b"]
    assert result.skipped == (address("fake_item.i"),)
    state = world.store.state
    assert (state.records, state.deposed, state.pending) == (before, (), ())


def test_a_create_whose_answer_was_lost_stays_pending_and_is_taken_over(world: World) -> None:
    """The next plan finds it by the uid that was chosen before the call: it is ours."""
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    assert [(i.write, i.identity) for i in world.store.state.pending] == [
        ("create", Identity(address("fake_box.b"), "fake", "b"))
    ]
    world.server.put("fake_box", "b", title="B", size=1)
    (change,) = world.plan(_BOX).changes
    assert (change.action, change.note) == (Action.REFRESH, "An interrupted run had made it.")
    world.apply(_BOX)
    assert (world.server.calls, world.known(), world.store.state.pending) == ([], {"fake_box.b": "b"}, ())


def test_a_pending_object_that_is_no_longer_declared_is_deleted(world: World) -> None:
    """No record stands for it, and no block: it would stay on the server for ever."""
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    world.server.put("fake_box", "b", title="B")
    world.apply("")
    assert (world.server.calls, world.store.state.pending) == (["delete b"], ())


def test_a_pending_object_that_was_not_made_is_made(world: World) -> None:
    """One create, nothing left pending."""
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    world.apply(_BOX)
    assert (world.server.calls, world.store.state.pending) == (["create b"], ())


@pytest.mark.parametrize("taken", ["", 'on_exists = "adopt"\n'], ids=["renamed", "adopted"])
def test_a_pending_object_that_another_block_asks_for_is_that_blocks(world: World, taken: str) -> None:
    """The block was renamed before the next run: what the ended run made is neither refused nor deleted."""
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    world.server.put("fake_box", "b", title="B", size=1)
    renamed = _BOX.replace("fake_box.b]", "fake_box.c]") + taken
    assert world.apply(renamed).failures == ()
    assert (world.server.calls, world.known(), world.store.state.pending) == ([], {"fake_box.c": "b"}, ())


def test_a_pending_object_that_was_imported_is_not_deleted(world: World) -> None:
    """A record of another block stands for it: only the intent is forgotten."""
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    state = world.store.state
    renamed = _BOX.replace("fake_box.b]", "fake_box.c]")
    record = Record(address("fake_box.c"), "fake", "b", {"version": 1})
    world.store.state = replace(state, records={record.address: record})
    world.server.put("fake_box", "b", title="B", size=1)
    world.apply(renamed)
    assert (world.server.calls, world.known(), world.store.state.pending) == ([], {"fake_box.c": "b"}, ())


def test_a_replacement_that_is_taken_back_goes_and_the_old_object_stays(world: World) -> None:
    """It could not be deleted, and is asked for again: it is there as it is declared."""
    world.apply(_BOX)
    world.server.faults["delete b"] = ProviderError("no")
    world.apply(_BOX.replace('"b"', '"b2"'))
    result = world.apply(_BOX)
    assert (result.failures, world.server.calls) == ((), ["delete b2"])
    assert (world.known(), world.store.state.deposed) == ({"fake_box.b": "b"}, ())
    assert world.actions(_BOX) == {}


def test_a_replacement_that_was_never_made_is_taken_back(world: World) -> None:
    """The run ended after the old object was deposed: asked for again, it is what it was."""
    world.apply(_BOX)
    world.server.faults["create b2"] = Lost("no answer")
    world.apply(_BOX.replace('"b"', '"b2"'))
    assert (world.known(), len(world.store.state.deposed)) == ({}, 1)
    assert world.apply(_BOX).failures == ()
    assert world.server.calls == []
    state = world.store.state
    assert (world.known(), state.deposed, state.pending) == ({"fake_box.b": "b"}, (), ())


def test_refresh_only_deletes_nothing(world: World) -> None:
    """Not even what a replacement has left."""
    world.apply(_BOX)
    world.server.faults["delete b"] = ProviderError("no")
    world.apply(_BOX.replace('"b"', '"b2"'))
    world.apply(_BOX.replace('"b"', '"b2"'), refresh_only=True)
    assert (world.server.calls, len(world.store.state.deposed)) == ([], 1)


def test_what_another_block_makes_anew_goes_before(world: World) -> None:
    """Two blocks whose uids move on by one: there is room for each when its turn comes."""
    text = '[resource.fake_box.x]\nuid = "1"\n[resource.fake_box.y]\nuid = "2"\n'
    world.apply(text)
    moved_on = text.replace('"2"', '"3"').replace('"1"', '"2"')
    assert world.apply(moved_on).failures == ()
    assert world.known() == {"fake_box.x": "2", "fake_box.y": "3"}
    assert world.actions(moved_on) == {}


def test_a_failure_skips_only_what_needs_it(world: World) -> None:
    """Everything else is done and remembered."""
    world.server.faults["create b"] = ProviderError("no")
    result = world.apply(_ALL + _OTHER)
    assert (world.server.calls, result.skipped) == (["create b", "create o"], (address("fake_item.i"),))
    assert world.known() == {"fake_box.o": "o"}


def test_a_conflict_shows_what_is_there_and_what_is_wanted(world: World) -> None:
    """Somebody was quicker; nothing is overwritten."""
    world.apply(_BOX)
    text = _BOX.replace('"B"', '"B2"')
    plan = world.plan(text)
    world.server.put("fake_box", "b", title="theirs")
    (failure,) = world.apply(text, plan).failures
    assert failure.summary == "fake_box.b is not as the plan saw it"
    assert failure.detail.splitlines() == [
        "b has moved",
        "Version applied last: 1; seen by the plan: 1; live now: 2.",
        "It differs from what is wanted in 1 places:",
        '  title: live "theirs", wanted "B2"',
    ]


def test_arguments_that_changed_since_the_plan_are_refused(world: World) -> None:
    """A plan holds no bodies: what it was made of has to be there still."""
    plan = world.plan(_BOX)
    (failure,) = world.apply(_BOX.replace('"B"', '"C"'), plan).failures
    assert (failure.summary, world.server.calls) == ("The plan for fake_box.b no longer fits", [])


_OUTPUTS = '[variable.s]\nsensitive = true\n[output.url]\nvalue = "${fake_box.b.url}"\n'
_SENSITIVE = '[output.s]\nvalue = "${var.s}"\nsensitive = true\n'


def test_outputs_are_kept_but_sensitive_ones(world: World) -> None:
    """Both are given to be shown; the state gets what is fit to be kept."""
    result = world.apply(_BOX + _OUTPUTS + _SENSITIVE, variables={"s": Secret("hidden")})
    assert (result.outputs["url"], repr(result.outputs["s"])) == ("/b", "(sensitive)")
    assert world.store.state.outputs == {"url": "/b"}


def test_outputs_are_kept_only_when_everything_was_done(world: World) -> None:
    """They could speak of what is not there."""
    world.server.faults["create o"] = ProviderError("no")
    text = _BOX + _OTHER + _OUTPUTS
    world.apply(text, variables={"s": Secret("")})
    assert world.store.state.outputs == {}
    world.apply(text, variables={"s": Secret("")})
    assert world.store.state.outputs == {"url": "/b"}


def test_a_destroy_takes_the_outputs_along(world: World) -> None:
    """They spoke of what is gone."""
    text = _BOX + _OUTPUTS
    world.apply(text, variables={"s": Secret("")})
    world.apply(text, variables={"s": Secret("")}, destroy=True)
    assert (world.store.state.outputs, world.store.state.records) == ({}, {})


def test_an_output_of_a_secret_has_to_say_so(world: World) -> None:
    """It would be printed and stored."""
    with pytest.raises(HclError, match="Output x must be sensitive"):
        world.plan('[variable.s]\n[output.x]\nvalue = "${var.s}"\n', variables={"s": Secret("hidden")})


def test_a_secret_in_an_ordinary_argument_is_sent_compared_and_kept_nowhere(world: World) -> None:
    """A second plan finds nothing to do; the state has only the hash of the whole content."""
    text = '[variable.s]\n[resource.fake_box.b]\nuid = "b"\ntitle = "${var.s}"\n'
    variables = {"s": Secret("hidden")}
    world.apply(text, variables=variables)
    assert world.server.objects["fake_box", "b"]["content"]["title"] == "hidden"
    assert world.actions(text, variables=variables) == {}
    assert world.actions(text, variables={"s": Secret("other")}) == {"fake_box.b": Action.UPDATE}
    assert "hidden" not in repr(world.store.state)


def test_a_rotated_secret_is_an_update_and_leaves_a_new_fingerprint(world: World) -> None:
    """The server never gives it back: the fingerprint tells."""
    text = '[variable.s]\n[resource.fake_box.b]\nuid = "b"\ntoken = "${var.s}"\n'
    world.apply(text, variables={"s": Secret("one")})
    first = world.store.state.records[address("fake_box.b")].secrets["token"]
    (change,) = world.plan(text, variables={"s": Secret("two")}).changes
    assert (change.action, dict(change.secrets)) == (Action.UPDATE, {"token": "rotated"})
    world.apply(text, variables={"s": Secret("two")})
    assert world.store.state.records[address("fake_box.b")].secrets["token"] != first


def test_a_lookup_that_waits_for_an_object_is_made_during_the_apply(world: World) -> None:
    """The plan says so, and what depends on it is known afterwards."""
    text = (
        '[resource.fake_item.i]\nuid = "i"\ntitle = "T"\n'
        '[data.fake_item.found]\ntitle = "${fake_item.i.title}"\n[output.x]\nvalue = "${data.fake_item.found.uid}"\n'
    )
    assert world.actions(text) == {"fake_item.i": Action.CREATE, "data.fake_item.found": Action.READ}
    assert world.apply(text).outputs == {"x": "i"}


def test_unknown_targets_and_replacements_are_all_named(world: World) -> None:
    """Also for a destroy, where they would silently do nothing."""
    options = {"targets": (address("fake_box.x"),), "replacing": (address("fake_box.y"),)}
    for destroy in (False, True):
        with pytest.raises(HclError) as caught:
            world.plan(_BOX, destroy=destroy, **options)
        assert [d.summary for d in caught.value.diagnostics] == [
            "There is no fake_box.x to target",
            "There is no fake_box.y to replace",
        ]


def test_a_target_that_only_the_state_knows_is_deleted_by_its_provider(world: World) -> None:
    """Its provider's block counts as needed; what was replaced elsewhere waits."""
    provider = '[provider.fake]\n[provider.two]\ntype = "fake"\nurl = "there"\n'
    world.apply(provider + _OTHER + _BOX + 'provider = "two"\n')
    world.server.faults["delete o"] = ProviderError("no")
    world.apply(provider + _OTHER.replace('uid = "o"', 'uid = "o2"') + _BOX + 'provider = "two"\n')
    world.apply(provider + _OTHER.replace('uid = "o"', 'uid = "o2"'), targets=(address("fake_box.b"),))
    assert (world.server.calls, world.known()) == (["delete b"], {"fake_box.o": "o2"})
    assert world.opened["two"] == {"url": "there"}
    assert [record.uid for record in world.store.state.deposed] == ["o"]


def test_a_renamed_block_moves_its_record(world: World) -> None:
    """Same uid, another address: only the state changes."""
    world.apply(_BOX)
    renamed = _BOX.replace("fake_box.b]", "fake_box.c]")
    (change,) = world.plan(renamed).changes
    assert (change.action, change.moved_from) == (Action.REFRESH, address("fake_box.b"))
    world.apply(renamed)
    assert (world.server.calls, world.known()) == ([], {"fake_box.c": "b"})


def test_a_targeted_destroy_takes_what_needs_the_target(world: World) -> None:
    """And leaves the rest."""
    world.apply(_ALL + _OTHER)
    world.apply(_ALL + _OTHER, destroy=True, targets=(address("fake_box.b"),))
    assert (world.server.calls, world.known()) == (["delete i", "delete b"], {"fake_box.o": "o"})
