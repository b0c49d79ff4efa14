"""Every provider there is: one line here makes one of our own known; installed packages add theirs by entry points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.lazy_table import with_value
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderType, Writer
from hcl_lite.core.values import Value
from providers.grafana.amazon import PROVIDER as AMAZON_GRAFANA
from providers.grafana.provider import PROVIDER as GRAFANA
from providers.headspin.provider import PROVIDER as HEADSPIN
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource
from providers.plugins import PROVIDERS, RESOURCE_TYPES, Plugin, installed_plugins

_ALL = (GRAFANA, AMAZON_GRAFANA, HEADSPIN)
PROVIDER_TYPES: Mapping[str, ProviderType] = {provider.name: provider for provider in _ALL}
_OURS = "hcl-lite"
Types = Mapping[str, ProviderType]


def provider_types() -> Types:
    """All providers by name: ours, and those of installed plugins. Raises HclError for a plugin that cannot be used."""
    plugins = installed_plugins()
    return with_plugins(PROVIDER_TYPES, [(plugin, _load(plugin)) for plugin in plugins]) if plugins else PROVIDER_TYPES


def with_plugins(types: Types, plugins: Sequence[tuple[Plugin, Any]]) -> Types:
    """`types` with what each plugin brings: providers first, then resource types for any of them. Raises HclError."""
    found = dict(types)
    from_: dict[str, str] = {}
    for plugin, provider in _of(plugins, PROVIDERS, ProviderType):
        for name in (provider.name, *provider.resources, *provider.lookups):
            _check_free(name, plugin, found, from_)
        found[provider.name] = provider
        from_.update(dict.fromkeys((provider.name, *provider.resources, *provider.lookups), str(plugin)))
    for plugin, type_ in _of(plugins, RESOURCE_TYPES, Resource):
        _check_free(type_.name, plugin, found, from_)
        owner = _owner(type_.name, plugin, found)
        alike = [provider for provider in found.values() if provider.resources is owner.resources]
        resources = with_value(owner.resources, type_.name, type_)
        for provider in alike:  # amazon_grafana has the types of grafana
            found[provider.name] = replace(provider, resources=resources, open=_opening(provider, type_, plugin))
        from_[type_.name] = str(plugin)
    return found


def _load(plugin: Plugin) -> Any:
    module, _, name = plugin.value.partition(":")
    try:
        found: Any = import_module(module.strip())
        for part in name.strip().split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:
        raise _unusable(plugin, f"{type(error).__name__}: {error}") from error
    return found


def _of(plugins: Sequence[tuple[Plugin, Any]], group: str, kind: type[Any]) -> Iterator[tuple[Plugin, Any]]:
    for plugin, found in plugins:
        if plugin.group == group:
            if not isinstance(found, kind):
                raise _unusable(plugin, f"Expected a {kind.__name__}, found {type(found).__name__}.")
            yield plugin, found


def _check_free(name: str, plugin: Plugin, found: Types, from_: Mapping[str, str]) -> None:
    taken = name in found or any(name in (*one.resources, *one.lookups) for one in found.values())
    if taken:
        detail = f"{from_.get(name, _OURS)} has it, and so has the plugin {plugin}."
        raise HclError(Diagnostic(f"{name} is there twice", detail, hint=f"Uninstall one: {_uninstall(plugin)}"))


def _owner(name: str, plugin: Plugin, found: Types) -> ProviderType:
    """The provider whose name the type begins with; of several the longest."""
    owners = sorted((one for one in found.values() if name.startswith(f"{one.name}_")), key=lambda one: -len(one.name))
    if not owners:
        raise _unusable(plugin, f"{name} begins with the name of no provider; there are {', '.join(found)}.")
    return owners[0]


def _opening(provider: ProviderType, type_: Resource, plugin: Plugin) -> Any:
    def open_(name: str, settings: Mapping[str, Value], read_only: bool, context: RunContext) -> Writer:
        opened = provider.open(name, settings, read_only, context)
        if not isinstance(opened, OpenProvider):
            raise _unusable(plugin, f"The provider {provider.name} takes no types of others.")
        opened.add_type(type_)
        return opened

    return open_


def _unusable(plugin: Plugin, why: str) -> HclError:
    where = f'Its entry point {plugin.name} = "{plugin.value}" in {plugin.group} cannot be used.'
    return HclError(Diagnostic(f"The plugin {plugin} is broken", f"{where}\n{why}", hint=_uninstall(plugin)))


def _uninstall(plugin: Plugin) -> str:
    return f"pip uninstall {plugin.package}"
