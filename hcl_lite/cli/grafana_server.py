"""Work on a Grafana that the configuration declares or --url names, for the commands about what is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.options import variable_options
from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.schema import ProviderError, ProviderType, ValueProblem
from hcl_lite.operations.requests import Inputs

if TYPE_CHECKING:
    from hcl_lite.lang.config.config import Config
    from providers.grafana.client import GrafanaClient

T = TypeVar("T")
Work = Callable[["GrafanaClient"], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Server:
    """Which Grafana: the one at `url`, or a provider of the configuration."""

    url: str | None
    auth: str | None
    provider: str
    inputs: Inputs

    def call(self, work: Work[T], *, read_only: bool = True) -> T:
        """What `work` gives there. Raises HclError, and ProviderError."""
        try:
            if self._is_declared:
                return _on_declared(self.inputs, self.provider, work, read_only)
            return _on_url(self.url, self.auth, work, read_only)
        except ValueProblem as problem:
            raise HclError(Diagnostic(problem.summary, problem.detail, hint=problem.hint)) from problem

    def check_unmanaged(self, type_: str, *uids: object) -> None:
        """Raises HclError where the state of this directory has one of `uids`: it would only be made again.

        Without a provider that says which Grafana it is, an object of the same uid on another one counts, too.
        """
        from hcl_lite.operations.project import load_store  # noqa: PLC0415 - loaded where it is used

        for record in load_store(here()).read().all_records():
            if record.address.type != type_ or record.uid not in map(str, uids):
                continue
            if self._is_declared and self.provider and record.provider != _name(self.provider):
                continue
            hint = f"Take its block away and apply; or give it up here first: hcl-lite state rm '{record.address}'."
            raise HclError(Diagnostic(f"{record.uid} is managed here, by {record.address}", "", hint=hint))

    @property
    def _is_declared(self) -> bool:
        return self.url is None and self.auth is None and any(Path().glob("*.toml"))


def server_options(command: Callable[..., int]) -> Callable[..., int]:
    """--url, --auth, --provider and the variables that its settings may need: the command gets them as `server`."""

    @wraps(command)
    def with_server(url: str | None, auth: str | None, provider: str, inputs: Inputs, **options: Any) -> int:
        return command(server=Server(url, auth, provider, inputs), **options)

    for option in (
        click.option("--auth", metavar="AUTH", help="Token, or user:password. Default: GRAFANA_AUTH."),
        click.option("--url", metavar="URL", help="Of the Grafana, where no configuration is to say it."),
    ):
        with_server = option(with_server)
    named = click.option(
        "--provider", default="", metavar="NAME", help="Which provider, where there are several: grafana['eu']."
    )
    return named(variable_options(with_server))


def _on_declared(inputs: Inputs, provider: str, work: Work[T], read_only: bool) -> T:
    """What `work` gives on the Grafana of the configuration that `provider` names."""
    from hcl_lite.engine.open_providers import Session  # noqa: PLC0415
    from hcl_lite.engine.prerequisites import prepare  # noqa: PLC0415
    from hcl_lite.engine.server_faults import told_of_faults  # noqa: PLC0415
    from hcl_lite.lang.evaluation.expand import provider_address  # noqa: PLC0415
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.planning import make_build  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.project import load_project  # noqa: PLC0415 - loaded where it is used
    from providers.grafana.provider import Grafana  # noqa: PLC0415

    project = load_project(here(), inputs)

    async def run() -> T:
        state = project.store.read()
        build = await make_build(project, state)
        name = _chosen(build.config, project.providers, provider)
        session = Session(build.config, project.providers, project.context, read_only)
        try:
            with told_of_faults(build.config):
                if provider_address(name) in build.config.blocks:
                    await prepare(build, state, session, provider_address(name))
                grafana = session.get(name)
                assert isinstance(grafana, Grafana)
                return await grafana.ask(work)
        finally:
            await session.close()

    return run_async(run)


def _on_url(url: str | None, auth: str | None, work: Work[T], read_only: bool) -> T:
    """What `work` gives on a Grafana that is named here, or by the environment."""
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415 - loaded where it is used
    from providers.grafana.client import make_client  # noqa: PLC0415
    from providers.grafana.provider import Grafana  # noqa: PLC0415

    try:
        client = make_client({"url": url, "auth": auth}, read_only, here())
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
    from hcl_lite.lang.config.check import provider_type  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.lang.evaluation.expand import name_of  # noqa: PLC0415

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
