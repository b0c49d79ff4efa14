"""The life of every resource type of every provider, from its sample in tests/providers/cases/<type>.toml.

A type without a sample fails, and a sample without a change of each argument does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.places import without
from providers.kit.secrets import put
from providers.registry import PROVIDER_TYPES
from providers.versions import LATEST
from tests.conftest import AfterTheLastLook, Hcl, Server, real_server
from tests.providers.lifecycle import NAME, Arguments, Killer, Life, Party, Planned, Wire
from tests.reliability.conftest import Runner
from tests.whole.leaks import texts_below
from tests.whole.samples import RESOURCES, block, named, table

# The first provider that has a type: amazon_grafana has those of grafana.
_OWNERS = {
    id(type_): (provider.name, type_)
    for provider in reversed(PROVIDER_TYPES.values())
    for type_ in provider.resources.values()
}
_TYPES = {type_.name: (provider, type_) for provider, type_ in _OWNERS.values()}


# Other Grafanas that the embedded server plays: on demand.
_OLDEST = "10.1.2"
_OLDER = (_OLDEST, "11.0.0") if os.environ.get("HCL_LITE_TEST_GENERATIONS") else ()


# The kit carries all types out alike. Of each way to reach an object, one type goes through all of it in every run; the
# others live, are met by colleagues and rotate their secrets there, and go through the rest on demand.
_WHOLE = (
    "grafana_data_source",
    "grafana_folder",
    "grafana_dashboard",
    "grafana_snapshot",
    "grafana_organization_preferences",
    "grafana_folder_permission",
    "grafana_contact_point",
    "grafana_team",
    "grafana_rule_group",
    "grafana_service_account_token",
    "headspin_dashboard",
)


def _cases() -> Iterator[Any]:
    for name, (provider, _) in _TYPES.items():
        yield pytest.param((name, "embedded"), id=name)
        if provider == "grafana":
            for version in filter(RESOURCES[name].is_on, _OLDER) if name in RESOURCES else ():
                yield pytest.param((name, version), id=f"{name}-{version}")
            yield pytest.param((name, "real"), id=f"{name}-real", marks=pytest.mark.real_grafana)


@pytest.fixture(params=_cases())
def life(request: pytest.FixtureRequest, hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A type whose sample is in a project, with what it needs around it, on a server of that kind."""
    monkeypatch.setenv("HCL_LITE_FINGERPRINT_KEY", "quick")
    name, where = request.param
    is_whole = name in _WHOLE or where == "real" or os.environ.get("HCL_LITE_TEST_LIVES")
    if not is_whole and request.node.get_closest_marker("rest_of_life"):
        pytest.skip("HCL_LITE_TEST_LIVES=1 leads every type through all of its life")
    if where != "real":
        version = LATEST if where == "embedded" else where
        yield _opened(name, hcl, Server.embedded(tmp_path, version), tmp_path, monkeypatch, version)
        return
    with real_server() as server:
        opened = _opened(name, hcl, server, tmp_path, monkeypatch)
        yield opened
        opened.ours.run("destroy", "--auto-approve")
        opened.sample.remove_of_colleagues(opened.server, NAME)


@pytest.fixture(scope="session")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """A process whose forks may be killed, and which is a colleague in the middle of a run; all imports are done."""
    runner, root = Runner(), tmp_path_factory.mktemp("killer")
    (root / "main.toml").write_text(Server.embedded(root).provider + '[resource.grafana_folder.f]\ntitle = "F"\n')
    Killer(runner).apply(root, here=True)
    yield Killer(runner)
    runner.close()


def _opened(
    name: str, hcl: Hcl, server: Server, root: Path, monkeypatch: pytest.MonkeyPatch, version: str = LATEST
) -> Life:
    provider, type_ = _TYPES[name]
    assert name in RESOURCES, f"there is no tests/providers/cases/{name}.toml"
    sample = RESOURCES[name].on(version)
    embedded = PROVIDER_TYPES[provider].embedded
    assert embedded is not None
    settings = {"url": server.url, "auth": server.auth} if provider == "grafana" else embedded(str(root), provider)
    head = table(f"provider.{provider}", settings) + sample.head + sample.before.replace("NAME", NAME)
    ours = Party(hcl, root, type_, head, sample.needs.replace("NAME", NAME))
    life = Life(type_, sample, ours, provider, settings, server, Wire().watch(monkeypatch), version)
    sample.make_of_colleagues(server, NAME)
    ours.apply(None)
    return life


def test_a_sample_is_whole() -> None:
    """Each type has one, with another value for each of its arguments."""
    missing = {
        name: [key for key, attr in type_.attrs.items() if attr.settable and key not in RESOURCES[name].changes]
        for name, (_, type_) in _TYPES.items()
    }
    assert {name: keys for name, keys in missing.items() if keys} == {}


