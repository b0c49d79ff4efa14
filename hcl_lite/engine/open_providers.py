"""The providers of one run, each opened once with its settings, with one survey for each type."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.paths import ObjectPath
from hcl_lite.core.progress import outside_steps
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import (
    Bound,
    Distinct,
    Listed,
    Live,
    Mention,
    Origin,
    ProviderType,
    Resolved,
    ResourceType,
    ValueProblem,
    Version,
    Writer,
)
from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import Arguments, arguments_of, evaluate_resource, problem_at
from hcl_lite.engine.survey import Survey
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import ProviderTypes, provider_type
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.lang.evaluation.scope import Scope
from state.model import ObjectKey

_CALLS_AT_ONCE = 128
"""Calls that are under way to all servers together: each takes a connection, of which a process may have few."""


@dataclass
class Session:
    """Opened providers by the name of their block. With `read_only` they cannot send a write.

    A provider whose settings are known only after apply is deferred while planning: it is not called.
    """

    config: Config
    types: ProviderTypes
    context: RunContext
    read_only: bool
    expected: Mapping[tuple[str, str], Mapping[str, Version]] = field(default_factory=dict)
    """The uids to survey with the versions that are remembered, by provider name and resource type."""
    around: Callable[[str, Writer], Writer] = lambda _, writer: writer
    """What is put around the provider of a block when it is opened."""
    gives_up: Callable[[ObjectKey], None] = lambda _: None
    """Told of an object that is about to go by another name, before it is changed or deleted in its turn."""

    def __post_init__(self) -> None:
        self.context = replace(self.context, calls=asyncio.Semaphore(_CALLS_AT_ONCE))
        self._open: dict[str, Writer] = {}
        self._deferred: set[str] = set()
        self._types: dict[str, ProviderType] = {}
        self._names: dict[tuple[str, str], asyncio.Task[Distinct | None]] = {}
        self._surveys: dict[tuple[str, str], Survey] = {}
        self._complete: set[tuple[str, str]] = set()  # the surveys of all expected objects of a type
        self._lists: dict[tuple[str, str], asyncio.Task[Sequence[Listed]]] = {}

    def open(self, name: str, settings: Mapping[str, Value]) -> None:
        """Opens the provider of block `name`. Raises ValueProblem for settings that cannot work."""
        given = {key: value for key, value in settings.items() if key != "type"}
        self._open[name] = self.around(name, self.type_of(name).open(name, given, self.read_only, self.context))
        self._deferred.discard(name)

    def is_open(self, name: str) -> bool:
        """Whether the provider of block `name` has been opened."""
        return name in self._open

    def defer(self, name: str) -> None:
        """Marks the provider of block `name` as deferred."""
        self._deferred.add(name)

    def is_deferred(self, name: str) -> bool:
        """Whether the provider of block `name` is opened only by the apply."""
        return name in self._deferred

    def get(self, name: str) -> Writer:
        """Returns an open provider; one without a block is opened with the settings of the environment. Raises HclError
        for a deferred one, and for one that is not among the targets."""
        if name not in self._open:
            block = self.config.blocks.get(provider_address(name))
            if block is not None and name in self._deferred:
                raise HclError(
                    Diagnostic(
                        "A provider's settings must be known to look at what is on its server",
                        "One of them comes from an object that does not exist yet, or is about to change.",
                        block.place(),
                        "Apply that object first with --target.",
                        str(block.address),
                    )
                )
            if block is not None:
                detail = "Objects in the state were made by it, and it is not among the targets."
                raise HclError(
                    Diagnostic(f'Provider "{name}" is needed too', detail, block.place(), "Leave out --target.")
                )
            try:
                self.open(name, {})
            except ValueProblem as problem:
                raise HclError(Diagnostic(problem.summary, problem.detail, hint=problem.hint)) from problem
        return self._open[name]

    def origins(self) -> Mapping[str, Origin]:
        """Returns the origins (server and organisation) of the opened providers, by name."""
        return {name: writer.origin for name, writer in self._open.items()}

    def is_same_server(self, name: str, other: str) -> bool:
        """Whether two opened providers are of one organisation of one server."""
        here, there = self._open.get(name), self._open.get(other)
        return name == other or (here is not None and there is not None and here.origin == there.origin)

    def type_of(self, name: str) -> ProviderType:
        """Returns the type of provider `name`. Raises HclError for a provider that is in the state and is no longer
        declared."""
        if name not in self._types:
            self._types[name] = self._declared_type(name)
        return self._types[name]

    def _declared_type(self, name: str) -> ProviderType:
        block = self.config.blocks.get(provider_address(name))
        # A name that has become one of several instances is no longer that of the default provider.
        gone = block is None and any(b.address.name == name for b in self.config.of_kind(Kind.PROVIDER))
        type_ = None if gone else self.types.get(provider_type(block) if block else name)
        if type_ is None:
            raise HclError(
                Diagnostic(
                    f'The state has objects of provider "{name}", which is no longer declared',
                    "Without its settings they can be neither read nor deleted.",
                    hint=f"Put provider.{name} back (for one apply, where another block is of the same server now), or "
                    "take them out of the state with: hcl-lite state rm ADDRESS",
                )
            )
        return type_

    def resource_type(self, provider: str, type_: str) -> ResourceType:
        """Returns a resource type of a provider. Raises HclError for a type in the state that no provider has."""
        found = self.type_of(provider).resources.get(type_)
        if found is None:
            raise HclError(Diagnostic(f'Provider "{provider}" has no resource type "{type_}"'))
        return found

    async def check_supported(self, block: Block, given: Values, values: Values, live: Live | None = None) -> None:
        """Raises HclError where `block` asks for what its server does not support; `live` is the object to be changed,
        None for a new one."""
        if self.is_deferred(block.provider):
            return
        try:
            await self.get(block.provider).check_supported(block.address.type, given, values, live)
        except ValueProblem as problem:
            raise HclError(problem_at(block, problem)) from problem

    async def arguments(
        self,
        scope: Scope,
        block: Block,
        type_: ResourceType,
        is_coming: Callable[[Mention], bool] = lambda _: False,
        bodies: str = "",
    ) -> Arguments:
        """Returns the evaluated arguments of a resource block, with names of other objects bound; UNKNOWN for what
        `is_coming` says the apply makes, and for all of them where the provider is deferred. With the hash of its
        `bodies`, without these. Raises HclError and ProviderError."""
        arguments = evaluate_resource(scope, block, type_, bodies)
        unbound = type_.unbound(arguments.values)
        if not unbound:
            return arguments
        if self.is_deferred(block.provider):
            unknown = dict.fromkeys((str(one.place[0]) for one in unbound), UNKNOWN)
            return arguments_of(type_, Bound({**arguments.values, **unknown}), bodies)
        try:
            bound = await self.get(block.provider).bind(type_.name, arguments.values, is_coming)
            return arguments_of(type_, bound, bodies)
        except ValueProblem as problem:
            raise HclError(problem_at(block, problem)) from problem

    async def with_bound_paths(self, block: Block, type_: ResourceType) -> Block:
        """Returns `block`, whose ignore_changes have for names in keys what its server knows these by; those that it
        does not find stay. Raises ProviderError."""
        paths = [await self._bound_path(block, type_, path) for path in block.lifecycle.ignore_changes]
        return replace(block, lifecycle=replace(block.lifecycle, ignore_changes=tuple(paths))) if paths else block

    async def _bound_path(self, block: Block, type_: ResourceType, path: ObjectPath) -> ObjectPath:
        match path.steps:
            case (str(attribute), str(key), *below):
                named: Values = {attribute: {key: ""}}
                if self.is_deferred(block.provider) or not type_.unbound(named):
                    return path
                try:
                    bound = await self.get(block.provider).bind(type_.name, named, lambda _: True)
                except ValueProblem:
                    return path
                found = bound.values[attribute]
                return path if found is UNKNOWN else ObjectPath(path.text, (attribute, *found, *below))
        return path

    async def survey(self, provider: str, type_: str, uid: str, expected_version: Version | None = None) -> Live | None:
        """Returns an object without its content, None where it is missing. `expected_version` is the version at which
        it was last seen.

        The first call of a type surveys all expected objects of it at once. Raises ProviderError.
        """
        key = (provider, type_)
        survey = self._survey_of(key)
        if key not in self._complete:
            self._complete.add(key)
            survey.add(self.expected.get(key, {}))
        await survey.wait_for(uid)
        if uid in survey.found:
            return survey.found[uid]
        return await self.get(provider).read(type_, uid, None, expected_version)

    def survey_ahead(self, provider: str, type_: str, known: Mapping[str, Version]) -> None:
        """Begins to survey the objects `known` of a type of an open provider."""
        self._survey_of((provider, type_)).add(known)

    def _survey_of(self, key: tuple[str, str]) -> Survey:
        if key not in self._surveys:
            provider, type_ = key
            self._surveys[key] = Survey(lambda known, on_found: self.get(provider).survey(type_, known, on_found))
        return self._surveys[key]

    async def named(self, provider: str, type_: str) -> Distinct | None:
        """Returns the unique names of a type and their holders, asked for once; None for a type whose names are not
        unique. Raises ProviderError."""
        key = (provider, type_)
        if key not in self._names:
            with outside_steps():
                self._names[key] = asyncio.ensure_future(self.get(provider).named(type_))
        return await asyncio.shield(self._names[key])

    async def listed(self, provider: str, type_: str) -> Sequence[Listed]:
        """Returns all objects of a type, asked for once. Raises ProviderError."""
        key = (provider, type_)
        if key not in self._lists:
            with outside_steps():
                self._lists[key] = asyncio.ensure_future(self.get(provider).list(type_))
        return await asyncio.shield(self._lists[key])

    async def resolve(self, provider: str, type_: str, id_: str) -> Resolved:
        """Returns the object that a person means by `id_`. Raises ValueProblem where there is no telling, and
        ProviderError."""
        return await self.get(provider).resolve(type_, id_, lambda name: self.listed(provider, name))

    async def secrets(self, provider: str, type_: str, uid: str) -> Mapping[str, Secret]:
        """Returns the secret computed attributes of an object, read from its server since no state has them. Raises
        ProviderError."""
        attrs = self.resource_type(provider, type_).attrs.values()
        if provider in self._deferred or not any(attr.computed and attr.secret for attr in attrs):
            return {}
        live = await self.get(provider).read(type_, uid)
        return live.secrets if live is not None else {}

    def stop_waiting(self) -> None:
        """Ends all waits for a retry: no call is tried again."""
        for provider in self._open.values():
            provider.stop_waiting()

    async def close(self) -> None:
        """Closes all opened providers."""
        tasks = (*self._names.values(), *self._lists.values())
        for task in tasks:
            task.cancel()
        closing = (survey.close() for survey in self._surveys.values())
        await asyncio.gather(*tasks, *closing, return_exceptions=True)
        for provider in self._open.values():
            await provider.close()
