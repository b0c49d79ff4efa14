"""Objects of a server: as a table, as JSON, as blocks. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hcl_lite.cli.views.escaping import escaped, in_line
from hcl_lite.cli.views.json_text import render_value
from hcl_lite.cli.views.table_text import render_columns
from hcl_lite.core.values import JsonValue
from hcl_lite.operations.getting.model import Content, Got, Item

_WIDEST = 60  # characters of a cell


def render_got(got: Got) -> str:
    """Renders the block of the one object that was asked for, and a table of everything else."""
    return render_got_toml(got) if got.is_one and not got.is_lookup else render_got_table(got)


def render_got_table(got: Got) -> str:
    """Renders a table: of types where none was asked for, of objects, or of what one has."""
    if got.is_overview:
        return _overview(got)
    if got.is_one:
        return "\n\n".join(_attributes(one.content) for one in got.items if one.content is not None)
    return _objects(got.items) if got.items else "There are none."


def render_got_json(got: Got) -> str:
    """Renders the objects as a list of JSON objects; the one that was asked for as an object."""
    found = [_json(one) for one in got.items]
    return render_value(found[0] if got.is_one and found else found)


def render_got_toml(got: Got) -> str:
    """Renders the objects as blocks; one that cannot be read as a comment that says why."""
    return "\n".join(_block(one) for one in got.items).rstrip() or "# There are none."


def _overview(got: Got) -> str:
    names = sorted({one.type for one in got.items} | set(got.unlisted))
    of = {name: [one for one in got.items if one.type == name] for name in names}
    columns: list[tuple[str, list[str]]] = [
        ("type", names),
        ("objects", [str(len(of[name])) if name not in got.unlisted else "?" for name in names]),
        ("managed here", [str(sum(bool(one.address) for one in of[name]) or "") for name in names]),
        ("", [in_line(got.unlisted.get(name, "")) for name in names]),
    ]
    return render_columns([column for column in columns if any(column[1])]) if names else "There is nothing."


def _objects(items: Sequence[Item]) -> str:
    columns = [
        ("uid", [one.uid for one in items]),
        ("title", [one.title for one in items]),
        ("folder", ["/".join(one.path) for one in items]),
        *_told(items),
        ("managed by", [one.address for one in items]),
        ("not read", [one.reason for one in items]),
    ]
    return render_columns([(title, [_cell(text) for text in cells]) for title, cells in _saying(columns)])


def _told(items: Sequence[Item]) -> Iterator[tuple[str, list[str]]]:
    """The columns of what a list tells."""
    for key in dict.fromkeys(key for one in items for key in one.told):
        yield key.replace("_", " "), [_shown(one.told.get(key)) for one in items]


def _saying(columns: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Those that say something which none before them has said."""
    said: list[list[str]] = []
    titles: set[str] = set()
    for title, cells in columns:
        if any(cells) and cells not in said and title not in titles:
            yield title, cells
            titles.add(title)
        said.append(cells)


def _shown(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _cell(text: str) -> str:
    shown = in_line(text)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _attributes(content: Content) -> str:
    """A line for each attribute that says something; the rows of a list of objects as a table."""
    values = {key: value for key, value in {**content.arguments, **content.attributes}.items() if not _is_empty(value)}
    lists = {key: value for key, value in values.items() if _is_table(value)}
    if len(lists) == 1:
        return _table(next(iter(lists.values())))
    if not values:
        return "There is nothing."
    texts = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values.values()]
    return render_columns([("attribute", [*values]), ("value", [_cell(text) for text in texts])])


def _table(rows: Any) -> str:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = [(key.replace("_", " "), [_cell(_shown_any(row.get(key))) for row in rows]) for key in keys]
    return render_columns([column for column in columns if any(column[1])])


def _shown_any(value: JsonValue) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _shown(value)


def _is_table(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_empty(value: JsonValue) -> bool:
    return value is None or value in ("", [], {})


def _json(one: Item) -> Mapping[str, Any]:
    found: dict[str, Any] = {"type": one.type, "uid": one.uid, "title": one.title, "path": list(one.path)}
    found |= {"address": one.address or None}
    if one.content is not None:
        return {**found, "arguments": dict(one.content.arguments), "attributes": dict(one.content.attributes)}
    return {**found, "listed": dict(one.told), **({"reason": one.reason} if one.reason else {})}


def _block(one: Item) -> str:
    if one.content is None:
        return f"# {in_line(one.type)} {in_line(one.uid)}: {in_line(one.reason or 'it was not read.')}\n"
    return escaped(one.content.block)
