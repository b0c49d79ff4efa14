"""get: lists of a server's objects, and single ones, whoever manages them. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.progress import Reached
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import LookupType, ProviderError, Search, ValueProblem
from hcl_lite.core.values import JsonValue, reveal
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.lang.toml.write import write_block
from hcl_lite.operations.asking import Asked, ask_provider
from hcl_lite.operations.bulk_import.blocks import block_text, by_name, make_draft
from hcl_lite.operations.bulk_import.inventory import find_objects, spellings_of
from hcl_lite.operations.bulk_import.model import Found, Selection
from hcl_lite.operations.bulk_import.names import default_provider, label_of, noun_of
from hcl_lite.operations.getting.kinds import Kind, find_kind, plain_names
from hcl_lite.operations.getting.model import Content, Got, Item, Wanted
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import Server
from providers.registry import provider_types
from providers.transport.kept_answers import keeping_answers

T = TypeVar("T", bound=JsonValue)


def list_kinds() -> Sequence[str]:
    """Returns what types are called, of many where they are resource types: dashboards, server."""
    return plain_names(provider_types())


@operation
def get_objects(context: RunContext, server: Server, wanted: Wanted) -> Got:
    """Returns what is wanted of what a server has. Raises HclError, and ProviderError."""
    kind = find_kind(wanted.type, provider_types()) if wanted.type else None

    async def work(asked: Asked) -> Got:
        with keeping_answers():
            return await (_overview(asked, wanted) if kind is None else _of_kind(asked, kind, wanted))

    return _redacted(ask_provider(context, server, work, kind.is_of if kind is not None else lambda _: True))


async def _of_kind(asked: Asked, kind: Kind, wanted: Wanted) -> Got:
    type_ = asked.session.type_of(asked.name)
    if not kind.is_of(type_):
        raise HclError(Diagnostic(f"{kind.name} is nothing of provider.{asked.name}", f"It is a {type_.name}."))
    if kind.is_lookup:
        return await _look_up(asked, kind.name, wanted.name)
    if wanted.name:
        return Got([await _find(asked, kind.name, wanted.name)], is_one=True)
    return await _list(asked, kind.name, wanted)


async def _overview(asked: Asked, wanted: Wanted) -> Got:
    """All objects, but for those that are part of others: to list them takes a request for each."""
    types = asked.session.type_of(asked.name).resources.values()
    got = await _listed(asked, [type_.name for type_ in types if not type_.part_of], wanted)
    return replace(got, is_overview=True)


async def _list(asked: Asked, type_: str, wanted: Wanted) -> Got:
    """The objects of a type; those that the server does not search through are searched here, in what is listed."""
    is_searched = asked.session.resource_type(asked.name, type_).capabilities.search
    if wanted.search.tags and not is_searched:
        raise HclError(Diagnostic(f"Objects of {type_} have no tags", hint="Leave out --tag."))
    got = await _listed(asked, [type_], wanted if is_searched else replace(wanted, search=Search()))
    if got.unlisted:
        raise HclError(*(Diagnostic(f"There is no list of {name}", reason) for name, reason in got.unlisted.items()))
    part = "" if is_searched else wanted.search.query.lower()
    return replace(got, items=[one for one in got.items if _has(one, part)])


def _has(one: Item, part: str) -> bool:
    texts = (one.uid, one.title, *(value for value in one.told.values() if isinstance(value, str)))
    return any(part in text.lower() for text in texts)


async def _listed(asked: Asked, types: Iterable[str], wanted: Wanted) -> Got:
    """The objects of some types, each read where that is wanted."""
    names = tuple(types)
    selection = Selection(names, wanted.folders, search=wanted.search, everything=True)
    inventory = await find_objects(asked.session, [asked.name], (), selection, _untold)
    addresses = _addresses(asked)
    items = [_item(one, addresses) for one in inventory.found]
    if wanted.whole:
        items = list(
            await asyncio.gather(*(_read(asked, one, i) for one, i in zip(inventory.found, items, strict=True)))
        )
    unlisted = {one.what.removeprefix("all of "): one.reason for one in inventory.left}
    return Got(items, unlisted)


def _untold(_: Reached) -> None:
    """A list takes a moment."""


def _item(found: Found, addresses: Mapping[tuple[str, str], str]) -> Item:
    address = addresses.get((found.type.name, found.uid), "")
    return Item(found.type.name, found.uid, found.title, found.path, address, found.told)


def _addresses(asked: Asked) -> Mapping[tuple[str, str], str]:
    """The blocks that manage objects of the provider here, by type and uid."""
    if asked.state is None:
        return {}
    ours = (record for record in asked.state.all_records() if record.provider == asked.name)
    return {(record.address.type, record.uid): str(record.address) for record in ours}


# --- one object -------------------------------------------------------------------------------------------------------


async def _find(asked: Asked, name: str, id_: str) -> Item:
    """The object that `id_` means. Raises HclError where there is none, and ValueProblem where there are several."""
    resolved = await asked.session.resolve(asked.name, name, id_)
    if resolved.live is None:
        raise HclError(Diagnostic(f'There is no {name} "{id_}"', resolved.detail))
    found = Found(asked.name, asked.session.resource_type(asked.name, name), resolved.uid)
    item = await _read(asked, found, _item(found, _addresses(asked)))
    if item.content is None:
        raise HclError(Diagnostic(f'{name} "{id_}" cannot be read', item.reason))
    return item


async def _read(asked: Asked, found: Found, item: Item) -> Item:
    """`item` with its content, or why it cannot be read."""
    try:
        live = await asked.session.get(asked.name).original(found.type.name, found.uid)
        if live is None or live.document is None:
            return replace(
                item, reason="It has gone meanwhile." if live is None else "Its server does not tell all of it."
            )
        values = found.type.told_values(found.uid, live.document)
    except ProviderError as error:
        return replace(item, reason=f"{error}.")
    except ValueProblem as problem:
        return replace(item, reason=f"{problem.summary}.")
    title = found.title or _title({**live.attributes, **reveal(values)})
    spellings = await spellings_of(asked.session, found, values)
    whole = replace(found, title=title, live=live, values=values, spellings=spellings)
    return replace(item, title=title, content=_content(whole, asked.name))


def _title(known: Mapping[str, JsonValue]) -> str:
    return str(known.get("title") or known.get("name") or "")


def _content(found: Found, provider: str) -> Content:
    draft = by_name(make_draft(found, label_of(redact(found.title or found.uid), noun_of(found.type.name))))
    told = draft.arguments
    whole = replace(draft, arguments={**told, **draft.files})
    own = provider if provider != default_provider(found.type.name) else ""
    live = found.live
    others = {} if live is None else {key: value for key, value in live.attributes.items() if key not in told}
    block = format_source(parse_source(block_text([whole], own, [{}]), "block.toml"))
    return Content(reveal(told), others, block)


# --- lookups ----------------------------------------------------------------------------------------------------------


async def _look_up(asked: Asked, name: str, id_: str) -> Got:
    """Returns the attributes that a lookup finds, but for secret ones; `id_` is its first argument."""
    lookup = asked.session.type_of(asked.name).lookups[name]
    arguments = _arguments(lookup, id_)
    found = await asked.session.get(asked.name).lookup(name, arguments)
    secret = {key for key, attr in lookup.attrs.items() if attr.secret}
    rest = {key: value for key, value in found.items() if key not in arguments and key not in secret}
    content = Content(arguments, rest, write_block(("data", name, label_of(id_ or noun_of(name), "it")), arguments))
    return Got([Item(name, id_, content=content)], is_one=True, is_lookup=True)


def _arguments(lookup: LookupType, id_: str) -> Mapping[str, str]:
    """Raises HclError where a lookup takes other arguments than one."""
    required = [key for key, attr in lookup.attrs.items() if attr.required]
    settable = [key for key, attr in lookup.attrs.items() if attr.settable]
    if len(required) > 1:
        hint = "A data block can: see hcl-lite docs " + lookup.name
        raise HclError(Diagnostic(f"{lookup.name} takes {', '.join(required)}, which get cannot give", hint=hint))
    if required and not id_:
        raise HclError(Diagnostic(f"{lookup.name} needs its {required[0]}", hint=f"hcl-lite get {lookup.name} NAME"))
    if id_ and not settable:
        raise HclError(Diagnostic(f"{lookup.name} takes no name", f'Found "{id_}".'))
    return {(required or settable)[0]: id_} if id_ else {}


# --- secrets of the configuration, which a server may repeat ----------------------------------------------------------


def _redacted(got: Got) -> Got:
    return replace(got, items=[_redacted_item(one) for one in got.items])


def _redacted_item(one: Item) -> Item:
    content = one.content and Content(
        *(_clean(dict(one.content.arguments)), _clean(dict(one.content.attributes)), redact(one.content.block))
    )
    return replace(
        one,
        uid=redact(one.uid),
        title=redact(one.title),
        path=tuple(map(redact, one.path)),
        told=_clean(dict(one.told)),
        content=content,
        reason=redact(one.reason),
    )


def _clean(value: T) -> T:
    """A value without the secrets of the run in its texts."""
    if isinstance(value, str):
        return redact(value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}  # type: ignore[return-value]
    return [_clean(item) for item in value] if isinstance(value, list) else value  # type: ignore[return-value]
