"""Teams with their members and preferences under /api/teams, as 12.4.0 answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import ids, preferences, wire
from providers.embedded.accounts import Account
from providers.embedded.avatars import avatar
from providers.embedded.collection import Access, Collection
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call, Route

_PER_PAGE: Final = 1000
_MEMBER, _ADMIN = 0, 4
Members = Mapping[str, Mapping[str, Any]]


def search(call: Call) -> Response:
    """GET /api/teams/search?query=&name=&teamId=&page=&perpage= (12.4.0): by name; `query` is a part of it, and
    `teamId` does not change what `totalCount` says."""
    named, part = call.query("name"), call.query("query").lower()
    teams = sorted(TEAMS.items(call).all(), key=lambda team: team.name)
    found = [team for team in teams if named in ("", team.name) and part in team.name.lower()]
    numbers = {int(text) for text in call.query_list("teamId") if text.isdecimal()}
    shown = [team for team in found if not numbers or team.id in numbers]
    page, size = call.query_int("page", 1), call.query_int("perpage", _PER_PAGE)
    listed = [_show(call, team) for team in shown[(page - 1) * size : page * size]]
    return wire.answer({"totalCount": len(found), "teams": listed, "page": page, "perPage": size})


def list_members(call: Call) -> Response:
    """GET /api/teams/:id/members (12.4.0): by login; nobody where no team has that number."""
    team = _find(TEAMS.items(call), _known_key(call))
    return wire.answer([] if team is None else [*_members(call, team)])


def add_member(call: Call) -> Response:
    """POST /api/teams/:id/members {"userId": …} (12.4.0)."""
    number = wire.read_field(call.json(), "userId", int)
    if not number:
        raise wire.refuse(400, "bad request data")
    team = TEAMS.require(call)
    if str(number) in _stored(team):
        raise wire.refuse(400, "User is already added to this team")
    if _user(call, number) is None:
        raise wire.refuse(500, "Failed to add Member to Team")
    _store(call, team, {**_stored(team), str(number): _new_member(call, _MEMBER)})
    return wire.answer({"message": "Member added to Team"})


def update_member(call: Call) -> Response:
    """PUT /api/teams/:id/members/:userId {"permission": …} (12.4.0): 4 is an admin, all else a member."""
    permission = wire.read_field(call.json(), "permission", int)
    team, number = TEAMS.require(call), str(call.params["user"])
    members = _stored(team)
    if number not in members:
        raise wire.refuse(404, "Team member not found.")
    level = _ADMIN if permission == _ADMIN else _MEMBER
    _store(call, team, {**members, number: {**members[number], "permission": level}})
    return wire.answer({"message": "Team member updated"})


def replace_members(call: Call) -> Response:
    """PUT /api/teams/:id/members {"members": [EMAIL …], "admins": [EMAIL …]} (12.4.0): whoever is not named leaves."""
    command = call.json()
    wanted = dict.fromkeys(_emails(command, "members"), _MEMBER) | dict.fromkeys(_emails(command, "admins"), _ADMIN)
    team = TEAMS.require(call)
    old, new = _stored(team), {}
    for email, level in wanted.items():
        account = call.accounts.by_email(email)
        if account is None:
            raise wire.refuse(404, "user not found")
        number = str(account.id)
        new[number] = {**old.get(number, _new_member(call, level)), "permission": level}
    _store(call, team, new)
    return wire.answer({"message": "Team memberships have been updated"})


def remove_member(call: Call) -> Response:
    """DELETE /api/teams/:id/members/:userId (12.4.0)."""
    team, number = TEAMS.require(call), call.params["user"]
    members = _stored(team)
    if _user(call, number) is None:
        raise wire.refuse(500, "Failed to remove Member from Team")
    if str(number) not in members:
        raise wire.refuse(404, "Team member not found")
    _store(call, team, {key: member for key, member in members.items() if key != str(number)})
    return wire.answer({"message": "Team Member removed"})


def get_preferences(call: Call) -> Response:
    """GET /api/teams/:id/preferences (12.4.0): none where no team has that number."""
    return preferences.show_of_team(call, _number(call))


def put_preferences(call: Call) -> Response:
    """PUT /api/teams/:id/preferences (12.4.0): what is left out is as if it had never been set."""
    return preferences.store_of_team(call, _number(call))


def teams_of(call: Call, account: Account) -> list[dict[str, Any]]:
    """The teams of the caller's organisation that an account is in, by name."""
    teams = [team for team in TEAMS.items(call).all() if str(account.id) in _stored(team)]
    return [_show(call, team) for team in sorted(teams, key=lambda team: team.name)]


def _find(items: Items, key: str) -> Item | None:
    """Finds a team by number, else by uid."""
    return items.by_id(int(key)) if _is_number(key) else items.get(key)


def _is_number(key: str) -> bool:
    return key.removeprefix("-").isdecimal() and len(key) <= 18


def _missing(key: str) -> wire.Refused:
    return wire.refuse(404, "Team not found") if _is_number(key) else wire.refuse(404, "Not found", wire.CHARSET)


def _known_key(call: Call) -> str:
    """The key of the path, where it is a number or the uid of a team."""
    key: str = call.params["key"]
    return key if _is_number(key) else TEAMS.require(call).uid


