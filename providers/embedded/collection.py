"""Collections: routes that list, get, create, update and delete items of one kind, declared once.

What is odd about a kind is a small function beside its declaration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.items import Draft, Item, Items
from providers.embedded.options import Role
from providers.embedded.routing import Call, Route

Verb = Literal["list", "get", "create", "update", "delete"]
Access = tuple[Role, str]
"""The least role, and the permission that the 403 names."""
_METHODS: Mapping[Verb, str] = {"list": "GET", "get": "GET", "create": "POST", "update": "PUT", "delete": "DELETE"}


def _listed(collection: "Collection", call: Call, items: Sequence[Item]) -> Any:
    return [collection.show(call, item) for item in items]


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """Everything may be stored as it was read."""
    return draft


def _follow(call: Call, old: Item, new: Item) -> None:
    """Changes nothing else with an item: the default."""


def _check(call: Call, verb: Verb, name: str) -> None:
    """Nobody is refused beyond what the routes' roles say."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Items of one `kind` under `path`, each at `path/{key}`.

    `access` has the verbs that have a route; `check` may refuse more. `parse` reads a body; `admit` refuses what cannot
    be stored beside what there is, or merges it with the item that is to be replaced. `show` is the item as answers
    have it, `listed` the answer of the list. `answers` are those of create, update and delete; without one it is the
    item. `find` finds the item that `{key}` names, and `missing` refuses where there is none; where `gone` is given, it
    answers a deletion, whether there was anything or not. `follow` changes what has to change with an item, told what
    it was and is. `key` is the part of the path with the key: "{key:path}" where a key may have slashes in it.
    """

    kind: str
    path: str
    access: Mapping[Verb, Access]
    parse: Callable[[Call], Draft]
    show: Callable[[Call, Item], Any]
    missing: Callable[[str], wire.Refused]
    admit: Callable[[Call, Draft, Item | None], Draft] = _admit
    find: Callable[[Items, str], Item | None] = Items.get
    listed: Callable[["Collection", Call, Sequence[Item]], Any] = _listed
    answers: Mapping[Verb, Callable[[Item], Response]] = field(default_factory=dict)
    check: Callable[[Call, Verb, str], None] = _check
    follow: Callable[[Call, Item, Item], None] = _follow
    gone: Callable[[], Response] | None = None
    key: str = "{key}"
    content_type: str = wire.PLAIN

    @property
    def routes(self) -> tuple[Route, ...]:
        """One for each verb in `access`."""
        return tuple(self._route(verb, *access) for verb, access in self.access.items())

    def items(self, call: Call) -> Items:
        """The items of the caller's organisation."""
        return Items(call.store, call.identity.org, self.kind)

    def require(self, call: Call) -> Item:
        """The item that the path names. Raises Refused (`missing`)."""
        name = call.params["key"]
        item = self.find(self.items(call), name)
        if item is None:
            raise self.missing(name)
        return item

    def answer(self, body: object) -> Response:
        return wire.answer(body, content_type=self.content_type)

    def _route(self, verb: Verb, role: Role, needs: str) -> Route:
        path = self.path if verb in ("list", "create") else f"{self.path}/{self.key}"
        handlers: Mapping[Verb, Callable[[Call], Response]] = {
            "list": self._list,
            "get": self._get,
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
        }
        return Route(_METHODS[verb], path, handlers[verb], role, needs, writes=_METHODS[verb] != "GET")

    def _list(self, call: Call) -> Response:
        self.check(call, "list", "")
        return self.answer(self.listed(self, call, self.items(call).all()))

    def _get(self, call: Call) -> Response:
        self.check(call, "get", call.params["key"])
        return self.answer(self.show(call, self.require(call)))

    def _create(self, call: Call) -> Response:
        self.check(call, "create", "")
        draft = self.admit(call, self.parse(call), None)
        return self._done(call, "create", self.items(call).add(draft, call.identity.account.id))

    def _update(self, call: Call) -> Response:
        self.check(call, "update", call.params["key"])
        draft = self.parse(call)
        old = self.require(call)
        new = self.items(call).replace(old, self.admit(call, draft, old), call.identity.account.id)
        self.follow(call, old, new)
        return self._done(call, "update", new)

    def _delete(self, call: Call) -> Response:
        self.check(call, "delete", call.params["key"])
        if self.gone is None:
            item = self.require(call)
            self.items(call).remove(item)
            return self._done(call, "delete", item)
        if there := self.find(self.items(call), call.params["key"]):
            self.items(call).remove(there)
        return self.gone()

    def _done(self, call: Call, verb: Verb, item: Item) -> Response:
        if verb in self.answers:
            return self.answers[verb](item)
        return self.answer(self.show(call, item))
