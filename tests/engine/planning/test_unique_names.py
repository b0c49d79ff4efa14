"""Names of which a server has each but once: handed over, exchanged, refused, taken over. The server has tags, with a
title each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import ProviderError
from hcl_lite.engine.plan import Action
from tests.engine.world import World, address


class Lost(ProviderError):
    """The answer to a call that may have been carried out."""

    unclear = True


def _tag(name: str, title: str, uid: str = "", more: str = "") -> str:
    given_ = f'uid = "{uid}"\n' if uid else ""
    return f'[resource.fake_tag.{name}]\ntitle = "{title}"\n{given_}{more}\n'


def _tags(titles: Mapping[str, str]) -> str:
    return "".join(_tag(name, title, name) for name, title in titles.items())


def _titles(world: World) -> dict[str, str]:
    tags = {uid: item for (type_, uid), item in sorted(world.server.objects.items()) if type_ == "fake_tag"}
    return {uid: item["content"]["title"] for uid, item in tags.items()}


@pytest.mark.parametrize(
    ("before", "after", "calls"),
    [
        ({"a": "1", "b": "2"}, {"a": "2", "b": "3"}, ["update b", "update a"]),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, ["update a", "update b", "update a"]),
        ({"a": "1", "b": "2", "c": "3"}, {"a": "2", "b": "3", "c": "1"}, 4),
        ({"a": "1"}, {"b": "1"}, ["delete a", "create b"]),
        ({"a": "1", "b": "2"}, {"a": "2", "c": "1"}, ["delete b", "update a", "create c"]),
        (
            {"a": "1", "b": "2", "c": "3"},
            {"a": "3", "b": "1", "d": "2"},
            ["delete c", "update a", "update b", "create d"],
        ),
    ],
)
def test_what_takes_a_name_waits_for_what_gives_it_up(
    world: World, before: Mapping[str, str], after: Mapping[str, str], calls: list[str] | int
) -> None:
    """Round in a circle one goes by another name for the moment."""
    world.apply(_tags(before))
    assert world.apply(_tags(after)).failures == ()
    assert world.server.calls == calls if isinstance(calls, list) else len(world.server.calls) == calls
    assert _titles(world) == after
    assert world.actions(_tags(after)) == {}


def test_the_plan_says_who_goes_by_another_name(world: World) -> None:
    """And the answer is counted once."""
    world.apply(_tags({"a": "1", "b": "2"}))
    first, second = world.plan(_tags({"a": "2", "b": "1"})).changes
    assert first.note == 'fake_tag.b takes its name before: until then it has another, with "hcl-lite" in it.'
    assert (first.after, second.after, second.note) == (("b",), ("a",), "")
    assert world.apply(_tags({"a": "2", "b": "1"})).counts == {Action.UPDATE: 2}


def test_what_needs_an_object_that_gives_its_name_up_has_one_all_the_while(world: World) -> None:
    """The new one is made before the old one goes, which has another name until then."""
    user = '[resource.fake_item.i]\nbox = "${fake_tag.NAME.uid}"\n'
    world.apply(_tag("a", "1", "a") + user.replace("NAME", "a"))
    after = _tag("b", "1", "b") + user.replace("NAME", "b")
    assert world.apply(after).failures == ()
    assert world.server.calls == ["update a", "create b", "update i-new", "delete a"]
    assert world.actions(after) == {}


@pytest.mark.parametrize("first", [True, False])
def test_a_replacement_keeps_its_name(world: World, first: bool) -> None:
    """In either order."""
    more = f"lifecycle = {{ create_before_destroy = {str(first).lower()} }}\n"
    world.apply(_tag("a", "1", "a", more))
    assert world.apply(_tag("a", "1", "b", more)).failures == ()
    assert world.server.calls == (["update a", "create b", "delete a"] if first else ["delete a", "create b"])
    assert world.actions(_tag("a", "1", "b", more)) == {}
    assert world.store.state.deposed == ()


def test_a_list_that_moves_on_hands_its_names_on(world: World) -> None:
    """Of one length, without uids: each object gets the next name."""
    text = '[resource.fake_tag.t]\ncount = 3\ntitle = "t${count.index + NEXT}"\n'
    world.apply(text.replace("NEXT", "0"))
    assert world.apply(text.replace("NEXT", "1")).failures == ()
    assert [call.partition(" ")[0] for call in world.server.calls] == ["update"] * 3
    assert world.actions(text.replace("NEXT", "1")) == {}


def test_no_names_are_listed_where_none_is_taken(world: World) -> None:
    """Once where one is, however many."""
    text = _tags({"a": "1", "b": "2"})
    world.apply(text)
    assert world.server.listed == ["fake_tag"]
    world.server.put("fake_tag", "a", title="1", size=2)
    world.plan(text)
    world.plan(text.replace("title", 'box = "x"\ntitle'))
    world.plan("")
    assert world.server.listed == ["fake_tag"]


# --- what only the apply knows ----------------------------------------------------------------------------------------

_VAULT = '[resource.fake_vault.v]\nuid = "v"\nturn = "TURN"\n[provider.fake]\n'
_INNER = '[provider.inner]\ntype = "fake"\nurl = "${fake_vault.v.url}"\nauth = "admin:${fake_vault.v.password}"\n'


@pytest.mark.parametrize(
    "after",
    [{"a": "2", "b": "1"}, {"a": "2", "b": "3"}, {"a": "2", "b": "3", "c": "1"}, {"b": "1"}, {"c": "1"}],
)
def test_names_change_hands_where_the_plan_could_not_look(world: World, after: Mapping[str, str]) -> None:
    """The provider is opened by the apply: what has the name goes by another one, as soon as that is known."""

    def text(titles: Mapping[str, str], turn: str) -> str:
        inner = _tags(titles).replace("title", 'provider = "inner"\ntitle')
        return _VAULT.replace("TURN", turn) + _INNER + inner

    world.apply(text({"a": "1", "b": "2"}, "1"))
    assert world.apply(text(after, "2")).failures == ()
    assert _titles(world) == after
    assert world.actions(text(after, "2")) == {}
    assert world.store.state.pending == ()


_ITEM = '[resource.fake_item.i]\nuid = "x"\n'
_LATE = _tag("a", "${fake_item.i.url}", "a")


def test_a_name_that_is_known_late_is_taken_over(world: World) -> None:
    """From what cannot go first, since it needs what takes its name."""
    world.apply(_tags({"a": "1", "b": "/x"}))
    text = _ITEM + _LATE + _tag("b", "3", "b", 'box = "${fake_tag.a.uid}"\ndepends_on = ["fake_tag.a"]\n')
    assert world.apply(text).failures == ()
    assert _titles(world) == {"a": "/x", "b": "3"}
    assert world.actions(text) == {}


def test_a_name_that_is_kept_is_said_to_be(world: World) -> None:
    """By whom; nothing is renamed for it."""
    world.apply(_tags({"a": "1", "b": "/x"}))
    result = world.apply(_ITEM + _LATE + _tag("b", "/x", "b"))
    assert [(f.summary, f.detail, f.hint) for f in result.failures] == [
        (
            "Cannot change fake_tag.a",
            "b has the title /x\nIt is that of fake_tag.b, which keeps it.",
            "Give one of them another name.",
        )
    ]
    assert _titles(world)["b"] == "/x"


def test_what_may_go_and_stays_is_not_renamed(world: World) -> None:
    """The plan could not know its uid, which turns out to be what it was."""
    item = '[resource.fake_item.j]\nuid = "y"\nsize = 1\n'
    giver = _tag("b", "${fake_item.j.url}", "${fake_item.j.url}")
    world.apply(item + giver + _tag("a", "1", "a"))
    result = world.apply(item.replace("size = 1", "size = 2") + giver + _tag("a", "/y", "a"))
    assert [failure.detail.partition("\n")[2] for failure in result.failures] == [
        "It is that of fake_tag.b, which keeps it."
    ]
    assert _titles(world) == {"/y": "/y", "a": "1"}


# --- what is refused --------------------------------------------------------------------------------------------------


def _problem(world: World, text: str, **options: object) -> tuple[str, str, str, str]:
    with pytest.raises(HclError) as caught:
        world.plan(text, **options)
    (problem,) = caught.value.diagnostics
    return problem.summary, problem.detail, str(problem.place), problem.hint


def test_a_name_that_a_stranger_has_is_found_by_the_plan(world: World) -> None:
    """With the place, and with ways on that are fit for it."""
    world.server.put("fake_tag", "theirs", title="1")
    summary = 'fake_tag with title "1" exists already, and is not in the state'
    detail = 'Its uid is "theirs". The server has each name but once.'
    takes = 'hcl-lite import fake_tag.a theirs takes it over; so does on_exists = "adopt". Or give another name.'
    assert _problem(world, _tag("a", "1")) == (summary, detail, "main.toml:1:20", takes)
    sets = 'Choose another name; or set uid = "theirs", with on_exists = "adopt", to take that one over.'
    for adopts in ("", 'on_exists = "adopt"\n'):
        found = _problem(world, _tag("a", "1", "mine", adopts))
        assert found == (summary, f'{detail} The block asks for "mine".', "main.toml:1:20", sets)
    world.apply(_tag("a", "2"))
    hint = "Choose another name, or give that one another."
    assert _problem(world, _tag("a", "1")) == (summary, detail, "main.toml:1:20", hint)


def test_a_block_without_a_uid_takes_over_what_has_its_name(world: World) -> None:
    """With on_exists = "adopt": it stands for that object from then on."""
    world.server.put("fake_tag", "theirs", title="1", size=1)
    text = _tag("a", "1", "", 'on_exists = "adopt"\nbox = "b"\n')
    assert world.actions(text) == {"fake_tag.a": Action.UPDATE}
    assert world.apply(text).failures == ()
    assert world.known() == {"fake_tag.a": "theirs"}
    assert world.actions(text) == {}
    assert world.actions(text.replace('on_exists = "adopt"', "")) == {}


def test_two_that_ask_for_one_name_are_both_named(world: World) -> None:
    """New ones, one that has it, and one that targets leave out."""
    hint = "The server has each name but once: give one of them another."
    both = ('fake_tag.a and fake_tag.b both ask for title "1"', "The other is at main.toml:1:20.")
    assert _problem(world, _tags({"a": "1", "b": "1"})) == (*both, "main.toml:5:20", hint)
    world.apply(_tags({"a": "1", "b": "2"}))
    assert _problem(world, _tags({"a": "1", "b": "1"})) == (*both, "main.toml:5:20", hint)
    found = _problem(world, _tags({"a": "3", "b": "1"}), targets=(address("fake_tag.b"),))
    assert found[0] == 'fake_tag title "1" is taken'
    assert found[3] == "Leave out --target, or add --target 'fake_tag.a'."


def test_what_stays_keeps_its_name(world: World) -> None:
    """An object that is only forgotten."""
    world.apply(_tags({"a": "1"}))
    left = '[[removed]]\nfrom = "fake_tag.a"\ndestroy = false\n'
    assert _problem(world, left + _tags({"b": "1"}))[0] == 'fake_tag.a and fake_tag.b both ask for title "1"'


# --- anything ---------------------------------------------------------------------------------------------------------

_NAMES = "abcd"
_WORLDS = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from("1234"), min_size=1).filter(
    lambda titles: len(set(titles.values())) == len(titles)
)


@settings(max_examples=60, deadline=None)
@given(_WORLDS, _WORLDS, st.permutations(_NAMES), st.permutations(_NAMES), st.booleans(), st.integers(0, 12))
def test_names_and_addresses_change_hands_at_will(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, str],
    after: dict[str, str],
    first: list[str],
    second: list[str],
    given_uids: bool,
    ends: int,
) -> None:
    """Any two worlds, whose blocks have any names: nothing that stays is deleted, the names are as declared, and the
    next plan is empty; also where the run failed in between, and another took it up."""
    world = World(tmp_path_factory.mktemp("w"))

    def text(titles: Mapping[str, str], blocks: list[str]) -> str:
        uids = {name: name if given_uids else "" for name in _NAMES}
        at = dict(zip(_NAMES, blocks, strict=True)) if given_uids else {name: name for name in _NAMES}
        return "".join(_tag(at[name], title, uids[name]) for name, title in titles.items())

    assert world.apply(text(before, first)).failures == ()
    uids = set(_titles(world))
    calls = itertools.count()
    write = world.server._call

    def fail(verb: str, uid: str) -> None:
        write(verb, uid)
        if next(calls) == ends:
            raise RuntimeError("the power went out")

    world.server._call = fail  # type: ignore[method-assign]
    deleted: set[str] = set()
    now = text(after, second)
    try:
        world.apply(now)
    except RuntimeError:
        deleted |= {call.partition(" ")[2] for call in world.server.calls if call.startswith("delete")}
        world.server._call = write  # type: ignore[method-assign]
        assert world.apply(now).failures == ()
    deleted |= {call.partition(" ")[2] for call in world.server.calls if call.startswith("delete")}
    assert sorted(_titles(world).values()) == sorted(after.values())
    assert world.actions(now) == {}
    if given_uids:
        assert _titles(world) == dict(sorted(after.items()))
        assert deleted == uids - after.keys()


def test_what_an_ended_run_has_made_gives_its_name_up_to_another_block(world: World) -> None:
    """Of two one was made; by now each block asks for the uid of the other, and keeps the name that it had."""
    world.server.faults["create a"] = Lost("no answer")
    world.server.faults["create b"] = ProviderError("no")
    world.apply(_tag("a", "1", "a") + _tag("b", "2", "b"))
    world.server.put("fake_tag", "a", title="1", size=1)
    exchanged = _tag("a", "1", "b") + _tag("b", "2", "a")
    assert world.apply(exchanged).failures == ()
    assert (world.server.calls, _titles(world)) == (["update a", "create b"], {"a": "2", "b": "1"})
    assert world.actions(exchanged) == {}
