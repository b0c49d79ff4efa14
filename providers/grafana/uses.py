"""What a dashboard uses and does not hold itself: data sources and library panels. Pure.

Read from the places where Grafana looks for them, so that each one found has to be there; `model.mentions_in` finds by
pattern whatever may be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.core.schema import Mention

# Data sources that are part of every Grafana, and values that stand for another one.
_BUILT_IN = frozenset({"", "grafana", "default", "__expr__", "-100", "-- Grafana --", "-- Mixed --", "-- Dashboard --"})
_CONTAINERS = (dict, list)
_VARIABLE = re.compile(r"\$|\[\[")


def uses_of(spec: Mapping[str, Any]) -> frozenset[Mention]:
    """The data sources, by uid or by name, and the library panels that the model of a dashboard names."""
    found: set[Mention] = set()
    waiting: list[Any] = [spec]
    while waiting:  # no calls: it sees every node of every dashboard that is written
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(item for item in value if isinstance(item, _CONTAINERS))
            continue
        for key, item in value.items():
            if key == "datasource":
                found.update(_data_source(item))
            elif key == "libraryPanel" and isinstance(item, dict) and isinstance(item.get("uid"), str):
                found.add(Mention("library panel", item["uid"]))
            elif isinstance(item, _CONTAINERS) and not key.startswith("__"):
                waiting.append(item)
    return frozenset(found)


def _data_source(value: Any) -> Iterator[Mention]:
    """{"type", "uid"} (8 and later), {"name": UID} (v2), or the name alone, which may be a uid as well."""
    if isinstance(value, str):
        kind, name = "data source name", value
    elif isinstance(value, Mapping):
        kind, name = "data source", value.get("uid", value.get("name"))
    else:
        return
    if isinstance(name, str) and name not in _BUILT_IN and not _VARIABLE.search(name):
        yield Mention(kind, name)
