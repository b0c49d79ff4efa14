"""What holds for every function."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.lang.expressions.functions import STRUCTURAL, FunctionError, describe
from tests.lang.expressions.functions.calling import functions_of

_FUNCTIONS = functions_of()
_TEXTS = st.sampled_from(
    ["", "a", "1", "%s %d", "/(a)/", "$1", "2026-03-01T00:00:00Z", "1h", "[", "\ud800", "\0", "~", ".."]
)
_NUMBERS = st.sampled_from([0, 1, -1, 2.5, 10**9, 10**308, -(10**400), 1e308, 5e-324, 2**1024 - 1])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _NUMBERS
_VALUES = st.recursive(
    _LEAVES | _TEXTS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def _outcome(name: str, arguments: list[Any]) -> str:
    try:
        return json.dumps(_FUNCTIONS[name](*arguments), allow_nan=False)
    except FunctionError as error:
        return str(error)


@pytest.mark.parametrize("name", sorted(_FUNCTIONS))
@settings(max_examples=15, deadline=None)
@given(arguments=st.lists(_VALUES, max_size=4))
def test_any_values_give_json_or_a_function_error(name: str, arguments: list[Any]) -> None:
    """No other exception, not even one that the safety net has caught; and the arguments stay as they are."""
    before = copy.deepcopy(arguments)
    assert "failed on these arguments" not in _outcome(name, arguments)
    assert arguments == before


@pytest.mark.parametrize("name", sorted(_FUNCTIONS))
def test_every_function_is_described(name: str) -> None:
    """A signature and one sentence."""
    signature, sentence = describe(name)
    assert signature.startswith(f"{name}(")
    assert "context" not in signature
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("replace", "replace(text, old, new)"),
        ("lookup", "lookup(map, key[, default])"),
        ("range", "range(first[, second[, step]])"),
        ("merge", "merge(maps…)"),
        ("format", "format(spec, values…)"),
        ("timestamp", "timestamp()"),
        ("env", "env(name[, default])"),
    ],
)
def test_signatures_are_written_for_users(name: str, signature: str) -> None:
    """Optional arguments stand in brackets."""
    assert describe(name)[0] == signature


@pytest.mark.parametrize("name", sorted(_FUNCTIONS))
def test_too_many_arguments_show_the_signature(name: str) -> None:
    """Also for functions that take any number of them by position: they take none by name."""
    with pytest.raises(FunctionError) as caught:
        _FUNCTIONS[name](nonsense=1)
    assert str(caught.value).startswith(f"{name}() cannot be called like this: ")
    assert caught.value.hint == f"It is called as {describe(name)[0]}."


def test_structural_functions_are_functions() -> None:
    """The names are those of the library."""
    assert set(_FUNCTIONS) >= STRUCTURAL


def test_importing_the_functions_loads_nothing_slow() -> None:
    """Every run of hcl-lite imports them."""
    source = (
        "import sys, hcl_lite.lang.expressions.functions\n"
        "print(*sorted({'yaml', 'csv', 'subprocess', 'rjsonnet', 'jinja2', 'decimal', 'tomli'} & {*sys.modules}))"
    )
    outcome = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert outcome.stdout == "\n"
