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
_VARIABLE = re.compile(r"\$|\[\[")


def uses_of(spec: Mapping[str, Any]) -> frozenset[Mention]:
    """The data sources, by uid or by name, and the library panels that the model of a dashboard names."""
    return frozenset(_found(spec))


def _found(value: Any) -> Iterator[Mention]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "datasource":
                yield from _data_source(item)
            elif key == "libraryPanel" and isinstance(item, Mapping) and isinstance(item.get("uid"), str):
                yield Mention("library panel", item["uid"])
            elif not key.startswith("__"):
                yield from _found(item)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item)


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
