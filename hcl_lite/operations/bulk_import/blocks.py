"""Objects as blocks: which arguments say what an object is, and which of them are references to others. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.packed import Packed
from hcl_lite.core.places import Place, at, changed, leaves
from hcl_lite.core.redaction import has_password
from hcl_lite.core.schema import Attr, Mention, Reference, ResourceType
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.secrecy import name_of
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import Secret, Value, lay_out_json, read_levelled_json, reveal
from hcl_lite.lang.toml.write import Code, write_block, write_item
from hcl_lite.operations.bulk_import.model import Declaration, Found

Values = Mapping[str, Value]
_FIRST = ("for_each", "count")
_STAND_IN = "a secret that stays on its server"
Find = Callable[[str, Mention], str | None]
"""The expression for the uid of an object of a provider: grafana_folder.team.uid; None where no block is for it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A block for an object: `files` are the texts of its bodies by argument, each for a file of its own, `kept` the
    names of the secrets that stay on the server."""

    found: Found
    address: Address
    arguments: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Sequence[str]:
        live = self.found.live
        return sorted(live.secret_keys or ()) if live is not None else ()

    @property
    def import_statement(self) -> str:
        """The [[import]] that makes the object the block's."""
        return import_statement(self.address, self.found.uid)

    def without_bodies(self) -> Draft:
        """The same without the arguments that its files say: empty texts stand for them."""
        bodies = self.files.keys() - self.found.wish.arguments.keys()
        return replace(self, arguments={key: "" if key in bodies else value for key, value in self.arguments.items()})

    def reading(self, paths: Mapping[str, str]) -> Mapping[str, Any]:
        """The arguments, with bodies read from `paths` but where an expression is given for them."""
        given = self.found.wish.arguments
        bodies = {key: Code(f'${{file("{path}")}}') for key, path in paths.items() if key not in given}
        return {key: bodies.get(key, value) for key, value in self.arguments.items()}

    def comments(self, arguments: Mapping[str, Any]) -> Mapping[Place, Sequence[str]]:
        """Returns the comments that say how to manage the secrets, by the place where they stand."""
        found: dict[Place, list[str]] = {}
        for place in self._secret_places():
            where, key = (place[:1], place[1:]) if place[0] in arguments and len(place) > 1 else ((), place)
            if not found.get(where):
                found[where] = ["Kept on the server, not managed. To manage it, say where it is kept:"]
            variable = re.sub(r"[^A-Z0-9]+", "_", f"{self.address.name}_{name_of(place[1:] or place)}".upper())
            kept = self.found.wish.secrets.get(name_of(place[1:])) or self.found.wish.secrets.get(name_of(place))
            found[where].append(f'{".".join(map(str, key))} = "{kept or f"env:{variable}"}"')
        if self.found.wish.remarks:
            found[()] = [*self.found.wish.remarks, *found.get((), ())]
        return found

    def _secret_places(self) -> list[Place]:
        """Returns the places among the arguments of the secrets that the server keeps."""
        if not self.kept:
            return []
        values = self.found.values
        given = self.found.type.with_secrets(values, {name: Secret(_STAND_IN) for name in self.kept})
        before = {place for place, _ in leaves(reveal(values))}
        return [
            place for place, _ in leaves(reveal(given)) if place not in before and place[0] in self.found.type.attrs
        ]


def block_text(drafts: Sequence[Draft], provider: str, paths: Sequence[Mapping[str, str]]) -> str:
    """The block of `drafts`, its instances, as TOML: what all of them say. `provider` is named where it is not the
    default one; the bodies of each are read from its `paths`."""
    first, *others = [draft.reading(own) for draft, own in zip(drafts, paths, strict=True)]
    shared = {key: value for key, value in first.items() if all(key in o and o[key] == value for o in others)}
    ahead = {"provider": provider} if provider else {}
    ahead |= {key: shared.pop(key) for key in _FIRST if key in shared}
    arguments = {**ahead, **shared}
    address = drafts[0].address
    return write_block(("resource", address.type, address.name), arguments, drafts[0].comments(arguments))


