"""The graph of a plan's objects: its clusters, what changes, and what is around an object."""

from __future__ import annotations

from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.review.object_graph import ObjectGraph, graph_of


def _at(name: str, type_: str = "dashboard", module: tuple[str, ...] = ()) -> Address:
    return Address.resource(f"grafana_{type_}", name).within(module)


def _change(address: Address, action: Action, *needs: Address, **more: Any) -> Change:
    return Change(address, action, "grafana", more.pop("uid", address.name), dependencies=needs, **more)


_TEAM, _BELOW, _SOURCE = _at("team", "folder"), _at("below", "folder"), _at("prometheus", "data_source")
_API, _WEB, _IN_MODULE = _at("api"), _at("web"), _at("api", module=('m["a"]',))
_PLAN = Plan(
    (
        _change(_TEAM, Action.NOOP, title="Team"),
        _change(_BELOW, Action.CREATE, _TEAM, title="Below", folder="team"),
        _change(_SOURCE, Action.NOOP, title="Prometheus"),
        _change(_API, Action.UPDATE, _BELOW, _SOURCE, title="API", folder="below"),
        _change(_WEB, Action.DELETE, folder="elsewhere"),
        _change(_IN_MODULE, Action.NOOP, _TEAM, title="Mine", folder="team", uid="mine"),
    )
)


def _names(graph: ObjectGraph) -> list[str]:
    return [str(node.address) for node in graph.nodes]


def test_objects_are_in_clusters_of_their_module_and_folder() -> None:
    """A folder is in its own cluster, first; one of which nothing is known but its uid is called by that."""
    found = {one.title: [node.label for node in one.nodes] for one in graph_of(_PLAN).clusters()}
    assert found == {
        "": ["Prometheus"],
        "Team": ["Team"],
        "Team/Below": ["Below", "API"],
        "elsewhere": ["web"],
        'module.m["a"] · Team': ["Mine"],
    }


def test_a_cluster_shows_what_lies_in_its_folder() -> None:
    """An edge to a folder in another cluster is left to be drawn."""
    assert graph_of(_PLAN).shown_by_clusters() == {(_API, _BELOW)}


def test_what_changes_is_shown_with_what_connects_it() -> None:
    """And with the folder that it lies in, but without what nothing of it needs to be understood."""
    assert _names(graph_of(_PLAN).changed()) == [*map(str, (_API, _WEB, _BELOW, _TEAM))]


def test_around_an_object_is_what_it_needs_and_what_needs_it() -> None:
    """Directly and through others; a module stands for all that lies in it."""
    graph = graph_of(_PLAN)
    assert _names(graph.around(_BELOW)) == [*map(str, (_API, _BELOW, _TEAM))]
    assert _names(graph.around(Address.parse("module.m"))) == [*map(str, (_TEAM, _IN_MODULE))]
    assert graph.around(_at("none")).nodes == ()