def test_what_an_older_grafana_lacks_is_refused_by_the_plan(hcl: Hcl, tmp_path: Path) -> None:
    """Each type and argument that a sample says so of, with a version that is no later than the one that takes all of
    it."""
    text, least = Server.embedded(tmp_path, _OLDEST).provider, {}
    for name, sample in RESOURCES.items():
        if not sample.is_on(_OLDEST):
            text += sample.before.replace("NAME", name) + block("resource", name, "old", named(name, sample.arguments))
            least[f"{name}.old"] = _numbers(sample.least)
            continue
        older = sample.on(_OLDEST)
        for number, (key, version) in enumerate(sample.since.items()):
            change = sample.changes[key.partition(".")[0]]
            value = sample.full.get(key, change.value)
            arguments = sample.full if "." in key else {**change.of(key, older.full), key: value}
            text += block("resource", name, f"old{number}", named(f"old{number}", arguments))
            least[f"{name}.old{number}"] = _numbers(version)
    (tmp_path / "main.toml").write_text(text)
    os.chdir(tmp_path)
    told = re.findall(r"needs Grafana ≥ ([\d.]+); this is 10\.1\.2\n +at main.toml:\d+:\d+, in (\S+)", hcl("plan").err)
    refused = {address: _numbers(version) for version, address in told}
    assert refused.keys() == least.keys()
    assert {address for address, version in refused.items() if version > least[address]} == set()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_it_lives(life: Life) -> None:
    """Made, imported, changed in each argument, listed and destroyed: a plan says just that, and is empty after it."""
    ours = life.ours
    assert ours.take(life.minimal).action == "create"
    ours.settle()
    uid = ours.record()["uid"]
    assert uid in life.listed()
    _import_again(life)
    ours.apply(life.full)
    ours.settle()
    arguments = life.full
    found, expected = {}, {}
    for key, change in life.changes():
        arguments = change.of(key, arguments)
        found[key], expected[key] = ours.take(arguments), life.as_planned(key, change)
    ours.settle()
    assert found == expected
    uid = ours.record()["uid"]
    ours.apply(None)
    assert (uid in life.listed()) == bool(life.type_.undeletable_reason)
    assert ours.address not in ours.records()


def test_what_others_do_is_seen(life: Life) -> None:
    """What there was before is not made twice; what somebody changes or deletes is told, and as it was after that."""
    ours, others = life.ours, life.colleague(life.full)
    others.apply(life.full)
    if not life.sample.alike:
        ours.write(life.full)
        assert "exists already" in ours.call("plan").err
        ours.apply(life.full, on_exists="adopt")
        ours.apply(life.full)
    else:
        others.run("destroy", "--auto-approve")
        ours.apply(life.full)
        others.run("import", others.address, ours.record()["uid"])
    told, expected = {}, {}
    for key, change in life.updates():
        others.apply(change.of(key, life.full))
        told[key], expected[key] = ours.take(life.full), life.as_planned(key, change)
        ours.settle()
    assert {key: (planned.action, planned.attributes) for key, planned in told.items()} == {
        key: (planned.action, planned.attributes) for key, planned in expected.items()
    }
    if not life.type_.undeletable_reason:
        others.run("destroy", "--auto-approve")
        assert ours.take(life.full).action == ("update" if life.type_.part_of else "create")
        ours.settle()


@pytest.mark.skipif(not os.environ.get("HCL_LITE_TEST_PULL"), reason="HCL_LITE_TEST_PULL=1 pulls every type")
def test_what_others_change_comes_into_the_file(life: Life) -> None:
    """A pull writes it there, argument by argument: then there is nothing left to do. Secrets stay where they are, also
    those that a contact point of another type cannot have."""
    ours, others = life.ours, life.colleague(life.full)
    ours.apply(life.full)
    others.run("import", others.address, ours.record()["uid"])
    left = {}
    for key, change in life.updates():
        others.apply(change.of(key, life.full))
        pulled = ours.call("pull")
        if pulled.code != 0 or "No changes." not in pulled.out:
            left[key] = pulled.out + pulled.err
        ours.apply(life.full)
        ours.settle()
    assert left.keys() <= {"type"}, left


@pytest.mark.rest_of_life
def test_nothing_is_written_over_what_somebody_has_changed_since_the_plan(
    life: Life, after_the_last_look: AfterTheLastLook, killer: Killer
) -> None:
    """The apply is refused, and the other change stays."""
    changes = life.updates()
    if not changes:
        pytest.skip("nothing of it can be changed")
    ours, (key, change) = life.ours, changes[0]
    ours.apply(life.full)
    others = life.meet(life.full)
    theirs = life.theirs(key)
    if len(changes) == 1 and others.plan(theirs) == Planned("no-op"):
        pytest.skip("nothing else of it can be changed")
    others.write(theirs)
    ours.plan(change.of(key, life.full))
    done: list[list[int]] = []
    after_the_last_look(lambda: done.append(killer.apply(others.root)))
    refused = ours.call("apply", "p")
    assert (done, refused.code, "is not as the plan saw it" in refused.err) == ([[0]], 1, True), refused.err
    assert others.plan(theirs) == Planned("no-op")


