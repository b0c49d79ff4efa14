"""JSON text edited as it is written: what does not change stays, byte by byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.core.json_edit import edit_json, parse_json

_PANELS = """{
  "title": "Caf\\u00e9",
  "n": 1e3, "big": 12345678901234567890, "neg": -0.50,
  "tags": ["a", "b"],
  "panels": [
    {"id": 1, "title": "A", "gridPos": {"h": 8, "w": 12}},
    {"id": 2, "title": "B", "gridPos": {"h": 8, "w": 12}}
  ],
  "deep": {
    "list": [
      {
        "a": 1
      }
    ],
    "empty": {}
  }
}
"""


def _edited(text: str, change: Any) -> str:
    value = json.loads(text.removeprefix("\ufeff"))
    change(value)
    made = edit_json(text, value)
    assert json.loads(made.removeprefix("\ufeff")) == value
    return made


def _lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(True), after.splitlines(True)
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("change", "gone", "come"),
    [
        (lambda v: v.update(title="X"), '  "title": "Caf\\u00e9",\n', '  "title": "X",\n'),
        (lambda v: v["tags"].append("é"), '  "tags": ["a", "b"],\n', '  "tags": ["a", "b", "\\u00e9"],\n'),
        (lambda v: v["tags"].remove("a"), '  "tags": ["a", "b"],\n', '  "tags": ["b"],\n'),
        (lambda v: v["tags"].remove("b"), '  "tags": ["a", "b"],\n', '  "tags": ["a"],\n'),
        (lambda v: v["tags"].clear(), '  "tags": ["a", "b"],\n', '  "tags": [],\n'),
        (lambda v: v["deep"]["list"].append({"b": [1]}), "      }\n", None),
        (lambda v: v["deep"]["empty"].update(x=1), '    "empty": {}\n', '    "empty": {\n      "x": 1\n    }\n'),
        (lambda v: v.pop("n"), None, None),
        (lambda v: v["panels"].pop(0), None, None),
        (lambda v: v["panels"].pop(), None, None),
        (lambda v: v["panels"].reverse(), None, None),
        (
            lambda v: v["panels"][1].update(title="New"),
            '    {"id": 2, "title": "B", "gridPos": {"h": 8, "w": 12}}\n',
            '    {"id": 2, "title": "New", "gridPos": {"h": 8, "w": 12}}\n',
        ),
    ],
)
def test_a_change_is_in_its_own_lines(change: Any, gone: str | None, come: str | None) -> None:
    """Of all others nothing, not a blank, is another."""
    made = _edited(_PANELS, change)
    lost, found = _lines(_PANELS, made)
    if gone is not None and come is not None:
        assert (lost, found) == ([gone], come.splitlines(True))
    assert len(lost) <= 2


def test_what_is_new_is_written_as_what_is_beside_it() -> None:
    """A panel in one line where the others are, its keys in their order; at the indentation around."""
    made = _edited(_PANELS, lambda v: v["panels"].insert(1, {"gridPos": {"h": 1}, "title": "C", "id": 3}))
    assert _lines(_PANELS, made) == ([], ['    {"id": 3, "title": "C", "gridPos": {"h": 1}},\n'])
    made = _edited(_PANELS, lambda v: v["deep"]["list"].insert(0, {"b": 2}))
    assert made.count("      {\n") == 2


@pytest.mark.parametrize(
    ("text", "change", "made"),
    [
        ('{"a":1,"b":[1,2]}', lambda v: v.update(c={"d": [1, 2]}), '{"a":1,"b":[1,2],"c":{"d":[1,2]}}'),
        ('\ufeff{"a": 1}\r\n', lambda v: v.update(a=2), '\ufeff{"a": 2}\r\n'),
        ('{\r\n\t"a": 1\r\n}', lambda v: v.update(b=[1]), '{\r\n\t"a": 1,\r\n\t"b": [\r\n\t\t1\r\n\t]\r\n}'),
        ('{"a" : 1 }', lambda v: v.update(b=2), '{"a" : 1, "b" : 2 }'),
        ('{"a": 1, "a": 2}', lambda v: v.update(a=3), '{"a": 1, "a": 3}'),
        ('{"a": 1, "b": 0, "a": 2}', lambda v: v.pop("a"), '{"b": 0}'),
        ('{"a": 1e3, "b": 1.0}', lambda v: v.update(c=0), '{"a": 1e3, "b": 1.0, "c": 0}'),
        ('{"a": "\\u00e9\\/", "b": "x"}', lambda v: v.update(b="é"), '{"a": "\\u00e9\\/", "b": "\\u00e9"}'),
        ('{"a": "é", "b": "x"}', lambda v: v.update(b="ü"), '{"a": "é", "b": "ü"}'),
        ('{\n"a": 1\n}', lambda v: v.update(b=[2]), '{\n"a": 1,\n"b": [2]\n}'),
        ("{}", lambda v: v.update(a=1), '{\n  "a": 1\n}'),
        ("[[1,2],\n [3]]\n", lambda v: v[1].append(4), "[[1,2],\n [3,4]]\n"),
    ],
)
def test_any_style_stays(text: str, change: Any, made: str) -> None:
    """One line, tabs, \\r\\n, a byte order mark, keys that are there twice, escapes, spellings of numbers."""
    assert _edited(text, change) == made


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=5),
    max_leaves=15,
)
_STYLES = st.sampled_from([{"indent": 2}, {"indent": "\t"}, {"indent": 4, "ensure_ascii": False}, {}])


@settings(max_examples=50)
@given(_JSON, _JSON, _STYLES)
def test_what_comes_out_is_what_was_wanted(before: Any, wanted: Any, style: Any) -> None:
    """Of whatever value in whatever style; and back again."""
    text = json.dumps(before, **style)
    made = edit_json(text, wanted)
    assert _exact(json.loads(made)) == _exact(wanted)
    assert _exact(json.loads(edit_json(made, before))) == _exact(before)


@settings(max_examples=50)
@given(_JSON, _STYLES)
def test_what_does_not_change_is_not_touched(value: Any, style: Any) -> None:
    """Wrapped beside a value that changes, its text is the same."""
    text = json.dumps({"left": value, "mid": 1, "right": value}, **style)
    assert edit_json(text, json.loads(text)) == text
    made = edit_json(text, {**json.loads(text), "mid": 2})
    assert made == text.replace('"mid": 1', '"mid": 2')


def _exact(value: Any) -> Any:
    """Numbers as a double has them."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return ("n", float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize(
    "text", ["", "{", '{"a" 1}', "[1,]", "[1 2]", '{"a": NaN}', "1 2", "{a: 1}", "1e999", "[" * 9999]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    """As the reader of the configuration does."""
    with pytest.raises(ValueError, match=r"\S"):
        parse_json(text)
