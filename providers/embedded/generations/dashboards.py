"""Dashboards with uids and folders, as 5.4.3 and 7.5.5 have them, and what they share with 3.2.1."""

from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.dashboards import UID, UID_MAX, as_v0alpha1, count_tags, splice
from providers.embedded.generations import binding
from providers.embedded.generations.common import authorship
from providers.embedded.generations.traits import Traits
from providers.embedded.home import HOME
from providers.embedded.objects import Draft, Entry, Kind
from providers.embedded.preferences import find_home
from providers.embedded.routing import Call

_SERVER_KEYS = ("id", "uid", "version")


def save(traits: Traits, call: Call) -> Response:
    """POST /api/dashboards/db (5.4.3, 7.5.5): 412 for another version, and for a title that its folder has already.

    With `overwrite` the dashboard of that title is overwritten, whatever uid was sent. `folderUid` is not looked at
    (dash-in-folder-uid), only `folderId`; without it the dashboard moves to the root. Every save is a new version.
    """
    command = binding.read(call, "Dashboard")
    overwrite = binding.field(command, "overwrite", bool)
    model = _checked_model(traits, command["dashboard"])
    uid = model["uid"]
    live = _find_live(traits, call, model, uid)
    folder = _folder_of(traits, call, binding.field(command, "folderId", int))
    if live is not None and not overwrite and live.generation != number(model.get("version")):
        traits.object_to("dashboard-stale")
    other = _find_other(traits, call, live, model["title"], folder)
    if other is not None:
        if not overwrite:
            traits.object_to("dashboard-name-taken")
        live, uid = other, other.name
    spec = {key: value for key, value in model.items() if key not in _SERVER_KEYS}
    draft = Draft(spec, folder=folder, message=binding.field(command, "message", str))
    return saved(traits, _store(call, live, uid, draft))


def get_by_uid(traits: Traits, call: Call) -> Response:
    """GET /api/dashboards/uid/:uid (5.4.3, 7.5.5): the folder is told by id and URL, not by uid."""
    return _whole(traits, call, _require(traits, call.objects.get("dashboards", call.params["uid"])))


def get_by_slug(traits: Traits, call: Call) -> Response:
    """GET /api/dashboards/db/:slug (3.2.1, 5.4.3, 7.5.5): the oldest, where several folders have one."""
    found = with_slug(traits, call, call.params["slug"].lower())
    return _whole(traits, call, _require(traits, next(iter(found), None)))


def delete_by_uid(traits: Traits, call: Call) -> Response:
    """DELETE /api/dashboards/uid/:uid (5.4.3, 7.5.5): for good."""
    return _delete(traits, call, _require(traits, call.objects.get("dashboards", call.params["uid"])))


def delete_by_slug(traits: Traits, call: Call) -> Response:
    """DELETE /api/dashboards/db/:slug (3.2.1, 5.4.3, 7.5.5): a slug that two dashboards have is refused (412)."""
    found = with_slug(traits, call, call.params["slug"])
    if len(found) > 1:
        traits.object_to("dashboard-slug-ambiguous")
    return _delete(traits, call, _require(traits, next(iter(found), None)))


def get_home(traits: Traits, call: Call) -> Response:
    """GET /api/dashboards/home (3.2.1, 5.4.3, 7.5.5): the panel with first steps is for admins.

    One that was chosen is told by its path, in 3.2.1 below /dashboard (source).
    """
    home = find_home(call)
    if home is not None:
        slug = traits.make_slug(home.title)
        has_uid = "uid" in traits.keys["saved"]
        return wire.answer({"redirectUri": f"/d/{home.name}/{slug}" if has_uid else f"db/{slug}"})
    meta = {**HOME["meta"], "isHome": True, "canEdit": call.identity.can("Editor")}
    dashboard = dict(traits.home)
    if "panels" in dashboard and not call.identity.can("Admin"):
        dashboard["panels"] = [panel for panel in dashboard["panels"] if panel["type"] != "gettingstarted"]
    return wire.answer({"meta": traits.shape("meta", meta), "dashboard": dashboard})


def list_tags(_: Traits, call: Call) -> Response:
    """GET /api/dashboards/tags (3.2.1, 5.4.3, 7.5.5): in alphabetical order."""
    listed = [{"term": tag, "count": count} for tag, count in sorted(count_tags(call).items())]
    return wire.answer(listed, content_type=wire.CHARSET)


def saved(traits: Traits, entry: Entry) -> Response:
    """Returns the answer of a save; 3.2.1's has neither id nor uid."""
    slug = traits.make_slug(entry.title)
    body = {
        "id": entry.id,
        "slug": slug,
        "status": "success",
        "uid": entry.name,
        "url": f"/d/{entry.name}/{slug}",
        "version": shown_version(traits, entry),
    }
    return wire.answer(traits.shape("saved", body))


def shown_version(traits: Traits, entry: Entry) -> int:
    """The version as the API counts it: from 0 on in 3.2.1 (dash-create-no-uid)."""
    return entry.generation - 1 + traits.first_version


