"""Users, teams and service accounts of an organisation by what people know them by. Each list is asked for once in a
run, and by whoever writes once more for a name that it lacks: this run may have made it since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Mention
from providers.grafana.paging import all_pages
from providers.transport.errors import Denied, NotFound
from providers.transport.http import HttpClient
from providers.transport.misread import read


@dataclass(frozen=True, slots=True)
class Entry:
    """One that permissions can be given to: `names` are what it goes by, the first of which is its own alone. `email`
    is None where the server does not tell the account."""

    number: int
    names: tuple[str, ...]
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entries, as mentions have it. `right` is what its list takes, `least` the first Grafana that has it;
    `type` is the resource type whose objects go by the number of an entry."""

    name: str
    type: str
    right: str
    least: int
    ask: Callable[[HttpClient], Coroutine[Any, Any, Sequence[Entry]]]
    is_same: Callable[[str, str], bool]


class Directory:
    """The lists of one client."""

    def __init__(self) -> None:
        self._lists: dict[str, asyncio.Future[Sequence[Entry]]] = {}
        self._turn = asyncio.Lock()

    async def entries(self, client: HttpClient, kind: Kind) -> Sequence[Entry]:
        """Returns all entries of a kind that the account may see. Raises Denied and ApiError."""
        if kind.name not in self._lists:
            self._lists[kind.name] = asyncio.ensure_future(read(kind.ask(client)))
        return await asyncio.shield(self._lists[kind.name])

    async def find(self, client: HttpClient, kind: Kind, name: str) -> Sequence[Entry]:
        """Returns the entries that go by a name. Raises Denied and ApiError."""
        asked = self._lists.get(kind.name)
        found = _called(kind, name, await self.entries(client, kind))
        if found or asked is None or client.connection.read_only:
            return found
        async with self._turn:
            if self._lists.get(kind.name) is asked:
                del self._lists[kind.name]
        return _called(kind, name, await self.entries(client, kind))


def _called(kind: Kind, name: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Returns the entries that go by a name: those whose own it is, before those that have it besides."""
    own = [one for one in entries if kind.is_same(one.names[0], name)]
    return own or [one for one in entries if any(kind.is_same(other, name) for other in one.names[1:])]


async def _ask_users(client: HttpClient) -> Sequence[Entry]:
    """GET /api/org/users (3.2 to 12.4); where the account may not see that, GET /api/org/users/lookup, which tells
    logins alone to whoever may give permissions to a folder, a dashboard or a team (12.4)."""
    try:
        users = await client.get("/api/org/users")
    except Denied as denied:
        try:
            users = await client.get("/api/org/users/lookup")
        except (Denied, NotFound):
            raise denied from None
    return [_user(int(one["userId"]), one["login"], one.get("email")) for one in users]


def _user(number: int, login: str, email: str | None) -> Entry:
    return Entry(number, (login, *([email] if email else ())), email)


async def _ask_teams(client: HttpClient) -> Sequence[Entry]:
    """GET /api/teams/search, by pages (5 to 12.4, before 9 by documents)."""
    teams = await all_pages(client, "teams", "/api/teams/search", "teams")
    return [Entry(int(one["id"]), (one["name"],)) for one in teams]


async def _ask_accounts(client: HttpClient) -> Sequence[Entry]:
    """GET /api/serviceaccounts/search, by pages (9 to 12.4)."""
    found = await all_pages(client, "service accounts", "/api/serviceaccounts/search", "serviceAccounts")
    return [Entry(int(one["id"]), (one["name"], one["login"])) for one in found]


def _in_any_case(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _exactly(one: str, other: str) -> bool:
    return one == other


_ALL: Final = (
    Kind("user", "grafana_user", "org.users:read", 3, _ask_users, _in_any_case),
    Kind("team", "grafana_team", "teams:read", 5, _ask_teams, _exactly),
    Kind("service account", "grafana_service_account", "serviceaccounts:read", 9, _ask_accounts, _exactly),
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _ALL}
TYPES: Final[Mapping[str, Kind]] = {kind.type: kind for kind in _ALL}


def mention_of(kind: str, number: int | str) -> Mention:
    """Returns the mention of one that goes by a number."""
    return Mention(KINDS[kind].type, str(number))
