"""Signing in (basic, bearer) and permission refusals, worded as the generation words them."""

import base64
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from providers.embedded import wire
from providers.embedded.accounts import Account, Accounts
from providers.embedded.options import Options, Role
from providers.embedded.routing import Identity, Route

_TOKEN_USER = "api_key"


@dataclass(frozen=True, slots=True)
class Wording:
    """The refusals of a generation: `login` is given 12.4.0's messageId, `denied` the permission that the route needs.

    `binds_tokens` says whether a token is refused where another organisation than its own is asked for.
    """

    login: Callable[[str], wire.Refused]
    denied: Callable[[str], wire.Refused]
    binds_tokens: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """The inputs of signing in."""

    accounts: Accounts
    options: Options
    wording: Wording


def sign_in(request: Request, door: Door) -> Identity | None:
    """Returns the identity of the sender; None without credentials, or with garbled ones. Wrong credentials are refused
    (401)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return _by_token(value.strip(), request, door)
    if scheme.lower() == "basic" and (pair := _basic(value)):
        login, password = pair
        if login == _TOKEN_USER:
            return _by_token(password, request, door)
        return _by_password(login, password, request, door)
    return None


def check_permission(route: Route, who: Identity | None, wording: Wording) -> None:
    """Refuse (401, 403) what `who` may not call."""
    if route.anonymous:
        return
    if who is None and not route.denies_anonymous:
        raise wording.login("auth.unauthorized")
    if who is None or not who.can(route.role):
        raise wording.denied(route.needs)


def denied(needs: str) -> wire.Refused:
    """403 naming the permission (12.4.0); the accessErrorId is random, as there."""
    return wire.refuse(
        403,
        f"You'll need additional permissions to perform this action. Permissions needed: {needs}",
        wire.CHARSET,
        accessErrorId=f"ACE{secrets.randbelow(10**10):010d}",
        title="Access denied",
    )


def in_org(who: Identity, org: int) -> Identity:
    """The same caller in another organisation; role `None` where it is no member."""
    role: Role = who.roles.get(org, "None")
    return Identity(who.account, org, role, who.roles)


def _basic(value: str) -> tuple[str, str] | None:
    try:
        login, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # no Base64, or no ASCII or UTF-8
        return None
    return (login, password) if colon else None


def _by_password(login: str, password: str, request: Request, door: Door) -> Identity:
    known = {user.login: user.password for user in door.options.users}
    account = door.accounts.by_login(login)
    good = password != "" and hmac.compare_digest(known.get(login, "").encode(), password.encode())
    if account is None or not (good or door.accounts.has_password(account, password)):
        raise door.wording.login("password-auth.failed")
    _refuse_disabled(account, door)
    roles = door.accounts.roles(account)
    return _identity(account, roles, _asked_org(request) or next(iter(roles), 1))


def _by_token(token: str, request: Request, door: Door) -> Identity:
    found = door.accounts.of_token(token)
    if found is None:
        raise door.wording.login("api-key.invalid")
    account, expired = found
    if expired:
        raise door.wording.login("api-key.expired")
    _refuse_disabled(account, door)
    roles = door.accounts.roles(account)
    home = next(iter(roles), 1)
    if door.wording.binds_tokens and _asked_org(request) not in (None, home):
        raise door.wording.login("api-key.organization-mismatch")
    return _identity(account, roles, home)


def _refuse_disabled(account: Account, door: Door) -> None:
    if door.accounts.is_disabled(account):
        raise door.wording.login("identity.disabled")


def _identity(account: Account, roles: dict[int, Role], org: int) -> Identity:
    return Identity(account, org, roles.get(org, "None"), roles)


def _asked_org(request: Request) -> int | None:
    text = request.headers.get("x-grafana-org-id", "")
    return int(text) if re.fullmatch(r"\d{1,9}", text) and int(text) > 0 else None


_LOGIN_MESSAGES: Final[Mapping[str, str]] = {
    "auth.unauthorized": "Unauthorized",
    "identity.disabled": "Unauthorized",
    "password-auth.failed": "Invalid username or password",
    "api-key.invalid": "Invalid API key",
    "api-key.expired": "Expired API key",
    "api-key.organization-mismatch": "API key does not belong to the requested organization",
}

# 12.4.0's own; the generations before it have theirs in generations/.
WORDING: Final = Wording(lambda message_id: wire.refuse_login(_LOGIN_MESSAGES[message_id], message_id), denied)