def number(value: object) -> int:
    """A JSON number as the whole number it is read as; everything else is 0."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def check_uid(traits: Traits, uid: str) -> None:
    """Refuse (400) a uid that dashboards and folders cannot have."""
    if not UID.fullmatch(uid):
        traits.object_to("dashboard-uid-illegal")
    if len(uid) > UID_MAX:
        traits.object_to("dashboard-uid-long")


def with_slug(traits: Traits, call: Call, slug: str) -> list[Entry]:
    """The dashboards of a slug, the oldest first."""
    names = [name for name, title, _ in call.objects.titles("dashboards") if traits.make_slug(title) == slug]
    return [entry for name in names if (entry := call.objects.get("dashboards", name)) is not None]


def find_same_title(traits: Traits, call: Call, title: str, folder: str) -> Entry | None:
    """Returns the object that has a title already: a folder anywhere, or a dashboard in the same folder, the oldest
    first.

    Titles are the same where their slugs are (3.2.1, 5.4.3, 7.5.5).
    """
    slug = traits.make_slug(title)
    kinds: tuple[Kind, Kind] = ("folders", "dashboards")
    found = [
        entry
        for one in kinds
        for name, other, place in call.objects.titles(one)
        if (one == "folders" or place == folder)
        and traits.make_slug(other) == slug
        and (entry := call.objects.get(one, name)) is not None
    ]
    return min(found, key=lambda entry: entry.id, default=None)


def _checked_model(traits: Traits, sent: object) -> dict[str, Any]:
    """The dashboard with title and uid as texts without spaces around them."""
    model = sent if isinstance(sent, dict) else {}
    texts = {key: model[key].strip() if isinstance(model.get(key), str) else "" for key in ("title", "uid")}
    if not texts["title"]:
        traits.object_to("dashboard-title-empty")
    check_uid(traits, texts["uid"])
    return model | texts


def _find_other(traits: Traits, call: Call, live: Entry | None, title: str, folder: str) -> Entry | None:
    """The dashboard other than `live` that has the title; a folder that has it is in the way for good."""
    same = find_same_title(traits, call, title, folder)
    if same is None or (live is not None and (same.kind, same.name) == (live.kind, live.name)):
        return None
    if same.kind == "folders":
        traits.object_to("dashboard-named-like-folder")
    return same


def _find_live(traits: Traits, call: Call, model: dict[str, Any], uid: str) -> Entry | None:
    """The dashboard that a save changes: by id, else by uid."""
    if uid and call.objects.get("folders", uid) is not None:
        traits.object_to("dashboard-is-folder")
    by_uid = call.objects.get("dashboards", uid) if uid else None
    sent = number(model.get("id"))
    if sent <= 0:
        return by_uid
    by_id = call.objects.by_id("dashboards", sent)
    if by_id is None:
        traits.object_to("dashboard-is-folder" if call.objects.by_id("folders", sent) else "dashboard-id-unknown")
    elif by_uid is not None and by_uid.name != by_id.name:
        traits.object_to("dashboard-uid-taken")
    return by_id


def _folder_of(traits: Traits, call: Call, sent: int) -> str:
    folder = call.objects.by_id("folders", sent) if sent > 0 else None
    if sent > 0 and folder is None:
        traits.object_to("dashboard-folder-unknown")
    return folder.name if folder else ""


def _store(call: Call, live: Entry | None, uid: str, draft: Draft) -> Entry:
    if live is None:
        name = uid or (call.options.make_uid or ids.new_old_uid)()
        return call.objects.create("dashboards", name, draft, call.author, call.objects.next_id())
    if uid and uid != live.name:
        live = call.objects.rename(live, uid)
    return call.objects.update(live, draft, call.author, live.generation + 1)


def find_by_number(traits: Traits, call: Call) -> Entry:
    """The dashboard that the path names by its number."""
    return _require(traits, call.objects.by_id("dashboards", call.params["id"]))


def _require(traits: Traits, entry: Entry | None) -> Entry:
    if entry is None:
        raise traits.refused("dashboard-missing")
    return entry


def _delete(traits: Traits, call: Call, entry: Entry) -> Response:
    call.objects.remove(entry, call.author)
    body = {"id": entry.id, "message": f"Dashboard {entry.title} deleted", "title": entry.title}
    return traits.answer("dashboard", traits.shape("deleted", body))


def _whole(traits: Traits, call: Call, entry: Entry) -> Response:
    version = shown_version(traits, entry)
    head: dict[str, Any] = {"id": entry.id, "uid": entry.name, "version": version}
    if "uid" not in traits.keys["saved"]:
        del head["uid"]  # it is no key of the server's: what the body has comes back (3.2.1)
    dashboard = orjson.Fragment(splice(head, as_v0alpha1(call, entry)))
    meta = traits.shape("meta", _meta(traits, call, entry) | {"version": version})
    return traits.answer("dashboard", {"meta": meta, "dashboard": dashboard})


def _meta(traits: Traits, call: Call, entry: Entry) -> dict[str, Any]:
    may_edit = call.identity.can("Editor")
    folder = call.objects.get("folders", entry.folder) if entry.folder else None
    slug = traits.make_slug(entry.title)
    return {
        "type": "db",
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": call.identity.can("Admin"),
        "canStar": True,
        "slug": slug,
        "url": f"/d/{entry.name}/{slug}",
        "expires": wire.ZERO_TIME,
        **authorship(call, entry),
        "hasAcl": False,
        "isFolder": False,
        "folderId": folder.id if folder else 0,
        "folderTitle": folder.title if folder else "General",
        "folderUrl": f"/dashboards/f/{folder.name}/{traits.make_slug(folder.title)}" if folder else "",
        "provisioned": False,
        "provisionedExternalId": "",
    }
