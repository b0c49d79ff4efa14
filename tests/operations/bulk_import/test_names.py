"""Names of blocks and files: readable, and the same whatever comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.operations.bulk_import.names import choose_names, file_stem, label_of


@pytest.mark.parametrize(
    ("title", "label", "stem"),
    [
        ("Node Exporter / Nodes", "node_exporter_nodes", "node-exporter-nodes"),
        ("Öffentliche Ämter", "offentliche_amter", "offentliche-amter"),
        ("4 golden signals", "dashboard_4_golden_signals", "4-golden-signals"),
        ("☃", "dashboard", "unnamed"),
        ("../../etc/passwd", "etc_passwd", "etc-passwd"),
        ("con", "con", "con"),
        ("a" * 200, "a" * 60, "a" * 60),
        ("x${y}", "x_y", "x-y"),
    ],
)
def test_a_title_becomes_a_name(title: str, label: str, stem: str) -> None:
    """In lower case, without what no name has, and never a way out of a directory."""
    assert (label_of(title, "dashboard"), file_stem(title)) == (label, stem)


def test_those_that_share_a_name_all_get_the_next() -> None:
    """So that none of them has the short one by chance; what is taken is taken."""
    wanted = {1: ["a", "x_a"], 2: ["a", "y_a"], 3: ["b", "x_b"], 4: ["c", "x_c"], 5: ["d", "d"], 6: ["d", "d"]}
    assert choose_names(wanted, {"c"}) == {1: "x_a", 2: "y_a", 3: "b", 4: "x_c", 5: "d_2", 6: "d_3"}


_NAMES = st.sampled_from(["a", "b", "a_2", "a_b"])


@given(st.dictionaries(st.integers(0, 9), st.lists(_NAMES, min_size=1, max_size=3), max_size=8), st.sets(_NAMES))
def test_each_has_a_name_of_its_own(wanted: dict[int, list[str]], taken: set[str]) -> None:
    """Whatever is wanted and taken."""
    chosen = choose_names(wanted, taken)
    assert chosen.keys() == wanted.keys()
    assert len({*chosen.values()}) == len(chosen)
    assert taken.isdisjoint(chosen.values())
