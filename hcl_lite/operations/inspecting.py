"""Contents of a configuration and the types that it may use; no server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Described, LintRule, ProviderType, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.graph import Build, objects_only
from hcl_lite.engine.graph_builder import evaluated_arguments
from hcl_lite.engine.linting import rules_of
from hcl_lite.lang.config.declared import owner_of, provider_type
from hcl_lite.lang.docs.json_schema import json_schema
from hcl_lite.lang.docs.type_pages import Page, make_reference
from hcl_lite.lang.evaluation.expand import expand, name_of
from hcl_lite.operations.operation import operation
from hcl_lite.operations.project import load_project
from hcl_lite.operations.requests import Inputs
from hcl_lite.operations.saved_plans import load_plan
from hcl_lite.review.object_graph import Node, ObjectGraph, graph_of
from providers.registry import provider_types
from state.backends import BACKENDS
from state.model import State


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
def list_dependencies(context: RunContext, inputs: Inputs, *, full: bool, focus: str | None = None) -> ObjectGraph:
    """The graph of objects; with `full` also of variables, locals, outputs and providers; of what `focus` names
    alone, with what it needs and what needs it. Raises HclError."""
    project = load_project(context, replace(inputs, missing=lambda *_: UNKNOWN))
    build = project.build(State(""))
    shown = build.graph if full else objects_only(build.graph)
    edges = sorted(((user, needed) for needed, user in shown.edges), key=lambda edge: (edge[0].order, edge[1].order))
    told = _described_objects(build)
    folders = {
        (build.config.blocks[address].provider, uid): address
        for address, uid in build.identities.items()
        if address.type.endswith("_folder")
    }
    nodes = []
    for address in in_order(shown):
        one = told.get(address, Described())
        folder = folders.get((build.config.blocks[address].provider, one.folder)) if one.folder else None
        nodes.append(Node(address, one.title, folder, "" if folder is not None else one.folder))
    return _focused(ObjectGraph(tuple(nodes), tuple(edges)), focus)


def _described_objects(build: Build) -> Mapping[Address, Described]:
    """Returns the titles and folders of objects as far as the configuration tells them, without a server."""
    for address, uid in build.identities.items():
        if uid:
            build.scope.expose(address, {"uid": uid})
    found: dict[Address, Described] = {}
    for block in build.config.of_kind(Kind.RESOURCE):
        owner = owner_of(block.address.type, Kind.RESOURCE, build.providers)
        if owner is not None:
            type_ = owner.resources[block.address.type]
            values: Mapping[str, Value] = dict(evaluated_arguments(build.scope, block, type_))
            with suppress(ValueProblem, KeyError):
                values = type_.complete(str(block.address), block.address.label, values, "")
            told = type_.described(values)
            found[block.address] = Described(redact(told.title), redact(told.folder))
    build.scope.hide_all()
    return found


@operation
def read_plan_graph(context: RunContext, path: Path, *, focus: str | None = None) -> ObjectGraph:
    """The graph of the objects of a saved plan, with what it does to each. Raises HclError."""
    return _focused(graph_of(load_plan(context, path)), focus)


def _focused(graph: ObjectGraph, focus: str | None) -> ObjectGraph:
    if focus is None:
        return graph
    try:
        found = graph.around(Address.parse(focus))
    except ValueError as error:
        raise HclError(Diagnostic("--focus is not an address", f"{error}.")) from error
    if not found.nodes:
        hint = did_you_mean(focus, (str(node.address) for node in graph.nodes))
        raise HclError(Diagnostic("Nothing to look at", f'Nothing in the graph has the address "{focus}".', hint=hint))
    return found


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
