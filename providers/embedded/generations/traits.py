"""Traits of the generations before the app platform: keys, refusals, content types, behaviour.

The modules v3_2, v5_4 and v7_5 hold one `Traits` value and one route table each; the handlers they share are given the
value, and look here instead of at a version number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.routing import Call, Handler

Shape = Literal["meta", "saved", "deleted", "source", "listed-source", "hit", "snapshot-links", "listed-snapshot"]
Area = Literal["dashboard", "search", "source", "snapshot", "snapshot-deletion"]
Why = Literal[
    "dashboard-missing",
    "dashboard-id-unknown",
    "dashboard-title-empty",
    "dashboard-uid-illegal",
    "dashboard-uid-long",
    "dashboard-uid-taken",
    "dashboard-name-taken",
    "dashboard-named-like-folder",
    "dashboard-is-folder",
    "dashboard-stale",
    "dashboard-slug-ambiguous",
    "dashboard-folder-unknown",
    "folder-missing",
    "folder-title-empty",
    "folder-name-taken",
    "folder-named-like-dashboard",
    "folder-stale",
    "search-limit",
    "source-missing",
    "source-name-taken",
    "source-uid-taken",
    "source-url-bad",
    "source-update-stale",
    "source-update-name-taken",
    "source-delete-missing",
    "source-unreachable",
    "query-failed",
    "query-without-source",
    "snapshot-missing",
    "snapshot-expired",
    "snapshot-not-deletable",
    "snapshot-key-taken",
    "snapshot-external",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failure: `status` and `error` are further keys of its body, where it has them."""

    code: int
    message: str
    status: str = ""
    content_type: str = wire.PLAIN
    error: str = ""


@dataclass(frozen=True, slots=True)
class Traits:
    """One generation.

    `keys` are those that the generation knows of an answer, `refusals` what it objects to (what is not listed it lets
    pass), `charset_areas` whose answers name the character set in their content type. `first_version` is a new
    dashboard's; `emptied_stay` are the arguments of a data source that an update with nothing in them leaves alone.
    """

    version: str
    keys: Mapping[Shape, frozenset[str]]
    refusals: Mapping[Why, Refusal]
    charset_areas: frozenset[Area]
    make_slug: Callable[[str], str]
    home: Mapping[str, Any]
    built_in: Mapping[str, tuple[str, str]]
    emptied_stay: frozenset[str]
    first_version: int = 1
    tagged_cut_by_id: bool = False
    search_has_pages: bool = False
    sources_have_uids: bool = False
    source_answered: Literal["never", "as sent", "as stored"] = "as stored"
    sources_by_name_read_only: bool = False
    snapshot_keys_taken: bool = False
    snapshots_searched: bool = True

    def bind(self, handler: Callable[["Traits", Call], Response]) -> Handler:
        """The handler as a route of this generation."""

        def bound(call: Call) -> Response:
            return handler(self, call)

        return bound

    def shape(self, shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the keys of an answer that this generation has."""
        known = self.keys[shape]
        return {key: value for key, value in body.items() if key in known}

    def answer(self, area: Area, body: object) -> Response:
        """A success, in the content type of its area."""
        return wire.answer(body, content_type=wire.CHARSET if area in self.charset_areas else wire.PLAIN)

    def refused(self, why: Why, **named: object) -> wire.Refused:
        """The refusal, with `named` in its message; KeyError where the generation does not object."""
        refusal = self.refusals[why]
        optional = {"status": refusal.status, "error": refusal.error}
        extra = {key: text for key, text in optional.items() if text}
        return wire.refuse(refusal.code, refusal.message.format(**named), refusal.content_type, **extra)

    def object_to(self, why: Why, **named: object) -> None:
        """Refuse, where the generation objects."""
        if why in self.refusals:
            raise self.refused(why, **named)
