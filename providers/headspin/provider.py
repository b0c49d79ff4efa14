"""The HeadSpin provider: its resource types and lookups, opened for one organisation."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from hcl_lite.core.lazy_table import LazyTable
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderType, Writer
from hcl_lite.core.values import Value
from providers.headspin.client import SETTINGS, HeadspinClient, make_client
from providers.kit.lookup import Lookup
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource

Values = Mapping[str, Value]

_HERE = "providers.headspin"

# One line here makes a resource type known, or a lookup.
RESOURCE_TYPES: LazyTable[Resource] = LazyTable(
    _HERE, {"headspin_grafana": "account:GRAFANA", "headspin_dashboard": "dashboard:DASHBOARD"}
)
LOOKUPS: LazyTable[Lookup[HeadspinClient]] = LazyTable(
    _HERE,
    {
        "headspin_grafana": "lookups:GRAFANA",
        "headspin_grafana_editor": "lookups:EDITOR",
        "headspin_grafana_viewer": "lookups:VIEWER",
        "headspin_dashboards": "lookups:DASHBOARDS",
    },
)


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
    resources=RESOURCE_TYPES,
    lookups=LOOKUPS,
    open=open_headspin,
    embedded=embedded_settings,
)
