"""Addresses as text and as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address, Kind, in_order

_NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
_KEY = st.none() | st.integers(0, 99) | st.text(st.characters(codec="utf-8"), max_size=6)
_TYPE = _NAME.filter(lambda name: name not in {kind.value for kind in Kind} | {"module"})


@given(_TYPE, _NAME, _KEY, st.booleans(), st.lists(_NAME, max_size=2))
def test_an_address_reads_as_it_prints(
    type_: str, name: str, key: str | int | None, data: bool, module: list[str]
) -> None:
    """Keys of any text too."""
    address = Address(Kind.DATA if data else Kind.RESOURCE, name, type_, key, tuple(module))
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("a\nb", 'x.y["a\\nb"]'),
        ("\x1b[2J", 'x.y["\\u001b[2J"]'),
        ("\\n", 'x.y["\\\\n"]'),
        ("é\u2028", 'x.y["é\\u2028"]'),
    ],
)
def test_an_address_is_one_line_and_steers_no_terminal(key: str, text: str) -> None:
    """Whatever its key is."""
    assert str(Address.resource("x", "y", key)) == text


@pytest.mark.parametrize("text", ["x.y['k']", "module.m['a.b'].x.y['it\\'s']", "data.x.y['\"']", "x.y['']"])
def test_keys_may_stand_in_single_quotes(text: str) -> None:
    """As in expressions, and where a text of TOML is in double ones."""
    address = Address.parse(text)
    assert address == Address.parse(str(address))
    assert "['" not in str(address)


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "a..b", "a.b.", ".a.b", 'a.b["x', "data.a", "a.b[x]", "module", "a b.c"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match=r"expected TYPE\.NAME"):
        Address.parse(text)


def test_order_is_by_module_kind_type_name_and_key() -> None:
    """Numbers as numbers."""
    texts = ["b.x", "a.y", "a.x[10]", "a.x[2]", 'a.x["k"]', "data.a.x", "var.z", "module.m.a.x"]
    ordered = [str(address) for address in in_order(Address.parse(text) for text in texts)]
    assert ordered == ["var.z", "data.a.x", "a.x[2]", "a.x[10]", 'a.x["k"]', "a.y", "b.x", "module.m.a.x"]


_STEP = st.sampled_from(["a", "b", 'a["k"]', "a[0]"])
_ANY = st.builds(
    Address,
    st.sampled_from([Kind.RESOURCE, Kind.MODULE]),
    st.sampled_from(["a", "b"]),
    st.just(""),
    st.sampled_from([None, 0, "k"]),
    st.lists(_STEP, max_size=2).map(tuple),
)


@given(_ANY, _ANY)
def test_what_covers_an_address_is_among_those_that_it_names(one: Address, other: Address) -> None:
    """Itself, what holds its instances, and the modules that it stands in."""
    assert one.covers(other) == (one in other.covering())
