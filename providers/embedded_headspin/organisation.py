"""An organisation in HeadSpin: the accounts of its Grafana, and the allocated dashboards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from providers.embedded.accounts import Accounts
from providers.embedded.options import Role
from providers.embedded.store import Store

_SCHEMA = (
    "create table if not exists headspin_account "
    "(role text primary key, username text not null, password text not null)",
    "create table if not exists headspin_dashboard "
    "(name text primary key, uid text not null, version integer not null, max_version integer not null)",
)
# By the organisation's name; the example of POST /allocate has "Example Grafana".
_USERS: Mapping[Role, str] = {"Admin": "{} Grafana", "Editor": "{} Grafana Editor", "Viewer": "{} Grafana Viewer"}

# Names and newest versions of the dashboards that can be allocated; those of the documentation's example.
TEMPLATES: Mapping[str, int] = {"Home": 6, "User Flow Timeseries": 1}


class Organisation:
    """Lives in the file of its Grafana. Passwords are here in the clear, as HeadSpin tells them to whoever may ask."""

    def __init__(self, store: Store, name: str, make_password: Callable[[], str]) -> None:
        self._store = store
        self._name = name
        self._make_password = make_password
        with store.write():
            for statement in _SCHEMA:
                store.run(statement)

    def account(self, role: Role) -> tuple[str, str] | None:
        """User name and password; None before Grafana was allocated."""
        row = self._store.row("select username, password from headspin_account where role = ?", role)
        return None if row is None else (row["username"], row["password"])

    def set_accounts(self) -> None:
        """Accounts with new passwords, here and in Grafana."""
        accounts = Accounts(self._store)
        with self._store.write():
            for role, pattern in _USERS.items():
                username, password = pattern.format(self._name), self._make_password()
                accounts.set_user(username, password, role)
                self._store.run("insert or replace into headspin_account values (?, ?, ?)", role, username, password)

    def dashboards(self) -> Sequence[Mapping[str, Any]]:
        """Allocated dashboards by name, then the templates that are not."""
        return [*self._allocated(), *self._templates()]

    def dashboard(self, name: str) -> Mapping[str, Any] | None:
        return next((item for item in self._allocated() if item["name"] == name), None)

    def register(self, name: str, uid: str, version: int) -> None:
        known = self.dashboard(name)
        newest = max(version, known["max_version"] if known else TEMPLATES.get(name, 0))
        with self._store.write():
            sql = "insert or replace into headspin_dashboard values (?, ?, ?, ?)"
            self._store.run(sql, name, uid, version, newest)

    def remove(self, name: str) -> None:
        with self._store.write():
            self._store.run("delete from headspin_dashboard where name = ?", name)

    def _allocated(self) -> Iterator[Mapping[str, Any]]:
        for row in self._store.rows("select * from headspin_dashboard order by name"):
            numbers = {"version": row["version"], "max_version": row["max_version"]}
            yield {"allocated": True, **numbers, "name": row["name"], "dashboard_uid": row["uid"]}

    def _templates(self) -> Iterator[Mapping[str, Any]]:
        for name in TEMPLATES:
            if self.dashboard(name) is None:
                yield {"allocated": False, "legacy": False, "name": name}
