"""Values on their way to a server."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from hcl_lite.core.values import UNKNOWN, Secret, Value, to_json


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Secret("geheim"), "geheim"),
        (Secret({"a": [Secret(1), None]}), {"a": [1, None]}),
        (
            {"list": [{"deep": Secret("geheim")}], "pair": (1, Secret(True))},
            {"list": [{"deep": "geheim"}], "pair": [1, True]},
        ),
        (MappingProxyType({"a": Secret(MappingProxyType({"b": "c"}))}), {"a": {"b": "c"}}),
    ],
)
def test_what_is_sent_has_its_secrets_laid_open(value: Value, sent: object) -> None:
    """Wherever they are, and in tables of any type."""
    assert json.loads(json.dumps(value, default=to_json)) == sent


@pytest.mark.parametrize(("value", "kind"), [(UNKNOWN, "Unknown"), ({"a": [Secret(UNKNOWN)]}, "Unknown"), ({1}, "set")])
def test_what_json_has_not_is_refused(value: Value, kind: str) -> None:
    """As json does, by its type."""
    with pytest.raises(TypeError, match=f"^Object of type {kind} is not JSON serializable$"):
        json.dumps(value, default=to_json)
