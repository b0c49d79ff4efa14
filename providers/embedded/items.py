"""Items of collections: playlists, teams, contact points …: one row each, its content as JSON."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from providers.embedded import ids
from providers.embedded.store import Store


@dataclass(frozen=True, slots=True)
class Draft:
    """An item to be stored. An empty `uid` is chosen for a new item; `name` is a second key for lookups.

    `secure` is apart from `body`, so that no answer has it by accident.
    """

    body: Mapping[str, Any]
    uid: str = ""
    name: str = ""
    secure: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A stored item. `id` counts per kind over all organisations, and is not given twice; times are seconds since
    1970; `created_by` and `updated_by` are ids of accounts; `version` is 1 for a new item."""

    org: int
    kind: str
    id: int
    uid: str
    name: str
    body: dict[str, Any]
    secure: dict[str, str]
    created: float
    created_by: int
    updated: float
    updated_by: int
    version: int


class Items:
    """The items of one kind in one organisation; writing belongs inside `store.write()`."""

    def __init__(self, store: Store, org: int, kind: str) -> None:
        self._store = store
        self._org = org
        self._kind = kind

    def get(self, uid: str) -> Item | None:
        return self._one("uid = ?", uid)

    def by_id(self, number: int) -> Item | None:
        return self._one("id = ?", number)

    def by_name(self, name: str) -> Item | None:
        """The oldest item of that name."""
        return self._one("name = ? order by id", name)

    def all(self) -> list[Item]:
        """All items, oldest first."""
        sql = "select * from item where org = ? and kind = ? order by id"
        return [_item(row) for row in self._store.rows(sql, self._org, self._kind)]

    def add(self, draft: Draft, author: int) -> Item:
        """Store a new item. Its uid must be free."""
        now = self._store.now()
        row = self._store.row(
            "insert into counter values (?, 1) on conflict do update set last = last + 1 returning last", self._kind
        )
        assert row is not None
        made = {"org": self._org, "kind": self._kind, "id": row["last"], "uid": draft.uid or ids.new_short_uid(now)}
        times = {"created": now, "created_by": author, "updated": now, "updated_by": author}
        self._store.insert("item", {**made, **_columns(draft), **times, "version": 1})
        item = self.by_id(row["last"])
        assert item is not None
        return item

    def replace(self, old: Item, draft: Draft, author: int) -> Item:
        """Store a new version of `old`, under the uid of `draft` where it has one."""
        values = {**_columns(draft), "uid": draft.uid or old.uid, "updated": self._store.now(), "updated_by": author}
        sets = ", ".join(f"{name} = ?" for name in values)
        sql = f"update item set {sets}, version = version + 1 where kind = ? and id = ?"
        self._store.run(sql, *values.values(), self._kind, old.id)
        item = self.by_id(old.id)
        assert item is not None
        return item

    def remove(self, item: Item) -> None:
        self._store.run("delete from item where kind = ? and id = ?", self._kind, item.id)

    def _one(self, where: str, value: object) -> Item | None:
        sql = f"select * from item where org = ? and kind = ? and {where}"
        row = self._store.row(sql, self._org, self._kind, value)
        return None if row is None else _item(row)


def _columns(draft: Draft) -> dict[str, Any]:
    body, secure = (orjson.dumps(value).decode() for value in (draft.body, draft.secure))
    return {"name": draft.name, "body": body, "secure": secure}


def _item(row: sqlite3.Row) -> Item:
    values = dict(zip(row.keys(), row, strict=True))
    return Item(**{**values, "body": orjson.loads(values["body"]), "secure": orjson.loads(values["secure"])})
