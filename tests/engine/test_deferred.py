"""Providers whose settings another object gives: opened once that is there; and what is told but never kept."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.values import Secret
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.plan_file import encode
from state.file import encode_record
from tests.engine.world import World, address

_VAULT = '[resource.fake_vault.v]\nuid = "v"\n'
_INNER = (
    '[provider.fake]\n[provider.inner]\ntype = "fake"\n'
    'url = "${fake_vault.v.url}"\nauth = "admin:${fake_vault.v.password}"\n'
)
_ITEM = '[resource.fake_item.i]\nuid = "i"\nprovider = "inner"\ntitle = "T"\n'
_ALL = _VAULT + _INNER + _ITEM
_NOTE = "provider.inner is set up during the apply: what is on its server is not looked at before."
_OPENED = {"url": "/v", "auth": Secret("admin:planted")}


def _turned(text: str, turn: str = "2") -> str:
    return text.replace(_VAULT, f'{_VAULT}turn = "{turn}"\n')


def _change(world: World, text: str, where: str, **options: object) -> Change:
    (found,) = (change for change in world.plan(text, **options).changes if change.address == address(where))
    return found


def test_a_provider_is_opened_with_what_the_same_run_makes(world: World) -> None:
    """The plan does without it; the apply opens it once the object is there; then there is nothing left to do."""
    planned = _change(world, _ALL, "fake_item.i")
    assert (planned.action, planned.uid, planned.note) == (Action.CREATE, "i", _NOTE)
    assert "inner" not in world.opened
    assert world.apply(_ALL).failures == ()
    assert (world.server.calls, world.opened["inner"]) == (["create v", "create i"], _OPENED)
    world.opened.clear()
    assert world.actions(_ALL) == {}
    assert world.opened["inner"] == _OPENED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_ITEM, (Action.NOOP, "")),
        (_ITEM.replace('"T"', '"U"'), (Action.UPDATE, _NOTE)),
        (_ITEM.replace('"i"\n', '"j"\n'), (Action.REPLACE, _NOTE)),
        (_ITEM + 'token = "t"\n', (Action.UPDATE, _NOTE)),
        ("", (Action.DELETE, "")),
    ],
    ids=["the same", "changed", "another object", "a new secret", "no longer declared"],
)
def test_where_settings_change_the_state_is_taken_for_the_server(
    world: World, text: str, expected: tuple[Action, str]
) -> None:
    """The vault gets another password: until then nothing can be asked."""
    world.apply(_ALL)
    world.opened.clear()
    change = _change(world, _turned(_VAULT + _INNER + text), "fake_item.i")
    assert (change.action, change.note) == expected
    assert "inner" not in world.opened


def test_what_was_planned_from_the_state_is_applied(world: World) -> None:
    """With the settings as they are then."""
    world.apply(_ALL)
    text = _turned(_ALL).replace('"T"', '"U"')
    plan = world.plan(text)
    world.server.password = "second"
    assert world.apply(text, plan).failures == ()
    assert world.server.calls == ["update v", "update i"]
    assert world.opened["inner"] == {"url": "/v", "auth": Secret("admin:second")}
    assert world.actions(text) == {}


def test_what_moved_unseen_is_not_overwritten(world: World) -> None:
    """The update relies on the version that the state remembers."""
    world.apply(_ALL)
    world.server.put("fake_item", "i", title="colleague's")
    (failure,) = world.apply(_turned(_ALL).replace('"T"', '"U"')).failures
    assert failure.summary == "fake_item.i is not as the plan saw it"
    assert world.server.objects["fake_item", "i"]["content"]["title"] == "colleague's"


def test_a_lookup_waits_for_its_provider(world: World) -> None:
    """It is read by the apply."""
    world.server.put("fake_item", "there", title="D")
    data = '[data.fake_item.d]\nprovider = "inner"\ntitle = "D"\n[output.uid]\nvalue = "${data.fake_item.d.uid}"\n'
    text = _VAULT + _INNER + data
    assert _change(world, text, "data.fake_item.d").action is Action.READ
    assert world.apply(text).outputs == {"uid": "there"}
    assert world.plan(text).is_empty


def test_nothing_is_imported_unseen(world: World) -> None:
    """An object that cannot be looked at is not taken over."""
    text = _ALL + '[[import]]\nto = "fake_item.i"\nid = "i"\n'
    with pytest.raises(HclError) as error:
        world.plan(text)
    (problem,) = error.value.diagnostics
    assert (problem.summary, problem.hint) == (
        "A provider's settings must be known to look at what is on its server",
        "Apply that object first with --target.",
    )


def test_the_last_settings_delete_what_they_opened(world: World) -> None:
    """A destroy opens the provider by what is remembered, and what stays is forgotten last."""
    world.apply(_ALL)
    world.opened.clear()
    plan = world.plan(_turned(_ALL), destroy=True)
    assert [(str(c.address), c.action, c.reason) for c in plan.changes] == [
        ("fake_item.i", Action.DELETE, ""),
        ("fake_vault.v", Action.RELEASE, "nothing takes a vault away"),
    ]
    assert world.apply(_ALL, plan).failures == ()
    assert (world.server.calls, world.known(), world.opened["inner"]) == (["delete i"], {}, _OPENED)
    assert set(world.server.objects) == {("fake_vault", "v")}


def test_a_destroy_with_nothing_on_a_provider_does_not_open_it(world: World) -> None:
    """Its settings may be gone already."""
    world.apply(_VAULT)
    world.server.objects.clear()
    assert world.apply(_ALL, destroy=True).failures == ()
    assert world.known() == {}


def test_a_destroy_does_without_a_lookup_that_cannot_be_read(world: World) -> None:
    """It is of a provider that is gone, and another one with nothing on it takes its settings from it."""
    world.apply(_VAULT)
    world.server.objects.clear()
    data = '[data.fake_item.d]\nprovider = "inner"\ntitle = "D"\n'
    third = '[provider.third]\ntype = "fake"\nurl = "${data.fake_item.d.uid}"\n'
    text = _VAULT + _INNER + data + third
    assert world.actions(text, destroy=True) == {"fake_vault.v": Action.FORGET}
    assert world.apply(text, destroy=True).failures == ()
    assert world.known() == {}


def test_a_destroy_opens_nothing_with_settings_that_were_never_applied(world: World) -> None:
    """What the state does not say of an object whose block has changed since is not known."""
    text = _ALL.replace(_VAULT, f'{_VAULT}title = "one"\n').replace("fake_vault.v.url", "fake_vault.v.title")
    world.apply(text)
    assert world.opened["inner"] == {"url": "one", "auth": Secret("admin:planted")}
    world.opened.clear()
    (failure,) = world.apply(text.replace('"one"', '"two"'), destroy=True).failures
    assert failure.summary == "url of provider.inner is still not known"
    assert ("inner" in world.opened, world.known()) == (False, {"fake_vault.v": "v", "fake_item.i": "i"})
    assert world.apply(text, destroy=True).failures == ()
    assert (world.opened["inner"]["url"], world.known()) == ("one", {})


def test_a_secret_that_the_server_tells_can_ask_for_a_replacement(world: World) -> None:
    """It may be another one after every update."""
    lifecycle = 'lifecycle = { replace_triggered_by = ["fake_vault.v.password"] }\n'
    text = f"{_VAULT}[resource.fake_box.b]\n{lifecycle}"
    world.apply(text)
    assert world.actions(text) == {}
    assert world.actions(_turned(text))["fake_box.b"] is Action.REPLACE


def test_a_block_that_goes_is_forgotten_where_its_object_stays(world: World) -> None:
    """As with a destroy."""
    world.apply(_VAULT)
    assert world.actions("") == {"fake_vault.v": Action.RELEASE}
    world.apply("")
    assert (world.known(), world.server.calls) == ({}, [])


def test_what_stays_is_not_replaced(world: World) -> None:
    """There would be no place for the new one."""
    world.apply(_VAULT)
    with pytest.raises(HclError) as error:
        world.plan(_VAULT, replacing=(address("fake_vault.v"),))
    assert [(d.summary, d.detail) for d in error.value.diagnostics] == [
        (
            "fake_vault.v cannot be replaced",
            "It would have to be: --replace asks for it. But nothing takes a vault away.",
        )
    ]


@pytest.mark.parametrize("refresh", [True, False], ids=["refreshed", "from the state"])
def test_a_secret_that_the_server_tells_is_kept_nowhere(world: World, refresh: bool) -> None:
    """It is asked for whenever another block needs it."""
    text = _ALL + '[output.password]\nvalue = "${fake_vault.v.password}"\nsensitive = true\n'
    plans = [world.plan(text)]
    assert world.apply(text, plans[0]).outputs == {"password": Secret("planted")}
    plans.append(world.plan(_turned(text), refresh=refresh))
    kept = [encode(plan).decode() for plan in plans] + [
        repr(encode_record(record)) for record in world.store.read().all_records()
    ]
    assert world.plan(text, refresh=refresh).is_empty
    assert [text for text in kept if "planted" in text] == []


# --- triggers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "updates"),
    [("", "1", True), ("1", "1", False), ("1", "2", True), ("1", "", False)],
    ids=["comes", "stays", "changes", "goes"],
)
def test_a_trigger_asks_for_an_update(world: World, first: str, then: str, updates: bool) -> None:
    """By another value than the last one; once."""
    before, after = (_turned(_VAULT, turn) if turn else _VAULT for turn in (first, then))
    world.apply(before)
    world.apply(after)
    assert world.server.calls == (["update v"] if updates else [])
    assert world.actions(after) == {}


def test_a_trigger_does_not_fire_for_what_is_taken_over(world: World) -> None:
    """Its first value is only remembered."""
    world.server.put("fake_vault", "v")
    text = _turned(_VAULT, "1") + 'on_exists = "adopt"\n'
    assert world.actions(text) == {"fake_vault.v": Action.REFRESH}
    world.apply(text)
    assert world.actions(text) == {}


def test_what_steers_is_forgotten_when_it_is_no_longer_said(world: World) -> None:
    """Such as leave to delete what is not managed."""
    world.apply('[resource.fake_box.b]\nuid = "b"\nnote = "n"\n')
    world.apply('[resource.fake_box.b]\nuid = "b"\n')
    assert world.store.read().records[address("fake_box.b")].attributes == {"url": "/b", "size": 1}
