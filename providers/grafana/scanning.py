"""The uid that the JSON text of a dashboard gives, found without parsing it: a plan without changes asks for no more.

Exact for what is JSON. Whatever else is told of a text that is not, the plan refuses it with the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

_UID = re.compile(r'"uid"\s*:\s*"([^"\\]*)"')
_ESCAPED = "\0"  # stands for an escaped quote or backslash: no JSON text has it
_OUTER = frozenset({"uid", "apiVersion", "spec", "metadata", "elements", "layout"})


def scan_uid(text: str) -> str | None:
    """The uid of the dashboard, whichever form it has (model.py); empty for none. None where only a parser can tell:
    where it is no string, or keys or uids may be written with escapes."""
    return _seen_from_an_end(text) or _between_quotes(text)


def _seen_from_an_end(text: str) -> str | None:
    """The uid of a classic model that has one key for it. Cheap: braces are counted, and since those in strings may
    mislead, what lies before or after the key proves it. None where this tells nothing."""
    found, depth, counted = -1, 0, 0
    at = text.find('"uid"')
    while at >= 0:
        depth += text.count("{", counted, at) - text.count("}", counted, at)
        if depth == 1:
            if found >= 0:
                return None
            found = at
        at, counted = text.find('"uid"', at + 1), at
    match = _UID.match(text, found) if found > 0 else None
    if match is None or '"apiVersion"' in text or '"elements"' in text or not _is_outer_key(text, found):
        return None
    return match[1]


def _is_outer_key(text: str, at: int) -> bool:
    """Whether the string at `at` is a key of the outermost object."""
    if text[at - 1] == "\\":
        return False
    try:
        json.loads(f'{text[:at]}"":0}}' if at < len(text) / 2 else f"{{{text[at:]}")
    except (ValueError, RecursionError):
        return False
    return True


def _between_quotes(text: str) -> str | None:
    """The same for every form, at more cost."""
    # Between quotes that nothing escapes there is a string and what is around strings, by turns.
    pieces = text.replace("\\\\", _ESCAPED).replace('\\"', _ESCAPED).split('"')
    if len(pieces) % 2 == 0 or not pieces[0].lstrip().startswith("{") or _may_escape_keys(text):
        return None
    keys = dict(_outer_keys(pieces))
    if "apiVersion" in keys and "spec" in keys:
        return "" if "metadata" not in keys else _name_in(pieces, keys["metadata"])
    if "elements" in keys and "layout" in keys:
        return "" if _is_object(pieces, keys["elements"]) else None
    return _string(pieces, keys["uid"]) if "uid" in keys else ""


def _may_escape_keys(text: str) -> bool:
    """Whether lower-case ASCII letters are spelled as \\u0061 to \\u007a."""
    return "\\u006" in text or "\\u007" in text


def _outer_keys(pieces: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Which keys the outermost object has of _OUTER, and at which piece each stands."""
    depth, counted = 0, 0
    for at in range(1, len(pieces), 2):
        if pieces[at] in _OUTER:
            around = "".join(pieces[counted:at:2])
            depth, counted = depth + around.count("{") - around.count("}"), at + 1
            if depth == 1 and pieces[at + 1].lstrip().startswith(":"):
                yield pieces[at], at


def _name_in(pieces: Sequence[str], metadata: int) -> str | None:
    """The name that the object at the key `metadata` gives; None where no object is there."""
    if not _is_object(pieces, metadata):
        return None
    name: str | None = ""
    depth = 0
    for key in range(metadata + 2, len(pieces), 2):
        depth += pieces[key - 1].count("{") - pieces[key - 1].count("}")
        if depth <= 0:
            break
        if depth == 1 and pieces[key] == "name" and pieces[key + 1].lstrip().startswith(":"):
            name = _string(pieces, key)
    return name


def _is_object(pieces: Sequence[str], key: int) -> bool:
    return pieces[key + 1].replace(":", "", 1).lstrip().startswith("{")


def _string(pieces: Sequence[str], key: int) -> str | None:
    """The text that a key has for a value."""
    if pieces[key + 1].strip() != ":" or key + 2 >= len(pieces):
        return None
    value = pieces[key + 2]
    return None if "\\" in value or _ESCAPED in value else value
