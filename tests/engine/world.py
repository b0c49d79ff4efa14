"""A world to plan and apply in, without a network: a provider of boxes and items, its server, and a state in memory."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import (
    Attr,
    Capabilities,
    Conflict,
    Dependent,
    Described,
    Distinct,
    Expiry,
    Held,
    Listed,
    Live,
    Made,
    Mention,
    OnFound,
    Origin,
    ProviderType,
    Reference,
    Refused,
    Resolved,
    Revision,
    Search,
    Taken,
    ValueProblem,
    Verb,
    Version,
    Whole,
    ignore_found,
    untold,
)
from hcl_lite.core.schema.provider import ListOf
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, reveal
from hcl_lite.engine.applying.applier import Applier
from hcl_lite.engine.applying.progress import ApplyResult
from hcl_lite.engine.graph import Build
from hcl_lite.engine.graph_builder import build_graph
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.planner import Planner
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import Config, build_config, load_config
from hcl_lite.lang.evaluation.module_functions import functions_of
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.source import parse_source
from state.encryption import Cipher, Plain
from state.file_log import FileLog
from state.journal import replay
from state.model import State
from state.store import Ledger
from tests.contexts import BARE

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ATTRS = {
    "uid": Attr(computed=True, optional=True, replaces=True, stable=True),
    "title": Attr(),
    "box": Attr(),
    "size": Attr("number", computed=True, optional=True),
    "body": Attr(body=True),
    "token": Attr(secret=True),
    "note": Attr(client_only=True),
    "url": Attr(computed=True),
    "check_health": Attr("bool", client_only=True),
    "overwrite": Attr("bool", client_only=True),
    "recreate_when_expired": Attr("bool", client_only=True),
}
ABLE = Capabilities(
    Expiry("expires_at", "recreate_when_expired"),
    "overwrite",
    "check_health",
    "force_destroy",
    content=True,
    trash=True,
)
VAULT_ATTRS = {
    **ATTRS,
    "password": Attr(computed=True, secret=True),
    "turn": Attr(client_only=True, triggers="It is turned."),
}


@dataclass(frozen=True)
class FakeType:
    """A resource type whose content is its title, its box, and its size where one is asked for."""

    name: str
    doc: str = ""
    capabilities: Capabilities = ABLE
    create_first: bool = True
    immutable: bool = False
    undeletable_reason: str = ""
    part_of: str = ""
    delete_note: str = ""
    server_given: bool = False
    is_named: bool = False
    attrs: Mapping[str, Attr] = field(default_factory=lambda: ATTRS)

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        if values.get("title") == "impossible":
            raise ValueProblem("title", "This title is impossible")
        chosen = uid or (UNKNOWN if self.immutable else self.new_uid(address, name))
        return {**values, "uid": chosen if values.get("uid") in (None, "") else values["uid"]}

    def whole(self, values: Mapping[str, Value]) -> Whole | None:
        return None

    def new_uid(self, address: str, name: str) -> str:
        inside = "".join(f"{step.replace(chr(34), '')}." for step in Address.parse(address).module)
        return f"{inside}{name}-new"

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["uid"]

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        uid = values.get("uid")
        return "" if uid is None else uid if isinstance(uid, str) else UNKNOWN

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {**values, "title": f"{values['title']}, aside"}

    def known_as(self, content: Value) -> Iterable[str]:
        if self.is_named and isinstance(content.get("title"), str):
            yield f'title "{content["title"]}"'

    def content(self, values: Mapping[str, Value]) -> Value:
        return {key: values[key] for key in ("title", "box", "size") if key in values}

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        return ()

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        return values

    def in_document(self, place: tuple[str | int, ...]) -> Iterable[tuple[str | int, ...]]:
        yield place

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {"title": values.get("title")}

    def described(self, values: Mapping[str, Value]) -> Described:
        title = values.get("title")
        return Described(title if isinstance(title, str) else "")

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {}

    def has_path(self, path: ObjectPath) -> bool:
        return str(path.steps[0]) in self.attrs

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        kept: Mapping[str, Value] = keep(values, live, path.steps)
        return kept

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        return path.steps

    def secrets(self, values: Mapping[str, Value]) -> Value:
        return {"token": reveal(values["token"])} if values.get("token") is not None else {}

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        return {**{key: value for key, value in values.items() if key != "token"}, **secrets}

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        return path.steps[0] == name

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        assert isinstance(document, Mapping)
        return {**document, "uid": uid}

    def told_values(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        return self.values_of(uid, document)

    def names(self, values: Mapping[str, Value], uid: str) -> Iterable[Mention]:
        if uid:
            yield Mention("thing", uid)

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return [Mention("thing", word) for word in str(values.get("body", "")).split()]

    def unbound(self, values: Mapping[str, Value]) -> Sequence[Reference]:
        return ()

    def spelled(self, values: Mapping[str, Value], spellings: Mapping[Mention, str]) -> Mapping[str, Value]:
        return values

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return [mention for mention in self.mentions(values) if mention.name.startswith("@")]

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        return [ValueProblem("title", "This title is doubtful")] if values.get("title") == "doubtful" else []


@dataclass(frozen=True)
class FakeLookup:
    """Finds an object by its title."""

    name: str
    doc: str = ""
    attrs: Mapping[str, Attr] = field(default_factory=lambda: {"title": Attr(), "uid": Attr(computed=True)})


class FakeServer:
    """Objects by type and uid; a box with something in it cannot be deleted. Implements schema.Writer."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.trash: set[tuple[str, str]] = set()
        self.calls: list[str] = []
        self.copied: list[str] = []
        self.listed: list[str] = []
        self.pages: list[Sequence[Live]] = []
        self.asked: list[frozenset[tuple[str, Verb]]] = []
        self.forbids: dict[tuple[str, Verb], str] = {}
        self.dependents_of: dict[str, list[Dependent]] = {}
        self.origin = Origin("fake://server")
        self.faults: dict[str, Exception] = {}
        self.read_only = False
        self.password = "planted"

    def put(self, type_: str, uid: str, **content: Any) -> None:
        """What a colleague does."""
        old = self.objects.get((type_, uid), {"version": 0})
        self.objects[type_, uid] = {"version": old["version"] + 1, "content": content, "attributes": {}}

    async def missing(self, mentions: Collection[Mention]) -> Mapping[Mention, Collection[str]]:
        """Those of which there is no object of any type, with the uids of all."""
        self.calls.append(f"missing {' '.join(sorted(mention.name for mention in mentions))}")
        there = {uid for _, uid in self.objects}
        return {mention: there for mention in mentions if mention.name not in there}

    async def check_settings(self) -> None:
        if "check_settings" in self.faults:
            raise self.faults["check_settings"]

    async def list(self, type_: str) -> Sequence[Listed]:
        return [
            Listed(uid, item["content"].get("title", "")) for (name, uid), item in self.objects.items() if name == type_
        ]

    async def resolve(self, type_: str, id_: str, listed: ListOf) -> Resolved:
        uid = id_
        if id_.startswith("title:"):
            uid = next((one.uid for one in await listed(type_) if one.title == id_.removeprefix("title:")), id_)
        return Resolved(uid, await self.read(type_, uid))

    async def check_supported(
        self, type_: str, given: Mapping[str, Value], values: Mapping[str, Value], live: Live | None
    ) -> None:
        return None

    async def search(self, type_: str, search: Search) -> Sequence[Listed]:
        return ()

    async def survey(
        self, type_: str, known: Mapping[str, Version], on_found: OnFound = ignore_found
    ) -> Mapping[str, Live | None]:
        return {uid: self._live(type_, uid, whole=False) for uid in known}

    async def read(
        self, type_: str, uid: str, desired: Mapping[str, Value] | None = None, expected_version: Version | None = None
    ) -> Live | None:
        return self._live(type_, uid)

    async def original(self, type_: str, uid: str, expected_version: Version | None = None) -> Live | None:
        self.copied.append(uid)
        return self._live(type_, uid)

    async def originals(self, type_: str, uids: Collection[str]) -> AsyncIterator[Sequence[Live]]:
        """Those of the pages that a test has listed: what is not there at its turn is what was there then."""
        for page in self.pages:
            self.calls.append(f"page {' '.join(live.uid for live in page)}")
            yield [live for live in page if live.uid in uids]

    async def read_baseline(self, type_: str, uid: str, version: Version, desired: Mapping[str, Value]) -> Value:
        return None

    async def read_revision(self, type_: str, live: Live) -> Revision:
        return live.revision

    async def resaved(self, type_: str, uid: str, past: Value, there: Value) -> str:
        return ""

    async def read_sent(self, type_: str, uid: str, values: Mapping[str, Value]) -> Value:
        return None

    async def is_trashed(self, type_: str, uid: str) -> bool:
        return (type_, uid) in self.trash

    async def named(self, type_: str) -> Distinct | None:
        if type_ != TAG.name:
            return None
        self.listed.append(type_)
        mine = [(uid, item) for (kind, uid), item in self.objects.items() if kind == type_]
        return Distinct({f'title "{item["content"]["title"]}"': uid for uid, item in mine})

    async def contents(self, type_: str, uid: str) -> Sequence[Held]:
        inside = [key for key, item in self.objects.items() if item["content"].get("box") == uid]
        return [Held(f"{kind} {name}", kind, name, "box") for kind, name in inside]

    async def dependents(self, type_: str, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        self.calls.append(f"dependents {' '.join(uids)}")
        return {uid: self.dependents_of.get(uid, []) for uid in uids}

    async def forbidden(self, writes: Collection[tuple[str, Verb]]) -> Mapping[tuple[str, Verb], str]:
        self.asked.append(frozenset(writes))
        return {write: role for write, role in self.forbids.items() if write in writes}

    async def lookup(self, type_: str, values: Mapping[str, Value]) -> Mapping[str, JsonValue]:
        for _, uid in [key for key, item in self.objects.items() if item["content"].get("title") == values["title"]]:
            return {"uid": uid}
        raise ValueProblem("title", "Nothing has this title")

    async def create(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live:
        uid = values["uid"]
        self._call("create", uid)
        if (type_, uid) in self.objects:
            raise Conflict(f"{uid} exists")
        return self._save(type_, uid, values)

    async def restore(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live:
        uid = values["uid"]
        self._call("restore", uid)
        self.trash.remove((type_, uid))
        return self._save(type_, uid, values)

    async def update(
        self, type_: str, uid: str, values: Mapping[str, Value], expected_version: Version, made: Made = untold
    ) -> Live:
        self._call("update", uid)
        if self.objects[type_, uid]["version"] != expected_version["version"]:
            raise Conflict(f"{uid} has moved")
        return self._save(type_, uid, values)

    async def delete(
        self,
        type_: str,
        uid: str,
        attributes: Mapping[str, JsonValue],
        deleted_with_parent: bool = False,
        expected_version: Version | None = None,
        precondition: str = "",
    ) -> None:
        if deleted_with_parent:
            return
        self._call("delete", uid)
        if precondition not in ("", str(self.objects[type_, uid]["version"])):
            raise Conflict(f"{uid} is not {precondition}")
        held = [name for (_, name), item in self.objects.items() if item["content"].get("box") == uid]
        if held:
            raise Refused(f"{uid} holds {held}")
        self.objects.pop((type_, uid), None)
        if type_ == "fake_box":
            self.objects.pop(("fake_lid", uid), None)

    async def check_health(self, type_: str, uid: str) -> str:
        self._call("check", uid)
        return ""

    def stop_waiting(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def _call(self, verb: str, uid: str) -> None:
        assert not self.read_only, "a plan must not write"
        self.calls.append(f"{verb} {uid}")
        if f"{verb} {uid}" in self.faults:
            raise self.faults.pop(f"{verb} {uid}")

    def _save(self, type_: str, uid: str, values: Mapping[str, Value]) -> Live:
        content = {key: reveal(values[key]) for key in ("title", "box", "size") if key in values}
        for (kind, other), item in self.objects.items():
            if kind == type_ == TAG.name and other != uid and item["content"].get("title") == content["title"]:
                raise Taken(f"{other} has the title {content['title']}")
        self.put(type_, uid, **{"size": 1, **content})
        self.objects[type_, uid]["secrets"] = frozenset({"token"} if values.get("token") else ())
        live = self._live(type_, uid)
        assert live is not None
        return live

    def _live(self, type_: str, uid: str, whole: bool = True) -> Live | None:
        item = self.objects.get((type_, uid))
        if item is None:
            return None
        content = item["content"] if whole else None
        attributes = {
            **item["attributes"],
            "url": f"/{uid}",
            **({"size": item["content"]["size"]} if "size" in item["content"] else {}),
        }
        told = {"password": Secret(self.password)} if whole and type_ == VAULT.name else {}
        keys = item.get("secrets", frozenset())
        return Live(uid, {"version": item["version"]}, attributes, content, keys, secrets=told, document=content)


class MemoryStore:
    """A state.store.StateStore; the journal is a file, as everywhere."""

    saves_every = math.inf

    def __init__(self, journal: Path) -> None:
        self.state = State("lineage")
        self.journal = FileLog(journal)
        self.cipher: Cipher = Plain()
        self.written: list[State] = []

    def read(self) -> State:
        return replay(self.state, self.journal.read(), self.journal)

    def write(self, state: State) -> None:
        self.state = state
        self.written.append(state)

    def rescue(self, state: State) -> str:
        return ""


BOX, ITEM = FakeType("fake_box"), FakeType("fake_item")
SLOT = FakeType("fake_slot", create_first=False)
TAG = FakeType("fake_tag", create_first=False, is_named=True)
SHOT = FakeType("fake_shot", immutable=True)
LID = FakeType("fake_lid", part_of="fake_box", delete_note="The box is open then.")
LAMP = FakeType("fake_lamp", capabilities=Capabilities(kept_if_named=True), create_first=False)
VAULT = FakeType("fake_vault", undeletable_reason="nothing takes a vault away", attrs=VAULT_ATTRS)


def address(text: str) -> Address:
    return Address.parse(text)


def config_of(text: str) -> Config:
    """The configuration in a TOML text; it has to have the right shape."""
    problems: list[Any] = []
    config = build_config(Path(), [parse_source(text, "main.toml")], problems)
    assert problems == []
    return config


class World:
    """A server, a state, and what a person does with them."""

    def __init__(self, root: Path) -> None:
        self.server = FakeServer()
        self.store = MemoryStore(root / "journal")
        self.parallelism = 1
        self.opened: dict[str, Mapping[str, Value]] = {}

    def types(self) -> Mapping[str, ProviderType]:
        def open_(name: str, settings: Mapping[str, Value], read_only: bool, context: RunContext) -> FakeServer:
            self.server.read_only = read_only
            self.opened[name] = settings
            return self.server

        resources = {type_.name: type_ for type_ in (BOX, ITEM, SLOT, TAG, SHOT, LID, LAMP, VAULT)}
        lookups = {"fake_item": FakeLookup("fake_item")}
        settings = {"url": Attr(), "auth": Attr(secret=True)}
        return {"fake": ProviderType("fake", "", settings, resources, lookups, open_)}

    def build(self, text: str | Path, variables: Mapping[str, Value] | None = None) -> Build:
        """The graph of a configuration: of a text, or of a directory with its modules."""
        config = load_config(text) if isinstance(text, Path) else config_of(text)
        assert check_config(config, self.types(), FUNCTION_NAMES) == []
        recorded = {record.address: record.uid for record in self.store.read().records.values()}
        scope = Scope(config, variables or {}, functions_of(config, {}, NOW))
        return build_graph(config, self.types(), scope, recorded)

    def plan(self, text: str | Path, **options: Any) -> Plan:
        variables = options.pop("variables", {})
        build = self.build(text, variables)

        async def work() -> Plan:
            session = Session(build.config, self.types(), RunContext(Path(), {}, lambda: NOW), read_only=True)
            planner = Planner(build, self.store.read(), session, Options(**options))
            try:
                return await planner.make()
            finally:
                await session.close()

        return asyncio.run(work())

    def actions(self, text: str | Path, **options: Any) -> dict[str, Action]:
        """What a plan would do, without what it leaves alone."""
        changes = self.plan(text, **options).changes
        return {str(change.address): change.action for change in changes if change.action is not Action.NOOP}

    def apply(self, text: str | Path, plan: Plan | None = None, **options: Any) -> ApplyResult:
        """Plan, unless there is a plan, and carry it out; what was called is in `server.calls`."""
        plan = plan or self.plan(text, **options)
        build = self.build(text, options.get("variables"))
        self.server.calls.clear()

        async def work() -> ApplyResult:
            session = Session(build.config, self.types(), BARE, read_only=False)
            ledger = Ledger(self.store, self.store.read())
            try:
                return await Applier(build, plan, session, ledger, self.parallelism).run()
            finally:
                await session.close()

        return asyncio.run(work())

    def known(self) -> dict[str, str]:
        """uids by address, as the state has them."""
        return {str(record.address): record.uid for record in self.store.read().records.values()}
