"""drift: each provider looked at by itself, so that one that is down hides nothing of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.measuring import stage
from hcl_lite.core.progress import telling_progress
from hcl_lite.core.provider_errors import ProviderError
from hcl_lite.core.redacted import all_redacted
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Live, Version
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change, Outside
from hcl_lite.engine.planning.drift import OUTSIDE
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.engine.server_faults import fault_of
from hcl_lite.lang.evaluation.expand import name_of, provider_address
from hcl_lite.operations.bulk_import.inventory import find_objects
from hcl_lite.operations.bulk_import.known import know
from hcl_lite.operations.bulk_import.model import Found, Inventory, Selection
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.drifting.model import Drift, Drifted, Unmanaged, Unseen
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build, make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs
from providers.transport.kept_answers import keeping_answers
from providers.transport.tally import counting_requests
from state.model import Record, State

_GONE = "it is gone from the server"
_FEW = 50  # unmanaged objects of which each is asked who has saved it
_SAVED = "it was saved outside of hcl-lite"


@operation
def find_drift(context: RunContext, inputs: Inputs, caller: Caller, *, takes_all: bool = False) -> Drift:
    """Returns what has been changed outside since the last apply, and what nobody manages in managed folders, or
    with `takes_all` anywhere. Nothing is written, and no state locked. Raises HclError where nothing can be looked
    at."""
    project = load_project(context, inputs)
    with telling_progress(caller.told):
        return run_async(lambda: _Look(project, caller, takes_all).find())


class _Look:
    """One look at a project, which collects what it finds."""

    def __init__(self, project: Project, caller: Caller, takes_all: bool) -> None:
        self.project, self.caller, self.takes_all = project, caller, takes_all
        self.state = project.store.read()
        self.gone: set[tuple[str, str]] = set()
        self.build: Build | None = None  # of the last plan, where one was made

    async def find(self) -> Drift:
        """All of it, provider by provider."""
        with counting_requests() as tally, keeping_answers():
            records = _by_provider(self.state)
            changes: list[Change] = []
            unseen: list[Unseen] = []
            for provider, own in records.items():
                try:
                    changes += await self._planned([*own], is_all=len(records) == 1)
                except (HclError, ProviderError) as error:
                    unseen.append(Unseen(provider, len(own), _problems(error, self.project)))
            self.gone = {(one.address.type, one.uid) for one in changes if one.action is Action.FORGET}
            with stage("list"):
                unmanaged, left = await self._unmanaged(unseen)
        drifted = [*_drifted(changes)]
        return Drift(
            changed=drifted,
            unmanaged=unmanaged,
            unseen=tuple(unseen),
            left=left.left,
            in_step=len(changes) - len(drifted),
            requests=tally.requests,
        )

    async def _planned(self, records: Sequence[Record], *, is_all: bool) -> Sequence[Change]:
        """Returns the changes of the objects of a provider since the state saw them."""
        targets = () if is_all else tuple(record.address for record in records)
        plan, self.build = await make_plan(self.project, self.state, Options(refresh_only=True, targets=targets))
        wanted = {record.address for record in records}
        return [change for change in plan.changes if change.record is not None and change.address in wanted]

    async def _unmanaged(self, unseen: list[Unseen]) -> tuple[Sequence[Unmanaged], Inventory]:
        """Returns the unmanaged objects on the servers that are up; those that fail now are added to `unseen`."""
        build = self.build or await make_build(self.project, self.state)
        session = Session(build.config, self.project.providers, self.project.context, read_only=True)
        found: list[Unmanaged] = []
        inventory = Inventory()
        try:
            for provider in await self._open(build, session, unseen):
                try:
                    listed = await self._list(build, session, provider)
                    found += await _told_of(session, provider, listed.found)
                    inventory += Inventory((), listed.left)
                except (HclError, ProviderError) as error:
                    unseen.append(Unseen(provider, 0, _problems(error, self.project)))
        finally:
            await session.close()
        return found, inventory

    async def _open(self, build: Build, session: Session, unseen: list[Unseen]) -> Sequence[str]:
        """The providers that are up, one for each server."""
        declared = [name_of(block.address) for block in build.config.of_kind(Kind.PROVIDER)]
        down = {one.provider for one in unseen}
        by_server: dict[object, str] = {}
        for name in dict.fromkeys([*declared, *_by_provider(self.state)]):
            if name in down:
                continue
            try:
                if provider_address(name) in build.config.blocks:
                    await prepare(build, self.state, session, provider_address(name))
                if not session.is_deferred(name):
                    by_server.setdefault((session.get(name).origin, session.type_of(name).name), name)
            except (HclError, ProviderError) as error:
                unseen.append(Unseen(name, 0, _problems(error, self.project)))
        return [*by_server.values()]

    async def _list(self, build: Build, session: Session, provider: str) -> Inventory:
        """Lists the unmanaged objects of a provider: in managed folders, and of all types where all is asked for. Parts
        and pieces of others, such as permissions, are left out: these have no list, and each would be asked for."""
        types = session.type_of(provider).resources
        whole = [t for t in types.values() if not t.part_of and not t.capabilities.piece]
        listed = tuple(t.name for t in whole if t.capabilities.expiry is None)
        managed = know(build, self.state, session, {}).managed
        holding = {name for name, type_ in types.items() if type_.capabilities.content}
        there = [key for key in managed if key[0] == provider and key[1] in holding]
        folders = tuple(sorted(uid for _, type_, uid in there if (type_, uid) not in self.gone))
        if not self.takes_all and not folders:
            return Inventory()
        selection = Selection(listed, () if self.takes_all else folders, everything=True)
        return await find_objects(session, [provider], managed, selection, self.caller.told)


async def _told_of(session: Session, provider: str, found: Sequence[Found]) -> list[Unmanaged]:
    """Those that somebody could manage, with who made them what they are where the server tells: by a call for each
    where they are few."""
    reader = session.get(provider)
    there: dict[tuple[str, str], Live | None] = {}
    for type_ in dict.fromkeys(one.type.name for one in found):
        known: dict[str, Version] = {one.uid: {} for one in found if one.type.name == type_}
        surveyed = await reader.survey(type_, known)
        there |= {(type_, uid): live for uid, live in surveyed.items()}
    pairs = [(one, there.get((one.type.name, one.uid))) for one in found]
    free = [(one, live) for one, live in pairs if live is not None and not live.fixed]
    if len(free) <= _FEW:
        read = [reader.read_revision(one.type.name, live) for one, live in free]
        free = [
            (one, replace(live, revision=revision.or_else(live.revision)))
            for (one, live), revision in zip(free, await asyncio.gather(*read), strict=True)
        ]
    return [_unmanaged(one, live) for one, live in free]


def _unmanaged(one: Found, live: Live) -> Unmanaged:
    revision = replace(live.revision, message=redact(live.revision.message))
    return Unmanaged(one.provider, one.type.name, one.uid, redact(one.title), tuple(map(redact, one.path)), revision)


def _by_provider(state: State) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = {}
    for record in state.records.values():
        found.setdefault(record.provider, []).append(record)
    return found


def _problems(error: HclError | ProviderError, project: Project) -> tuple[Diagnostic, ...]:
    if isinstance(error, HclError):
        return tuple(all_redacted(error.diagnostics))
    return all_redacted((fault_of(error, project.config),))


def _drifted(changes: Iterable[Change]) -> Iterable[Drifted]:
    """The objects that are not as they were left, by what a refresh would take note of. Pure."""
    for change in changes:
        record = change.record
        assert record is not None
        title = next((str(record.attributes[key]) for key in ("title", "name") if record.attributes.get(key)), "")
        told = Drifted(change.address, change.provider, change.uid, redact(title), has_secrets=bool(record.secrets))
        yield from _told(told, change, record)


def _told(told: Drifted, change: Change, record: Record) -> Iterable[Drifted]:
    if change.action is Action.FORGET:
        yield replace(told, reason=_GONE, is_gone=True)
    elif change.action is Action.REFRESH and change.drifted:
        yield replace(told, reason=OUTSIDE, outside=change.outside, differences=change.differences)
    elif change.action is Action.NOOP and record.drifted:
        yield replace(told, reason=f"{OUTSIDE}, as a refresh has noted", outside=Outside())
    elif change.action is Action.REFRESH and record.secrets:
        yield replace(told, reason=_SAVED, outside=change.outside)
