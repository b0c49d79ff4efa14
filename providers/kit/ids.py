"""Ids as people hold them: which forms a type declares, how a text is read as one of them, and which of the objects
that a server lists it names. Pure.

| form                | such as                                                                                    |
|---------------------|--------------------------------------------------------------------------------------------|
| uid                 | what the state has                                                                         |
| another id          | the number of the object, where lists tell it: `Ids.keys`                                  |
| name, title         | as people see it; also in other letters, and as the slug of a URL                          |
| ORG:id              | Terraform's ids, with any of the above after the colon                                     |
| URL, or its path    | that of a page of the object: `Ids.pages`                                                  |
| uid:, id:, name:, … | says which of them is meant, where one could be several                                    |
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from hcl_lite.core.schema import Listed, ValueProblem

_PREFIXES: Final = {"uid": "uid", "id": "id", "name": "name", "title": "name", "slug": "slug"}
_PORTS: Final = {"http": 80, "https": 443}
_ORGANISATION: Final = re.compile(r"(\d{1,18}):(.*)", re.DOTALL)
_PLAIN: Final = re.compile(r"[\w.:@-]+")
_TOLD: Final = 10


@dataclass(frozen=True, slots=True)
class Ids:
    """The forms of a type beside its uid, its name and what every type takes.

    `keys` are the keys of its lists that identify an object too. `pages` are the paths of its pages, with whatever
    comes after them: {id} is a uid or one of `keys`, {name} a name, {slug} the slug of one, {encoded} a name in base64,
    and * stands for any step; several are the parts of a uid. `words` name the one object of a type that has just one.
    """

    keys: tuple[str, ...] = ("id",)
    pages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning of a text: `kind` is one of any, key (uid or number), uid, id, name and slug; `organisation` is the
    number of one, empty where it says none."""

    value: str
    kind: str = "any"
    organisation: str = ""

    @property
    def may_be_uid(self) -> bool:
        """Whether an object can be asked for by this, before any list is."""
        return self.kind in ("uid", "key") or (self.kind == "any" and _PLAIN.fullmatch(self.value) is not None)

    @property
    def told(self) -> str:
        """The ids that it may be, for people."""
        return {
            "any": "uid, number, name, title and slug",
            "key": "uid and number",
            "id": "number",
            "name": "name and title",
        }.get(self.kind, self.kind)


def read_id(text: str, ids: Ids, url: str) -> Reading:
    """Reads `text` as an id of the server at `url`, but for ORG:id (`without_organisation`). Raises ValueProblem for a
    URL of another server, or of a page that is none of the type's."""
    if "://" in text or text.startswith("/"):
        return _read_page(text, ids, url)
    prefix, colon, value = text.partition(":")
    if colon and value and prefix in _PREFIXES:
        return Reading(value, _PREFIXES[prefix])
    return Reading(text)


def without_organisation(reading: Reading) -> Reading | None:
    """The reading of Terraform's ORG:id; None where `reading` is none."""
    found = _ORGANISATION.fullmatch(reading.value) if reading.kind == "any" else None
    return None if found is None else Reading(found[2], "any", found[1])


# --- pages ------------------------------------------------------------------------------------------------------------


def _read_page(text: str, ids: Ids, url: str) -> Reading:
    page, base = _split(text), urlsplit(url)
    if page.netloc and _place(page) != _place(base):
        server = f"{base.scheme}://{base.netloc}{base.path}".rstrip("/") if base.netloc else url
        hint = "Where it is the same Grafana by another name, give the path of the URL, or the uid in it."
        raise ValueProblem("", f"{text} is of another server", f"The provider's is {server}.", hint)
    path = page.path.removeprefix(base.path.rstrip("/")) if base.netloc else page.path
    for template in ids.pages:
        reading = _fits(path, template)
        if reading is not None:
            return replace(reading, organisation=parse_qs(page.query).get("orgId", [""])[0])
    known = f"Its pages are {', '.join(map(_shown, ids.pages))}." if ids.pages else "It has no page of its own."
    raise ValueProblem("", f"{text} is no page of such an object", known, "Its uid will do, and so does its name.")


