"""Results of policies in plan files: written, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcl_lite.core.diags import Place
from hcl_lite.engine.policies import Level, PolicyResult, Status, Violation
from state.document import Fields


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
        tuple(fields.items("undecided", _decode_text)),
        fields.text("reason"),
        fields.maybe("place", _decode_place),
    )
    fields.end()
    return result


def _decode_violation(item: Any, where: str) -> Violation:
    match item:
        case [str(message), str(address)]:
            return Violation(message, address)
    raise ValueError(f"{where}: expected [message, address]")


def _decode_text(item: Any, where: str) -> str:
    if not isinstance(item, str):
        raise ValueError(f"{where}: expected a string")
    return item


def _decode_place(item: Any, where: str) -> Place:
    match item:
        case [str(file), int(line), int(column)] if line > 0 and column > 0:
            return Place(file, line, column)
    raise ValueError(f"{where}: expected [file, line, column]")
