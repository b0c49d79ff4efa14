"""Results of policies in plan files: written, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcl_lite.engine.planning.place_file import decode_place
from hcl_lite.engine.policies import Level, PolicyResult, Status, Violation
from state.document import Fields, read_text


def encode_policy(result: PolicyResult) -> Mapping[str, Any]:
    """Returns the result of one policy as a JSON object."""
    place = result.place
    return {
        "name": result.name,
        "level": result.level.value,
        "status": result.status.value,
        "violations": [[one.message, one.address] for one in result.violations],
        "undecided": list(result.undecided),
        "reason": result.reason,
        "place": [place.file, place.line, place.column] if place else None,
    }


def decode_policy(item: Any, where: str) -> PolicyResult:
    """Returns the result of one policy. Raises ValueError for what is none."""
    fields = Fields(item, where)
    result = PolicyResult(
        fields.text("name"),
        Level(fields.text("level")),
        Status(fields.text("status")),
        tuple(fields.items("violations", _decode_violation)),
        tuple(fields.items("undecided", read_text)),
        fields.text("reason"),
        fields.maybe("place", decode_place),
    )
    fields.end()
    return result


def _decode_violation(item: Any, where: str) -> Violation:
    match item:
        case [str(message), str(address)]:
            return Violation(message, address)
    raise ValueError(f"{where}: expected [message, address]")
