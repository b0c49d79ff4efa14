"""Bodies of requests, read as the web framework of Grafana up to 7.5 reads them: complaints come as a list."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import orjson

from providers.embedded import wire
from providers.embedded.routing import Call

# Not the spelling of Grafana's own answers: the framework's.
_LIST: Final = "application/json; charset=utf-8"
_GO_KINDS: Final[Mapping[type, str]] = {str: "string", bool: "bool", int: "number", float: "number", list: "array"}
_T = TypeVar("_T", str, bool, int, dict[str, Any])


def read(call: Call, *required: str) -> dict[str, Any]:
    """The command in a body (3.2.1, 5.4.3, 7.5.5): 400 for what is no JSON object, 422 where a field is missing.

    A body that cannot be read lacks all its fields too; an empty one only lacks them.
    """
    command, complaints = _parse(call.body)
    lacking = [name for name in required if command.get(name[0].lower() + name[1:]) in (None, "")]
    complaints += [{"fieldNames": [name], "classification": "RequiredError", "message": "Required"} for name in lacking]
    if complaints:
        garbled = complaints[0]["classification"] == "DeserializationError"
        raise wire.Refused(wire.answer(complaints, 400 if garbled else 422, _LIST))
    return command


def field(command: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    """A field of a command; absent and null count as empty, another kind of value is refused (400)."""
    value = command.get(key)
    if value is None:
        return kind()
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        given = _GO_KINDS.get(type(value), "object")
        wanted = {int: "int64", dict: "map"}.get(kind, _GO_KINDS.get(kind, "object"))
        message = f"json: cannot unmarshal {given} into Go struct field .{key} of type {wanted}"
        raise wire.Refused(wire.answer([_unreadable(message)], 400, _LIST))
    return value


def _parse(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if not body.strip():
        return {}, []
    try:
        command = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        return {}, [_unreadable(_complaint(exc))]
    if not isinstance(command, dict):
        kind = _GO_KINDS.get(type(command), "object")
        return {}, [_unreadable(f"json: cannot unmarshal {kind} into Go value of a struct")]
    return command, []


def _complaint(exc: orjson.JSONDecodeError) -> str:
    if exc.pos >= len(exc.doc.rstrip()):
        return "unexpected EOF"
    return f"invalid character '{exc.doc[exc.pos]}' looking for beginning of value"


def _unreadable(message: str) -> dict[str, Any]:
    return {"classification": "DeserializationError", "message": message}
