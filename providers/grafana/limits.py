"""Limits of all Grafanas: uids, titles and names that are refused before the server is asked. Pure.

By the sources of 12.4.0, and by what 5.4.3 to 12.4.0 answered; 3.2.1 has neither uids nor folders. What only some of
them refuse is a matter of `check_supported`.
"""

from __future__ import annotations

import re
from typing import Final

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import UNKNOWN, Value, is_unknown, reveal

ROOT: Final = "general"
"""What Grafana calls the root, which holds what is in no folder: GET /api/folders/general gives one with id 0."""

MOST_IN_MESSAGE: Final = 500
MOST_IN_TAG: Final = 50

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TAKEN = "Grafana takes up to 40 of letters, digits, - and _."
_RESERVED: Final = frozenset({ROOT, "sharedwithme"})
_MOST_IN_TITLE: Final = 5000
_MOST_IN_NAME: Final = 190
_MOST_IN_URL: Final = 255
_NO_ROOT = "The root is no folder of its own: it can be neither made nor changed, and holds what is in no other folder."


def is_uid(uid: object) -> bool:
    """Whether Grafana takes it for a uid."""
    return isinstance(uid, str) and _UID.fullmatch(uid) is not None


def check_uid(attribute: str, uid: Value) -> Value:
    """The uid that an attribute gives to a dashboard or a folder, "" for none; also UNKNOWN. Raises ValueProblem."""
    if uid is None or uid == "":
        return ""
    if uid is not UNKNOWN and not is_uid(uid):
        raise ValueProblem(attribute, f'"{uid}" cannot be a uid', _TAKEN)
    return uid


def check_source_uid(uid: Value) -> None:
    """Raises ValueProblem for the uid of a new data source; 11.0.0 and earlier take any."""
    if not is_uid(uid):
        raise ValueProblem("uid", f'"{uid}" cannot be the uid of a data source', _TAKEN)


def check_folder_uid(uid: Value) -> None:
    """Raises ValueProblem for one that no folder can have."""
    if check_uid("uid", reveal(uid)) in _RESERVED:
        raise ValueProblem("uid", f'No folder can have the uid "{uid}"', _NO_ROOT, "Leave `folder` out instead.")


def check_parent(attribute: str, uid: Value, hint: str = "") -> None:
    """Raises ValueProblem where what lies at the root is said to be in a folder of that name."""
    if not is_unknown(uid) and reveal(uid) in _RESERVED:
        raise ValueProblem(attribute, f'There is no folder "{uid}"', _NO_ROOT, hint or f"Leave {attribute} out.")


def check_title(attribute: str, title: Value, what: str) -> None:
    """Raises ValueProblem for the title of a dashboard or a folder, which is `what`."""
    if is_unknown(title):
        return
    text = reveal(title)
    if not isinstance(text, str) or not text.strip():
        raise ValueProblem(attribute, f"The {what} has no title", "Grafana does not accept one without.")
    if what == "dashboard":
        _check_length(attribute, text, _MOST_IN_TITLE, "The title of a dashboard")


def check_name(name: Value) -> None:
    """Raises ValueProblem for one that no data source can have."""
    if is_unknown(name):
        return
    if not str(reveal(name)).strip():
        raise ValueProblem("name", "A data source needs a name", "Without one the server chooses its own.")
    _check_length("name", str(reveal(name)), _MOST_IN_NAME, "The name of a data source")


def check_url(url: Value) -> None:
    """Raises ValueProblem for one that no data source can have."""
    if url is not None and not is_unknown(url):
        _check_length("url", str(reveal(url)), _MOST_IN_URL, "The URL of a data source")


def too_long(text: str, most: int) -> int:
    """Returns the length of a text that is too long, else 0: servers count bytes of UTF-8."""
    length = len(text.encode("utf-8", "surrogatepass"))
    return length if length > most else 0


def _check_length(attribute: str, text: str, most: int, what: str) -> None:
    length = too_long(text, most)
    if length:
        raise ValueProblem(attribute, f"{what} is too long", f"Grafana takes up to {most} bytes; it has {length}.")
