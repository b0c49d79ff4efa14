"""Replay: recorded requests are sent again, and what is answered is compared with what was recorded."""

import base64
import re
from collections.abc import Collection
from functools import partial
from typing import Any

import httpx

SAME_TEXT = frozenset({"message", "messageId", "status", "reason"})
GIVEN_BY_SERVER = frozenset({"id", "uid", "name", "key", "deleteKey", "resourceVersion"})
CREDENTIALS = {
    "admin": "Basic " + base64.b64encode(b"admin:admin").decode(),
    "wrong-password": "Basic " + base64.b64encode(b"admin:wrong").decode(),
    "wrong-token": "Bearer glsa_0000000000000000000000000000000000_00000000",
}

Exchanges = list[dict[str, Any]]


def make_request(client: httpx.AsyncClient, recorded: dict[str, Any], ours: dict[Any, Any]) -> httpx.Request:
    """A recorded request, for our server."""
    headers = {"Authorization": CREDENTIALS[recorded["auth"]]} if recorded.get("auth") in CREDENTIALS else {}
    if recorded.get("accept"):
        headers["Accept"] = recorded["accept"]
    path = re.sub(r"[^/?&=]+", lambda part: str(ours.get(part[0], part[0])), recorded["path"])
    send = partial(client.build_request, recorded["method"], path, headers=headers)
    if "raw" in recorded:
        return send(content=recorded["raw"])
    return send(json=translate(recorded["body"], ours)) if "body" in recorded else send()


def translate(value: Any, ours: dict[Any, Any]) -> Any:
    """What was recorded, with what ours calls things."""
    if isinstance(value, dict):
        return {key: translate(inner, ours) for key, inner in value.items()}
    if isinstance(value, list):
        return [translate(inner, ours) for inner in value]
    return value if isinstance(value, bool) else ours.get(value, value)


def pair(recorded: Any, own: Any, key: str = "", given: Collection[str] = GIVEN_BY_SERVER) -> dict[Any, Any]:
    """What the recorded server called things, and what ours does."""
    if isinstance(recorded, dict) and isinstance(own, dict):
        shared = [(inner, recorded[inner], own[inner]) for inner in recorded.keys() & own.keys()]
    elif isinstance(recorded, list) and isinstance(own, list):
        shared = [(key, *both) for both in zip(recorded, own, strict=False)]
    else:
        return {recorded: own} if key in given and recorded != own and recorded else {}
    return {old: new for inner, left, right in shared for old, new in pair(left, right, inner, given).items()}


def read_body(answer: httpx.Response) -> Any:
    """The JSON of an answer; old Grafanas answer some things in plain text, and a 204 has none."""
    is_json = "json" in answer.headers.get("content-type", "") and answer.content
    return answer.json() if is_json or answer.text == "null" else answer.text


def differences(recorded: Any, own: Any, path: str = "$", key: str = "") -> list[str]:
    """Where the shapes of two answers, or the texts of their errors, differ."""
    if _kind(recorded) != _kind(own):
        return [f"{path}: recorded {_kind(recorded)}, here {_kind(own)} ({own!r})"]
    if isinstance(recorded, dict):
        found = [f"{path}.{name}: not here" for name in recorded.keys() - own.keys()]
        found += [f"{path}.{name}: not in the recording" for name in own.keys() - recorded.keys()]
        for name in sorted(recorded.keys() & own.keys()):
            found += differences(recorded[name], own[name], f"{path}.{name}", name)
        return found
    if isinstance(recorded, list):
        if len(recorded) != len(own):
            return [f"{path}: recorded {len(recorded)} items, here {len(own)}"]
        pairs = enumerate(zip(recorded, own, strict=True))
        return [text for at, (left, right) in pairs for text in differences(left, right, f"{path}[{at}]")]
    if (key in SAME_TEXT or path == "$") and recorded != own:
        return [f"{path}: recorded {recorded!r}, here {own!r}"]
    return []


def _kind(value: Any) -> str:
    kinds = {type(None): "null", bool: "bool", int: "number", float: "number", str: "text", list: "list"}
    return kinds.get(type(value), "object")
