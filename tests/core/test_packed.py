"""Mappings whose long texts are compressed while nobody reads them."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.packed import Packed

_ITEMS = st.dictionaries(
    st.text(max_size=3), st.integers() | st.lists(st.none()) | st.text(st.characters()).map(lambda text: text * 300)
)


@given(_ITEMS, _ITEMS)
def test_a_packed_mapping_has_the_items_of_those_it_is_made_of(
    first: dict[str, object], second: dict[str, object]
) -> None:
    """The later ones win, be they packed or not; halves of surrogate pairs are kept too."""
    whole = {**first, **second}
    for made in (Packed(first, second), Packed(Packed(first), Packed(second)), Packed(Packed(first), second)):
        assert dict(made) == whole
        assert list(made) == list(whole)
        assert [key in made for key in (*whole, "no such")] == [*(True for _ in whole), "no such" in whole]


@given(_ITEMS)
def test_items_are_picked_by_other_keys(items: dict[str, object]) -> None:
    """In the order that is asked for, from any mapping."""
    wanted = dict(reversed([(f"by {key}", value) for key, value in items.items()]))
    for mapping in (items, Packed(items)):
        picked = Packed.picked({f"by {key}": (mapping, key) for key in reversed(items)})
        assert (dict(picked), list(picked)) == (wanted, list(wanted))


def test_long_texts_take_a_fraction_and_are_shared() -> None:
    """A mapping that is made of another has no second copy of its texts; nor is one left of what was read."""
    line = '{"type": "timeseries", "datasource": {"uid": "prometheus"}},\n'
    tracemalloc.start()
    try:
        first = Packed({f"{number}": f"{number} {line * 1000}" for number in range(20)})
        second = Packed(first, {"one": 1})
        third = Packed.picked({key: (second, key) for key in second})
        lengths = {len(text) for text in third.values() if isinstance(text, str)}
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert min(lengths) > 60_000
    assert taken < 60_000


def test_its_representation_tells_no_values() -> None:
    """Of bodies, which may be long and have secrets in them."""
    assert repr(Packed({"a": "geheim", "b": "x" * 5000})) == "Packed(['a', 'b'])"
