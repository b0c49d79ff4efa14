"""A resource type in a project of its own, and a colleague who has the same object: for test_lifecycle.py."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from hcl_lite.core.places import Place
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.schema.secrecy import declared_secrets
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl, Outcome, Server
from tests.contexts import BARE
from tests.reliability.conftest import Runner
from tests.whole.project import plan_changes
from tests.whole.samples import Change, Json, Sample, block, named, table

NAME = "life"
Arguments = Mapping[str, Json]
Send = Callable[[Any, httpx.Request], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Planned:
    """What a plan would do with the object: of an update, what differs; what becomes of its secrets."""

    action: str
    paths: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def attributes(self) -> set[str]:
        """Which differ, wherever in them."""
        return {path.replace("[", ".").partition(".")[0] for path in self.paths}


@dataclass
class Wire:
    """All writes of this process to servers, each with its body. Of those whose numbers are in `cut` the connection
    breaks: before the work is done, or after it."""

    writes: list[str] = field(default_factory=list)
    cut: dict[int, str] = field(default_factory=dict)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> Wire:
        """Stand between the clients of this process and every server, also an embedded one."""
        for transport in (httpx.ASGITransport, httpx.AsyncHTTPTransport):
            monkeypatch.setattr(transport, "handle_async_request", self._between(transport.handle_async_request))
        return self

    def begin(self, **cut: int) -> None:
        """Forget what was written; break the connection of the writes with these numbers."""
        self.writes.clear()
        self.cut = {number: when for when, number in cut.items()}

    def _between(self, send: Send) -> Send:
        async def handle(transport: Any, request: httpx.Request) -> httpx.Response:
            if request.method == "GET" or b"dryRun" in request.url.query:
                return await send(transport, request)
            body = await request.aread()
            self.writes.append(f"{request.method} {request.url.path} {body.decode()}")
            when = self.cut.get(len(self.writes), "")
            if when == "before":
                raise httpx.ReadError("cut before the work", request=request)
            answer = await send(transport, request)
            if when == "after":
                await answer.aread()
                raise httpx.ReadError("cut after the work", request=request)
            return answer

        return handle


@dataclass(frozen=True)
class Party:
    """A project in `root` with the object of a type; what needs other objects is written by `head`."""

    hcl: Hcl
    root: Path
    type_: ResourceType
    head: str
    needs: str

    @property
    def address(self) -> str:
        return f"{self.type_.name}.{NAME}"

    def write(self, arguments: Arguments | None, **lifecycle: Json) -> None:
        """The configuration: with the object, or without it."""
        needs = {"depends_on": [self.needs]} if self.needs else {}
        given = {**arguments, **lifecycle, **needs} if arguments is not None else None
        text = block("resource", self.type_.name, NAME, given) if given is not None else ""
        (self.root / "main.toml").write_text(self.head + text)

    def call(self, *args: str) -> Outcome:
        """A command, in the directory of this project."""
        os.chdir(self.root)
        return self.hcl(*args)

    def run(self, *args: str) -> str:
        """What a command prints, which has to succeed."""
        outcome = self.call(*args)
        assert outcome.code == 0, f"{args}\n{outcome.out}{outcome.err}"
        return outcome.out

    def apply(self, arguments: Arguments | None, **lifecycle: Json) -> None:
        self.write(arguments, **lifecycle)
        self.run("apply", "--auto-approve")

    def plan(self, arguments: Arguments | None = None) -> Planned:
        """What would become of the object, with other arguments where there are some; of nothing else anything."""
        if arguments is not None:
            self.write(arguments)
        os.chdir(self.root)
        changes = {change["address"]: change for change in plan_changes(self.hcl)}
        change = changes.pop(self.address, None)
        assert not changes, changes.keys()
        if change is None:
            return Planned("no-op")
        is_update = change["action"] == "update"
        paths = tuple(sorted(one["path"] for one in change["differences"])) if is_update else ()
        return Planned(change["action"], paths, change["secrets"] if is_update else {})

    def take(self, arguments: Arguments) -> Planned:
        """Plan, and carry just that out: what there was to do."""
        planned = self.plan(arguments)
        self.run("apply", "p")
        return planned

    def settle(self) -> None:
        """Nothing is left to do."""
        outcome = self.call("plan", "--detailed-exitcode")
        assert outcome.code == 0, outcome.out + outcome.err

    def records(self) -> dict[str, Any]:
        """What the state remembers, by address."""
        state = json.loads((self.root / "hcl-lite.state.json").read_text())
        assert (state["pending"], state["deposed"]) == ([], [])
        return {record["address"]: record for record in state["records"]}

    def record(self) -> dict[str, Any]:
        """What the state remembers of the object."""
        return {**self.records()[self.address]}


@dataclass(frozen=True)
class Life:
    """A type with its sample. `ours` is the project; a `colleague` is one that has taken the same object over."""

    type_: ResourceType
    sample: Sample
    ours: Party
    provider: str
    settings: Mapping[str, Any]
    server: Server
    wire: Wire
    version: str

    @property
    def minimal(self) -> Arguments:
        return named(NAME, self.sample.arguments)

    @property
    def full(self) -> Arguments:
        return named(NAME, self.sample.full)

    def as_planned(self, key: str, change: Change) -> Planned:
        """What the sample says of a change."""
        if not (change.paths or change.secrets):
            return Planned("no-op")
        is_other = change.makes_another(key, self.type_, self.full)
        return Planned("replace") if is_other else Planned("update", change.paths, change.secrets)

    def theirs(self, besides: str) -> Arguments:
        """The full arguments with another value for one of them, which is not `besides` if there are two."""
        if self.sample.theirs:
            return {**self.full, **named(NAME, self.sample.theirs)}
        key, change = next((one for one in self.updates() if one[0] != besides), ("", None))
        return change.of(key, self.full) if change is not None else self.minimal

    def changes(self) -> Iterator[tuple[str, Change]]:
        """Each change of the sample, in its order."""
        for key, change in self.sample.changes.items():
            value, also, paths = named(NAME, [change.value, change.also, change.paths])
            yield key, replace(change, value=value, also=also, paths=tuple(paths))

    def updates(self) -> list[tuple[str, Change]]:
        """Those that anybody can see on the server and take back, and that leave it the same object."""
        attrs = self.type_.attrs
        return [
            (key, change)
            for key, change in self.changes()
            if self.as_planned(key, change).action == "update" and not (attrs[key].secret or attrs[key].client_only)
            if key not in self.sample.one_way
        ]

    def colleague(self, arguments: Arguments) -> Party:
        """Somebody who has the object with the same arguments, and nothing of ours."""
        if self.sample.ours_alone:
            pytest.skip("nobody else has what its arguments refer to")
        root = self.ours.root / "colleague"
        root.mkdir()
        other = Party(self.ours.hcl, root, self.type_, table(f"provider.{self.provider}", self.settings), "")
        other.write(arguments)
        return other

    def meet(self, arguments: Arguments) -> Party:
        """A colleague who has taken our object over by an import."""
        other = self.colleague(arguments)
        other.run("import", other.address, self.ours.record()["uid"])
        return other

    def secrets(self, arguments: Arguments) -> list[Place]:
        """Where there are secrets among `arguments`."""
        return [*declared_secrets(self.type_.attrs, arguments)]

    def listed(self) -> list[str]:
        """The uids of what there is of the type."""
        return [one.uid for one in self._ask(lambda opened: opened.list(self.type_.name))]

    def secret_keys(self) -> frozenset[str] | None:
        """Which secrets the object has on the server; None where it does not tell."""
        if self.version in self.sample.all_told:
            return None
        uid = self.ours.record()["uid"]
        live = self._ask(lambda opened: opened.read(self.type_.name, uid))
        return live.secret_keys

    def told(self) -> str:
        """What the server tells of secrets; nothing where it does not."""
        return json.dumps(self.server.call("GET", self.sample.tells)) if self.sample.tells else ""

    def _ask(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def asked() -> Any:
            opened = PROVIDER_TYPES[self.provider].open(self.provider, self.settings, True, BARE)
            try:
                return await work(opened)
            finally:
                await opened.close()

        return asyncio.run(asked())


@dataclass(frozen=True)
class Killer:
    """Runs in a process of their own. `points` are those at which one is killed, as far as there are so many: any that
    it passes, or the first write to a server."""

    runner: Runner

    @property
    def points(self) -> Iterable[Mapping[str, int]]:
        return ({"kill": n} for n in count(1)) if os.environ.get("HCL_LITE_TEST_KILLS") == "1" else ({"write": 1},)

    def apply(self, root: Path, *, here: bool = False) -> list[int]:
        """The exit code of an apply in `root`; `here` in the process itself, so that its forks need not import."""
        codes: list[int] = self._run(root, here=here)["codes"]
        return codes

    def kill(self, root: Path, point: Mapping[str, int]) -> bool:
        """Whether an apply in `root` came to that point, and was killed there."""
        return bool(self._run(root, **point).get("killed"))

    def _run(self, root: Path, **more: Any) -> dict[str, Any]:
        environment = {"HCL_LITE_FINGERPRINT_KEY": "quick"}
        command = ["apply", "--auto-approve", "--parallelism", "1"]
        return self.runner.run(directory=str(root), environment=environment, commands=[command], **more)
