"""Permissions of folders, dashboards and service accounts under /api/access-control, as 12.4.0 answers.

Those of a folder and a dashboard are the same as `permissions.py` has; levels are called View, Edit, Admin here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.accounts import Account
from providers.embedded.avatars import avatar
from providers.embedded.grants import Rules, given_rules, service_key, store_rules
from providers.embedded.objects import Entry
from providers.embedded.permissions import NAMES, ROLES, Holder, folder_of, rules_of
from providers.embedded.routing import Call, Route
from providers.embedded.teams import TEAMS

_LEVELS: Final = {name: number for number, name in NAMES.items()}
_KEYS: Final = {"users": "userId", "teams": "teamId", "builtInRoles": "role"}
_SENT: Final = {"users": "userId", "teams": "teamId", "builtInRoles": "builtInRole"}

_VIEW: Final = ("dashboards:read", "annotations:read")
_EDIT: Final = (
    *_VIEW,
    *("dashboards:write", "dashboards:delete", "annotations:write", "annotations:delete", "annotations:create"),
)
_ADMIN: Final = (*_EDIT, "dashboards.permissions:read", "dashboards.permissions:write")
_FOLDER_VIEW: Final = ("folders:read", "alert.rules:read", "library.panels:read", "alert.silences:read")
_FOLDER_EDIT: Final = (
    *_FOLDER_VIEW,
    *("folders:write", "folders:delete", "dashboards:create"),
    *("alert.rules:create", "alert.rules:write", "alert.rules:delete"),
    *("alert.silences:create", "alert.silences:write"),
    *("library.panels:create", "library.panels:write", "library.panels:delete"),
)
_FOLDER_ADMIN: Final = (*_FOLDER_EDIT, "folders.permissions:read", "folders.permissions:write")
_OF_ACCOUNT: Final = ("serviceaccounts:read", "serviceaccounts:write")
_ALL_OF_ACCOUNT: Final = (
    *_OF_ACCOUNT,
    *("serviceaccounts:delete", "serviceaccounts.permissions:read", "serviceaccounts.permissions:write"),
)
_MAKE: Final = ("folders:create",)

Object = Entry | Holder | Account | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of objects: which permissions there are, what each of them allows, and who may have one.

    `find` is for a write, and refuses for what is not there; `peek` is for a read.
    """

    name: str
    actions: Mapping[str, Sequence[str]]
    admin: Sequence[str]
    assignments: Mapping[str, bool]
    find: Callable[[Call], Entry | Holder | Account]
    peek: Callable[[Call], Object]

    @property
    def levels(self) -> Sequence[str]:
        return [*self.actions]


def _describe(call: Call, kind: _Kind) -> Response:
    """GET /api/access-control/:kind/description (12.4.0)."""
    return wire.answer({"assignments": kind.assignments, "permissions": kind.levels})


def _list(call: Call, kind: _Kind) -> Response:
    """GET /api/access-control/:kind/:id (12.4.0): those of what it lies in too, as inherited."""
    found = kind.peek(call)
    items = [_shown(call, kind, rule) for rule in _own(call, found)]
    items += [_shown(call, kind, rule, inherited=True) for rule in _inherited(call, found)]
    everything = {"isManaged": False, "isInherited": False, "isServiceAccount": False, "builtInRole": "Admin"}
    own = {**everything, "actions": kind.admin, "permission": kind.levels[-1]}
    items.append({"id": 1, "roleName": "basic:admin", **own})
    if not isinstance(found, Account | None):
        items.append({"id": 0, "roleName": "", **own})
    return wire.answer(items)


def _set(call: Call, kind: _Kind) -> Response:
    """POST /api/access-control/:kind/:id {"permissions": [{"userId": …, "permission": …}]} (12.4.0): of others than
    those that are named it changes nothing."""
    command = call.json().get("permissions") or []
    found = kind.find(call)
    for item in command:
        sort = next(sort for sort, key in _SENT.items() if item.get(key))
        _give(call, kind, found, (sort, item[_SENT[sort]]), item.get("permission") or "")
    return wire.answer({"message": "Permissions updated"})


