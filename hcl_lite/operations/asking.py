"""Calls to a Grafana that the configuration declares or that is named, about what is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
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
from hcl_lite.operations.requests import Inputs, Server
from providers.grafana.client import GrafanaClient, make_client
from providers.grafana.provider import Grafana

T = TypeVar("T")
Work = Callable[[GrafanaClient], Awaitable[T]]


@operation
def call_grafana(context: RunContext, server: Server, work: Work[T], *, read_only: bool = True) -> T:
    """Returns the result of `work` on a Grafana. Raises HclError, and ProviderError."""
    try:
        if _is_declared(context, server):
            return _on_declared(context, server.inputs, server.provider, work, read_only)
        return _on_url(context, server.url, server.auth, work, read_only)
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


def _on_declared(context: RunContext, inputs: Inputs, provider: str, work: Work[T], read_only: bool) -> T:
    """Returns the result of `work` on the Grafana that `provider` of the configuration names."""

    project = load_project(context, inputs)

    async def run() -> T:
        state = project.store.read()
        build = await make_build(project, state)
        name = _chosen(build.config, project.providers, provider)
        session = Session(build.config, project.providers, project.context, read_only)
        try:
            with faults_as_diagnostics(build.config):
                if provider_address(name) in build.config.blocks:
                    await prepare(build, state, session, provider_address(name))
                grafana = session.get(name)
                assert isinstance(grafana, Grafana)
                return await grafana.ask(work)
        finally:
            await session.close()

    return run_async(run)


def _on_url(context: RunContext, url: str | None, auth: str | None, work: Work[T], read_only: bool) -> T:
    """Returns the result of `work` on a Grafana that is named by options or by the environment."""

    try:
        client = make_client({"url": url, "auth": auth}, read_only, context)
    except ValueProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, hint="Give --url, or set GRAFANA_URL.")) from problem

    async def with_client() -> T:
        grafana = Grafana(client)
        try:
            return await grafana.ask(work)
        except ProviderError as error:
            if url is not None or not error.suspects:
                raise
            detail = "Neither a configuration nor --url says which Grafana: GRAFANA_URL does."
            raise HclError(Diagnostic(str(error), detail, hint=error.hint, request_id=error.request_id)) from error
        finally:
            await grafana.close()

    return run_async(with_client)


def _chosen(config: Config, types: Mapping[str, ProviderType], provider: str) -> str:
    """The name of the Grafana to work on: `provider`, or the only one there is. Raises HclError.

    Every provider that has dashboards of Grafana is one, such as amazon_grafana.
    """

    grafanas = {name for name, type_ in types.items() if "grafana_dashboard" in type_.resources}
    blocks = [block for block in config.of_kind(Kind.PROVIDER) if provider_type(block) in grafanas]
    names = [name_of(block.address) for block in blocks] or ["grafana"]
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
