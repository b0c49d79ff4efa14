"""The state file: bytes to state and back, and what is said of bytes that are none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from state.file import decode, encode
from state.model import Intent, Record, State

_TEXT = st.text(max_size=6)
_SCALAR = st.none() | st.booleans() | st.integers() | _TEXT
_NAME = st.from_regex(r"[a-z_]{1,5}", fullmatch=True)
_ADDRESS = st.builds(Address.resource, st.just("grafana_x"), _NAME, st.none() | _TEXT.filter(lambda t: "\n" not in t))
_PLACES = st.lists(st.lists(_TEXT | st.integers(0, 9), max_size=2).map(tuple), max_size=2).map(tuple)
_RECORD = st.builds(
    Record,
    address=_ADDRESS,
    provider=_TEXT,
    uid=_TEXT,
    version=st.dictionaries(_TEXT, _SCALAR, max_size=2),
    applied=_TEXT,
    content=_TEXT,
    attributes=st.dictionaries(_TEXT, _SCALAR | st.lists(_SCALAR, max_size=2), max_size=3),
    secrets=st.dictionaries(_TEXT, _TEXT, max_size=2),
    dependencies=st.lists(_ADDRESS, max_size=2).map(tuple),
    protected=st.booleans(),
    sensitive=_PLACES,
    asked=_TEXT,
    declared=_PLACES,
    written=st.dictionaries(_TEXT, _SCALAR, max_size=2),
    drifted=st.booleans(),
    left=st.dictionaries(_TEXT, _SCALAR | st.lists(_SCALAR, max_size=2), max_size=2),
)
STATES = st.builds(
    State,
    lineage=_TEXT,
    serial=st.integers(0, 9),
    records=st.lists(_RECORD, max_size=3).map(lambda records: {r.address: r for r in records}),
    deposed=st.lists(_RECORD, max_size=1).map(tuple),
    pending=st.lists(st.builds(Intent, st.sampled_from(["create", "update", "delete"]), _RECORD), max_size=1).map(
        tuple
    ),
    outputs=st.dictionaries(_TEXT, _SCALAR, max_size=2),
    plan=_TEXT,
)


@given(STATES)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    """And gives the same bytes again."""
    data = encode(state)
    assert decode(data, "s") == state
    assert encode(decode(data, "s")) == data


@given(STATES, st.integers(0, 400), st.binary(max_size=3))
def test_a_damaged_file_is_refused_and_nothing_else(state: State, at: int, junk: bytes) -> None:
    """Cut, or with bytes in it that do not belong there: a diagnostic, or a state that is whole all the same."""
    data = encode(state)
    for damaged in (data[:at], data[:at] + junk + data[at + len(junk) :], junk):
        with contextlib.suppress(HclError):
            decode(damaged, "s")


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"", "s is not a state file of hcl-lite"),
        (b"{}", "s is not a state file of hcl-lite"),
        (b'{"version": 4, "terraform_version": "1.11.0"}', "s is not a state file of hcl-lite"),
        (b'{"format": 2}', "s was written by a newer hcl-lite"),
        (b"[" * 100_000, "s is not a state file of hcl-lite"),
    ],
    ids=["empty", "no state", "Terraform's", "newer", "deep"],
)
def test_what_is_wrong_with_a_file_is_said(data: bytes, summary: str) -> None:
    """With what to do."""
    with pytest.raises(HclError) as caught:
        decode(data, "s")
    assert caught.value.diagnostics[0].summary == summary
