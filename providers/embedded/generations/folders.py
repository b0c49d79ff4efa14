"""Folders as 5.4.3 and 7.5.5 have them: one level, a version, titles that nothing else at the root may have."""

from typing import Any

from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.generations import binding
from providers.embedded.generations.common import authorship
from providers.embedded.generations.dashboards import check_uid, find_same_title
from providers.embedded.generations.traits import Traits
from providers.embedded.objects import Draft, Entry
from providers.embedded.routing import Call

_DEFAULT_LIMIT = 1000


def list_all(_: Traits, call: Call) -> Response:
    """GET /api/folders?limit= (5.4.3, 7.5.5): by title, without version; there are no pages."""
    folders = sorted(call.objects.all("folders"), key=lambda folder: (folder.title.lower(), folder.id))
    shown = folders[: call.query_int("limit", _DEFAULT_LIMIT)]
    return wire.answer([{"id": folder.id, "uid": folder.name, "title": folder.title} for folder in shown])


def create(traits: Traits, call: Call) -> Response:
    """POST /api/folders (5.4.3, 7.5.5): a uid in use is an old version (412); `parentUid` is not looked at."""
    command = binding.read(call)
    title, uid = _title(traits, command), binding.field(command, "uid", str).strip()
    check_uid(traits, uid)
    if uid and call.objects.get("folders", uid) is not None:
        traits.object_to("folder-stale")
    if uid and call.objects.get("dashboards", uid) is not None:
        traits.object_to("dashboard-is-folder")
    _check_title(traits, call, title, "")
    name = uid or ids.new_old_uid()
    folder = call.objects.create("folders", name, _draft(title), call.author, call.objects.next_id())
    return wire.answer(_folder(traits, call, folder))


def get_by_uid(traits: Traits, call: Call) -> Response:
    """GET /api/folders/:uid (5.4.3, 7.5.5)."""
    return wire.answer(_folder(traits, call, find_folder(traits, call)))


def get_by_id(traits: Traits, call: Call) -> Response:
    """GET /api/folders/id/:id (5.4.3, 7.5.5; not recorded)."""
    folder = call.objects.by_id("folders", call.params["id"])
    if folder is None:
        raise traits.refused("folder-missing")
    return wire.answer(_folder(traits, call, folder))


def update(traits: Traits, call: Call) -> Response:
    """PUT /api/folders/:uid (5.4.3, 7.5.5): 412 unless `version` is the live one or `overwrite` is set."""
    command = binding.read(call, "Title")
    folder = find_folder(traits, call)
    title, uid = _title(traits, command), binding.field(command, "uid", str).strip()
    check_uid(traits, uid)
    if not command.get("overwrite") and command.get("version") != folder.generation:
        traits.object_to("folder-stale")
    _check_title(traits, call, title, folder.name)
    if uid and uid != folder.name:
        folder = call.objects.rename(folder, uid)
    changed = call.objects.update(folder, _draft(title), call.author, folder.generation + 1)
    return wire.answer(_folder(traits, call, changed))


def delete(traits: Traits, call: Call) -> Response:
    """DELETE /api/folders/:uid (5.4.3, 7.5.5): with all dashboards in it, for good."""
    folder = find_folder(traits, call)
    for entry in [*call.objects.children("dashboards", folder.name), folder]:
        call.objects.remove(entry, call.author)
    body = {"id": folder.id, "message": f"Folder {folder.title} deleted", "title": folder.title}
    return wire.answer(traits.shape("deleted", body))


def _title(traits: Traits, command: dict[str, Any]) -> str:
    title = binding.field(command, "title", str).strip()
    if not title:
        traits.object_to("folder-title-empty")
    return title


def _check_title(traits: Traits, call: Call, title: str, own: str) -> None:
    same = find_same_title(traits, call, title, "")
    if same is not None and (same.kind, same.name) != ("folders", own):
        traits.object_to("folder-name-taken" if same.kind == "folders" else "folder-named-like-dashboard")


def _draft(title: str) -> Draft:
    return Draft({"title": title, "description": ""}, api_version="v1beta1")


def find_folder(traits: Traits, call: Call) -> Entry:
    """The folder that the path names by its uid."""
    folder = call.objects.get("folders", call.params["uid"])
    if folder is None:
        raise traits.refused("folder-missing")
    return folder


def _folder(traits: Traits, call: Call, folder: Entry) -> dict[str, Any]:
    may_edit = call.identity.can("Editor")
    return {
        "id": folder.id,
        "uid": folder.name,
        "title": folder.title,
        "url": f"/dashboards/f/{folder.name}/{traits.make_slug(folder.title)}",
        "hasAcl": False,
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": call.identity.can("Admin"),
        **authorship(call, folder),
        "version": folder.generation,
    }
