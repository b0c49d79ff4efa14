"""Work on a Grafana that the configuration declares, for the commands that are about what is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from hcl_lite.cli.options import Inputs, variable_options
from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean

if TYPE_CHECKING:
    from hcl_lite.lang.config import Config
    from providers.grafana.client import GrafanaClient

T = TypeVar("T")


def provider_options(function: Callable[..., int]) -> Callable[..., int]:
    """--provider, and the variables that its settings may need."""
    option = click.option(
        "--provider", default="", metavar="NAME", help="Which provider, where there are several: grafana['eu']."
    )
    return option(variable_options(function))


def on_grafana(
    inputs: Inputs, provider: str, work: Callable[[GrafanaClient], Awaitable[T]], *, read_only: bool = True
) -> T:
    """What `work` gives on the Grafana that `provider` names. Raises HclError, and ProviderError."""
    from hcl_lite.cli.project import load_project, make_build, run_async  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.engine.preparing import prepare  # noqa: PLC0415
    from hcl_lite.engine.session import Session  # noqa: PLC0415
    from hcl_lite.lang.expand import provider_address  # noqa: PLC0415
    from providers.grafana.provider import Grafana  # noqa: PLC0415

    project = load_project(inputs)

    async def run() -> T:
        state = project.store.read()
        build = await make_build(project, state)
        name = _chosen(build.config, provider)
        session = Session(build.config, project.providers, read_only)
        try:
            if provider_address(name) in build.config.blocks:
                await prepare(build, state, session, provider_address(name))
            grafana = session.get(name)
            assert isinstance(grafana, Grafana)
            return await grafana.ask(work)
        finally:
            await session.close()

    return run_async(run)


def _chosen(config: Config, name: str) -> str:
    """The name of the Grafana to work on: `name`, or the only one there is. Raises HclError."""
    from hcl_lite.lang.check import provider_type  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.lang.expand import name_of  # noqa: PLC0415

    blocks = [block for block in config.of_kind(Kind.PROVIDER) if provider_type(block) == "grafana"]
    names = [name_of(block.address) for block in blocks] or ["grafana"]
    wanted = name.replace("'", '"')
    if wanted in names:
        return wanted
    if wanted:
        raise HclError(Diagnostic(f"There is no Grafana called {wanted}", did_you_mean(wanted, names)))
    if len(names) > 1:
        hint = f"Say --provider '{names[0]}'."
        raise HclError(Diagnostic("Which Grafana?", f"There are {', '.join(names)}.", hint=hint))
    return names[0]
