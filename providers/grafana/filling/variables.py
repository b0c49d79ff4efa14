"""Template variables with their current values, put into queries in the format that each data source takes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from providers.grafana.filling.times import TimeRange, calculate_interval, interval_text

Json = Mapping[str, Any]

ALL = "$__all"
_AUTO = "$__auto_interval"
# variableRegex of the frontend (12.4): $name, [[name:format]], ${name.field:format}.
_USE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}")
_PAIR = re.compile(r"(?<!\\),")
_MOMENT: Mapping[str, str] = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


class Unfillable(Exception):
    """The queries of a panel need a value that is not known here."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The chosen values of a variable.

    `many` is whether more could be, by which formats go; `plain` a value of its own for "All", which is put in as it is
    written; `unknown_all` is "All" of what only the frontend could list.
    """

    name: str
    values: tuple[str, ...]
    texts: tuple[str, ...]
    many: bool = False
    plain: bool = False
    unknown_all: bool = False

    def only(self, index: int) -> Variable:
        """One of its values, for a copy of a repeated panel."""
        return Variable(self.name, (self.values[index],), (self.texts[index],), self.many)


Variables = Mapping[str, Variable]
Format = Callable[[Variable], str]


def read_variables(dashboard: Json, times: TimeRange, first_source: Callable[[str], str]) -> Variables:
    """The variables of a dashboard by name, with what is current; without ad hoc filters.

    `first_source` gives the data source that a variable of data sources of a type begins with.
    """
    return {variable["name"]: _read(variable, times, first_source) for variable in list_variables(dashboard)}


def list_variables(dashboard: Json, type_: str = "") -> Iterator[Json]:
    """The declarations under `templating`, of one type or of all but ad hoc filters, which have no value."""
    templating = dashboard.get("templating")
    listed: Any = templating.get("list") if isinstance(templating, dict) else None
    named = [v for v in listed if isinstance(v, dict) and isinstance(v.get("name"), str)] if listed else []
    yield from (v for v in named if (v.get("type") == type_ if type_ else v.get("type") != "adhoc"))


def built_in(times: TimeRange, interval_ms: int) -> Variables:
    """$__from, $__to, $__interval, $__range and their kin."""
    seconds = round(times.length_ms / 1000)
    values = {
        "__from": times.from_ms,
        "__to": times.to_ms,
        "__interval": interval_text(interval_ms),
        "__interval_ms": interval_ms,
        "__range": f"{seconds}s",
        "__range_s": seconds,
        "__range_ms": times.length_ms,
    }
    return {name: Variable(name, (str(value),), (str(value),)) for name, value in values.items()}


def put_in(value: Any, variables: Variables, default: Format | None = None) -> Any:
    """`value`, whatever JSON it is, with the variables that its texts use; unknown ones stay. Raises Unfillable."""
    if isinstance(value, str):
        return _put_into_text(value, variables, default or glob)
    if isinstance(value, Mapping):
        return {key: put_in(item, variables, default) for key, item in value.items()}
    if isinstance(value, list):
        return [put_in(item, variables, default) for item in value]
    return value


# --- what is current --------------------------------------------------------------------------------------------------


def _read(variable: Json, times: TimeRange, first_source: Callable[[str], str]) -> Variable:
    name, many = variable["name"], bool(variable.get("multi") or variable.get("includeAll"))
    options = _options(variable)
    if variable.get("type") == "datasource" and not options and (first := first_source(str(variable.get("query")))):
        options = [(first, first)]
    values, texts = _current(variable, options)
    if ALL in values:
        if variable.get("allValue"):
            return Variable(name, (str(variable["allValue"]),), ("All",), many, plain=True)
        listed = [(value, text) for value, text in options if value != ALL]
        return Variable(
            name, tuple(v for v, _ in listed), tuple(t for _, t in listed), many=True, unknown_all=not listed
        )
    if variable.get("type") == "interval" and values and values[0].startswith(_AUTO):
        return Variable(name, (_auto_interval(variable, times),), texts)
    return Variable(name, values, texts, many)


def _current(variable: Json, options: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values that were saved; where none were, what the frontend begins with."""
    current = variable.get("current")
    current = current if isinstance(current, dict) else {}
    if current.get("value") is not None and variable.get("type") != "constant":
        values = _texts(current["value"])
        texts = _texts(current.get("text", current["value"]))
        return values, texts if len(texts) == len(values) else values
    if variable.get("type") in ("constant", "textbox"):
        return (str(variable.get("query") or ""),), (str(variable.get("query") or ""),)
    chosen = options[:1]
    return tuple(value for value, _ in chosen), tuple(text for _, text in chosen)


