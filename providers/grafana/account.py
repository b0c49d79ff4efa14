"""Permissions that the account lacks, as far as the server tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from hcl_lite.core.schema import Verb
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of
from providers.kit.access import Access
from providers.kit.resource import Resource
from providers.transport.errors import ApiError

Write = tuple[str, Verb]

_PATH = "/api/access-control/user/actions"


async def find_forbidden(
    client: GrafanaClient, types: Mapping[str, Resource], writes: Collection[Write]
) -> Mapping[Write, str]:
    """Those of `writes` that the account can make on no object at all, with what they take.

    GET /api/access-control/user/actions (12.4): an action is told when the account has it on any object, or on one that
    is to come. Whether on this one, is left to the write. The actions are named as 12.4.0 names them in a 403.
    """
    written = {name: types[name] for name, _ in writes if name in types}
    taking = {name: type_.access for name, type_ in written.items() if type_.access is not None}
    if not taking:
        return {}
    told = await reload_account(client)
    wholes = {name: types.get(type_.part_of, type_) for name, type_ in written.items()}
    given = {name for name in taking if _is_owned(written[name]) or _is_owned(wholes[name])}
    return dict(_lacking(writes, taking, given, told)) if isinstance(told, dict) else {}


def _is_owned(type_: Resource) -> bool:
    return type_.access is not None and type_.access.owned


async def reload_account(client: GrafanaClient) -> JsonValue:
    """Returns the actions of the account, None where no server tells them. From then on it counts what the account was
    just given, which 12.4 may not know for a minute, such as by the permissions of a folder that it has written."""
    if not (await generation_of(client)).tells_actions:
        return None
    try:
        actions: JsonValue = await client.get(_PATH, {"reloadcache": "true"})
    except ApiError:
        return None
    return actions


def _lacking(
    writes: Collection[Write], taking: Mapping[str, Access], given: Collection[str], told: Collection[str]
) -> Iterator[tuple[Write, str]]:
    """Yields the writes that the account may not make. What is `given` to whoever makes an object it may once it has
    made one."""
    makes = (taking[name] for name, verb in writes if verb == "create" and name in taking)
    gains = any(access.owned and access.create in told for access in makes)
    for name, verb in writes:
        if name in taking and not (gains and name in given):
            action = taking[name].action(verb)
            if action and action not in told:
                yield (name, verb), f"{taking[name].role} ({action})"
