"""The data sources that a dashboard's JSON names, and the map of a block that says what they are here: the file stays
as it was exported, and fits every Grafana. Pure.

Read from the places where Grafana looks for them: `datasource` of panels, targets, annotations and variables (also in
the resource forms), `datasourceUid` of links into another data source, and what a variable of data sources has chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.grafana.uses import is_built_in

_UID_KEYS: Final = ("uid", "name")  # of 8 and later; of v2


def bind_sources(spec: Mapping[str, Any], sources: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns `spec` with each data source that `sources` has by the uid or name in the JSON as that says."""
    bound: Mapping[str, Any] = _bound(spec, sources)
    return bound


def sources_in(spec: Mapping[str, Any]) -> Iterator[str]:
    """Yields each uid or name of a data source once, in the order of the JSON; none that is built in or a variable."""
    named: list[str] = []
    _collect(spec, named)
    yield from (name for name in dict.fromkeys(named) if not is_built_in(name))


def _bound(value: Any, sources: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_bound(item, sources) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _bound_at(key, item, sources) for key, item in value.items()}
    if _is_variable(value):
        found |= {key: _with_choice(value[key], sources) for key in ("current", "options") if key in value}
    return found


def _bound_at(key: str, item: Any, sources: Mapping[str, Any]) -> Any:
    if key == "datasource" and isinstance(item, Mapping):
        return {name: _of(one, sources) if name in _UID_KEYS else one for name, one in item.items()}
    return _of(item, sources) if key in ("datasource", "datasourceUid") else _bound(item, sources)


def _with_choice(value: Any, sources: Mapping[str, Any]) -> Any:
    """Returns the chosen or offered values of a variable of data sources, bound."""
    if isinstance(value, list):
        return [_with_choice(item, sources) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _of(item, sources) if key == "value" else item for key, item in value.items()}


def _of(item: Any, sources: Mapping[str, Any]) -> Any:
    if isinstance(item, list):
        return [_of(one, sources) for one in item]
    return sources.get(item, item) if isinstance(item, str) else item


def _collect(value: Mapping[str, Any] | Sequence[Any], named: list[str]) -> None:
    """Adds what is named in `value`; written out for speed: it sees every node of every dashboard."""
    if not isinstance(value, dict):
        for item in value:
            if isinstance(item, dict | list | tuple):
                _collect(item, named)
        return
    for key, item in value.items():
        if key == "datasource" and isinstance(item, dict):
            named.extend(one for name, one in item.items() if name in _UID_KEYS and isinstance(one, str))
        elif key in ("datasource", "datasourceUid"):
            if isinstance(item, str):
                named.append(item)
        elif isinstance(item, dict | list | tuple):
            _collect(item, named)
    if "current" in value and _is_variable(value):
        chosen = value["current"]
        named.extend(_texts(chosen.get("value") if isinstance(chosen, dict) else None))


def _is_variable(value: Mapping[str, Any]) -> bool:
    """Whether it is a variable of data sources, classic or the spec of a v2 one."""
    classic = value.get("type") == "datasource" and "name" in value and "current" in value
    return classic or ("pluginId" in value and "current" in value and "name" in value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, str):
        yield value
