"""One configuration with a block of each type of provider grafana, made of the samples in tests/providers/cases, whose
blocks name each other by references; and all that is on its server."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.values import reveal
from providers.registry import PROVIDER_TYPES
from tests.conftest import Server
from tests.contexts import BARE
from tests.whole.samples import RESOURCES, Change, Json, Sample, block, blocks, named
from tests.whole.terraform_states import resource, state

TYPES = PROVIDER_TYPES["grafana"].resources
_NAMED_BY = ("uid", "name", "email")
Arguments = Mapping[str, Json]
Planned = tuple[str, tuple[str, ...], Mapping[str, str]]


@dataclass(frozen=True)
class Member:
    """The block of one type, with what has to be there before it: `around`, in TOML."""

    type_: str
    name: str
    around: str
    full: Arguments
    changes: tuple[tuple[str, Change], ...]
    sample: Sample

    @property
    def address(self) -> str:
        return f"{self.type_}.{self.name}"

    def after(self, rounds: int) -> Arguments:
        """The arguments with so many of the changes made, one after the other."""
        arguments = self.full
        for key, change in self.changes[:rounds]:
            arguments = change.of(key, arguments)
        return arguments

    def planned(self, round_: int) -> Planned | None:
        """Action, paths and secrets of what a plan says of a change; None where it is no change of the object."""
        if round_ >= len(self.changes):
            return None
        return self._planned(*self.changes[round_])

    @property
    def updates(self) -> list[tuple[str, Change]]:
        """The changes that anybody can see on the server and take back, and that leave it the same object."""
        attrs = TYPES[self.type_].attrs
        return [
            (key, change)
            for key, change in self.changes
            if not (attrs[key].secret or attrs[key].client_only or key in self.sample.one_way)
            if (told := self._planned(key, change)) and told[0] == "update"
        ]

    def updated(self) -> Arguments:
        """The arguments with the first of these changes."""
        return next((change.of(key, self.full) for key, change in self.updates), self.full)

    def theirs(self) -> Arguments:
        """The arguments as a colleague has them who has changed something else, where there is something else."""
        if self.sample.theirs:
            return {**self.full, **named(self.name, self.sample.theirs)}
        return next((change.of(key, self.full) for key, change in reversed(self.updates)), self.full)

    @property
    def has_secrets(self) -> bool:
        """Whether there are secrets among its arguments which an update sets."""
        type_ = TYPES[self.type_]
        return not type_.immutable and any(declared_secrets(type_.attrs, self.full))

    def _planned(self, key: str, change: Change) -> Planned | None:
        if not (change.paths or change.secrets):
            return None
        if change.makes_another(key, TYPES[self.type_], self.full):
            return "replace", (), {}
        return "update", tuple(sorted(change.paths)), change.secrets


def member(type_: str) -> Member:
    """The sample of a type, whose texts have a name of its own."""
    sample, name = RESOURCES[type_], type_.replace("grafana", "every")
    around = named(name, tomllib.loads(sample.before).get("resource", {}))
    references = dict(_references(around))

    def referring(value: Json) -> Json:
        if isinstance(value, str):
            return references.get(value, value)
        if isinstance(value, list):
            return [referring(item) for item in value]
        return {key: referring(item) for key, item in value.items()} if isinstance(value, Mapping) else value

    def told(value: Json) -> Json:
        return referring(named(name, value))

    full = told(sample.full)
    needs = {"depends_on": [named(name, sample.needs)]} if sample.needs and "${" not in json.dumps(full) else {}
    changes = tuple(
        (key, replace(change, value=told(change.value), also=told(change.also), paths=tuple(named(name, change.paths))))
        for key, change in sample.changes.items()
    )
    return Member(type_, name, blocks({"resource": around}), {**full, **needs}, changes, sample)


def _references(around: Mapping[str, Mapping[str, Arguments]]) -> Iterator[tuple[str, str]]:
    """What blocks are known by, each with a reference to it."""
    for type_, blocks_ in around.items():
        for name, arguments in blocks_.items():
            if type_ == "grafana_dashboard":
                model = arguments.get("config") or json.loads(arguments["config_json"])
                yield model["uid"], f"${{{type_}.{name}.uid}}"
            for key in _NAMED_BY:
                if key in arguments:
                    yield arguments[key], f"${{{type_}.{name}.{key}}}"


MEMBERS = tuple(map(member, TYPES))
ROUNDS = max(len(member.changes) for member in MEMBERS)


def configuration(arguments: Callable[[Member], Arguments], members: Iterable[Member] = MEMBERS) -> str:
    """All members, each with its arguments."""
    return "".join(one.around + block("resource", one.type_, one.name, arguments(one)) for one in members)


def imports(records: Iterable[Mapping[str, Any]]) -> str:
    """An import block for each object that can be found again."""
    return "".join(f"[[import]]\nto = {json.dumps(one['address'])}\nid = {json.dumps(one['uid'])}\n" for one in records)


def terraform_state(records: Iterable[Mapping[str, Any]]) -> str:
    """A state of Terraform that tells of the same objects."""
    return state(*map(_stated, records))


def _stated(record: Mapping[str, Any]) -> Json:
    type_, name = record["address"].split(".")
    uid, attributes = record["uid"], record["attributes"]
    match type_:
        case "grafana_contact_point":  # a block of its kind for each way to notify
            ways = {attributes["type"]: [{"uid": uid}]}
            return resource(type_, name, {"id": f"1:{attributes['name']}", "name": attributes["name"], **ways})
        case "grafana_notification_policy":  # no more than four levels
            attributes = {**attributes, "policy": []}
        case "grafana_dashboard_public":
            uid = f"{attributes['dashboard_uid']}:{attributes['uid']}"
    is_of_server = type_ in ("grafana_user", "grafana_organization", "grafana_sso_settings")
    return resource(type_, name, {"id": uid if is_of_server else f"1:{uid}", "uid": uid, **attributes})


def inventory(server: Server) -> dict[tuple[str, str], str]:
    """Every object of every type that is on a server, by its type and its uid; not what 12.4 still lists and has no
    more, such as a folder that was deleted."""

    async def work() -> dict[tuple[str, str], str]:
        opened = PROVIDER_TYPES["grafana"].open("grafana", {"url": server.url, "auth": server.auth}, True, BARE)
        try:
            return {
                (type_, one.uid): f"{one.title} {reveal(found.content)}"
                for type_ in TYPES
                for one in await opened.list(type_)
                if (found := await opened.read(type_, one.uid)) is not None
            }
        finally:
            await opened.close()

    return asyncio.run(work())


def owners(objects: Mapping[tuple[str, str], str]) -> set[str]:
    """The addresses of the members that objects belong to; what belongs to none stands for itself."""
    members = sorted(MEMBERS, key=lambda one: len(one.name), reverse=True)
    texts = [f"{key} {content}" for key, content in objects.items()]
    return {next((one.address for one in members if one.name in text), text) for text in texts}