def _set_one(call: Call, kind: _Kind) -> Response:
    """POST /api/access-control/:kind/:id/{users,teams,builtInRoles}/:holder {"permission": …} (12.4.0): an empty one
    is taken away."""
    level = wire.read_field(call.json(), "permission", str)
    sort, text = call.params["sort"], call.params["holder"]
    if not kind.assignments.get(sort):
        raise wire.refuse(404, "Not found", wire.CHARSET)
    if sort != "builtInRoles" and not text.isdecimal():
        raise wire.refuse(400, "id is invalid")
    _give(call, kind, kind.find(call), (sort, text if sort == "builtInRoles" else int(text)), level)
    return wire.answer({"message": "Permission updated" if level else "Permission removed"})


def _give(call: Call, kind: _Kind, found: Entry | Holder | Account, who: tuple[str, Any], level: str) -> None:
    """A level of folders and dashboards that is none takes the permission away."""
    sort, holder = who
    _check_holder(call, sort, holder)
    if level and level not in kind.levels and isinstance(found, Account):
        raise _refused("resourcePermissions.invalidPermission", _INVALID.format(level), {"permission": level})
    others = [rule for rule in _own(call, found) if rule.get(_KEYS[sort]) != holder]
    given = [{_KEYS[sort]: holder, "permission": _LEVELS[level]}] if level in kind.levels else []
    store_rules(call, _key(found), [*others, *given])


def _check_holder(call: Call, sort: str, holder: Any) -> None:
    if sort == "builtInRoles":
        if holder not in ROLES:
            message = f"built-in role [{holder}] is not valid"
            raise _refused("accesscontrol.invalidBuiltInRole", message, {"builtInRole": holder})
        return
    is_there = call.accounts.by_id(holder) if sort == "users" else TEAMS.items(call).by_id(holder)
    if is_there is None:
        name = sort.removesuffix("s")
        raise _refused("accesscontrol.assignmentEntityNotFound", f"{name} not found", {"assignment": name})


def _refused(message_id: str, message: str, extra: Mapping[str, Any]) -> wire.Refused:
    return wire.Refused(
        wire.answer({"statusCode": 400, "messageId": message_id, "message": message, "extra": extra}, 400)
    )


def _own(call: Call, found: Object) -> Rules:
    if isinstance(found, Account):
        return given_rules(call, _key(found)) or ()
    return () if found is None else rules_of(call, found)


def _inherited(call: Call, found: Object) -> Iterator[dict[str, Any]]:
    """The rules of the folders that an object lies in."""
    while isinstance(found, Entry) and found.folder:
        found = call.objects.get("folders", found.folder)
        yield from _own(call, found)


def _key(found: Entry | Holder | Account) -> str:
    """The key of an object's rules in the store."""
    return service_key(found.id) if isinstance(found, Account) else found.uid


def _shown(call: Call, kind: _Kind, rule: Mapping[str, Any], inherited: bool = False) -> dict[str, Any]:
    level = NAMES[rule["permission"]]
    managed = {"isManaged": not inherited, "isInherited": inherited}
    own = {"actions": [*kind.actions[level]], "permission": level}
    if rule.get("role"):
        name = f"managed:builtins:{rule['role'].lower()}:permissions"
        return {"id": 2, "roleName": name, **managed, "isServiceAccount": False, "builtInRole": rule["role"], **own}
    if rule.get("teamId"):
        name = f"managed:teams:{rule['teamId']}:permissions"
        return {"id": 3, "roleName": name, **managed, "isServiceAccount": False, **_team(call, rule["teamId"]), **own}
    account = call.accounts.by_id(rule["userId"])
    is_service = account is not None and account.service
    who = _user(account) if account is not None else {"userId": rule["userId"]}
    name = f"managed:users:{rule['userId']}:permissions"
    return {"id": 4, "roleName": name, **managed, "isServiceAccount": is_service, **who, **own}


