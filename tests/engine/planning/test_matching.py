"""Which record each block goes on from: tables of asks and records, without a configuration."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.planning.matching import Ask, Likeness, match
from state.model import Record

_Row = tuple[Value, str, str]
"""uid (after "import ": of an object to be imported), hash of the arguments, name"""


def _match(asks: Mapping[str, _Row], records: Mapping[str, _Row]) -> dict[str, str]:
    """The uids of the records that blocks go on from, by the blocks' addresses."""

    def look(address: Address) -> Likeness:
        _, hash_, name = asks[str(address).removeprefix("t.")]
        return Likeness(hash_, frozenset({name} - {""}))

    def ask(at: str, uid: Value) -> Ask:
        given = uid.removeprefix("import ") if isinstance(uid, str) else uid
        return Ask(Address.parse(f"t.{at}"), "p", given, is_import=given != uid)

    found = match(
        [ask(at, uid) for at, (uid, _, _) in asks.items()],
        [
            Record(Address.parse(f"t.{at}"), "p", uid, {}, applied=hash_, attributes={"name": name})
            for at, (uid, hash_, name) in records.items()
        ],
        look,
        lambda record: frozenset({str(record.attributes["name"])} - {""}),
    )
    return {str(address).removeprefix("t."): record.uid for address, record in found.items()}


@pytest.mark.parametrize(
    ("asks", "records", "found"),
    [
        # a given uid, whatever the address
        ({"a": ("v", "", ""), "b": ("u", "", "")}, {"a": ("u", "", ""), "b": ("v", "", "")}, {"a": "v", "b": "u"}),
        ({"c": ("u", "", "")}, {"a": ("u", "", "")}, {"c": "u"}),
        ({"a[0]": ("y", "", ""), "a[1]": ("z", "", "")},
         {"a[0]": ("x", "", ""), "a[1]": ("y", "", ""), "a[2]": ("z", "", "")}, {"a[0]": "y", "a[1]": "z"}),
        # the front of a list: what is new is new, and no replacement
        ({"a[0]": ("n", "", ""), "a[1]": ("x", "", "")}, {"a[0]": ("x", "", "")}, {"a[1]": "x"}),
        # two that give one uid: the one that has it keeps it, and the other is refused later
        ({"a": ("u", "", ""), "b": ("u", "", "")}, {"b": ("u", "", "")}, {"b": "u"}),
        # another uid that nothing has: a replacement
        ({"a": ("v", "", "")}, {"a": ("u", "", "")}, {"a": "u"}),
        # unless that is imported
        ({"a": ("import v", "", "")}, {"a": ("u", "", "")}, {}),
        ({"a": ("import u", "", "")}, {"a": ("u", "", "")}, {"a": "u"}),
        # known later: by the address, unless another block gives its uid
        ({"a": (UNKNOWN, "", "")}, {"a": ("u", "", "")}, {"a": "u"}),
        ({"a": (UNKNOWN, "", ""), "b": ("u", "", "")}, {"a": ("u", "", "")}, {"b": "u"}),
        # without a uid: by the address, changed or not
        ({"a": ("", "h2", "n2")}, {"a": ("u", "h", "n")}, {"a": "u"}),
        ({"a": ("", "h2", "m"), "b": ("", "h1", "n")}, {"a": ("u", "h1", "n"), "b": ("v", "h2", "m")},
         {"a": "u", "b": "v"}),
        # a renamed block: the same arguments, or the same name
        ({"c": ("", "h", "")}, {"a": ("u", "h", "")}, {"c": "u"}),
        ({"c": ("", "h2", "n")}, {"a": ("u", "h", "n")}, {"c": "u"}),
        ({"c": ("", "h2", "n2")}, {"a": ("u", "h", "n")}, {}),
        ({"c": ("", "", "")}, {"a": ("u", "", "")}, {}),
        # nothing is guessed
        ({"c": ("", "h", ""), "d": ("", "h", "")}, {"a": ("u", "h", "")}, {}),
        ({"c": ("", "h", "")}, {"a": ("u", "h", ""), "b": ("v", "h", "")}, {}),
        # one that stays is not taken away from its block
        ({"a": ("", "h", ""), "c": ("", "h", "")}, {"a": ("u", "h", "")}, {"a": "u"}),
        # a list without uids: what stands there now says which is which
        ({"a[0]": ("", "hy", ""), "a[1]": ("", "hz", "")},
         {"a[0]": ("u", "hx", ""), "a[1]": ("v", "hy", ""), "a[2]": ("w", "hz", "")}, {"a[0]": "v", "a[1]": "w"}),
        ({"a[0]": ("", "1", "y"), "a[1]": ("", "2", "z")},
         {"a[0]": ("u", "3", "x"), "a[1]": ("v", "4", "y"), "a[2]": ("w", "5", "z")}, {"a[0]": "v", "a[1]": "w"}),
        ({"a[0]": ("", "n", ""), "a[1]": ("", "hx", "")}, {"a[0]": ("u", "hx", "")}, {"a[1]": "u"}),
        ({"a[0]": ("", "hx", ""), "a[1]": ("", "n", "")}, {"a[0]": ("u", "hx", "")}, {"a[0]": "u"}),
        ({"a[0]": ("", "hx2", "")}, {"a[0]": ("u", "hx", ""), "a[1]": ("v", "hy", "")}, {"a[0]": "u"}),
        # one whose object another block claims by its uid is known again by what it declares
        ({"a": ("", "h", "n"), "b": ("u", "", "")}, {"a": ("u", "h", "n")}, {"b": "u"}),
    ],
)  # fmt: skip
def test_records_go_to_whoever_asks_for_them(
    asks: Mapping[str, _Row], records: Mapping[str, _Row], found: Mapping[str, str]
) -> None:
    """Each row is a rule of matching.py, or where it ends."""
    assert _match(asks, records) == found


_ROWS = st.tuples(
    st.sampled_from(["", "u", "v", "w"]), st.sampled_from(["", "1", "2"]), st.sampled_from(["", "n", "m"])
)
_ADDRESSES = st.sampled_from(["a", "b", "c", "l[0]", "l[1]", "l[2]", 'm["x"]'])


@given(st.dictionaries(_ADDRESSES, _ROWS), st.dictionaries(_ADDRESSES, st.tuples(st.sampled_from("uvwxyz"), _ROWS)))
def test_no_record_goes_to_two_blocks_and_a_given_uid_is_kept(
    asks: dict[str, _Row], records: dict[str, tuple[str, _Row]]
) -> None:
    """Whatever there is; an object that a block gives the uid of is never left, and no other block has it."""
    unique = {uid: (at, row) for at, (uid, row) in records.items()}
    remembered: dict[str, _Row] = {at: (uid, row[1], row[2]) for uid, (at, row) in unique.items()}
    found = _match(asks, remembered)
    assert len(set(found.values())) == len(found)
    for uid in unique:
        givers = [at for at, (given_, _, _) in asks.items() if given_ == uid]
        holders = [at for at, one in found.items() if one == uid]
        assert not givers or (len(holders) == 1 and holders[0] in givers)
