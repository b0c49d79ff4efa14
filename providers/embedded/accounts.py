"""Accounts: organisations, users, service accounts and their tokens."""

import hashlib
import hmac
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from providers.embedded import ids
from providers.embedded.options import Options, Role
from providers.embedded.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """A user or a service account, as stored."""

    id: int
    uid: str
    login: str
    name: str
    email: str
    service: bool
    server_admin: bool
    created: float

    @property
    def author(self) -> str:
        """The name of the account in annotations of the app platform."""
        return f"{'service-account' if self.service else 'user'}:{self.uid}"


class Accounts:
    """The account tables; writing belongs inside `store.write()`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def prepare(self, options: Options) -> None:
        """Make what `options` name and is not there yet; roles given there win over stored ones."""
        for number, name in options.orgs.items():
            self._store.run("insert or ignore into org values (?, ?)", number, name)
        for user in options.users:
            account = self.by_login(user.login) or self._add(
                user.login, user.name, user.login if "@" in user.login else f"{user.login}@localhost", user.server_admin
            )
            for org, role in user.orgs.items():
                self.set_role(account, org, role)
        for token, role in options.tokens.items():
            self._prepare_token(token, role)

    def set_user(self, login: str, password: str, role: Role) -> None:
        """A user of organisation 1 whose password is stored: made, or given this password."""
        account = self.by_login(login) or self._add(login, login, f"{login}@localhost", role == "Admin")
        self.set_role(account, 1, role)
        self.set_password(account, password)

    def add_user(self, login: str, name: str, email: str, password: str) -> Account:
        """A new user without roles. Login and email must be free."""
        account = self._add(login, name, email, server_admin=False)
        self.set_password(account, password)
        return account

    def update(self, account: Account, **values: str | bool) -> None:
        """Set columns of an account."""
        sets = ", ".join(f"{name} = ?" for name in values)
        self._store.run(f"update account set {sets} where id = ?", *values.values(), account.id)

    def delete(self, account: Account) -> None:
        """Delete an account with its roles, password and tokens."""
        for table in ("membership", "password", "token", "disabled"):
            self._store.run(f"delete from {table} where account = ?", account.id)
        self._store.run("delete from account where id = ?", account.id)

    def set_password(self, account: Account, password: str) -> None:
        self._store.run("insert or replace into password values (?, ?)", account.id, _hash(password))

    def set_disabled(self, account: Account, disabled: bool) -> None:
        """Whether the account is kept from signing in."""
        sql = "insert or ignore into disabled values (?)" if disabled else "delete from disabled where account = ?"
        self._store.run(sql, account.id)

    def is_disabled(self, account: Account) -> bool:
        return self._store.row("select 1 from disabled where account = ?", account.id) is not None

    def has_password(self, account: Account, password: str) -> bool:
        """Whether it is the one that is stored; only its hash is."""
        row = self._store.row("select hash from password where account = ?", account.id)
        return row is not None and hmac.compare_digest(row["hash"], _hash(password))

    def by_login(self, login: str) -> Account | None:
        return _account(self._store.row("select * from account where login = ?", login))

    def by_email(self, email: str) -> Account | None:
        """The user of an email address."""
        return _account(self._store.row("select * from account where service = 0 and email = lower(?)", email))

    def by_login_or_email(self, text: str) -> Account | None:
        """The user of a login, else of an email address, without regard to case."""
        sql = "select * from account where service = 0 and {} = lower(?)"
        return _account(self._store.row(sql.format("login"), text) or self._store.row(sql.format("email"), text))

    def users(self) -> list[Account]:
        """All users, by login."""
        rows = self._store.rows("select * from account where service = 0 order by login, email")
        return [account for row in rows if (account := _account(row)) is not None]

    def by_id(self, number: int) -> Account | None:
        return _account(self._store.row("select * from account where id = ?", number))

    def by_author(self, author: str) -> Account | None:
        """The account that an annotation like `user:UID` names."""
        return _account(self._store.row("select * from account where uid = ?", author.partition(":")[2]))

    def login_of(self, author: str) -> str:
        account = self.by_author(author)
        return "Anonymous" if account is None else account.login

    def roles(self, account: Account) -> dict[int, Role]:
        rows = self._store.rows("select org, role from membership where account = ? order by org", account.id)
        return {row["org"]: row["role"] for row in rows}

    def set_role(self, account: Account, org: int, role: Role) -> None:
        self._store.run("insert or replace into membership values (?, ?, ?)", account.id, org, role)

    def remove_role(self, account: Account, org: int) -> None:
        self._store.run("delete from membership where account = ? and org = ?", account.id, org)

    def orgs(self) -> Mapping[int, str]:
        return {row["id"]: row["name"] for row in self._store.rows("select id, name from org order by id")}

    def add_org(self, name: str) -> int:
        return self._store.insert("org", {"name": name})

    def rename_org(self, org: int, name: str) -> None:
        self._store.run("update org set name = ? where id = ?", name, org)

    def delete_org(self, org: int) -> None:
        """Delete an organisation; who was in it alone is left without any."""
        self._store.run("delete from membership where org = ?", org)
        self._store.run("delete from org where id = ?", org)

    def service_accounts(self, org: int) -> list[Account]:
        rows = self._store.rows(
            "select account.* from account join membership on account = id where service = 1 and org = ? order by name",
            org,
        )
        return [account for row in rows if (account := _account(row)) is not None]

    def add_service_account(self, org: int, name: str, role: Role) -> Account | None:
        """The new account, or None where the name is taken."""
        login = f"sa-{org}-{name.strip().lower().replace(' ', '-')}"
        if self.by_login(login) is not None:
            return None
        account = self._add(login, name, login, server_admin=False, service=True)
        self.set_role(account, org, role)
        return account

    def tokens(self, account: Account) -> list[sqlite3.Row]:
        return self._store.rows("select * from token where account = ? order by id", account.id)

    def add_token(self, account: Account, org: int, name: str, token: str, expires: float | None) -> int | None:
        """The token's id, or None where the organisation has one of that name; only its hash is stored."""
        if self._store.row("select 1 from token where org = ? and name = ?", org, name) is not None:
            return None
        values = {"account": account.id, "org": org, "name": name, "hash": _hash(token)}
        return self._store.insert("token", {**values, "created": self._store.now(), "expires": expires})

    def remove_token(self, account: Account, number: int) -> bool:
        """Whether the account had the token."""
        where = "from token where account = ? and id = ?"
        if self._store.row(f"select 1 {where}", account.id, number) is None:
            return False
        self._store.run(f"delete {where}", account.id, number)
        return True

    def of_token(self, token: str) -> tuple[Account, bool] | None:
        """Whose token it is, and whether it has expired."""
        row = self._store.row("select account, expires from token where hash = ?", _hash(token))
        account = None if row is None else self.by_id(row["account"])
        if row is None or account is None:
            return None
        return account, row["expires"] is not None and row["expires"] <= self._store.now()

    def _prepare_token(self, token: str, role: Role) -> None:
        if self.of_token(token) is None:
            name = f"options-{hashlib.sha256(token.encode()).hexdigest()[:8]}"
            account = self.add_service_account(1, name, role)
            if account is not None:
                self.add_token(account, 1, name, token, None)

    def _add(self, login: str, name: str, email: str, server_admin: bool, service: bool = False) -> Account:
        now = self._store.now()
        values = {"uid": ids.new_short_uid(now), "login": login, "name": name, "email": email}
        flags = {"service": service, "server_admin": server_admin, "created": now}
        account = self.by_id(self._store.insert("account", {**values, **flags}))
        assert account is not None
        return account


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _account(row: sqlite3.Row | None) -> Account | None:
    if row is None:
        return None
    values = dict(zip(row.keys(), row, strict=True))
    return Account(**{**values, "service": bool(row["service"]), "server_admin": bool(row["server_admin"])})
