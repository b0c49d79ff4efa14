"""Queries and other parts of dashboards in the words that people know them by, of classic and of v2 models."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.sketch.values import at, dicts

Json = Mapping[str, Any]

# Where a query has its text, by data source.
_TEXTS: Final = ("expr", "rawSql", "query", "rawQuery", "target", "queryText", "expression", "scenarioId", "definition")
_ASIDE: Final = frozenset({"refId", "datasource", "hide", "legendFormat", "intervalFactor", "step", "format", "key"})
_OWN: Final = ("datasource", "grafana")


@dataclass(frozen=True, slots=True)
class Query:
    """A query: `source` is the data source as it is named there, `text` what it is asked."""

    ref: str
    source: str
    text: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A variable, an annotation or a link: what kind of it, and what it says."""

    name: str
    kind: str
    text: str


def queries_of(panel: Json, names: Mapping[str, str]) -> list[Query]:
    """The queries of a panel, or of an element; `names` are those of data sources by uid."""
    if isinstance(panel.get("spec"), dict):
        listed = dicts(at(panel, "spec", "data", "spec").get("queries"))
        return [_element_query(at(one, "spec"), names) for one in listed]
    of_panel = panel.get("datasource")
    return [_query(one, one.get("datasource") or of_panel, names) for one in dicts(panel.get("targets"))]


def description_of(panel: Json) -> str:
    """A panel's description, or the text that it shows."""
    spec = panel["spec"] if isinstance(panel.get("spec"), dict) else panel
    options = at(spec, "options") or at(spec, "vizConfig", "spec", "options")
    for text in (spec.get("description"), options.get("content"), spec.get("content")):
        if isinstance(text, str) and text.strip():
            return text
    return ""


def variables_of(spec: Json) -> list[Part]:
    """The variables of a dashboard."""
    return [_part(one) for one in _inner(spec.get("variables")) or _inner(at(spec, "templating").get("list"))]


def annotations_of(spec: Json) -> list[Part]:
    """The annotation queries of a dashboard."""
    held = spec.get("annotations")
    return [_part(one) for one in _inner(held) or _inner(at(spec, "annotations").get("list"))]


def links_of(spec: Json) -> list[Part]:
    """The links of a dashboard."""
    return [_part(one) for one in _inner(spec.get("links"))]


def source_name(source: object, names: Mapping[str, str]) -> str:
    """A data source by its name, where it is here; else as it is named."""
    if isinstance(source, dict):
        uid, kind = source.get("uid") or source.get("name"), source.get("type")
        if isinstance(uid, str) and uid:
            return names.get(uid, uid if kind in _OWN or not isinstance(kind, str) else f"{kind} {uid}")
        return kind if isinstance(kind, str) else ""
    return names.get(source, source) if isinstance(source, str) else "default"


def _query(one: Json, source: object, names: Mapping[str, str]) -> Query:
    if isinstance(one.get("snapshot"), list):
        return Query(_word(one.get("refId")), "", f"{len(one['snapshot'])} frames of data", False)
    return Query(_word(one.get("refId")), source_name(source, names), _text(one), one.get("hide") is True)


def _element_query(one: Json, names: Mapping[str, str]) -> Query:
    query = at(one, "query")
    kind = query.get("group") or (query.get("kind") if query.get("kind") != "DataQuery" else "")
    named = at(query, "datasource").get("name") or at(one, "datasource").get("uid")
    source = source_name({"type": kind, "uid": named}, names)
    return Query(_word(one.get("refId")), source, _text(at(query, "spec")), one.get("hidden") is True)


def _text(query: Json) -> str:
    for key in _TEXTS:
        value = query.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, dict) and (text := _text(value)):
            return text
    rest = {key: value for key, value in query.items() if key not in _ASIDE}
    return json.dumps(rest, ensure_ascii=False, indent=1) if rest else ""


def _inner(listed: object) -> Sequence[Json]:
    """The objects of a list; of v2 what is in their spec, with their kind."""
    return [
        {"type": _word(one.get("kind")).removesuffix("Variable"), **one["spec"]}
        if isinstance(one.get("spec"), dict)
        else one
        for one in dicts(listed)
    ]


def _part(one: Json) -> Part:
    name = one.get("name") or one.get("title")
    return Part(_word(name), _word(one.get("type")), "\n".join(dict.fromkeys(_says(one))))


def _says(one: Json) -> Iterator[str]:
    for key in ("url", "query", "expr", "definition", "regex"):
        value = one.get(key)
        if isinstance(value, dict):
            value = _text(at(value, "spec") or value)
        if isinstance(value, str) and value:
            yield value
    tags = one.get("tags")
    if isinstance(tags, list) and tags:
        yield "tags: " + ", ".join(tag for tag in tags if isinstance(tag, str))


def _word(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)[:99]
