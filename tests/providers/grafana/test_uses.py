"""What a dashboard uses of others."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import Mention
from providers.grafana.uses import has_library_panels, uses_of

_UID, _NAME, _LIBRARY = "data source", "data source name", "library panel"


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ({"panels": [{"datasource": {"type": "loki", "uid": "l"}, "targets": [{"datasource": {"uid": "t"}}]}]},
         {Mention(_UID, "l"), Mention(_UID, "t")}),
        ({"rows": [{"panels": [{"datasource": "Old"}]}]}, {Mention(_NAME, "Old")}),
        ({"panels": [{"type": "row", "panels": [{"libraryPanel": {"uid": "lib", "name": "L"}}]}]},
         {Mention(_LIBRARY, "lib")}),
        ({"templating": {"list": [{"datasource": {"uid": "v"}}]}, "annotations": {"list": [{"datasource": "A"}]}},
         {Mention(_UID, "v"), Mention(_NAME, "A")}),
        ({"elements": {"p": {"spec": {"data": {"spec": {"queries": [
            {"spec": {"query": {"kind": "DataQuery", "group": "loki", "datasource": {"name": "l2"}}}}]}}}}}},
         {Mention(_UID, "l2")}),
        ({"elements": {"p": {"kind": "LibraryPanel", "spec": {"libraryPanel": {"uid": "lib", "name": "L"}}}}},
         {Mention(_LIBRARY, "lib")}),
        ({"panels": [{"datasource": {"uid": uid}} for uid in ("${DS}", "$ds", "[[ds]]", "-- Mixed --", "grafana", "")]},
         set()),
        ({"panels": [{"datasource": None}, {"datasource": {}}, {"datasource": {"uid": 3}}, {"libraryPanel": "x"}]},
         set()),
        ({"panels": [{"options": {"datasource": "o"}, "fieldConfig": {"defaults": {"datasource": {"uid": "f"}}}}]},
         set()),
        ({"__elements": {"x": {"datasource": {"uid": "e"}}}, "__inputs": [{"datasource": "i"}]}, set()),
    ],
)  # fmt: skip
def test_what_a_model_uses(spec: dict[str, Any], found: set[Mention]) -> None:
    """In all forms, at any depth; not what is built in, what a variable says, what is no name, or where Grafana
    does not look."""
    assert uses_of(spec) == found
    assert has_library_panels(spec) == any(mention.kind == _LIBRARY for mention in found)