def _user(account: Account) -> dict[str, Any]:
    return {
        "userId": account.id,
        "userUid": account.uid,
        "userLogin": account.login,
        "userAvatarUrl": avatar(account.email),
    }


def _team(call: Call, number: int) -> dict[str, Any]:
    team = TEAMS.items(call).by_id(number)
    if team is None:
        return {"teamId": number}
    picture = avatar(team.body["email"], team.name)
    return {"team": team.name, "teamId": team.id, "teamUid": team.uid, "teamAvatarUrl": picture}


def _find_folder(call: Call) -> Entry | Holder:
    try:
        return folder_of(call)
    except wire.Refused:
        raise wire.refuse_id(404, "folder.notFound", "NotFound") from None


def _peek_folder(call: Call) -> Entry | Holder:
    try:
        return folder_of(call)
    except wire.Refused:
        raise wire.refuse_id(500, "accesscontrol.internal", "InternalError") from None


def _dashboard(call: Call, message: str) -> Entry:
    entry = call.objects.get("dashboards", call.params["uid"])
    if entry is None:
        raise wire.refuse(500, message)
    return entry


def _find_account(call: Call) -> Account:
    account = _peek_account(call)
    if account is None:
        raise wire.refuse_id(404, "serviceaccounts.ErrNotFound", "service account not found")
    return account


def _peek_account(call: Call) -> Account | None:
    text = call.params["uid"]
    account = call.accounts.by_id(int(text)) if text.isdecimal() and len(text) < 19 else None
    return account if account is not None and account.service else None


_INVALID: Final = "Permission [{}] is invalid for this resource type"
_ALL: Final = {"users": True, "serviceAccounts": True, "teams": True, "builtInRoles": True}
_KINDS: Final = (
    _Kind(
        "folders",
        {
            "View": (*_VIEW, *_FOLDER_VIEW),
            "Edit": (*_EDIT, *_FOLDER_EDIT, *_MAKE),
            "Admin": (*_ADMIN, *_FOLDER_ADMIN, *_MAKE),
        },
        (*_ADMIN, *_FOLDER_ADMIN),
        _ALL,
        _find_folder,
        _peek_folder,
    ),
    _Kind(
        "dashboards",
        {"View": _VIEW, "Edit": _EDIT, "Admin": _ADMIN},
        _ADMIN,
        _ALL,
        lambda call: _dashboard(call, "Internal Server Error"),
        lambda call: _dashboard(call, "Failed to get permissions"),
    ),
    _Kind(
        "serviceaccounts",
        {"Edit": _OF_ACCOUNT, "Admin": _ALL_OF_ACCOUNT},
        _ALL_OF_ACCOUNT,
        {**_ALL, "serviceAccounts": False, "builtInRoles": False},
        _find_account,
        _peek_account,
    ),
)


def _routes(kind: _Kind) -> Iterator[Route]:
    path = f"/api/access-control/{kind.name}"
    may_see, may_set = f"{kind.name}.permissions:read", f"{kind.name}.permissions:write"

    def of(handler: Callable[[Call, _Kind], Response]) -> Callable[[Call], Response]:
        return lambda call: handler(call, kind)

    yield Route("GET", f"{path}/description", of(_describe), "Viewer", may_see)
    yield Route("GET", f"{path}/{{uid}}", of(_list), "Admin", may_see)
    yield Route("POST", f"{path}/{{uid}}", of(_set), "Admin", may_set, writes=True)
    yield Route("POST", f"{path}/{{uid}}/{{sort}}/{{holder}}", of(_set_one), "Admin", may_set, writes=True)


ROUTES: Final = tuple(route for kind in _KINDS for route in _routes(kind))
