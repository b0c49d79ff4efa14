"""Contents of a configuration and the types that it may use; no server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Place
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import LintRule, ProviderType
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.graph import objects_only
from hcl_lite.engine.linting import rules_of
from hcl_lite.lang.config.declared import provider_type
from hcl_lite.lang.docs.json_schema import json_schema
from hcl_lite.lang.docs.type_pages import Page, make_reference
from hcl_lite.lang.evaluation.expand import expand, name_of
from hcl_lite.operations.operation import operation
from hcl_lite.operations.project import load_project
from hcl_lite.operations.requests import Inputs
from providers.registry import provider_types
from state.backends import BACKENDS
from state.model import State


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The dependency graph: each edge leads from a block to one that it depends on."""

    nodes: tuple[Address, ...]
    edges: tuple[tuple[Address, Address], ...]


@dataclass(frozen=True, slots=True)
class UsedProvider:
    """A provider that blocks use; without a place, one that the environment sets up."""

    name: str
    type: str
    count: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers of a configuration, and the types of providers that there are."""

    used: tuple[UsedProvider, ...]
    types: tuple[ProviderType, ...]


@operation
def list_dependencies(context: RunContext, inputs: Inputs, *, full: bool) -> Dependencies:
    """The graph of objects; with `full` also of variables, locals, outputs and providers. Raises HclError."""
    project = load_project(context, replace(inputs, missing=lambda *_: UNKNOWN))
    graph = project.build(State("")).graph
    shown = graph if full else objects_only(graph)
    nodes = sorted(shown, key=lambda address: address.order)
    edges = sorted(((user, needed) for needed, user in shown.edges), key=lambda edge: (edge[0].order, edge[1].order))
    return Dependencies(tuple(nodes), tuple(edges))


@operation
def list_providers(context: RunContext) -> Providers:
    """Which providers the configuration uses, and for how many blocks. Raises HclError."""
    project = load_project(context, Inputs(missing=lambda *_: UNKNOWN))
    config = expand(project.config, project.scope(), project.providers).config
    blocks = {name_of(block.address): block for block in config.of_kind(Kind.PROVIDER)}
    uses: dict[str, int] = dict.fromkeys(blocks, 0)
    for block in config.blocks.values():
        if block.provider:
            uses[block.provider] = uses.get(block.provider, 0) + 1
    used = (
        UsedProvider(name, provider_type(blocks[name]), count, blocks[name].place())
        if name in blocks
        else UsedProvider(name, name, count)
        for name, count in uses.items()
    )
    return Providers(tuple(used), tuple(project.providers.values()))


def read_reference() -> Mapping[str, Page]:
    """The pages of all types, by name."""
    return make_reference(provider_types().values())


def read_schema() -> Mapping[str, Any]:
    """The language as a JSON Schema."""
    return json_schema(provider_types(), {name: backend.settings for name, backend in BACKENDS.items()})


def list_lint_rules() -> Mapping[str, LintRule]:
    """The rules of all providers that there are, by name."""
    return rules_of(provider_types())
