"""The data sources that are stored: one row each, as the routes of all generations read and write them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers.embedded.routing import Call

# Before the name of a secret that was not in `secureJsonData`: the generations before 12 had them as plain arguments.
PLAIN = "plain:"


@dataclass(frozen=True, slots=True)
class DataSource:
    """A stored data source; `secure` never leaves the server but towards the data source itself."""

    id: int
    org: int
    uid: str
    name: str
    type: str
    access: str
    url: str
    user: str
    database: str
    basic_auth: bool
    basic_auth_user: str
    with_credentials: bool
    is_default: bool
    json_data: dict[str, Any]
    secure: dict[str, str]
    version: int
    created: float
    updated: float
    read_only: bool = False

    def secret(self, name: str) -> str:
        """A secret by its name; before 12 it could be given in plain, which is kept under another name."""
        return self.secure.get(name) or self.secure.get(PLAIN + name, "")


def find(call: Call, column: str, value: object) -> DataSource | None:
    """The data source of the caller's organisation that has this value in a column."""
    sql = f"select * from datasource where org = ? and {column} = ?"
    row = call.store.row(sql, call.identity.org, value)
    return None if row is None else _source(call, row)


def find_source(call: Call, *, uid: str = "", number: int = 0) -> DataSource | None:
    """The data source a query or the proxy names."""
    return find(call, "uid", uid) if uid else find(call, "id", number)


def all_sources(call: Call) -> list[DataSource]:
    """The data sources of an organisation, by name without regard to case."""
    sources = [
        _source(call, row) for row in call.store.rows("select * from datasource where org = ?", call.identity.org)
    ]
    return sorted(sources, key=lambda source: (source.name.lower(), source.id))


def insert(call: Call, values: dict[str, Any]) -> DataSource:
    """Add a data source; the stored one."""
    return _stored(call, call.store.insert("datasource", values))


def write(call: Call, number: int, values: Mapping[str, Any]) -> DataSource:
    """Change columns of a data source; the stored one."""
    marks = ", ".join(f"{column} = ?" for column in values)
    call.store.run(f"update datasource set {marks} where id = ?", *values.values(), number)
    return _stored(call, number)


def delete(call: Call, source: DataSource) -> None:
    """Delete a data source."""
    call.store.run("delete from datasource where id = ?", source.id)


def _stored(call: Call, number: int) -> DataSource:
    """The data source after a write; where it is the default now, the others no longer are."""
    source = find(call, "id", number)
    assert source is not None
    if source.is_default:
        sql = "update datasource set is_default = 0 where org = ? and id <> ?"
        call.store.run(sql, call.identity.org, number)
    return source


def _source(call: Call, row: sqlite3.Row) -> DataSource:
    values = dict(zip(row.keys(), row, strict=True))
    for name in ("basic_auth", "with_credentials", "is_default"):
        values[name] = bool(values[name])
    for name in ("json_data", "secure"):
        values[name] = orjson.loads(values[name])
    return DataSource(**values, read_only=values["uid"] in call.options.read_only_sources)
