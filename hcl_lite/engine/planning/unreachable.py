"""Servers that a plan finds unreachable, and what of it is left without them: --on-unreachable=skip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Severity
from hcl_lite.core.schema import ProviderError
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.options import OnUnreachable, Options
from hcl_lite.engine.planning.targeting import Targeting
from hcl_lite.engine.server_faults import fault_of
from hcl_lite.engine.skipped_servers import SkippedServer
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.evaluation.expand import provider_address

T = TypeVar("T")


@dataclass
class Unreachable:
    """The faults of unreachable servers by provider, as a plan finds them, and the blocks that failed because of each.

    It takes none where such a fault ends the plan.
    """

    options: Options
    faults: dict[str, ProviderError] = field(default_factory=dict)
    stranded: dict[str, set[Address]] = field(default_factory=dict)

    def takes(self, error: ProviderError, address: Address | None = None) -> bool:
        """Notes the fault of a server that is left out, and the block at `address` that failed. False for a fault that
        is to be reported."""
        if self.options.on_unreachable is not OnUnreachable.SKIP or not (error.is_unreachable and error.provider):
            return False
        self.faults.setdefault(error.provider, error)
        self.stranded.setdefault(error.provider, set()).update([address] if address is not None else ())
        return True

    def left_out(self, targeting: Targeting, session: Session) -> LeftOut:
        """Returns what is left out by now. Raises HclError where nothing would be left."""
        servers: dict[str, list[str]] = {}
        for provider in self.faults:
            servers.setdefault(session.get(provider).origin.url, []).append(provider)
        out: set[Address] = set()
        skipped = []
        for url, providers in servers.items():
            stranded = set[Address]().union(*(self.stranded[name] for name in providers))
            own = targeting.without_servers(providers, stranded) - out
            objects = sum(1 for one in own if one.kind is Kind.RESOURCE and targeting.is_planned(one))
            skipped.append(SkippedServer(tuple(providers), url, str(self.faults[providers[0]]), objects))
            out |= own
        left = targeting.leaving(out) if out else targeting
        if out and not left.options.targets:
            raise HclError(*(fault_of(error, targeting.build.config) for error in self.faults.values()))
        return LeftOut(left, frozenset(out), skipped)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The part of a plan that is left: its `targeting`, without the `addresses` that are left out with `servers`."""

    targeting: Targeting
    addresses: frozenset[Address]
    servers: Sequence[SkippedServer]

    def without(self, found: Mapping[Address, T]) -> dict[Address, T]:
        """Returns those that are left of what was found for each address."""
        return {address: one for address, one in found.items() if address not in self.addresses}


def skip_warning(server: SkippedServer, config: Config) -> Diagnostic:
    """Returns the warning of a server that is left out, at the provider block that it is set up by."""
    blocks = [config.blocks.get(provider_address(name)) for name in server.providers]
    block = next((one for one in blocks if one is not None), None)
    names = ", ".join(str(provider_address(name)) for name in server.providers)
    stay = "they stay as they are, on their servers and in the state."
    return Diagnostic(
        server.summary,
        f"{server.reason}\nLeft out are the objects of {names}, and what depends on them: {stay}",
        block.place() if block is not None else None,
        "Plan again when it can be reached.",
        str(block.address) if block is not None else "",
        Severity.WARNING,
    )