def _split(text: str) -> SplitResult:
    try:
        page = urlsplit(text.strip())
        _ = page.port
    except ValueError as error:
        raise ValueProblem("", f"{text} is no URL", f"{error}.") from error
    return page


def _place(url: SplitResult) -> tuple[str, int | None]:
    """The host and the port of a URL; the ports that browsers do not show are the same."""
    port = url.port or _PORTS.get(url.scheme)
    return (url.hostname or "").lower(), None if port in _PORTS.values() else port


def _fits(path: str, template: str) -> Reading | None:
    steps, wanted = path.strip("/").split("/"), template.strip("/").split("/")
    if len(steps) < len(wanted):
        return None
    found: list[Reading] = []
    for step, expected in zip(steps, wanted, strict=False):
        if expected.startswith("{") and step:
            found.append(_value(unquote(step), expected[1:-1]))
        elif expected not in ("*", step):
            return None
    if not found:
        return Reading("", "only")
    return found[0] if len(found) == 1 else Reading(":".join(one.value for one in found), "uid")


def _value(step: str, placeholder: str) -> Reading:
    if placeholder == "encoded":
        return Reading(_decoded(step), "name")
    return Reading(step, "key" if placeholder == "id" else placeholder)


def _decoded(text: str) -> str:
    """Text in base64 as URLs have it; what is none stays."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return text
    return (
        found
        if found.isprintable() and base64.urlsafe_b64encode(found.encode()).decode().rstrip("=") == (text.rstrip("="))
        else text
    )


def _shown(template: str) -> str:
    """A page as people are told of it."""
    words = {"id": "UID", "encoded": "NAME"}
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[1].upper()), template)


# --- which object -----------------------------------------------------------------------------------------------------


def named_by(reading: Reading, listed: Iterable[Listed]) -> Sequence[Listed]:
    """The objects of a list that `reading` names: by what is exact where anything is."""
    there = [*listed]
    for tests in _TESTS[reading.kind]:
        found = {one.uid: one for one in there if any(_HOLDS[test](one, reading.value) for test in tests)}
        if found:
            return [*found.values()]
    return ()


_HOLDS: Final[Mapping[str, Callable[[Listed, str], bool]]] = {
    "uid": lambda one, value: one.uid == value,
    "id": lambda one, value: value in one.keys,
    "name": lambda one, value: one.title == value,
    "letters": lambda one, value: one.title.casefold() == value.strip().casefold(),
    "slug": lambda one, value: slug_of(one.title) == slug_of(value) != "",
}
_TESTS: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "any": (("uid",), ("id", "name"), ("letters",), ("slug",)),
    "key": (("uid",), ("id",)),
    "uid": (("uid",),),
    "id": (("id",),),
    "name": (("name",), ("letters",)),
    "slug": (("slug",),),
}


def slug_of(title: str) -> str:
    """Returns the slug that Grafana makes of Latin letters (3.2 to 12.4); those of other scripts stay as they are,
    where the server transliterates them."""
    plain = "".join(c for c in unicodedata.normalize("NFD", title.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", "-", plain.replace("&", "and").replace("@", "at")).strip("-")


def ambiguous(type_: str, text: str, found: Sequence[Listed]) -> ValueProblem:
    """The error for an id that several objects have."""
    more = f", and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    told = ", ".join(map(_told, found[:_TOLD]))
    return ValueProblem("", f'There is more than one {type_} "{text}"', f"There are {told}{more}.", "Give the uid.")


def similar(text: str, listed: Collection[Listed]) -> str:
    """A sentence on the objects with uids and names like `text`; empty where there are none."""
    by_name: dict[str, Listed] = {}
    for one in listed:
        for name in (one.uid, one.title, *one.keys):
            by_name.setdefault(name.casefold(), one)
    close = get_close_matches(text.casefold(), by_name, n=5, cutoff=0.65)
    found = {by_name[name].uid: by_name[name] for name in close}
    return f"Similar: {', '.join(map(_told, found.values()))}." if found else ""


def _told(one: Listed) -> str:
    title = f' "{one.title}"' if one.title and one.title != one.uid else ""
    return f"{one.uid}{title}" + (f" in folder {one.folder}" if one.folder else "")
