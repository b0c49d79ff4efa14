"""A made-up server with one collection, and the provider of its one type: what a strange API does, in little.

It writes durations and sets in its own way, gives an id to each step, tells no secret, and looks at no version.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, ProviderType, Writer
from hcl_lite.core.schema.blocks import Blocks, Duration, Map, Number, Set, by_attribute
from hcl_lite.core.values import Value
from providers.kit.always_there import AlwaysThere
from providers.kit.api import FromList, Rest
from providers.kit.hooks import Needed
from providers.kit.identity import Composite, Name, ServerId, Singleton, Uid
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource, resource
from providers.kit.version import Digest, Field, Fields
from providers.registry import PROVIDER_TYPES
from providers.transport.connection import Connection
from providers.transport.http import HttpClient
from tests.conftest import Hcl

MARK = "[REDACTED]"
_SECRET_KEYS = {"mail": ("password",), "chat": ("token", "auth.secret")}
_PART = {
    "id": Attr("number", computed=True, doc="Given by the server."),
    "name": Attr(required=True, doc="What people see."),
    "wait": Attr(Duration(), wire="waitFor", doc="How long."),
    "size": Attr(Number(), doc="How large."),
    "key": Attr(secret=True, doc="With what."),
}
ATTRS = {
    "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity."),
    "name": Attr(required=True, doc="What people see."),
    "interval": Attr(Duration(), default="1m", doc="How often."),
    "tags": Attr(Set("string"), doc="Words."),
    "token": Attr(secret=True, doc="Who may."),
    "kind": Attr(default="mail", choices=("mail", "chat"), doc="What settings are of."),
    "settings": Attr(Map(secret_keys=by_attribute("kind", _SECRET_KEYS), redacted=MARK), doc="Whatever."),
    "retries": Attr("number", server_default=3, doc="How often."),
    "limit": Attr(Number(), doc="How much."),
    "labels": Attr(Map(Number(), server_keys=("id",)), doc="Numbers by name."),
    "step": Attr(
        Blocks(
            {
                "how": Attr(choices=("fast", "slow"), default="slow", doc="In which way."),
                "note": Attr(client_only=True, doc="For people."),
                "times": Attr("number", server_default=1, doc="How often."),
                "part": Attr(Blocks(_PART), doc="What it is made of."),
                "uid": Attr(computed=True, optional=True, doc="Given by the server."),
                "do": Attr(required=True, doc="What."),
                "for": Attr(Duration(), wire="forTime", doc="How long."),
                "password": Attr(secret=True, doc="With what."),
            }
        ),
        doc="One after the other.",
    ),
}
THING = resource("made_thing", "A thing.", api=Rest("/things"), attrs=ATTRS)
LISTED = resource("made_listed", "A thing that only a list has.", api=Rest("/things", read=FromList()), attrs=ATTRS)
NUMBERED = resource(
    "made_numbered",
    "A thing whose uid the server chooses.",
    api=Rest("/things"),
    identity=ServerId("uid", natural_key="name"),
    attrs={**ATTRS, "uid": Attr(computed=True, stable=True, doc="Given by the server.")},
)
SETTINGS = resource(
    "made_settings",
    "What the server always has.",
    api=AlwaysThere("/settings", {"color": "color", "size": "sizeOfAll"}),
    identity=Singleton("settings"),
    versioned=Digest(of=("color", "sizeOfAll")),
    attrs={
        "color": Attr(computed=True, optional=True, doc="How it looks."),
        "size": Attr(computed=True, optional=True, wire="sizeOfAll", doc="How large it is."),
    },
)
_PLAIN = {
    "folder": Attr(required=True, replaces=True, doc="Where it lies."),
    "name": Attr(required=True, replaces=True, doc="What people see."),
    "text": Attr(doc="What it says."),
}
PAIR = resource(
    "made_pair",
    "A thing that is known by its folder and its name.",
    api=Rest("/pairs", along=("version",)),
    identity=Composite(("folder", "name")),
    versioned=Field("version"),
    attrs=_PLAIN,
)
NAMED = resource(
    "made_named",
    "A thing that is known by its name.",
    api=Rest("/named", items="all", along=("version",)),
    identity=Name(),
    versioned=Fields(("version", "folder")),
    folder="folder",
    mentioned={"folder": Needed("made", built_in=("root",))},
    attrs={**_PLAIN, "folder": Attr(default="root", doc="Where it lies.")},
)
TYPES: Mapping[str, Resource] = {type_.name: type_ for type_ in (THING, LISTED, NUMBERED, SETTINGS, PAIR, NAMED)}
assert isinstance(THING.identity, Uid)


@dataclass
class MadeServer:
    """Its things by uid, whole with their secrets. `lose` says of which calls the answers do not arrive: the work of
    the first is done all the same."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    plain: dict[str, dict[str, Any]] = field(default_factory=lambda: {"pairs": {}, "named": {}})
    settings: dict[str, Any] = field(default_factory=lambda: {"language": "en"})
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = request.url.path
        call = f"{request.method} {path}"
        self.before(call)
        self.calls.append((request.method, path, body))
        collection, _, uid = path.strip("/").partition("/")
        if collection in self.plain:
            answer = self._answer_plain(collection, request.method, uid, body)
        elif path == "/settings":
            answer = self._answer_settings(request.method, body)
        else:
            answer = self._answer(request.method, path.removeprefix("/things").strip("/"), body)
        if call in self.lose:
            self.lose.remove(call)
            raise httpx.ReadError("the answer is lost")
        return answer

    def writes(self) -> list[tuple[str, str, Any]]:
        """What was asked for since the last look."""
        found = [call for call in self.calls if call[0] != "GET"]
        self.calls.clear()
        return found

    def _answer_plain(self, collection: str, method: str, uid: str, body: Any) -> httpx.Response:
        """By names; a PUT has to say the version that it changes."""
        there = self.plain[collection]
        if method == "POST":
            uid = ":".join(body[key] for key in ("folder", "name") if collection == "pairs" or key == "name")
            there[uid] = {**body, "version": 1}
        elif not uid:
            return httpx.Response(200, json={"all": [*there.values()]} if collection == "named" else [*there.values()])
        elif uid not in there:
            return httpx.Response(404, json={"message": "no such thing"})
        elif method == "DELETE":
            return httpx.Response(200, json={"message": str(there.pop(uid)["version"])})
        elif method == "PUT":
            if body["version"] != there[uid]["version"]:
                return httpx.Response(412, json={"message": "another version"})
            there[uid] = {**body, "version": body["version"] + 1}
        return httpx.Response(200, json=there[uid])

    def _answer_settings(self, method: str, body: Any) -> httpx.Response:
        if method == "PUT":
            self.settings = body
        return httpx.Response(200, json=self.settings)

    def _answer(self, method: str, uid: str, body: Any) -> httpx.Response:
        if method == "POST":
            uid = body.get("uid") or f"made-{next(self._numbers)}"
            if uid in self.things:
                return httpx.Response(409, json={"message": "taken"})
            self.things[uid] = self._stored(uid, body, {})
            return httpx.Response(201, json={"uid": uid, "message": "made"})
        if method == "GET" and not uid:
            return httpx.Response(200, json=[self._shown(thing) for thing in self.things.values()])
        if uid not in self.things:
            return httpx.Response(404, json={"message": "no such thing"})
        if method == "GET":
            return httpx.Response(200, json=self._shown(self.things[uid]))
        if method == "DELETE":
            del self.things[uid]
        else:
            self.things[uid] = self._stored(uid, body, self.things[uid])
        return httpx.Response(200, json={"message": "done"})

    def _stored(self, uid: str, body: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        thing = {**copy.deepcopy(dict(body)), "uid": uid}
        if "token" not in thing and "token" in old:
            thing["token"] = old["token"]
        for step in thing.get("step", ()):
            step.setdefault("uid", f"step-{next(self._numbers)}")
            for part in step.get("part", ()):
                part["id"] = next(self._numbers)
        thing["settings"] = _kept(thing.get("settings") or {}, old.get("settings") or {})
        return thing

    def _shown(self, thing: Mapping[str, Any]) -> dict[str, Any]:
        shown = copy.deepcopy({key: value for key, value in thing.items() if key != "token"})
        shown["tags"] = sorted(shown.get("tags") or [], reverse=True)
        shown["interval"] = _own_way(shown.get("interval") or "1m")
        shown["settings"] = _hidden(shown["settings"])
        shown = {"retries": 3, **shown}
        shown.update({key: str(shown[key]) for key in ("limit",) if key in shown})
        shown["labels"] = {"id": "7", **{key: str(value) for key, value in (shown.get("labels") or {}).items()}}
        for step in shown.get("step", ()):
            step.setdefault("times", 1)
            for part in step.get("part", ()):
                part.pop("key", None)
                part["size"] = str(part.get("size", ""))
                part["waitFor"] = _seconds(part.get("waitFor") or "0s")
            step.pop("password", None)
            step["forTime"] = _own_way(step.get("forTime") or "")
        return {**shown, "madeBy": "the server"}


def _own_way(text: str) -> str:
    return {"60m": "1h", "3600s": "1h0m0s", "90s": "1m30s"}.get(text, text)


def _seconds(text: str) -> int:
    return {"90s": 90, "2m": 120}.get(text, 0)


_HIDDEN = {"password", "token", "secret"}


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MARK if key in _HIDDEN else _hidden(item) for key, item in value.items()}
    return value


