"""Values on their way to a server."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcl_lite.core.values import UNKNOWN, Secret, Value, canonical_json, to_json


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


_TEXT = st.text(st.characters())  # halves of surrogate pairs among them
_EVERY = "".join(map(chr, (*range(0x3000), *range(0xD7F0, 0xE010), 0x10FFFF)))


@given(st.dictionaries(_TEXT, _TEXT | st.integers(), max_size=4))
@example({_EVERY: _EVERY, _EVERY[:0xD7F0]: _EVERY[:0xD7F0]})
def test_canonical_json_of_texts_is_spelled_as_that_of_anything_else(value: dict[str, str | int]) -> None:
    """Hashes of records that are in states rest on it."""
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_json(value) == spelled.encode("utf-8", "surrogatepass")
