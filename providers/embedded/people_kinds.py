"""Teams and preferences of the app platform, as 12.4.0 answers: what /api/teams and /api/org/preferences have. Teams
are only read so, and preferences are made by those alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from providers.embedded import preferences, status, wire
from providers.embedded.admin import namespace
from providers.embedded.app_kinds import VERBS, AppKind, Json, denied, given_spec
from providers.embedded.collection import Verb
from providers.embedded.items import Item
from providers.embedded.resources import ID_LABEL
from providers.embedded.routing import Call
from providers.embedded.teams import TEAMS

_UPDATED: Final = "grafana.app/updatedTimestamp"
_TEAM: Final = "team-"
_KEPT: Final = ("homeDashboardUID", "timezone", "weekStart", "theme", "language", "regionalFormat")
_OBJECTS: Final = ("queryHistory", "navbar")


def _seconds(moment: float) -> str:
    """A resourceVersion: milliseconds since 1970, of which 12.4.0 knows the seconds."""
    return str(int(moment) * 1000)


def _list_metadata(call: Call, items: Sequence[Json]) -> Json:
    versions = [int(item["metadata"]["resourceVersion"]) for item in items]
    return {"resourceVersion": str(max(versions, default=int(_seconds(call.store.now()))))}


# --- teams ------------------------------------------------------------------------------------------------------------


def _teams(call: Call) -> Sequence[Json]:
    return [_team(call, item) for item in TEAMS.items(call).all()]


def _team(call: Call, item: Item) -> Json:
    metadata = {
        "name": item.uid,
        "namespace": namespace(call.identity.org),
        "resourceVersion": _seconds(item.updated),
        "creationTimestamp": wire.timestamp(item.created),
        "labels": {ID_LABEL: str(item.id)},
        "annotations": {_UPDATED: wire.timestamp(item.updated)},
    }
    spec = {"title": item.name, "email": item.body["email"], "provisioned": False, "externalUID": ""}
    return {"metadata": metadata, "spec": spec}


def _refuse_write(verb: str) -> NoReturn:
    """405 without the feature toggle kubernetesAuthnMutation."""
    message = f'{verb} is not supported on resources of kind "teams.iam.grafana.app"'
    raise status.refuse(405, message, "MethodNotAllowed", {"group": "iam.grafana.app", "kind": "teams"})


def _create_team(call: Call, body: Json) -> str:
    _refuse_write("create")


def _update_team(call: Call, there: Json, body: Json) -> str:
    _refuse_write("update")


def _delete_team(call: Call, there: Json) -> None:
    _refuse_write("delete")


def _no_team(kind: AppKind, name: str) -> wire.Refused:
    return status.not_found("team", kind.group, name)


# --- preferences ------------------------------------------------------------------------------------------------------


def _preferences(call: Call) -> Sequence[Json]:
    """Those of teams that are gone are listed as the organisation's own."""
    found = [_of(call, preferences.OWN, item) for item in preferences.own(call).all()]
    for item in preferences.of_teams(call).all() if call.identity.can("Admin") else ():
        team = TEAMS.items(call).by_id(int(item.uid))
        found.append(_of(call, preferences.OWN if team is None else f"{_TEAM}{team.uid}", item))
    return found


def _find_preferences(call: Call, name: str) -> Json | None:
    """Those of the organisation are what there is, where that is one object."""
    found = _preferences(call)
    if name == preferences.OWN:
        return found[0] if len(found) == 1 else None
    return next((one for one in found if one["metadata"]["name"] == name), None)


def _of(call: Call, name: str, item: Item) -> Json:
    metadata: Json = {
        "name": name,
        "namespace": namespace(call.identity.org),
        "resourceVersion": _seconds(item.updated),
        "creationTimestamp": wire.timestamp(item.created),
    }
    if int(item.updated) != int(item.created):
        metadata["annotations"] = {_UPDATED: wire.timestamp(item.updated)}
    spec = {key: item.body[key] for key in (*_KEPT, *_OBJECTS) if item.body.get(key)}
    return {"metadata": metadata, "spec": spec}


def _create_preferences(call: Call, body: Json) -> str:
    raise denied(call, "preferences", "preferences.grafana.app", _lacking_preferences(call, "create"))


def _lacking_preferences(call: Call, verb: Verb) -> str:
    return "mutating request without a name" if verb == "create" else "must be an org admin to edit"


def _update_preferences(call: Call, there: Json, body: Json) -> str:
    """All of them, over what there is."""
    name, chosen = str(there["metadata"]["name"]), _chosen(given_spec(body))
    items, uid = preferences.own(call), preferences.OWN
    if name != preferences.OWN:
        team = TEAMS.items(call).get(name.removeprefix(_TEAM))
        assert team is not None
        items, uid = preferences.of_teams(call), str(team.id)
    preferences.keep(items, uid, chosen, call.identity.account.id)
    return name


def _chosen(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    if not preferences.is_zone(spec.get("timezone") or ""):
        valid = "must be a valid IANA timezone (e.g., America/New_York), 'utc', 'browser', or empty string"
        raise status.bad_request(f"invalid timezone: {valid}")
    if (spec.get("theme") or "") not in (*preferences.THEMES, *preferences.MORE_THEMES):
        raise status.bad_request("invalid theme")
    return {key: spec[key] for key in (*_KEPT, *_OBJECTS) if spec.get(key)}


def _delete_preferences(call: Call, there: Json) -> None:
    """Of teams those of the caller's own number go by the source of 12.4.0, which hits none of them: they stay."""
    if there["metadata"]["name"] == preferences.OWN:
        for item in preferences.own(call).all():
            preferences.own(call).remove(item)


def _deleted(kind: AppKind, _: Call, there: Json) -> Json:
    details = {"name": there["metadata"]["name"], "kind": kind.kind}
    told = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return told | {"code": 200}


KINDS: Final = (
    AppKind(
        group="iam.grafana.app",
        versions=("v0alpha1",),
        plural="teams",
        kind="Team",
        listed=_teams,
        create=_create_team,
        update=_update_team,
        delete=_delete_team,
        list_metadata=_list_metadata,
        roles=("Admin", "Admin"),
        lacking=lambda call, verb: "unauthorized request",
        missing=_no_team,
    ),
    AppKind(
        group="preferences.grafana.app",
        versions=("v1alpha1",),
        plural="preferences",
        kind="Preferences",
        listed=_preferences,
        found=_find_preferences,
        create=_create_preferences,
        update=_update_preferences,
        delete=_delete_preferences,
        deleted=_deleted,
        list_metadata=_list_metadata,
        roles=("Viewer", "Admin"),
        lacking=_lacking_preferences,
        verbs=tuple(verb for verb in VERBS if verb != "deletecollection"),
    ),
)