def declaration_texts(declarations: Sequence[Declaration]) -> Mapping[str, Sequence[str]]:
    """The blocks that are for no object, as TOML, by their files: those of one header are one table."""
    tables: dict[tuple[str, tuple[str, ...]], list[Declaration]] = {}
    for one in declarations:
        tables.setdefault((one.file, one.header), []).append(one)
    texts: dict[str, list[str]] = {}
    for (file, header), members in tables.items():
        arguments = {key: value for one in members for key, value in one.arguments.items()}
        comments = [line for one in members for line in one.comments]
        texts.setdefault(file, []).append(write_block(header, arguments, {(): comments} if comments else {}))
    return texts


def import_statement(address: Address, uid: str) -> str:
    """An [[import]] for a block."""
    return write_item("import", {"to": str(address), "id": uid})


def make_draft(found: Found, label: str, exclusive: Collection[str] = ()) -> Draft:
    """The block for an object, without references but those that are wished for. `exclusive` are the attributes that
    one object of its type has alone and some object has."""
    wish = found.wish
    address = Address(Kind.RESOURCE, label, found.type.name, wish.key)
    arguments = dict(_arguments(found.type, found.values, exclusive))
    for key, attr in found.type.attrs.items():
        rest = {name: value for name, value in arguments.items() if name != key}
        if key in arguments and attr.computed and attr.replaces and found.type.given_uid(rest) == found.uid:
            arguments = rest  # it is in the body
    bodies = {
        key: value
        for key, value in arguments.items()
        if found.type.attrs[key].body and found.type.attrs[key].json and isinstance(value, str)
        if key not in wish.arguments or key in wish.bodies
    }
    laid = {key: laid_out(value) for key, value in bodies.items() if key not in wish.texts}
    files = Packed.picked({key: (laid if key in laid else wish.texts, key) for key in bodies})
    arguments = {key: value for key, value in {**arguments, **wish.arguments}.items() if value is not None}
    return Draft(found, address, arguments, files)


def has_open_password(draft: Draft) -> bool:
    """Whether there is a URL with a password among the arguments, which would stand in a file."""
    open_ = {key: value for key, value in draft.arguments.items() if key not in draft.files}
    return any(isinstance(leaf, str) and has_password(leaf) for _, leaf in leaves(open_))


def laid_out(text: str) -> str:
    """JSON text as people read it: its keys in their order."""
    return f"{lay_out_json(read_levelled_json(text))}\n"


# --- arguments --------------------------------------------------------------------------------------------------------


def _arguments(type_: ResourceType, values: Values, exclusive: Collection[str]) -> Iterator[tuple[str, Any]]:
    for key, attr in type_.attrs.items():
        value = reveal(values.get(key))
        if value is None or attr.client_only or attr.secret or not attr.settable:
            continue
        value = value if attr.body else _trimmed(type_of(attr), value)
        if not _is_idle(attr, value) and not (attr.exclusive and value is False and key in exclusive):
            yield key, value


def _trimmed(type_: Type, value: Any) -> Any:
    """A value without what nested blocks need not say."""
    if type_.name == "object" and isinstance(value, Mapping):
        given = ((key, attr, value[key]) for key, attr in type_.attributes.items() if value.get(key) is not None)
        told = ((key, attr, _trimmed(type_of(attr), item)) for key, attr, item in given if not attr.client_only)
        return {key: item for key, attr, item in told if not _is_idle(attr, item)}
    if type_.name in ("list", "set") and isinstance(value, list | tuple):
        return [_trimmed(type_.items[0], item) for item in value]
    return value


def _is_idle(attr: Attr, value: Any) -> bool:
    """Whether leaving it out says the same: a default, or nothing; where the server would choose, an empty list and
    false are something."""
    if attr.required:
        return False
    if attr.default is not None:
        return bool(value == attr.default)
    return value in ("", {}) or (not attr.computed and (value is False or value == []))


# --- references -------------------------------------------------------------------------------------------------------


def referring(drafts: Sequence[Draft], find: Find, offers: bool = False) -> list[Draft]:
    """`drafts` with references where their arguments name what there is a block for; none that closes a circle. With
    `offers` also in arguments that say what bodies name."""
    needs: dict[str, set[str]] = {}
    found = [_referring(draft, find, needs, offers) for draft in drafts]
    return _united(found) if offers else found


