"""Titles that are unique in a folder, as 10.1.2 and 11.0.0 have them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from providers.embedded import ids, wire
from providers.embedded.generations.adapting import After, Answer, Before, with_body
from providers.embedded.objects import Entry, Kind
from providers.embedded.routing import Call

Same = Callable[[str, str], bool]
_IN_FOLDER: Final = "A dashboard with the same name in the folder already exists"
_LIKE_FOLDER: Final = "Dashboard name cannot be the same as folder"


def keeping_titles_apart(same: Same, make_uid: Callable[[Call], str], folders_anywhere: bool = False) -> Before:
    """A save under the title of another dashboard in the folder is refused (412), or under one of a folder (400); with
    `overwrite` it is one of that dashboard (dash-same-title-overwrite).

    `make_uid` names dashboards without uid; `folders_anywhere` is whether a folder's title is taken in all folders.
    """

    def before(call: Call) -> Call:
        named = replace(call.options, make_uid=call.options.make_uid or (lambda: make_uid(call)))
        saving = replace(call, options=named)
        command = call.json()
        model = command.get("dashboard")
        title = model.get("title") if isinstance(model, dict) else None
        if not isinstance(model, dict) or not isinstance(title, str) or not title.strip():
            return saving
        live = _find_live(call, model)
        overwrites = command.get("overwrite") is True
        if live is not None and not overwrites and live.generation != model.get("version"):
            return saving  # which refuses it
        folder, own = _folder_of(call, command), live.name if live else ""
        if _find(call, "folders", title.strip(), None if folders_anywhere else folder, same) is not None:
            raise wire.refuse(400, _LIKE_FOLDER)
        other = _find(call, "dashboards", title.strip(), folder, same, own)
        if other is None:
            return saving
        if not overwrites:
            raise wire.refuse(412, _IN_FOLDER, status="name-exists")
        taken = {**command, "dashboard": {**model, "uid": other.name, "id": None}}
        return with_body(saving, taken)

    return before


def folders_once(message: str, *kinds: Kind) -> After:
    """Refuses what would give a folder the title of another object beside it (409; folder-same-title)."""

    def after(call: Call, answer: Answer) -> Answer:
        folder = call.objects.get("folders", answer.body["uid"]) if answer.succeeds else None
        if folder is not None:
            own = {"folders": folder.name}
            beside = (_find(call, kind, folder.title, folder.folder, is_equal, own.get(kind, "")) for kind in kinds)
            if any(one is not None for one in beside):
                raise wire.refuse(409, message)
        return answer

    return after


def is_equal(one: str, other: str) -> bool:
    """Whether titles are the same, letter for letter."""
    return one == other


def make_short_uid(call: Call) -> str:
    """A dashboard's uid of 11.0.0."""
    return ids.new_short_uid(call.store.now())


def _find_live(call: Call, model: dict[str, Any]) -> Entry | None:
    """The dashboard that a model is of, by uid or else by number."""
    uid, number = model.get("uid"), model.get("id")
    if isinstance(uid, str) and uid:
        return call.objects.get("dashboards", uid)
    return call.objects.by_id("dashboards", number) if isinstance(number, int) and number else None


def _find(call: Call, kind: Kind, title: str, folder: str | None, same: Same, own: str = "") -> Entry | None:
    """Returns the object other than `own` that has the title there, or anywhere; the oldest first."""
    for name, other, place in call.objects.titles(kind):
        if name != own and folder in (None, place) and same(title, other):
            return call.objects.get(kind, name)
    return None


def _folder_of(call: Call, command: dict[str, Any]) -> str:
    uid = command.get("folderUid")
    if isinstance(uid, str) and uid:
        return uid
    number = command.get("folderId")
    folder = call.objects.by_id("folders", number) if isinstance(number, int) and number else None
    return folder.name if folder else ""