def _kept(value: Any, old: Any) -> Any:
    if isinstance(value, dict):
        return {key: _kept(item, old.get(key) if isinstance(old, dict) else None) for key, item in value.items()}
    return old if value == MARK else value


def _provider(server: MadeServer) -> ProviderType:
    def open_(name: str, settings: Mapping[str, Value], read_only: bool, context: RunContext) -> Writer:
        connection = Connection("http://made.test", read_only=read_only, retries=0)
        return OpenProvider(
            HttpClient(connection, httpx.MockTransport(server), _at_once), TYPES, {}, "a made-up server", name
        )

    return ProviderType("made", "A made-up server.", {}, TYPES, {}, open_)


async def _at_once(_: float) -> None:
    pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> MadeServer:
    """A made-up server, which the command line knows as the provider "made"."""
    made = MadeServer()
    monkeypatch.setitem(PROVIDER_TYPES, "made", _provider(made))  # type: ignore[arg-type]
    return made


@dataclass
class Made:
    """A configuration for the made-up server, and the command line beside it."""

    hcl: Hcl
    server: MadeServer
    root: Path

    def write(self, text: str) -> None:
        (self.root / "main.toml").write_text(text)

    def run(self, *args: str) -> str:
        """What a command prints; it has to succeed."""
        outcome = self.hcl(*args)
        assert outcome.code == 0, outcome.out + outcome.err
        return outcome.out + outcome.err

    def apply(self, text: str) -> list[tuple[str, str, Any]]:
        """The writes that an apply makes; nothing is left to do after it."""
        self.write(text)
        self.server.writes()
        self.run("apply", "--auto-approve")
        writes = self.server.writes()
        self.run("plan", "--detailed-exitcode")
        return writes

    def state(self) -> str:
        """The state, as text."""
        return (self.root / "hcl-lite.state.json").read_text()


@pytest.fixture
def made(hcl: Hcl, server: MadeServer, tmp_path: Path) -> Made:
    return Made(hcl, server, tmp_path)
