"""A configuration as it is written to what it stands for: an instance of each block for each key, in each module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean, raise_if_errors
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import ProviderTypes, owners_of, provider_type
from hcl_lite.lang.evaluation.scope import Scope


@dataclass(frozen=True, slots=True)
class Expansion:
    """`config` holds every instance under its own address; `waiting` are blocks whose keys are not known yet."""

    config: Config
    waiting: tuple[Block, ...] = ()


def expand(config: Config, scope: Scope, providers: ProviderTypes) -> Expansion:
    """The instances of `config`. Raises HclError with everything that is wrong with for_each, count and providers."""
    expander = _Expander(config, scope, providers)
    expander.module(())
    expander.choose_providers()
    raise_if_errors(expander.problems)
    return Expansion(replace(config, blocks=expander.blocks), tuple(expander.waiting))


class _Expander:
    """Collects instances, module by module."""

    def __init__(self, config: Config, scope: Scope, providers: ProviderTypes) -> None:
        self.config = config
        self.scope = scope
        self.providers = providers
        self.blocks: dict[Address, Block] = {}
        self.waiting: list[Block] = []
        self.problems: list[Diagnostic] = []
        self._written: dict[tuple[str, ...], list[Block]] = {}
        for block in config.blocks.values():
            self._written.setdefault(block.address.module, []).append(block)

    def module(self, module: tuple[str, ...]) -> None:
        """Everything in one instance of a module; the modules that it calls too."""
        written = Address(Kind.MODULE, "", module=module).written.module
        for block in self._written.get(written, ()):
            for instance in self._instances(replace(block, address=replace(block.address, module=module))):
                self.blocks[instance.address] = instance
                if block.address.kind is Kind.MODULE:
                    self.module(instance.address.inner)

    def _instances(self, block: Block) -> Iterator[Block]:
        if not block.repeats or block.address.kind is Kind.POLICY:  # what it repeats over is a plan
            yield block
            return
        try:
            instances = self.scope.instances(block.address)
        except HclError as error:
            self.problems.extend(error.diagnostics)
            return
        if instances is None:
            self.waiting.append(block)
            return
        for address in instances.values():
            yield replace(block, address=address)

    # --- providers ----------------------------------------------------------------------------------------------------

    def choose_providers(self) -> None:
        """Give each resource and lookup the name of the provider instance that it uses, as the root module knows it."""
        known = {name_of(b.address): b for b in self.blocks.values() if b.address.kind is Kind.PROVIDER}
        for address, block in self.blocks.items():
            if address.kind in (Kind.RESOURCE, Kind.DATA):
                try:
                    self.blocks[address] = replace(block, provider=self._provider_of(block, known))
                except HclError as error:
                    self.problems.extend(error.diagnostics)

    def _provider_of(self, block: Block, known: Mapping[str, Block]) -> str:
        owners = [owner.name for owner in owners_of(block.address.type, block.address.kind, self.providers)]
        if not owners:
            return ""
        # The default is named like a provider type that has the type: the first of those that are declared.
        default = next((owner for owner in owners if owner in known), owners[0])
        name = self._text(block, block.provider, ("provider",)) if block.provider else default
        said: tuple[Block, tuple[str, ...]] = (block, ("provider",))  # where the name stands
        inner = block
        while inner.address.module:
            call = self.scope.instance(inner.address.caller)
            passed = call.body.get("providers", {})
            if name in passed:
                said = (call, ("providers", name))
                name = self._text(call, passed[name], ("providers", name))
            inner = call
        if name in known and provider_type(known[name]) in owners:
            return name
        fitting = {key: provider_type(b) for key, b in known.items() if provider_type(b) in owners}
        # What no block declares is set up by the environment: the default one only where there is no other.
        others = [key for key, type_ in fitting.items() if type_ == name] if block.provider else list(fitting)
        waits = any(b.address.name == name.partition("[")[0] for b in self.waiting if b.address.kind is Kind.PROVIDER)
        if waits or (name in owners and not others):
            return name
        if name == default and not block.provider:
            raise HclError(
                Diagnostic(
                    f"Which provider is {block.address} for?",
                    f"There are {', '.join(fitting)}; none is the default one, which is named {default}.",
                    block.place(),
                    f"Pass it to the module: providers = {{ {name} = {_quoted(others[0])} }}"
                    if block.address.module
                    else f"Say provider = {_quoted(others[0])}.",
                    str(block.address),
                )
            )
        summary = f'There is no provider "{name}" for {block.address.type}'
        place = said[0].value_place(*said[1])
        raise HclError(Diagnostic(summary, did_you_mean(name, fitting), place, address=str(block.address)))

    def _text(self, block: Block, value: object, path: tuple[str, ...]) -> str:
        found = self.scope.evaluate(block, value, path)
        if not isinstance(found, str):
            detail = 'Expected the name of a provider block, such as grafana, or grafana["eu"] for an instance.'
            summary = "Which provider to use must be known when planning"
            raise HclError(Diagnostic(summary, detail, block.value_place(*path), "", str(block.address)))
        return found.replace("'", '"')  # either quotes, as --provider takes them


def name_of(provider: Address) -> str:
    """The name by which resources and the state speak of a provider instance: grafana, or grafana["eu"]."""
    return str(provider).removeprefix("provider.")


def provider_address(name: str) -> Address:
    """The address of the provider instance that `name` speaks of."""
    try:
        return Address.parse(f"provider.{name}")
    except ValueError:
        return Address(Kind.PROVIDER, name)


def _quoted(name: str) -> str:
    return f"'{name}'" if '"' in name else f'"{name}"'
