"""The differences of 11.0.0 from 12.4.0 about library panels, playlists, public dashboards, annotations
and correlations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from providers.embedded import wire
from providers.embedded.generations.adapting import Adaptation, Answer, both, refusing, shaped, typed, with_body
from providers.embedded.generations.traits import Refusal
from providers.embedded.library import LIBRARY, users_of
from providers.embedded.playlists import PLAYLISTS
from providers.embedded.routing import Call

_LIBRARY: Final = "/api/library-elements"
_NAME_TAKEN: Final = "library element with that name or UID already exists"
_OF_ALERTS: Final = {"alertId": 0, "alertName": "", "userId": 0, "newState": "", "prevState": ""}


def _named_once(call: Call, answer: Answer) -> Answer:
    """Names are unique in a folder (lib-same-name)."""
    made = answer.body["result"] if answer.succeeds else None
    if made is not None:
        for other in LIBRARY.items(call).all():
            if (other.name, other.body["folderUid"]) == (made["name"], made["folderUid"]) and other.uid != made["uid"]:
                raise wire.refuse(400, _NAME_TAKEN)
    return answer


def _unused(call: Call) -> Call:
    """Refuses to delete what a dashboard shows (lib-delete-used)."""
    item = LIBRARY.items(call).get(call.params["key"])
    if item is not None and users_of(call, item):
        raise wire.refuse(403, "the library element has connections")
    return call


def _counted(body: dict[str, Any]) -> dict[str, Any]:
    return {"result": [{**one, "id": number} for number, one in enumerate(body["result"], 1)]}


def _numbered(call: Call, answer: Answer) -> Answer:
    """Playlists have numbers, which lists and the answer to a creation tell."""
    if not answer.succeeds:
        return answer
    numbers = {item.uid: item.id for item in PLAYLISTS.items(call).all()}
    shown = answer.body if isinstance(answer.body, list) else [answer.body]
    told = [
        {key: value for key, value in {"id": numbers[one["uid"]], **one}.items() if key != "items"} for one in shown
    ]
    return replace(answer, body=told if isinstance(answer.body, list) else told[0])


def _missing_playlist(_: Call, answer: Answer) -> Answer:
    if answer.status != 404:
        return replace(answer, content_type=wire.PLAIN)
    return replace(answer, body={**answer.body, "message": "Playlist not found"})


def _annotation(annotation: dict[str, Any]) -> dict[str, Any]:
    """An annotation with what was of alerts once; one of no dashboard is of dashboard 0."""
    places = {"dashboardId": annotation.get("dashboardId", 0), "panelId": annotation.get("panelId", 0)}
    return annotation | _OF_ALERTS | places | {"dashboardUID": annotation.get("dashboardUID") or None}


def _type_of_config(call: Call) -> Call:
    """A correlation tells its type in its configuration, and not without (correlation-create)."""
    command = call.json()
    config = command.get("config")
    kind = config.get("type") if isinstance(config, dict) else None
    if kind != "query":
        raise wire.refuse(400, "bad request data")
    return with_body(call, {**command, "type": kind})


def _typed_config(correlation: dict[str, Any]) -> dict[str, Any]:
    known = {key: value for key, value in correlation.items() if key != "type"}
    return known | {"config": {"type": correlation["type"], **correlation["config"]}}


def _typed_result(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"result": _typed_config(body["result"])}


def _missing_public(_: Call, answer: Answer) -> Answer:
    """One that is not there is called what it is (public-none)."""
    if not isinstance(answer.body, dict) or answer.body.get("messageId") != "publicdashboards.notFound":
        return answer
    return replace(answer, body={**answer.body, "message": "Public dashboard not found"})


_PUBLIC: Final = "/api/dashboards/uid/{uid}/public-dashboards"
_CORRELATIONS: Final = "/api/datasources/uid/{uid}/correlations"
_PLAYLISTS: Final = "/api/playlists"
_PLAYLIST: Final = Adaptation(_missing_playlist)
ADAPTATIONS: Final[Mapping[str, Adaptation]] = {
    f"POST {_LIBRARY}": Adaptation(_named_once),
    f"PATCH {_LIBRARY}/{{key}}": Adaptation(_named_once),
    f"DELETE {_LIBRARY}/{{key}}": Adaptation(before=_unused),
    f"GET {_LIBRARY}/{{key}}/connections/": Adaptation(shaped(_counted)),
    f"GET {_PLAYLISTS}": Adaptation(both(_numbered, typed(wire.PLAIN))),
    f"POST {_PLAYLISTS}": Adaptation(both(_numbered, typed(wire.PLAIN))),
    **dict.fromkeys((f"{verb} {_PLAYLISTS}/{{key}}" for verb in ("GET", "PUT", "DELETE")), _PLAYLIST),
    f"GET {_PLAYLISTS}/{{key}}/items": _PLAYLIST,
    "GET /api/annotations": Adaptation(shaped(lambda listed: [_annotation(one) for one in listed])),
    "GET /api/annotations/{key}": Adaptation(
        both(
            shaped(lambda one: _annotation(one) | {"dashboardUID": None}),
            refusing({"Annotation not found": Refusal(500, "Failed to find annotation")}),
        )
    ),
    "GET /api/datasources/correlations": Adaptation(
        shaped(lambda body: body | {"correlations": [_typed_config(one) for one in body["correlations"]]})
    ),
    f"GET {_PUBLIC}": Adaptation(_missing_public),
    f"PATCH {_PUBLIC}/{{key}}": Adaptation(_missing_public),
    f"DELETE {_PUBLIC}/{{key}}": Adaptation(both(_missing_public, typed("application/json"))),
    f"GET {_CORRELATIONS}": Adaptation(shaped(lambda listed: [_typed_config(one) for one in listed])),
    f"POST {_CORRELATIONS}": Adaptation(before=_type_of_config, after=shaped(_typed_result)),
    f"GET {_CORRELATIONS}/{{key}}": Adaptation(shaped(_typed_config)),
    f"PATCH {_CORRELATIONS}/{{key}}": Adaptation(shaped(_typed_result)),
}
