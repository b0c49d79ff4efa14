"""Every provider there is: one line here makes one known."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import ProviderType
from providers.grafana.amazon import PROVIDER as AMAZON_GRAFANA
from providers.grafana.provider import PROVIDER as GRAFANA
from providers.headspin.provider import PROVIDER as HEADSPIN

_ALL = (GRAFANA, AMAZON_GRAFANA, HEADSPIN)
PROVIDER_TYPES: Mapping[str, ProviderType] = {provider.name: provider for provider in _ALL}
