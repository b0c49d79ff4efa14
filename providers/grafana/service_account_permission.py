"""grafana_service_account_permission: who may use and change a service account; and the same of one holder alone.

GET and POST /api/access-control/serviceaccounts/:id (10.1 to 12.4; 9 by documentation): a POST changes those that it
names, and an empty permission takes one away. Whoever makes an account may do all with it: here that counts as none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, Listed, ValueProblem
from providers.grafana.client import GrafanaClient
from providers.grafana.holders import KeyNames, mention_in
from providers.grafana.origins import Origin, Rules
from providers.grafana.permission_item import make_item
from providers.grafana.permissions import HOLDERS, Given, Permissions, Values, holder_of, whom
from providers.grafana.service_account import ACCOUNTS, SERVICE_ACCOUNT
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.identity import Composite
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import digest_of
from providers.transport.errors import NotFound

_KEY: Final = "service_account_id"
_PATH: Final = "/api/access-control/serviceaccounts"
_LEVELS: Final = ("Edit", "Admin")
_ACCESS: Final = Access.by("Admin of it", "serviceaccounts.permissions:write")
_SINCE: Final = since("A permission of a service account", 9)


@dataclass(frozen=True, slots=True)
class _OfAccounts:
    """The permissions of service accounts, which go by their numbers."""

    attribute: str = _KEY

    def named(self, uid: str) -> int:
        return int(uid)

    async def get(self, client: GrafanaClient, uid: str) -> Given:
        """The list of an account that is not there has what admins may alone (12.4.0), so the account is asked for."""
        if await client.find(f"{ACCOUNTS}/{uid}") is None:
            raise NotFound("GET", f"{ACCOUNTS}/{uid}", 404, "there is no such service account")
        own = [item for item in await client.get(f"{_PATH}/{uid}") if item["isManaged"] and not item["isInherited"]]
        held = {holder_of(item): item for item in own}
        rules = {holder: item["permission"] for holder, item in sorted(held.items())}
        return Given(rules, {holder: item["userLogin"] for holder, item in held.items() if item.get("userId")})

    async def put(self, client: GrafanaClient, uid: str, rules: Rules, given: Rules) -> None:
        changed = {**dict.fromkeys(given, ""), **rules}
        items = [{**whom(holder), "permission": level} for holder, level in changed.items()]
        await client.call("POST", f"{_PATH}/{uid}", body={"permissions": items})

    async def find_origin(self, client: GrafanaClient, uid: str) -> Origin:
        """Nobody tells who has made an account."""
        return Origin(at_the_top=False, maker="")

    async def survey_origins(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Origin]:
        """Each is told without a call."""
        return {}

    async def is_missing(self, client: GrafanaClient, uid: str) -> bool:
        return False

    async def objects(self, client: GrafanaClient) -> Sequence[Listed]:
        return await SERVICE_ACCOUNT.list(client)


def _check(values: Values) -> None:
    rules = values.get("permissions")
    for holder, level in rules.items() if isinstance(rules, Mapping) else ():
        if mention_in(holder) is None:
            summary = f'"{holder}" is nobody who could be given a service account'
            raise ValueProblem("permissions", summary, f"Expected {HOLDERS}.", keys=[holder])
        if isinstance(level, str) and level not in _LEVELS:
            raise ValueProblem("permissions", f'There is no permission "{level}"', "Expected Edit or Admin.")


_ATTR: Final = Attr("number", required=True, replaces=True, example=7, doc="Number of the service account.")
_OF_ACCOUNTS: Final = _OfAccounts()

SERVICE_ACCOUNT_PERMISSION = resource(
    "grafana_service_account_permission",
    "Who may use and change a service account: all permissions that are given to it. Whoever has made it counts as "
    "none: an apply takes that away, and an import does not find it.",
    api=Permissions(_OF_ACCOUNTS),
    identity=Composite((_KEY,)),
    ids=Ids(pages=("/org/serviceaccounts/{id}",)),
    versioned=lambda wire: {"digest": digest_of(wire["permissions"])},
    part_of="grafana_service_account",
    delete_note="Admins of the organisation alone may change it then.",
    access=_ACCESS,
    supported=_SINCE,
    check=_check,
    mentioned={_KEY: "grafana_service_account"},
    naming=KeyNames("permissions"),
    title="title",
    conflict="The permissions have been changed by someone else since the plan.",
    capabilities=Capabilities(grants={"permissions": ("", *_LEVELS)}),
    attrs={
        _KEY: _ATTR,
        "permissions": Attr(
            "map(string)",
            required=True,
            doc=f"What each may do (Edit or Admin): {HOLDERS}. Who is left out may nothing.",
            example={"team:Search": "Edit"},
        ),
    },
)
SERVICE_ACCOUNT_PERMISSION_ITEM = make_item(
    "service_account",
    _OF_ACCOUNTS,
    _PATH,
    _ATTR,
    levels=_LEVELS,
    choices=("team", "user"),
    doc="What one team or user may do with a service account, whatever others may.",
    access=_ACCESS,
    mentioned={_KEY: "grafana_service_account"},
)
