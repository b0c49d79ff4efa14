"""Inputs of dashboards that were exported for sharing: `__inputs` says what `${DS_PROMETHEUS}` stands for. Pure.

They are bound as Grafana's import binds them (POST /api/dashboards/import, 12.4): in every text, `__inputs` goes, an
input without a value has its own (constants), that of the expressions' data source is `__expr__`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.core.schema import ValueProblem

Json = Mapping[str, Any]

_DECLARED = "__inputs"
_EXPRESSIONS = "__expr__"
_USED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]*)\}")
# What Grafana's export calls an input; other ${…} of a dashboard are its variables.
_EXPORTED = re.compile(r"DS_[A-Za-z0-9_-]+")


def unbound_inputs(spec: Json) -> tuple[str, ...]:
    """The names that nothing binds: of inputs, and of data sources that only an export names so."""
    declared = [name for name, _ in _declared(spec)]
    variables = _variables(spec)
    used = sorted({name for name in _used(spec) if _EXPORTED.fullmatch(name) and name not in variables})
    return tuple(dict.fromkeys((*declared, *used)))


def bind_inputs(spec: Json, given: Mapping[str, Any]) -> Json:
    """`spec` with its inputs bound to `given`, by name. Raises ValueProblem for one too few or too many."""
    declared = dict(_declared(spec))
    values = {name: value for name, one in declared.items() if (value := _own_value(one)) is not None} | dict(given)
    used = {*_used(spec)}
    unknown = [name for name in given if name not in declared and name not in used]
    if unknown:
        expected = ", ".join(unbound_inputs(spec)) or "none"
        raise ValueProblem("inputs", f'The dashboard has no input "{unknown[0]}"', f"Its inputs: {expected}.")
    missing = [_described(name, declared.get(name, {})) for name in unbound_inputs(spec) if name not in values]
    if missing:
        raise ValueProblem("inputs", f"inputs lacks {', '.join(missing)}", "The dashboard's JSON asks for it.")
    bound: Json = _bound(spec, values)
    return bound


def _declared(spec: Json) -> Iterator[tuple[str, Json]]:
    inputs = spec.get(_DECLARED)
    for one in inputs if isinstance(inputs, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("name"), str):
            yield one["name"], one


def _own_value(declared: Json) -> str | None:
    """Returns the value of an input that nobody gives."""
    if declared.get("pluginId") == _EXPRESSIONS:
        return _EXPRESSIONS
    value = declared.get("value")
    return value if declared.get("type") == "constant" and isinstance(value, str) else None


def _described(name: str, declared: Json) -> str:
    plugin = declared.get("pluginId")
    return f"{name} ({plugin})" if isinstance(plugin, str) and plugin else name


def _used(value: Any) -> Iterator[str]:
    """Every NAME in a ${NAME} of the texts."""
    if isinstance(value, str):
        yield from _USED.findall(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != _DECLARED:
                yield from _used(item)
    elif isinstance(value, list):
        for item in value:
            yield from _used(item)


def _variables(spec: Json) -> frozenset[str]:
    """The dashboard's own variables, of a classic model and of v2."""
    templating = spec.get("templating")
    listed = templating.get("list") if isinstance(templating, Mapping) else None
    classic = [one.get("name") for one in listed or () if isinstance(one, Mapping)] if isinstance(listed, list) else []
    modern = spec.get("variables")
    specs = [one.get("spec") for one in modern if isinstance(one, Mapping)] if isinstance(modern, list) else []
    names = [*classic, *(one.get("name") for one in specs if isinstance(one, Mapping))]
    return frozenset(name for name in names if isinstance(name, str))


def _bound(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _USED.sub(lambda match: values.get(match[1], match[0]), value)
    if isinstance(value, Mapping):
        return {key: _bound(item, values) for key, item in value.items() if key != _DECLARED}
    return [_bound(item, values) for item in value] if isinstance(value, list) else value
