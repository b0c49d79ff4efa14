"""Values on their way to a server."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcl_lite.core.values import (
    UNKNOWN,
    JsonValue,
    Secret,
    Value,
    canonical_json,
    finite,
    is_deeper,
    lay_out_json,
    read_levelled_json,
    refuse_constant,
    spell_json,
    to_json,
)


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


_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})([.][0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
_STRINGS = st.lists(
    st.sampled_from(
        [r"\ud83d", r"\ude00", r"\u0000", r"\n", r"\/", "é", "😀", "\x7f", "\x1f", "\ufeff", "\ud800", "a1e5"]
    ),
    max_size=4,
).map(lambda parts: f'"{"".join(parts)}"')
_TEXTS = st.recursive(
    _NUMBERS
    | _STRINGS
    | st.sampled_from(["null", "true", "false", "NaN", "-Infinity", "01", "", "[" * 300 + "]" * 300]),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(['"a"', '"b"', r'"\u0061"']), inner), max_size=4).map(
            lambda pairs: f"{{{','.join(f'{key} :{item}' for key, item in pairs)}}}"
        )
    ),
    max_leaves=6,
)


def _outcome(read: Callable[[], object]) -> str:
    """The value with its types, the digits of its numbers and the order of its keys; or what is wrong with the text."""
    try:
        return repr(read())
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


@given(_TEXTS | _TEXTS.map(lambda text: f"\ufeff {text}\n"))
@example("123456789012345678")
@example("-9223372036854775809")
@example("18446744073709551616")
@example('{"a": 1, "b": 2, "a": 3}')
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    """Whole numbers of any size, the nearest double, the last of two keys, halves of surrogate pairs; and no NaN."""

    def read(given: str | bytes) -> object:
        return json.loads(given, parse_constant=refuse_constant, parse_float=finite)

    data = text.encode("utf-8", "surrogatepass")
    assert [_outcome(lambda: read_levelled_json(text)), _outcome(lambda: read_levelled_json(data))] == [
        _outcome(lambda: read(text)),
        _outcome(lambda: read(data)),
    ]


def _documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
        max_leaves=6,
    )


_JSON = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT


@given(_documents(_JSON))
@example({"a": [1e16, 1e15, 1e-5, 0.0001, -1.5e-7, 2**64, 1e22], "e0 1e5": {}, "b": [[]]})
@example({"half": "\ud800é", "uid": "3e05", "x": 0.00012})
def test_json_is_laid_out_as_the_standard_library_does(value: JsonValue) -> None:
    """To the letter; in ASCII where UTF-8 has no bytes for it."""
    laid_out = json.dumps(value, indent=2, ensure_ascii=False)
    has_half = any("\ud800" <= letter <= "\udfff" for letter in laid_out)
    assert lay_out_json(value) == (json.dumps(value, indent=2) if has_half else laid_out)


@given(_documents(_JSON | st.just(Secret(1))))
def test_json_is_spelled_so_that_each_reader_gets_the_same_or_not_at_all(value: Value) -> None:
    """What json.dumps makes of it is read as the same value; what cannot be spelled is left to it."""
    try:
        spelled = spell_json(value)
    except TypeError:
        return
    assert repr(json.loads(spelled)) == repr(json.loads(json.dumps(value)))


def _depth(value: object) -> int:
    """The number of lists and mappings that stand in each other."""
    if isinstance(value, dict | list):
        return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


_NESTED = st.recursive(
    st.none() | st.text("\n ", max_size=20) | st.sampled_from([UNKNOWN, Secret("geheim"), 2**70, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_NESTED, st.integers(1, 6))
@example([[]], 1)
@example({"a": {}}, 1)
@example({"a": {"b": "\n      "}}, 2)
def test_depth_is_that_of_lists_and_mappings(value: object, levels: int) -> None:
    """Whatever the leaves are, and where the innermost is empty."""
    assert is_deeper(value, levels) == (_depth(value) > levels)


@pytest.mark.parametrize(("depth", "levels", "is_it"), [(250, 250, False), (251, 250, True), (3000, 250, True)])
@pytest.mark.parametrize("leaf", [[], 1, UNKNOWN])
def test_depth_beyond_what_is_written_at_once_is_told(depth: int, levels: int, is_it: bool, leaf: object) -> None:
    """Also beyond Python's own recursion."""
    value = leaf
    for number in range(depth - isinstance(leaf, list)):
        value = [value] if number % 2 else {"a": value}
    assert is_deeper(value, levels) is is_it


def test_depth_takes_no_memory_for_each_level() -> None:
    """Many items in many levels: a hostile answer of 8 MB took 2 GB, where each item had its line."""
    value: object = [1] * 100_000
    for _ in range(249):
        value = [value]
    assert _peak(lambda: is_deeper(value, 250)) < 2 * _peak(lambda: spell_json(value))


def _peak(work: Callable[[], object]) -> int:
    """The most memory that is taken by then."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
