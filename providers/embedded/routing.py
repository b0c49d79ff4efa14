"""From a request to the function that answers it: the route table's rows, and what a handler is given."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.convertors import Convertor, IntegerConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from providers.embedded import wire
from providers.embedded.accounts import Account, Accounts
from providers.embedded.objects import Objects
from providers.embedded.options import Options, Role
from providers.embedded.store import Store

_LARGEST_ID = 2**63 - 1
_LARGEST_ASKED = 10**9
_COUNTED_UNTIL = 11  # ids and versions; what those make of large numbers is not recorded
RANK: Mapping[Role, int] = {"None": 0, "Viewer": 1, "Editor": 2, "Admin": 3}


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller, the organisation, and the caller's role in it."""

    account: Account
    org: int
    role: Role
    roles: Mapping[int, Role]

    def can(self, role: Role) -> bool:
        return RANK[self.role] >= RANK[role]


@dataclass(frozen=True)
class Call:
    """One request, read and authenticated."""

    request: Request
    params: Mapping[str, Any]
    body: bytes
    who: Identity | None
    store: Store
    options: Options

    @property
    def identity(self) -> Identity:
        assert self.who is not None
        return self.who

    @property
    def author(self) -> str:
        return self.identity.account.author

    def may_admin(self, created_by: str) -> bool:
        """Whether the caller is admin of an object: admins are, and whoever made it."""
        return self.identity.can("Admin") or created_by == self.author

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.store)

    @cached_property
    def objects(self) -> Objects:
        major = int(self.options.version.partition(".")[0])
        return Objects(self.store, self.identity.org, counts=major <= _COUNTED_UNTIL)

    @property
    def root_url(self) -> str:
        """The beginning of links in answers, ending in a slash."""
        root = self.options.root_url or f"{self.request.url.scheme}://{self.request.url.netloc}"
        return root.rstrip("/") + "/"

    def json(self) -> dict[str, Any]:
        return wire.parse_object(self.body)

    def query(self, name: str, default: str = "") -> str:
        return self.request.query_params.get(name, default)

    def query_list(self, name: str) -> list[str]:
        return [value for value in self.request.query_params.getlist(name) if value]

    def query_int(self, name: str, default: int) -> int:
        """A number of the query; what is no number, or nothing, or not positive, is the default (as 12.4.0 does)."""
        text = self.query(name)
        number = int(text[:19]) if re.fullmatch(r"-?[0-9]+", text) else 0
        number = min(number, _LARGEST_ASKED)  # more than any list has: no sum of these leaves 64 bits
        return number if number > 0 else default


Handler = Callable[[Call], Response] | Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """A row of a route table.

    `role` is the least role that may call it, `needs` the permission that the 403 names. `writes` makes the handler
    one transaction (so it must not be a coroutine). `anonymous` answers without signing in; `denies_anonymous` answers
    those who did not sign in like those who may not (403), instead of asking them to (401).
    """

    method: str
    path: str
    handler: Handler
    role: Role = "Viewer"
    needs: str = ""
    writes: bool = False
    anonymous: bool = False
    denies_anonymous: bool = False


def _converted(route: Route, convertor: Convertor[Any], text: str) -> Any:
    """A part of the path; a number that no server keeps is refused as 12.4.0 does."""
    if isinstance(convertor, IntegerConvertor) and (len(text) > 19 or int(text) > _LARGEST_ID):
        said = (message for start, message in _UNKNOWN_BEYOND_64_BITS.items() if route.path.startswith(start))
        message = next(said, "")
        raise wire.refuse(404, message) if message else wire.refuse(400, "id is invalid")
    return convertor.convert(text)


# Where 12.4.0 does not call such a number invalid: by the beginning of the route.
_UNKNOWN_BEYOND_64_BITS: Mapping[str, str] = {
    "/api/serviceaccounts/": "Not found",
    "/api/users/": "User not found",
    "/api/admin/users/": "User not found",
}


class Router:
    """Finds routes; the first row that fits wins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._compiled = [(route, *compile_path(route.path)) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, Any]] | None:
        for route, regex, _, convertors in self._compiled:
            if route.method in (method, "*") and (match := regex.match(path)):
                return route, {
                    name: _converted(route, convertors[name], text) for name, text in match.groupdict().items()
                }
        return None
