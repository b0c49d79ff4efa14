"""Whom permissions are given to, as people write them: a role, or a user, a team, a service account, by number or name.

| written            | who                                                          |
|--------------------|--------------------------------------------------------------|
| Viewer             | a role of the organisation                                   |
| user:4, team:2     | whoever has the number; a service account is a user, too     |
| user:ada           | a user by login, or by e-mail address                        |
| team:Search        | a team by name                                               |
| service_account:ci | a service account by name                                    |
| team:"2024"        | the same by a name that would be a number without its quotes |

An attribute such as `team` has what is behind the colon. A server knows all of them by numbers, and so they are
compared: that somebody is called otherwise since is no difference.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.places import Place, changed
from hcl_lite.core.schema import Bound, Mention, Reference, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value
from providers.grafana.client import GrafanaClient
from providers.grafana.directory import KINDS, Entry, Kind
from providers.grafana.since import require_version
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

Values = Mapping[str, Value]
IsComing = Callable[[Mention], bool]

ROLES: Final = ("Viewer", "Editor", "Admin")
NUMBER: Final = re.compile(r"[1-9]\d{0,17}")
_KINDS: Final = {"user": "user", "team": "team", "service_account": "service account"}
_TYPES: Final = {"user": "grafana_user", "team": "grafana_team", "service account": "grafana_user"}
_ACCOUNT: Final = "service_account:"


def mention_in(holder: str) -> Mention | None:
    """Returns whom a text such as team:2 or user:ada names: by the type whose numbers they are, or by a kind of names.
    None for a role, and for nobody."""
    prefix, _, rest = holder.partition(":")
    if prefix not in _KINDS or not rest:
        return None
    kind = _KINDS[prefix]
    if NUMBER.fullmatch(rest):
        return Mention(_TYPES[kind], rest)
    is_quoted = len(rest) > 2 and rest[0] == rest[-1] == '"'
    return Mention(kind, rest[1:-1] if is_quoted else rest)


def is_holder(value: Value) -> bool:
    """Whether a value of an attribute names somebody: by a number that there can be, or a name."""
    if isinstance(value, str):
        return value not in ("", _ACCOUNT)
    return isinstance(value, int) and NUMBER.fullmatch(str(value)) is not None


def _written(kind: str, name: str) -> str:
    """Returns one by name as a holder is written."""
    is_plain = not NUMBER.fullmatch(name) and not name.startswith(('"', _ACCOUNT))
    return f"{kind.replace(' ', '_')}:{name}" if is_plain else f'{kind.replace(" ", "_")}:"{name}"'


@dataclass(frozen=True, slots=True)
class _Names(ABC):
    """The naming of arguments that are holders."""

    @abstractmethod
    def holders(self, values: Values) -> Iterable[tuple[Place, str]]:
        """Yields whom the arguments name, as holders are written, each with its place."""

    @abstractmethod
    def put(self, values: Values, holders: Mapping[Place, str]) -> Values:
        """Returns the arguments with other holders at those places."""

    @abstractmethod
    def unknown(self, values: Values, places: Collection[Place]) -> Values:
        """Returns the arguments with UNKNOWN for those that are holders at `places`."""

    @property
    def in_keys(self) -> bool:
        """Whether the holders are keys of a map."""
        return False

    @property
    def without_looking(self) -> str:
        """The form of a holder that no account has to look for."""
        return "the number"

    def references(self, values: Values) -> Iterable[Reference]:
        """Yields whom the arguments name; a number of a user may also be that of a service account."""
        for place, holder in self.holders(values):
            mention = mention_in(holder)
            if mention is not None:
                yield Reference(place, mention, self.in_keys)
                if mention.kind == "grafana_user":
                    yield Reference(place, Mention("grafana_service_account", mention.name), self.in_keys)

    def unbound(self, values: Values) -> Sequence[Reference]:
        """Returns who is named by a name; and service accounts by number, which are compared as users."""
        return [
            Reference(place, mention, self.in_keys)
            for place, holder in self.holders(values)
            if (mention := mention_in(holder)) is not None
            if mention.kind in KINDS or not self.is_bound(values, place, holder)
        ]

    def is_bound(self, values: Values, place: Place, holder: str) -> bool:
        """Whether a holder that is a number is written as it is compared."""
        return not holder.startswith(_ACCOUNT)

    def spelled(self, values: Values, spellings: Mapping[Mention, str]) -> Values:
        """Returns the arguments with holders as `spellings` has them."""
        told = ((place, spellings.get(mention_in(holder) or Mention("", ""))) for place, holder in self.holders(values))
        return self.put(values, {place: text for place, text in told if text is not None})

    async def bind(self, client: GrafanaClient, values: Values, is_coming: IsComing) -> Bound:
        """Returns the arguments with numbers for names."""
        unbound = self.unbound(values)
        found = await read_all(self._find(client, one, is_coming) for one in unbound)
        bound = {one.place: holder for one, holder in zip(unbound, found, strict=True)}
        known = {place: holder for place, holder in bound.items() if holder is not None}
        self._check_once(values, known)
        unknown = [place for place, holder in bound.items() if holder is None]
        spelled = {mention_in(known[place]): holder for place, holder in self.holders(values) if place in known}
        return Bound(
            self.unknown(self.put(values, known), unknown),
            {mention: holder for mention, holder in spelled.items() if mention is not None},
        )

    async def spellings(self, client: GrafanaClient, mentions: Collection[Mention]) -> Mapping[Mention, str]:
        """Returns the names of those that go by numbers, as holders are written."""
        kinds = dict.fromkeys(kind for mention in mentions for kind, type_ in _TYPES.items() if type_ == mention.kind)
        told: dict[Mention, str] = {}
        for kind in kinds:
            try:
                entries = await client.directory.entries(client, KINDS[kind])
            except (Denied, NotFound):
                continue
            told |= {Mention(_TYPES[kind], str(one.number)): _written(kind, one.names[0]) for one in entries}
        return {mention: told[mention] for mention in mentions if mention in told}

    def canonical(self, kind: Kind, entry: Entry, place: Place) -> str:
        """Returns one that was found, as it is compared. Raises ValueProblem where it cannot be a holder."""
        return f"{'team' if kind.name == 'team' else 'user'}:{entry.number}"

    def unseen(self, mention: Mention) -> str | None:
        """Returns one that is not to be found, as it is compared; None where that is not known."""
        return None

    async def _find(self, client: GrafanaClient, named: Reference, is_coming: IsComing) -> str | None:
        """Returns whom a name means, as they are compared; None where the apply makes them."""
        place, mention = named.place, named.mention
        if mention.kind not in KINDS:
            return f"{'team' if mention.kind == 'grafana_team' else 'user'}:{mention.name}"
        kind = KINDS[mention.kind]
        await require_version(client, f"A {kind.name}", str(place[0]), kind.least, keys=place[1:])
        try:
            found = await client.directory.find(client, kind, mention.name)
            listed = await client.directory.entries(client, kind)
        except NotFound as error:
            return self._unseen(kind, mention, place, f"Their server has no list of them. {error}")
        except Denied as error:
            return self._unseen(kind, mention, place, f"To list them takes {kind.right}. {error}")
        if len(found) > 1:
            numbers = ", ".join(str(one.number) for one in found)
            summary = f'There are {len(found)} of {kind.name} "{mention.name}"'
            raise ValueProblem(str(place[0]), summary, f"They have the numbers {numbers}: write one.", keys=place[1:])
        if found:
            return self.canonical(kind, found[0], place)
        if is_coming(mention):
            return self.unseen(mention)
        if kind.name == "user" and "@" in mention.name and all(one.email is None for one in listed):
            return self._unseen(kind, mention, place, f"To see e-mail addresses takes {kind.right}.")
        raise _missing(kind, mention, place, listed)

    def _unseen(self, kind: Kind, mention: Mention, place: Place, reason: str) -> str:
        """Returns one that the account may not look for, as it is compared. Raises ValueProblem where that is not
        known."""
        unseen = self.unseen(mention)
        if unseen is None:
            summary = f'The account may not look for the {kind.name} "{mention.name}"'
            hint = f"Write {self.without_looking}, or give the account {kind.right}."
            raise ValueProblem(str(place[0]), summary, reason, hint, keys=place[1:])
        return unseen

    def _check_once(self, values: Values, known: Mapping[Place, str]) -> None:
        """Raises ValueProblem for whom the arguments name twice."""
        seen: dict[str, str] = {}
        for place, holder in self.holders(values):
            other = seen.setdefault(known.get(place, holder), holder)
            if other != holder:
                raise ValueProblem(str(place[0]), f"{other} and {holder} are the same", keys=place[1:])


@dataclass(frozen=True, slots=True)
class KeyNames(_Names):
    """Holders as the keys of a map."""

    attribute: str

    @property
    def in_keys(self) -> bool:
        return True

    def holders(self, values: Values) -> Iterable[tuple[Place, str]]:
        rules = values.get(self.attribute)
        return [((self.attribute, key), key) for key in rules] if isinstance(rules, Mapping) else []

    def put(self, values: Values, holders: Mapping[Place, str]) -> Values:
        if not holders:
            return values
        rules = values[self.attribute]
        return {
            **values,
            self.attribute: {holders.get((self.attribute, key), key): level for key, level in rules.items()},
        }

    def unknown(self, values: Values, places: Collection[Place]) -> Values:
        return {**values, self.attribute: UNKNOWN} if places else values


@dataclass(frozen=True, slots=True)
class ValueNames(_Names):
    """Holders as values of the attributes that are called as their kinds."""

    attributes: Sequence[str] = ("user", "team")

    def holders(self, values: Values) -> Iterable[tuple[Place, str]]:
        given = ((key, values.get(key)) for key in self.attributes)
        return [((key,), self._holder(key, str(value))) for key, value in given if isinstance(value, str | int)]

    def put(self, values: Values, holders: Mapping[Place, str]) -> Values:
        given = ((str(key), holder.removeprefix(f"{key}:")) for (key,), holder in holders.items())
        return {**values, **{key: int(text) if NUMBER.fullmatch(text) else text for key, text in given}}

    def unknown(self, values: Values, places: Collection[Place]) -> Values:
        return {**values, **{str(key): UNKNOWN for (key,) in places}}

    def is_bound(self, values: Values, place: Place, holder: str) -> bool:
        return isinstance(values[str(place[0])], int)

    def _holder(self, key: str, text: str) -> str:
        return text if key == "user" and text.startswith(_ACCOUNT) else f"{key}:{text}"


@dataclass(frozen=True, slots=True)
class MemberNames(_Names):
    """Users in a list of those who belong to something: compared by e-mail address, by which Grafana takes them."""

    attribute: str

    def holders(self, values: Values) -> Iterable[tuple[Place, str]]:
        members = values.get(self.attribute)
        given = enumerate(members) if isinstance(members, list | tuple) else ()
        return [((self.attribute, n), f'user:"{name}"') for n, name in given if isinstance(name, str) and name]

    def put(self, values: Values, holders: Mapping[Place, str]) -> Values:
        told = {place: mention.name for place, one in holders.items() if (mention := mention_in(one)) is not None}
        put: Values = changed(values, [*told], lambda place, _: told[place])
        return put

    def unknown(self, values: Values, places: Collection[Place]) -> Values:
        put: Values = changed(values, places, lambda _, __: UNKNOWN)
        return put

    def canonical(self, kind: Kind, entry: Entry, place: Place) -> str:
        if entry.email:
            return f'user:"{entry.email}"'
        summary = f'The e-mail address of "{entry.names[0]}" is not known'
        reason = "there is none" if entry.email is not None else f"to see it takes {kind.right}"
        detail = f"Grafana takes members by that, and {reason}."
        raise ValueProblem(self.attribute, summary, detail, keys=place[1:])

    @property
    def without_looking(self) -> str:
        return "the e-mail address"

    def unseen(self, mention: Mention) -> str | None:
        return f'user:"{mention.name}"' if "@" in mention.name else None


def _missing(kind: Kind, mention: Mention, place: Place, entries: Sequence[Entry]) -> ValueProblem:
    known = [name for one in entries for name in one.names if name]
    told = did_you_mean(mention.name, known) or f"The account sees {len(entries)} of them."
    hint = "Without the quotes it is a number." if NUMBER.fullmatch(mention.name) else ""
    return ValueProblem(str(place[0]), f'There is no {kind.name} "{mention.name}"', told, hint, keys=place[1:])
