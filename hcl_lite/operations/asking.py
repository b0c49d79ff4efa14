"""Calls to a Grafana that the configuration declares or that is named, about what is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderError, ProviderType, ValueProblem
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import provider_type
from hcl_lite.lang.evaluation.expand import name_of, provider_address
from hcl_lite.operations.backend import load_store
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import load_project
from hcl_lite.operations.requests import Server
from providers.grafana.client import GrafanaClient
from providers.grafana.provider import PROVIDER, Grafana
from state.model import State

T = TypeVar("T")
Work = Callable[[GrafanaClient], Awaitable[T]]
Has = Callable[[ProviderType], bool]
"""Whether a provider is one of those that are meant, by its type."""
_DEFAULT = "grafana"  # the provider of a configuration without any


@dataclass(frozen=True, slots=True)
class Asked:
    """A provider that is open in a session: `name` is its block's, `state` what is managed here, where a configuration
    says which server it is."""

    session: Session
    name: str
    state: State | None = None


def _is_grafana(type_: ProviderType) -> bool:
    """Every provider that has dashboards of Grafana is one, such as amazon_grafana."""
    return "grafana_dashboard" in type_.resources


@operation
def call_grafana(context: RunContext, server: Server, work: Work[T], *, read_only: bool = True) -> T:
    """Returns the result of `work` on a Grafana. Raises HclError, and ProviderError."""

    async def ask(asked: Asked) -> T:
        grafana = asked.session.get(asked.name)
        assert isinstance(grafana, Grafana)
        return await grafana.ask(work)

    return ask_provider(context, server, ask, _is_grafana, read_only=read_only)


@operation
def ask_provider(
    context: RunContext,
    server: Server,
    work: Callable[[Asked], Awaitable[T]],
    has: Has = _is_grafana,
    *,
    read_only: bool = True,
) -> T:
    """Returns the result of `work` on the one provider of the configuration that `has` and `server` leave, or on the
    Grafana that is named. Raises HclError, and ProviderError."""
    try:
        if _is_declared(context, server):
            return _on_declared(context, server, work, has, read_only)
        return _on_url(context, server, work, read_only)
    except ValueProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, hint=problem.hint)) from problem


@operation
def check_unmanaged(context: RunContext, server: Server, type_: str, *uids: object) -> None:
    """Raises HclError where the state of this directory has one of `uids`: it would only be made again.

    Without a provider that says which Grafana it is, an object of the same uid on another one counts, too.
    """
    for record in load_store(context).read().all_records():
        if record.address.type != type_ or record.uid not in map(str, uids):
            continue
        if server.provider and record.provider != _name(server.provider) and _is_declared(context, server):
            continue
        hint = f"Take its block away and apply; or give it up here first: hcl-lite state rm '{record.address}'."
        raise HclError(Diagnostic(f"{record.uid} is managed here, by {record.address}", "", hint=hint))


def _is_declared(context: RunContext, server: Server) -> bool:
    return server.url is None and server.auth is None and any(context.directory.glob("*.toml"))


def _on_declared(
    context: RunContext, server: Server, work: Callable[[Asked], Awaitable[T]], has: Has, read_only: bool
) -> T:
    """Returns the result of `work` on the provider of the configuration that `server` names."""

    project = load_project(context, server.inputs)

    async def run() -> T:
        state = project.store.read()
        build = await make_build(project, state)
        name = _chosen(build.config, project.providers, server.provider, has)
        session = Session(build.config, project.providers, project.context, read_only)
        try:
            with faults_as_diagnostics(build.config):
                if provider_address(name) in build.config.blocks:
                    await prepare(build, state, session, provider_address(name))
                session.get(name)
                return await work(Asked(session, name, state))
        finally:
            await session.close()

    return run_async(run)


def _on_url(context: RunContext, server: Server, work: Callable[[Asked], Awaitable[T]], read_only: bool) -> T:
    """Returns the result of `work` on a Grafana that is named by options or by the environment."""

    session = Session(Config(context.directory), {_DEFAULT: PROVIDER}, context, read_only)
    try:
        session.open(_DEFAULT, {"url": server.url, "auth": server.auth})
    except ValueProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, hint="Give --url, or set GRAFANA_URL.")) from problem

    async def run() -> T:
        try:
            return await work(Asked(session, _DEFAULT))
        except ProviderError as error:
            if server.url is not None or not error.suspects:
                raise
            detail = "Neither a configuration nor --url says which Grafana: GRAFANA_URL does."
            raise HclError(Diagnostic(str(error), detail, hint=error.hint, request_id=error.request_id)) from error
        finally:
            await session.close()

    return run_async(run)


def _chosen(config: Config, types: Mapping[str, ProviderType], provider: str, has: Has) -> str:
    """The name of the provider to work on: `provider`, or the only one that is meant. Raises HclError."""

    meant = {name for name, type_ in types.items() if has(type_)}
    blocks = [block for block in config.of_kind(Kind.PROVIDER) if provider_type(block) in meant]
    names = [name_of(block.address) for block in blocks] or [_DEFAULT]
    wanted = _name(provider)
    if wanted in names:
        return wanted
    if wanted:
        raise HclError(Diagnostic(f"There is no Grafana called {wanted}", did_you_mean(wanted, names)))
    if len(names) > 1:
        hint = f"Say --provider '{names[0]}'."
        raise HclError(Diagnostic("Which Grafana?", f"There are {', '.join(names)}.", hint=hint))
    return names[0]


def _name(provider: str) -> str:
    return provider.replace("'", '"')