def test_secrets_are_sent_when_they_are_others(life: Life) -> None:
    """Rotated they are sent, taken out they are removed; those that were never given here are left alone."""
    arguments = life.full
    places = life.secrets(arguments)
    if not places or life.type_.immutable:
        pytest.skip("it has no secrets that could change")
    ours, wire = life.ours, life.wire
    ours.apply(arguments)
    for number, place in enumerate(places):
        arguments, secret = put(arguments, place, f"geheim-rotated-{number}"), f"geheim-rotated-{number}"
        wire.begin()
        planned = ours.take(arguments)
        assert (planned.paths, [*planned.secrets.values()]) == ((), ["rotated"]), place
        assert any(secret in write for write in wire.writes), place
        ours.settle()
    others = life.meet(arguments)
    others.apply(arguments)
    for place in places:
        ((name, _),) = ours.plan(put(arguments, place, "geheim-other")).secrets.items()
        without_it = without(arguments, [place])
        planned = ours.take(without_it)
        assert planned.secrets == ({} if life.type_.attrs[str(place[0])].lasting else {name: "removed"})
        ours.settle()
        assert name not in (life.secret_keys() or ())
        others.apply(put(arguments, place, "geheim-of-others"))
        ours.run("apply", "--auto-approve")
        updates = life.updates()
        key, change = next((one for one in updates if one[0] not in (place[0], "type")), updates[0])
        assert name not in ours.take(without(change.of(key, without_it), [place])).secrets
        assert life.secret_keys() is None or name in (life.secret_keys() or ())
        assert not life.sample.tells or name in life.sample.forgets or "geheim-of-others" in life.told()
        ours.apply(arguments)
        others.apply(arguments)
    written = {*ours.root.rglob("main.toml")}
    assert [name for name, text in texts_below(ours.root, written) if "geheim" in text] == []


@pytest.mark.rest_of_life
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_found_out_about(life: Life, when: str) -> None:
    """Of a create, an update and a deletion, whether it was done or not: by the run, or by the next one."""
    ours = life.ours
    others = {*life.listed()}
    updates = [change.of(key, life.full) for key, change in life.updates()][:1]
    for arguments in (life.full, *updates):
        ours.write(arguments)
        life.wire.begin(**{when: 1})
        first = ours.call("apply", "--auto-approve")
        life.wire.begin()
        assert first.code == 0 or ours.call("apply", "--auto-approve").code == 0, first.err
        ours.settle()
        assert {*life.listed()} - others == {ours.record()["uid"]} - others
    ours.write(None)
    life.wire.begin(**{when: 1})
    first = ours.call("apply", "--auto-approve")
    assert first.code == 0 or ours.call("apply", "--auto-approve").code == 0, first.err
    assert ours.address not in ours.records()
    assert life.type_.undeletable_reason or {*life.listed()} == others


@pytest.mark.rest_of_life
def test_a_killed_run_is_taken_up(life: Life, killer: Killer) -> None:
    """kill -9 right after the first write of a create, an update and a deletion; with HCL_LITE_TEST_KILLS=1 anywhere.

    The next run ends where an undisturbed one does, with one object.
    """
    ours, others = life.ours, {*life.listed()}
    updated = [change.of(key, life.full) for key, change in life.updates()][:1]
    before: Arguments | None = None
    for after in (life.full, *updated, None):
        for point in killer.points:
            ours.apply(before)
            ours.write(after)
            if not killer.kill(ours.root, point):
                break
            ours.run("apply", "--auto-approve")
            ours.settle()
            known = {ours.record()["uid"]} if after is not None else set()
            assert life.type_.undeletable_reason or {*life.listed()} == others | known
        ours.apply(after)
        before = after


@pytest.mark.rest_of_life
def test_a_run_is_undone(life: Life) -> None:
    """An update, and a deletion: what is there is what was there before, but for secrets, which no backup has."""
    ours = life.ours
    ours.apply(life.full)
    for key, change in life.updates()[:1]:
        ours.apply(change.of(key, life.full))
        ours.run("undo", "--auto-approve")
        assert ours.plan().paths == life.as_planned(key, change).paths
        assert ours.take(life.full).paths == ()
    if not life.type_.undeletable_reason:
        ours.apply(None)
        if getattr(life.type_, "irrecoverable", ""):
            assert f"{ours.address} stays as it is" in ours.call("undo", "--auto-approve").out
            return
        ours.run("undo", "--auto-approve")
        undone = ours.take(life.full)
        again = "replace" if life.type_.immutable else "update"  # for the secrets
        assert undone in (Planned("no-op"), Planned(again, (), undone.secrets)), undone
        ours.settle()


def _import_again(life: Life) -> None:
    """What the state remembers of an object is what an import tells of it, but for what the last write was."""
    ours, before = life.ours, life.ours.record()
    ours.run("state", "rm", ours.address)
    ours.run("import", ours.address, before["uid"])
    after = ours.record()
    told = [key for key in before["attributes"] if key not in life.sample.unread]
    assert [after["uid"], after["version"]] == [before["uid"], before["version"]]
    assert {key: after["attributes"].get(key) for key in told} == {key: before["attributes"][key] for key in told}
    ours.settle()