def _options(variable: Json) -> Sequence[tuple[str, str]]:
    """Value and text of each option: those that were saved, else those that the type says."""
    saved = variable.get("options")
    if isinstance(saved, list) and saved:
        return [(str(o.get("value")), str(o.get("text", o.get("value")))) for o in saved if isinstance(o, dict)]
    if variable.get("type") in ("custom", "interval") and isinstance(variable.get("query"), str):
        return [_option(part.replace("\\,", ",").strip()) for part in _PAIR.split(variable["query"]) if part.strip()]
    return ()


def _option(part: str) -> tuple[str, str]:
    """ "text : value", or a value that is its own text."""
    text, colon, value = part.partition(" : ")
    return (value.strip(), text.strip()) if colon else (part, part)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _auto_interval(variable: Json, times: TimeRange) -> str:
    count, least = int(variable.get("auto_count") or 30), str(variable.get("auto_min") or "10s")
    return interval_text(calculate_interval(times.length_ms, count, least))


# --- how it is written ------------------------------------------------------------------------------------------------


def _put_into_text(text: str, variables: Variables, default: Format) -> str:
    def replace(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[4]
        variable = variables.get(name)
        if variable is None or match[5]:
            return match[0]
        return _written(variable, match[3] or match[6] or "", default)

    return _USE.sub(replace, text)


def _written(variable: Variable, format_: str, default: Format) -> str:
    if variable.name in ("__from", "__to") and format_.startswith("date"):
        return _date(int(variable.values[0]), format_.partition(":")[2])
    if variable.unknown_all and format_ != "text":
        if (FORMATS.get(format_) or default) in (prometheus, regex):
            return ".*"
        raise Unfillable(f"the values of ${variable.name}, of which all are chosen, are not in the dashboard")
    if not variable.values:
        raise Unfillable(f"${variable.name} has no current value in the dashboard")
    if variable.plain:
        return variable.values[0]
    return (FORMATS.get(format_) or default)(variable)


def _date(milliseconds: int, format_: str) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    if format_ == "seconds":
        return str(milliseconds // 1000)
    if format_ in ("", "iso"):
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return re.sub("|".join(_MOMENT), lambda token: moment.strftime(_MOMENT[token[0]]), format_)


def glob(variable: Variable) -> str:
    """The frontend's default: a,b as {a,b}."""
    return variable.values[0] if len(variable.values) == 1 else "{" + ",".join(variable.values) + "}"


def prometheus(variable: Variable) -> str:
    """Escaped for a string of PromQL, and for a regular expression in it where there may be several: escaping.ts."""
    if not variable.many:
        return glob(variable).replace("\\", "\\\\").replace("'", "\\\\'")
    return _either([re.sub(r"[$^*{}\[\]+?.()|]", r"\\\\\g<0>", v.replace("\\", "\\" * 4)) for v in variable.values])


def sql(variable: Variable) -> str:
    """Quoted, where there may be several."""
    if not variable.many:
        return glob(variable)
    return ",".join("'" + value.replace("'", "''") + "'" for value in variable.values)


def regex(variable: Variable) -> str:
    """Escaped for a regular expression."""
    return _either([re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", value) for value in variable.values])


def lucene(variable: Variable) -> str:
    """Quoted, where there are several."""
    escaped = [re.sub(r'([!*+\-=<>\s&|()\[\]{}^~?:\\/"])', r"\\\1", value) for value in variable.values]
    return escaped[0] if len(escaped) == 1 else "(" + " OR ".join(f'"{value}"' for value in escaped) + ")"


def _either(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "(" + "|".join(values) + ")"


FORMATS: Mapping[str, Format] = {
    "csv": lambda variable: ",".join(variable.values),
    "raw": lambda variable: ",".join(variable.values),
    "json": lambda variable: json.dumps(list(variable.values) if variable.many else variable.values[0]),
    "pipe": lambda variable: "|".join(variable.values),
    "glob": glob,
    "regex": regex,
    "lucene": lucene,
    "text": lambda variable: "All" if variable.unknown_all or variable.plain else " + ".join(variable.texts),
    "singlequote": lambda variable: ",".join("'" + value.replace("'", "\\'") + "'" for value in variable.values),
    "doublequote": lambda variable: ",".join('"' + value.replace('"', '\\"') + '"' for value in variable.values),
    "sqlstring": lambda variable: ",".join("'" + value.replace("'", "''") + "'" for value in variable.values),
    "percentencode": lambda variable: quote(glob(variable), safe=""),
    "queryparam": lambda variable: "&".join(f"var-{variable.name}={quote(v, safe='')}" for v in variable.values),
}
