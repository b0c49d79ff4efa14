"""Uses of other objects: the data sources and library panels of a dashboard, and the folder that it is in. Pure.

Read from the places where Grafana looks for them, so that each one found has to be there; `model.mentions_in` finds by
pattern whatever may be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.core.schema import Mention
from providers.grafana.limits import ROOT

# Data sources that are part of every Grafana, and values that stand for another one.
_BUILT_IN = frozenset({"", "grafana", "default", "__expr__", "-100", "-- Grafana --", "-- Mixed --", "-- Dashboard --"})
# Of a panel, where Grafana looks for none (12.4.0: pkg/services/store/kind/dashboard): two thirds of most dashboards.
_WITHOUT_USES = frozenset({"fieldConfig", "gridPos", "options"})
_VARIABLE = re.compile(r"\$|\[\[")


def uses_of(spec: Mapping[str, Any]) -> frozenset[Mention]:
    """The data sources, by uid or by name, and the library panels that the model of a dashboard names."""
    found: set[Mention] = set()
    waiting: list[Any] = [spec]
    while waiting:  # written out for speed: it sees every node of every dashboard that is written
        value = waiting.pop()
        if type(value) is list:
            waiting.extend([item for item in value if type(item) is dict or type(item) is list])
            continue
        for key, item in value.items():
            if key == "datasource":
                found.add(_data_source(item))
            elif type(item) is dict or type(item) is list:
                if key == "libraryPanel" and type(item) is dict and isinstance(item.get("uid"), str):
                    found.add(Mention("library panel", item["uid"]))
                elif key not in _WITHOUT_USES and not key.startswith("__"):
                    waiting.append(item)
    return frozenset(mention for mention in found if _may_be_missing(mention))


def has_library_panels(spec: Mapping[str, Any]) -> bool:
    """Whether the model of a dashboard, classic or of v2, has a panel of the library, also in a row."""
    elements = spec.get("elements")
    if isinstance(elements, dict):
        return any(isinstance(one, dict) and one.get("kind") == "LibraryPanel" for one in elements.values())
    lists = (spec.get(key) for key in ("panels", "rows"))
    panels = [one for panels in lists if isinstance(panels, list) for one in panels if isinstance(one, dict)]
    return any(isinstance(panel.get("libraryPanel"), dict) or has_library_panels(panel) for panel in panels)


def is_built_in(name: str) -> bool:
    """Whether the uid or name of a data source is that of one that every Grafana has, or of a variable."""
    return name in _BUILT_IN or _VARIABLE.search(name) is not None


def argument_of(kind: str, argument: str, values: Mapping[str, Any]) -> Iterator[Mention]:
    """The object that an argument names, as far as it is known and no secret; none for the root."""
    uid = values.get(argument)
    if isinstance(uid, str) and uid not in ("", ROOT):
        yield Mention(kind, uid, (argument,), refused=True)


def _data_source(item: Any) -> Mention:
    """{"type", "uid"} (8 and later), {"name": UID} (v2), or the name alone, which may be a uid as well."""
    if isinstance(item, str):
        return Mention("data source name", item)
    name = item.get("uid", item.get("name")) if isinstance(item, dict) else None
    return Mention("data source", name if isinstance(name, str) else "")


def _may_be_missing(mention: Mention) -> bool:
    return mention.kind == "library panel" or not is_built_in(mention.name)
