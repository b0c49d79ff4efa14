"""Dashboards and folders: versioned, named within an organisation and a kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from providers.embedded import ids
from providers.embedded.doubles import dump_doubles
from providers.embedded.store import Store

Kind = Literal["dashboards", "folders"]

_META = (
    "rv, org, kind, name, id, uid, generation, deleted, folder, title, tags, created, created_by, updated, updated_by,"
    " message, labels, annotations, api_version, manager, managed_at, fields, size, body"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An object to be stored. `fields` is the tree of keys that the client sent, which `managedFields` shows."""

    spec: Mapping[str, Any]
    folder: str = ""
    message: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    api_version: str = "v0alpha1"
    manager: str = "grafana"
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        title = self.spec.get("title")
        return title if isinstance(title, str) else ""

    @property
    def tags(self) -> list[str]:
        """The tags, sorted; what is no list of texts counts as none."""
        tags = self.spec.get("tags")
        return sorted(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else []


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an object, without its body. `created_by` and `updated_by` read `user:UID`."""

    rv: int
    org: int
    kind: Kind
    name: str
    id: int
    uid: str
    generation: int
    deleted: bool
    folder: str
    title: str
    tags: list[str]
    created: float
    created_by: str
    updated: float | None
    updated_by: str
    message: str
    labels: dict[str, str]
    annotations: dict[str, str]
    api_version: str
    manager: str
    managed_at: float
    fields: dict[str, Any]
    size: int
    body: int

    @property
    def saved(self) -> float:
        """The time of this version."""
        return self.created if self.updated is None else self.updated


class Objects:
    """Reading and writing objects of one organisation; writing belongs inside `store.write()`."""

    def __init__(self, store: Store, org: int, counts: bool = False) -> None:
        """With `counts`, as before 12, ids are counted and each save is a version; without it ids are random, and the
        numbers of what is stored become what a double makes of them (12.4.0)."""
        self._store = store
        self._org = org
        self._counts = counts
        self._dump = orjson.dumps if counts else dump_doubles

    def get(self, kind: Kind, name: str) -> Entry | None:
        return self._one("kind = ? and name = ? and current = 1", kind, name)

    def by_id(self, kind: Kind, number: int) -> Entry | None:
        return self._one("kind = ? and id = ? and current = 1", kind, number)

    def all(self, kind: Kind) -> list[Entry]:
        return self._many("kind = ? and current = 1 order by name", kind)

    def page(self, kind: Kind, after: str, offset: int, as_of: int | None) -> Iterator[Entry]:
        """Live objects by name, those `after` a name from `offset` on; `as_of` a resourceVersion as they were then."""
        if as_of is None or as_of >= self._store.last_version():
            where, values = "current = 1", []
        else:
            where = (
                "deleted = 0 and rv = (select max(rv) from version as v where v.org = version.org"
                " and v.kind = version.kind and v.name = version.name and v.rv <= ?)"
            )
            values = [as_of]
        sql = f"select {_META} from version where org = ? and kind = ? and name > ? and {where} order by name"
        rows = self._store.each(f"{sql} limit -1 offset ?", self._org, kind, after, *values, offset)
        return map(_entry, rows)

    def history(self, kind: Kind, name: str) -> list[Entry]:
        """The versions of the live object, newest first; those of an earlier object of that name do not count."""
        live = self.get(kind, name)
        if live is None:
            return []
        return self._many("kind = ? and name = ? and uid = ? and deleted = 0 order by rv desc", kind, name, live.uid)

    def trash(self, kind: Kind) -> list[Entry]:
        """The last state of every name that was deleted and not made again, newest first."""
        return self._many(
            "kind = ? and deleted = 1 and rv = (select max(rv) from version as v where v.org = version.org"
            " and v.kind = version.kind and v.name = version.name) order by rv desc",
            kind,
        )

    def children(self, kind: Kind, folder: str) -> list[Entry]:
        return self._many("kind = ? and folder = ? and current = 1 order by name", kind, folder)

    def body(self, entry: Entry) -> bytes:
        """The stored spec as JSON, keys sorted."""
        row = self._store.row("select spec from body where rv = ?", entry.body)
        assert row is not None
        return bytes(row["spec"])

    def spec(self, entry: Entry) -> dict[str, Any]:
        spec: dict[str, Any] = orjson.loads(self.body(entry))
        return spec

    def create(self, kind: Kind, name: str, draft: Draft, author: str, number: int = 0) -> Entry:
        """Store a new object, generation 1; `number` is its id where that is not to be a new one."""
        now = self._store.now()
        entry = Entry(
            rv=0,
            org=self._org,
            kind=kind,
            name=name,
            id=number or (self.next_id() if self._counts else self._free_id(kind)),
            uid=ids.new_uuid(),
            generation=1,
            deleted=False,
            created=now,
            created_by=author,
            updated=None,
            updated_by="",
            size=0,
            body=0,
            **_drafted(draft, now),
        )
        return self._save(entry, self._dump(draft.spec, option=orjson.OPT_SORT_KEYS))

    def next_id(self) -> int:
        """One more than any id ever given: dashboards and folders were numbered together before 12."""
        row = self._store.row("select coalesce(max(id), 0) as id from version")
        assert row is not None
        return int(row["id"]) + 1

    def count_made(self, kind: Kind, number: int) -> int:
        """The number of objects of a kind that were ever given an id up to `number`."""
        where = "org = ? and kind = ? and id <= ?"
        row = self._store.row(f"select count(distinct id) as made from version where {where}", self._org, kind, number)
        assert row is not None
        return int(row["made"])

    def count_saves(self, rv: int) -> int:
        """The number of saves of anything up to a version."""
        row = self._store.row("select count(*) as saves from version where deleted = 0 and rv <= ?", rv)
        assert row is not None
        return int(row["saves"])

    def titles(self, kind: Kind) -> list[tuple[str, str, str]]:
        """(name, title, folder) of all live objects, by id: what has to be read to find a title."""
        where = "org = ? and kind = ? and current = 1 order by id"
        rows = self._store.rows(f"select name, title, folder from version where {where}", self._org, kind)
        return [(row["name"], row["title"], row["folder"]) for row in rows]

    def update(self, old: Entry, draft: Draft, author: str, generation: int | None = None) -> Entry:
        """Store a new version of `old`; the same content is a new resourceVersion at most, never a generation.

        With a `generation` it is one all the same, of that number: before 12 every save was.
        """
        if generation is None and self._counts:
            generation = old.generation + 1
        now = self._store.now()
        new = replace(old, **_drafted(draft, now))
        spec = self._dump(draft.spec, option=orjson.OPT_SORT_KEYS)
        if generation is not None or spec != self.body(old) or _is_about(new) != _is_about(old):
            number = old.generation + 1 if generation is None else generation
            return self._save(replace(new, generation=number, updated=now, updated_by=author, body=0), spec)
        if replace(new, manager=old.manager, managed_at=old.managed_at, api_version=old.api_version) == old:
            return old
        return self._save(replace(new, api_version=old.api_version), None)

    def remove(self, entry: Entry, author: str) -> None:
        """Delete it; a dashboard goes to the trash, last updated by whoever deleted it."""
        self._retire(entry)
        gone = replace(entry, deleted=True, updated=self._store.now(), updated_by=author)
        self._insert(replace(gone, rv=self._store.next_version()), current=False)

    def restore(self, entry: Entry, folder: str) -> None:
        """Undo the deletion that `entry` is: the version before it is the live one again, in `folder`."""
        self._store.run("delete from version where rv = ?", entry.rv)
        newest = "select max(rv) from version where org = ? and kind = ? and name = ?"
        self._store.run(
            f"update version set current = 1, folder = ? where rv = ({newest})",
            folder,
            self._org,
            entry.kind,
            entry.name,
        )

    def purge(self, entry: Entry) -> None:
        """Forget an object, and every version of it."""
        where = "where org = ? and kind = ? and name = ?"
        named = (self._org, entry.kind, entry.name)
        self._store.run(f"delete from body where rv in (select body from version {where})", *named)
        self._store.run(f"delete from version {where}", *named)

    def rename(self, entry: Entry, name: str) -> Entry:
        """Give an object and its history another name; what is in a folder stays in it."""
        where = "where org = ? and kind = ? and name = ?"
        self._store.run(f"update version set name = ? {where}", name, self._org, entry.kind, entry.name)
        if entry.kind == "folders":
            self._store.run("update version set folder = ? where org = ? and folder = ?", name, self._org, entry.name)
        return replace(entry, name=name)

    def _save(self, entry: Entry, spec: bytes | None) -> Entry:
        rv = self._store.next_version()
        saved = replace(entry, rv=rv)
        if spec is not None:
            saved = replace(saved, body=rv, size=len(spec))
            self._store.run("insert into body values (?, ?)", rv, spec)
        self._retire(entry)
        self._insert(saved, current=True)
        return saved

    def _retire(self, entry: Entry) -> None:
        self._store.run(
            "update version set current = 0 where org = ? and kind = ? and name = ? and current = 1",
            self._org,
            entry.kind,
            entry.name,
        )

    def _insert(self, entry: Entry, *, current: bool) -> None:
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        for name in ("tags", "labels", "annotations", "fields"):
            values[name] = orjson.dumps(values[name]).decode()
        self._store.insert("version", {**values, "current": current})

    def _free_id(self, kind: Kind) -> int:
        while True:
            number = ids.new_number(self._store.now())
            if self.by_id(kind, number) is None:
                return number

    def _one(self, where: str, *values: Any) -> Entry | None:
        row = self._store.row(f"select {_META} from version where org = ? and {where}", self._org, *values)
        return None if row is None else _entry(row)

    def _many(self, where: str, *values: Any) -> list[Entry]:
        rows = self._store.rows(f"select {_META} from version where org = ? and {where}", self._org, *values)
        return [_entry(row) for row in rows]


def below(objects: Objects, folder: str) -> tuple[list[Entry], list[Entry]]:
    """The folders and dashboards under a folder, however deep; a folder comes before what it holds."""
    folders = objects.children("folders", folder)
    dashboards = objects.children("dashboards", folder)
    for child in list(folders):
        deeper = below(objects, child.name)
        folders += deeper[0]
        dashboards += deeper[1]
    return folders, dashboards


def parents(objects: Objects, entry: Entry) -> list[Entry]:
    """The folders above `entry`, outermost first; a parent that is gone ends the line."""
    line: list[Entry] = []
    above = objects.get("folders", entry.folder) if entry.folder else None
    while above is not None and above not in line:
        line.insert(0, above)
        above = objects.get("folders", above.folder) if above.folder else None
    return line


def managed_fields(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The tree of keys as `fieldsV1` writes it: objects are followed, lists and values are not."""
    return {
        f"f:{key}": ({".": {}} | managed_fields(value) if isinstance(value, dict) and value else {})
        for key, value in sorted(spec.items())
    }


def _drafted(draft: Draft, now: float) -> dict[str, Any]:
    return {
        "folder": draft.folder,
        "title": draft.title,
        "tags": draft.tags,
        "message": draft.message,
        "labels": dict(draft.labels),
        "annotations": dict(draft.annotations),
        "api_version": draft.api_version,
        "manager": draft.manager,
        "managed_at": now,
        "fields": dict(draft.fields),
    }


def _entry(row: Any) -> Entry:
    values = dict(zip(row.keys(), row, strict=True))
    for name in ("tags", "labels", "annotations", "fields"):
        values[name] = orjson.loads(values[name])
    values["deleted"] = bool(values["deleted"])
    return Entry(**values)


def _is_about(entry: Entry) -> tuple[Any, ...]:
    """Returns the values beside the spec that make a new generation when they change (12.4.0)."""
    return entry.folder, entry.labels, entry.annotations
