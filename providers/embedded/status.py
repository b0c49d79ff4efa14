"""The app platform's `Status` bodies: refusals, and the answer to a deletion."""

from typing import Any

import orjson

from providers.embedded import wire


def refuse(code: int, message: str = "", reason: str = "", details: dict[str, Any] | None = None) -> wire.Refused:
    """A failure; what is empty is left out, as 12.4.0 does."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    optional = {"message": message or None, "reason": reason or None, "details": details}
    body |= {key: value for key, value in optional.items() if value is not None}
    return wire.Refused(wire.answer(body | {"code": code}, code))


def bad_request(message: str) -> wire.Refused:
    """400."""
    return refuse(400, message, "BadRequest")


def no_such_route() -> wire.Refused:
    """404 of a path that is no route."""
    return refuse(404, "the server could not find the requested resource", "NotFound", {})


def not_found(plural: str, group: str, name: str) -> wire.Refused:
    """404 of an object."""
    return refuse(404, f'{plural}.{group} "{name}" not found', "NotFound", _details(plural, group, name))


def forbidden(plural: str, group: str, why: str, name: str = "") -> wire.Refused:
    """403, of an object or of all."""
    what = f'{plural}.{group} "{name}"' if name else f"{plural}.{group}"
    details = ({"name": name} if name else {}) | {"group": group, "kind": plural}
    return refuse(403, f"{what} is forbidden: {why}", "Forbidden", details)


def already_exists(plural: str, group: str, name: str) -> wire.Refused:
    """409 of a creation."""
    return refuse(409, f'{plural}.{group} "{name}" already exists', "AlreadyExists", _details(plural, group, name))


def conflict(plural: str, group: str, name: str) -> wire.Refused:
    """409 of an update by an older resourceVersion."""
    advice = "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {plural}.{group} "{name}": {advice}'
    return refuse(409, message, "Conflict", _details(plural, group, name))


def precondition_failed(kind: str, group: str, name: str, asked: str, there: int) -> wire.Refused:
    """409 of a deletion at another resourceVersion."""
    why = f"the ResourceVersion in the precondition ({asked}) does not match the ResourceVersion in record ({there})"
    message = f'Operation cannot be fulfilled on {kind}.{group} "{name}": {why}. The object might have been modified'
    return refuse(409, message, "Conflict", _details(kind, group, name))


def invalid(kind: str, group: str, name: str, causes: list[tuple[str, str]], reason: str) -> wire.Refused:
    """422 with (field, message) causes."""
    listed = [{"reason": reason, "message": message, "field": field} for field, message in causes]
    texts = [f"{field}: {message}" for field, message in causes]
    what = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details = ({"name": name} if name else {}) | {"group": group, "kind": kind, "causes": listed}
    return refuse(422, f'{kind}.{group} "{name}" is invalid: {what}', "Invalid", details)


def refuse_alerting(code: int, reason: str, message: str, message_id: str, **causes: object) -> wire.Refused:
    """A failure of alerting, with the id of its message and its causes by their fields."""
    listed = [{"message": orjson.dumps(cause).decode(), "field": field} for field, cause in causes.items()]
    details = {"uid": f"alerting.notifications.{message_id}"} | ({"causes": listed} if listed else {})
    return refuse(code, message, reason, details)


def refuse_folder_not_empty() -> wire.Refused:
    """400 of the deletion of a folder with contents."""
    message = "Folder cannot be deleted: folder is not empty"
    return refuse(400, message, "BadRequest", {"uid": "folder.not-empty"})


def deleted(plural: str, group: str, name: str, uid: str) -> dict[str, Any]:
    """Returns the answer of a deletion."""
    details = _details(plural, group, name) | {"uid": uid}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _details(plural: str, group: str, name: str) -> dict[str, Any]:
    return {"name": name, "group": group, "kind": plural}
