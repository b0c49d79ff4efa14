"""Whether what a server tells of an object can be so: well-formed JSON may still be the answer to something else."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import Attr, Live, ResourceType
from hcl_lite.core.schema.type_text import type_of

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "bool": (bool,),
    "list": (list, tuple),
    "set": (list, tuple),
    "map": (Mapping,),
    "object": (Mapping,),
    "any": (object,),
}


def check_live(type_: ResourceType, live: Live, uid: str = "") -> Live:
    """`live` where it can be the object `uid`; without one, any object. Raises ValueError."""
    if type_.immutable or type_.server_given:  # a snapshot may have a key that its server has chosen (3.2 to 7.5)
        uid = ""
    check_uid(live.uid, uid)
    for name, value in live.attributes.items():
        attr = type_.attrs.get(name)
        if attr is not None and not _fits(attr, value):
            raise ValueError(f"{name} is {value!r}"[:200])
    for name, part in live.version.items():
        if part is not None and not isinstance(part, str | int | float):
            raise ValueError(f"{name} is {part!r}"[:200])
    return live


def check_uid(found: object, uid: str = "") -> None:
    """Raises ValueError where what an answer has for a uid is none, or not `uid`."""
    if not isinstance(found, str) or not found or (uid and found != uid):
        raise ValueError(f"uid is {found!r}" + (f", not {uid!r}" if uid else ""))


def _fits(attr: Attr, value: object) -> bool:
    """Whether a value is of the attribute's kind; servers leave out what is not set, or give null for it."""
    if value is None:
        return not attr.required
    outer = type_of(attr).name
    return isinstance(value, _KINDS[outer]) and not (outer == "number" and isinstance(value, bool))
