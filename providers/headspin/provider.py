"""The HeadSpin provider: its resource types and lookups, opened for one organisation."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderType, Writer
from hcl_lite.core.values import Value
from providers.headspin.account import GRAFANA
from providers.headspin.client import SETTINGS, HeadspinClient, make_client
from providers.headspin.dashboard import DASHBOARD
from providers.headspin.lookups import LOOKUPS
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource

Values = Mapping[str, Value]

# One line here makes a resource type known.
RESOURCE_TYPES: tuple[Resource, ...] = (GRAFANA, DASHBOARD)


class Headspin(OpenProvider[HeadspinClient]):
    """HeadSpin, open for the organisation of the token."""

    def __init__(self, client: HeadspinClient, name: str = "") -> None:
        super().__init__(client, RESOURCE_TYPES, LOOKUPS, "HeadSpin", name)


def open_headspin(name: str, settings: Values, read_only: bool, context: RunContext) -> Writer:
    """HeadSpin with the settings of a block. Raises ValueProblem."""
    return Headspin(make_client(settings, read_only, context), name)


def embedded_settings(directory: str, name: str) -> Values:
    """A new HeadSpin in a file; every instance of the provider has its own."""
    return {"url": f"embedded:{directory}/{quote(name, safe='')}.db", "auth": "embedded"}


PROVIDER = ProviderType(
    name="headspin",
    doc="HeadSpin, for the Grafana of an organisation; or the embedded HeadSpin.",
    settings=SETTINGS,
    resources={type_.name: type_ for type_ in RESOURCE_TYPES},
    lookups={lookup.name: lookup for lookup in LOOKUPS},
    open=open_headspin,
    embedded=embedded_settings,
)