def _number(call: Call) -> int:
    key = _known_key(call)
    return int(key) if _is_number(key) else TEAMS.require(call).id


def _parse(call: Call) -> Draft:
    command = call.json()
    name, email = (wire.read_field(command, key, str) for key in ("name", "email"))
    return Draft({"email": email, "members": {}}, name=name)


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """A name is needed, and had once; whoever makes a team is its admin, but for service accounts. An update without
    name leaves it."""
    other = TEAMS.items(call).by_name(draft.name)
    if old is not None:
        if other is not None and other.id != old.id:
            raise wire.refuse(400, "Team name taken")
        return replace(draft, name=draft.name or old.name, body={**draft.body, "members": _stored(old)})
    if not draft.name:
        raise wire.refuse(400, "bad request data")
    if other is not None:
        raise wire.refuse(409, "Team name taken")
    maker = call.identity.account
    members = {} if maker.service else {str(maker.id): _new_member(call, _ADMIN)}
    return replace(draft, body={**draft.body, "members": members})


def _show(call: Call, team: Item) -> dict[str, Any]:
    granted = {
        f"teams{what}": True for what in (".permissions:read", ".permissions:write", ":delete", ":read", ":write")
    }
    return {
        "id": team.id,
        "uid": team.uid,
        "orgId": team.org,
        "name": team.name,
        "email": team.body["email"],
        "externalUID": "",
        "isProvisioned": False,
        "avatarUrl": avatar(team.body["email"], team.name),
        "memberCount": len([*_accounts(call, team)]),
        "permission": 0,
        "accessControl": granted if call.query("accesscontrol") == "true" else None,
    }


def _accounts(call: Call, team: Item) -> Iterator[tuple[Account, Mapping[str, Any]]]:
    """Yields the members of a team whose accounts exist."""
    for number, member in _stored(team).items():
        account = call.accounts.by_id(int(number))
        if account is not None:
            yield account, member


def _members(call: Call, team: Item) -> Iterator[dict[str, Any]]:
    for account, member in sorted(_accounts(call, team), key=lambda both: (both[0].login, both[0].email)):
        yield {
            "uid": member["uid"],
            "orgId": team.org,
            "teamId": team.id,
            "teamUID": team.uid,
            "userId": account.id,
            "userUID": account.uid,
            "auth_module": "",
            "email": account.email,
            "name": account.name,
            "login": account.login,
            "avatarUrl": avatar(account.email),
            "labels": [],
            "permission": member["permission"],
        }


def _stored(team: Item) -> Members:
    """The members by the number of the account."""
    members: Members = team.body["members"]
    return members


def _new_member(call: Call, level: int) -> dict[str, Any]:
    return {"uid": ids.new_short_uid(call.store.now()), "permission": level}


def _store(call: Call, team: Item, members: Members) -> None:
    draft = Draft({**team.body, "members": members}, name=team.name)
    TEAMS.items(call).replace(team, draft, call.identity.account.id)


def _user(call: Call, number: int) -> Account | None:
    account = call.accounts.by_id(number)
    return None if account is None or account.service else account


def _emails(command: Mapping[str, Any], key: str) -> Sequence[str]:
    emails = command.get(key) or []
    if not isinstance(emails, list) or not all(isinstance(email, str) for email in emails):
        raise wire.refuse(400, "bad request data")
    return emails


_PATH: Final = "/api/teams"
_READ: Final[Access] = ("Admin", "teams:read")
_WRITE: Final[Access] = ("Admin", "teams:write")

TEAMS: Final = Collection(
    kind="team",
    path=_PATH,
    access={"create": ("Admin", "teams:create"), "get": _READ, "update": _WRITE, "delete": ("Admin", "teams:delete")},
    parse=_parse,
    admit=_admit,
    find=_find,
    show=_show,
    missing=_missing,
    answers={
        "create": lambda team: wire.answer({"message": "Team created", "teamId": team.id, "uid": team.uid}),
        "update": lambda _: wire.answer({"message": "Team updated"}),
        "delete": lambda _: wire.answer({"message": "Team deleted"}),
    },
)

_MEMBERS, _PREFERENCES = f"{_PATH}/{{key}}/members", f"{_PATH}/{{key}}/preferences"
_MAY_SEE, _MAY_SET = "teams.permissions:read", "teams.permissions:write"
ROUTES: Final = (
    Route("GET", f"{_PATH}/search", search, *_READ),
    *TEAMS.routes,
    Route("GET", _MEMBERS, list_members, "Admin", _MAY_SEE),
    Route("POST", _MEMBERS, add_member, "Admin", _MAY_SET, writes=True),
    Route("PUT", _MEMBERS, replace_members, "Admin", _MAY_SET, writes=True),
    Route("PUT", f"{_MEMBERS}/{{user:int}}", update_member, "Admin", _MAY_SET, writes=True),
    Route("DELETE", f"{_MEMBERS}/{{user:int}}", remove_member, "Admin", _MAY_SET, writes=True),
    Route("GET", _PREFERENCES, get_preferences, *_READ),
    Route("PUT", _PREFERENCES, put_preferences, *_WRITE, writes=True),
)