def by_name(draft: Draft, referred: Collection[Place] = ()) -> Draft:
    """`draft` with the names of what it mentions by number, but where it is `referred` to."""
    found = draft.found
    if not found.spellings:
        return draft
    numbers = {one.mention for one in found.type.references(found.values) if one.place not in referred}
    spellings = {mention: text for mention, text in found.spellings.items() if mention in numbers}
    return replace(draft, arguments=found.type.spelled(draft.arguments, spellings))


def _referring(draft: Draft, find: Find, needs: dict[str, set[str]], offers: bool) -> Draft:
    own = str(draft.address)
    offered: dict[str, dict[str, Code]] = {}
    keys: dict[Place, dict[str, tuple[str, str]]] = {}
    values: dict[Place, str] = {}
    referred: set[Place] = set()
    for reference in draft.found.type.references(draft.found.values):
        expression = find(draft.found.provider, reference.mention)
        is_wished = reference.place[0] in draft.found.wish.arguments
        is_told = is_wished or (offers if reference.offered else _is_there(draft, reference))
        if expression is None or not is_told:
            continue
        needed = expression.rpartition(".")[0]
        if needed == own or _leads_to(needs, needed, own):
            continue
        needs.setdefault(own, set()).add(needed)
        if is_wished:
            continue
        referred.add(reference.place)
        if reference.offered:
            argument, name = map(str, reference.place)
            offered.setdefault(argument, {}).setdefault(name, Code(f"${{{expression}}}"))
        elif reference.in_key:
            key = str(reference.place[-1])
            keys.setdefault(reference.place[:-1], {})[key] = (key.removesuffix(reference.mention.name), expression)
        else:
            values[reference.place] = expression
    arguments = changed(by_name(draft, referred).arguments, [*values], lambda place, _: Code(f"${{{values[place]}}}"))
    arguments = changed(arguments, [*keys], lambda place, table: _with_keys(table, keys[place]))
    return replace(draft, arguments=_in_order(draft.found.type, {**arguments, **offered}))


def _united(drafts: Sequence[Draft]) -> list[Draft]:
    """`drafts`, of which the instances of a block all say what the bodies of any of them name."""
    tables: dict[tuple[Address, str], dict[str, Any]] = {}
    for draft in drafts:
        if draft.address.key is not None:
            for key in _offered_arguments(draft):
                tables.setdefault((draft.address.collection, key), {}).update(draft.arguments.get(key) or {})
    shared: dict[Address, dict[str, Any]] = {}
    for (address, key), table in tables.items():
        shared.setdefault(address, {})[key] = table
    return [
        replace(draft, arguments=_in_order(draft.found.type, {**draft.arguments, **shared[draft.address.collection]}))
        if draft.address.collection in shared
        else draft
        for draft in drafts
    ]


def _offered_arguments(draft: Draft) -> set[str]:
    references = draft.found.type.references(draft.found.values)
    return {str(one.place[0]) for one in references if one.offered and str(one.place[0]) in draft.arguments}


def _in_order(type_: ResourceType, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Arguments as the type has them, before those of every block."""
    return {key: arguments[key] for key in (*type_.attrs, *arguments) if key in arguments}


def _is_there(draft: Draft, reference: Reference) -> bool:
    """Whether the arguments have what is named where it is said to be; some objects are named by number."""
    if reference.in_key:
        table = at(draft.arguments, reference.place[:-1])
        return isinstance(table, Mapping) and reference.place[-1] in table
    found = at(draft.arguments, reference.place)
    return isinstance(found, str | int) and str(found) == reference.mention.name


def _leads_to(needs: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen: set[str] = set()
    open_ = [start]
    while open_:
        one = open_.pop()
        if one == end:
            return True
        if one not in seen:
            seen.add(one)
            open_ += needs.get(one, ())
    return False


def _with_keys(table: Mapping[str, Any], keys: Mapping[str, tuple[str, str]]) -> Code:
    """A table with references in its keys: no TOML, but an expression."""
    items = [
        f"{f'{_quoted(keys[key][0])} ~ {keys[key][1]}' if key in keys else _quoted(key)}: {_quoted(str(value))}"
        for key, value in table.items()
    ]
    return Code(f"${{{{ {', '.join(items)} }}}}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
