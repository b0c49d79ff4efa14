"""Permissions as stored: the rules that somebody has given to an object."""

import json
from collections.abc import Sequence
from typing import Any

from providers.embedded.routing import Call

Rules = Sequence[dict[str, Any]]


def given_rules(call: Call, key: str) -> Rules | None:
    """The rules that somebody has given to the object with that uid, or `service_key`; None where nobody has."""
    row = call.store.row("select rules from permission where object = ?", key)
    return json.loads(row["rules"]) if row else None


def store_rules(call: Call, key: str, rules: Rules) -> None:
    """Replaces the rules of the object."""
    call.store.run("insert or replace into permission values (?, ?)", key, json.dumps(rules))


def service_key(number: int) -> str:
    """The key of the rules of a service account."""
    return f"service account {number}"
