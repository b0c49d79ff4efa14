"""The differences of 10.1.2 from 11.0.0, but for alerting. Folders, of one level, are told from 12.4.0's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import ids, plugins, wire
from providers.embedded.annotations import ANNOTATIONS
from providers.embedded.datasource_table import find
from providers.embedded.generations import titles
from providers.embedded.generations.adapting import (
    Adaptation,
    Answer,
    adding,
    both,
    lacking,
    refusing,
    shaped,
    with_body,
)
from providers.embedded.generations.homes import HOME_7_5
from providers.embedded.generations.traits import Refusal
from providers.embedded.routing import Call
from providers.embedded.slug import make_slug
from providers.embedded.snapshots import find as find_snapshot

PUBLIC: Final[Mapping[str, Any]] = {
    "publicDashboardAccessToken": "",
    "publicDashboardUid": "",
    "publicDashboardEnabled": False,
}
_GENERAL: Final = "a folder or dashboard in the general folder with the same name already exists"
_STALE_FOLDER: Final = Refusal(412, "the folder has been changed by someone else", "version-mismatch")
# Those of 7.5.5 without news and first steps (dash-home).
_PANELS: Final = [panel for panel in HOME_7_5["panels"] if panel["type"] in ("welcome", "dashlist")]


def _home(body: dict[str, Any]) -> dict[str, Any]:
    """The home dashboard that nobody has chosen yet; a chosen one is told by its path."""
    if "dashboard" not in body:
        return body
    return {"meta": {**body["meta"], **PUBLIC}, "dashboard": {**body["dashboard"], "panels": _PANELS}}


# --- folders ----------------------------------------------------------------------------------------------------------


def list_folders(call: Call) -> Response:
    """GET /api/folders?limit=&page= (10.1.2): of one level, by title."""
    folders = sorted(call.objects.all("folders"), key=lambda folder: (folder.title.lower(), folder.id))
    limit = call.query_int("limit", 1000)
    start = (call.query_int("page", 1) - 1) * limit
    page = folders[start : start + limit]
    return wire.answer([{"id": folder.id, "uid": folder.name, "title": folder.title} for folder in page])


def move_folder(_: Call) -> Response:
    """POST /api/folders/:uid/move (10.1.2), without the toggle nestedFolders."""
    raise wire.refuse(404, "To use this service, you need to activate nested folder feature.")


def _rootless(call: Call) -> Call:
    """A new folder is at the root, whatever parent it names (folder-nested)."""
    command = {key: value for key, value in call.json().items() if key != "parentUid"}
    return with_body(call, command)


def _nothing(_: Call, answer: Answer) -> Answer:
    """A deletion is answered with nothing (folder-delete-not-empty), and no rule goes with a folder unasked."""
    if answer.succeeds:
        return replace(answer, body=None, has_body=False)
    if answer.status == 404:
        return replace(answer, body={"message": "folder not found", "status": "not-found"})
    return answer


def _touched(folder: dict[str, Any]) -> dict[str, Any]:
    """A folder that nobody has changed was last touched by its maker."""
    return folder | {"updatedBy": folder["createdBy"]} if folder["updatedBy"] == "Anonymous" else folder


_ONE_LEVEL: Final = both(lacking("orgId", "parentUid", "parents"), shaped(_touched))
_TITLED: Final = titles.folders_once(_GENERAL, "folders", "dashboards")
FOLDERS: Final[Mapping[str, Adaptation]] = {
    "GET /api/folders/{uid}": Adaptation(_ONE_LEVEL),
    "GET /api/folders/id/{id:int}": Adaptation(_ONE_LEVEL),
    "POST /api/folders": Adaptation(
        before=_rootless,
        after=both(
            _TITLED,
            _ONE_LEVEL,
            refusing({_STALE_FOLDER.message: _STALE_FOLDER}),
        ),
    ),
    "PUT /api/folders/{uid}": Adaptation(
        both(_TITLED, _ONE_LEVEL, refusing({"The dashboard has been changed by someone else": _STALE_FOLDER}))
    ),
    "DELETE /api/folders/{uid}": Adaptation(
        both(
            _nothing,
            refusing(
                {
                    "Folder cannot be deleted: folder is not empty": Refusal(
                        400, "folder cannot be deleted: folder contains alert rules"
                    )
                }
            ),
        )
    ),
}

# --- dashboards, data sources, snapshots ------------------------------------------------------------------------------


def _same_slug(one: str, other: str) -> bool:
    return make_slug(one) == make_slug(other)


def _uuid(_: Call) -> str:
    return ids.new_uuid()


def _folder_missing(call: Call, answer: Answer) -> Answer:
    """By uid it is a mistake of the request, by number it is not found."""
    if answer.message != "folder not found":
        return answer
    status = 400 if call.json().get("folderUid") else 404
    return replace(answer, status=status, body={"message": "Folder not found"})


def _named(call: Call) -> Call:
    """Refuses a data source without a name (ds-no-name)."""
    if not call.json().get("name"):
        raise wire.refuse(400, "bad request data")
    return call


def _plain_logo(source: dict[str, Any]) -> dict[str, Any]:
    """Types that 10.1.2 knows by another name have neither logo nor name."""
    if source["type"] not in plugins.RENAMED.values():
        return source
    named = {"typeName": source["type"]} if "typeName" in source else {}
    return source | {"typeLogoUrl": "public/img/icn-datasource.svg"} | named


def _plain_logos(body: Any) -> Any:
    return [_plain_logo(one) for one in body] if isinstance(body, list) else _plain_logo(body)


def _no_plugin(call: Call) -> Call:
    """Refuses to ask a data source of a type that 10.1.2 does not know (ds-health)."""
    source = find(call, "uid", call.params["uid"])
    if source is not None and source.type in plugins.RENAMED.values():
        raise wire.refuse(404, "Unable to find datasource plugin")
    return call


def _no_plugins(call: Call) -> Call:
    """The same of a query (ds-query-ds)."""
    queries = call.json().get("queries")
    for query in queries if isinstance(queries, list) else ():
        named = query.get("datasource") if isinstance(query, dict) else None
        uid = named.get("uid") if isinstance(named, dict) else None
        source = find(call, "uid", uid) if isinstance(uid, str) else None
        if source is not None and source.type in plugins.RENAMED.values():
            raise wire.refuse(404, "Plugin not found")
    return call


def _new_snapshot(call: Call, answer: Answer) -> Answer:
    """The answer to a creation has its number; one that cannot be read is refused in the usual type."""
    if answer.status == 400:
        return replace(answer, content_type=wire.PLAIN)
    row = find_snapshot(call, "key", answer.body["key"]) if answer.succeeds else None
    return answer if row is None else replace(answer, body={**answer.body, "id": row["id"]})


def _numbers_of_snapshots(call: Call, answer: Answer) -> Answer:
    if not answer.succeeds:
        return answer
    listed = []
    for one in answer.body:
        row = find_snapshot(call, "key", one["key"])
        listed.append(one | ({} if row is None else {"id": row["id"], "orgId": row["org"], "userId": row["account"]}))
    return replace(answer, body=listed)


_SOURCES: Final = "/api/datasources"
_SOURCE: Final = shaped(_plain_logos)
_WRITTEN_SOURCE: Final = shaped(lambda body: body | {"datasource": _plain_logo(body["datasource"])})
CONTENT: Final[Mapping[str, Adaptation]] = {
    "POST /api/dashboards/db": Adaptation(
        before=titles.keeping_titles_apart(_same_slug, _uuid, folders_anywhere=True),
        after=both(lacking("folderUid"), _folder_missing),
    ),
    "GET /api/dashboards/home": Adaptation(shaped(_home)),
    f"GET {_SOURCES}": Adaptation(_SOURCE),
    f"POST {_SOURCES}": Adaptation(before=_named, after=_WRITTEN_SOURCE),
    f"GET {_SOURCES}/uid/{{uid}}": Adaptation(_SOURCE),
    f"PUT {_SOURCES}/uid/{{uid}}": Adaptation(_WRITTEN_SOURCE),
    f"GET {_SOURCES}/name/{{name:path}}": Adaptation(_SOURCE),
    f"GET {_SOURCES}/{{id}}": Adaptation(_SOURCE),
    f"PUT {_SOURCES}/{{id}}": Adaptation(_WRITTEN_SOURCE),
    f"GET {_SOURCES}/uid/{{uid}}/health": Adaptation(before=_no_plugin),
    "POST /api/ds/query": Adaptation(before=_no_plugins),
    "POST /api/snapshots": Adaptation(_new_snapshot),
    "GET /api/snapshots/{key}": Adaptation(adding("meta", **PUBLIC)),
    "GET /api/dashboard/snapshots": Adaptation(_numbers_of_snapshots),
}

# --- people -----------------------------------------------------------------------------------------------------------


def _untyped_login(account: dict[str, Any]) -> dict[str, Any]:
    """Logins of service accounts do not tell their organisation yet."""
    return account | {"login": account["login"].replace(f"sa-{account['orgId']}-", "sa-", 1)}


def _existing_annotation(call: Call) -> Call:
    """Refuses to delete what does not exist (annotation-delete-again)."""
    if ANNOTATIONS.find(ANNOTATIONS.items(call), call.params["key"]) is None:
        raise wire.refuse(404, _NOT_FOUND.message)
    return call


_NOT_JOINED: Final = Adaptation(lacking("autoApproveJoinRequests"))
_NOT_FOUND: Final = Refusal(404, "Annotation not found")
_ACCOUNTS: Final = "/api/serviceaccounts"
PEOPLE: Final[Mapping[str, Adaptation]] = {
    "GET /api/org": _NOT_JOINED,
    "GET /api/orgs/{id:int}": _NOT_JOINED,
    "GET /api/orgs/name/{name}": _NOT_JOINED,
    "POST /api/admin/users": Adaptation(
        refusing(
            {
                "Need to specify either username or email": Refusal(
                    400, "Validation error, need specify either username or email"
                )
            }
        )
    ),
    "GET /api/users": Adaptation(lacking("uid")),
    "GET /api/users/search": Adaptation(lacking("uid", within="users")),
    "GET /api/users/lookup": Adaptation(lacking("uid")),
    "GET /api/users/{id:int}": Adaptation(lacking("uid")),
    f"POST {_ACCOUNTS}": Adaptation(shaped(_untyped_login)),
    f"GET {_ACCOUNTS}/{{id:int}}": Adaptation(shaped(_untyped_login)),
    f"GET {_ACCOUNTS}/search": Adaptation(
        shaped(lambda body: body | {"serviceAccounts": [_untyped_login(one) for one in body["serviceAccounts"]]})
    ),
    f"PATCH {_ACCOUNTS}/{{id:int}}": Adaptation(
        shaped(lambda body: body | {"serviceaccount": _untyped_login(body["serviceaccount"])})
    ),
    "DELETE /api/annotations/{key}": Adaptation(before=_existing_annotation),
    "GET /api/annotations/{key}": Adaptation(refusing({"Failed to find annotation": _NOT_FOUND})),
}

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {**CONTENT, **PEOPLE}
