"""Plans to bytes and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, OutputChange, Outside, Plan
from hcl_lite.engine.planning.plan_file import decode, encode
from hcl_lite.engine.seals import Seal
from hcl_lite.engine.skipped_servers import SkippedServer
from state.model import Record

_BOX, _ITEM = Address.resource("fake_box", "b"), Address.resource("fake_item", "i", 'k"ey')
_FULL = Plan(
    evaluated=("a",),
    changes=(
        Change(_BOX, Action.NOOP),
        Change(
            address=_ITEM,
            action=Action.REPLACE,
            provider="fake",
            uid="i",
            record=Record(_ITEM, "fake", "old", {"version": 1}, "a", "c", {"url": None}, {"token": "f"}, (_BOX,)),
            expected_version={"version": 2},
            wanted="hash",
            create_first=True,
            restores=True,
            differences=(
                Difference("a", ABSENT, None),
                Difference("b", [1, {"c": "ä"}], ABSENT),
                Difference("c", ABSENT, ABSENT, ('"x"', '"y"'), 'before "z"'),
                Difference("d", ABSENT, ABSENT, to="e.d"),
            ),
            secrets={"token": "rotated"},
            reason="b",
            note="n",
            drifted=True,
            outline={'panels["CPU"]': {"type": "text", "queries": [{"query": "up"}]}},
            title="Item",
            folder="team",
            access=Access.OPENS,
            outline_before={'panels["CPU"]': {"type": "graph"}},
            body='{"a": 1}',
            outside=Outside(Revision("anna", "2026-11-26T10:12:05Z", "more room"), 4, 5),
            deposed=True,
            moved_from=_BOX,
            takes=('dashboard "D"',),
            dependencies=(_BOX,),
            place=Place("main.toml", 3, 1),
            files=("a.json",),
        ),
    ),
    outputs=(OutputChange("x", None, ABSENT), OutputChange("y", ABSENT, {"a": [True]})),
    warnings=(
        Diagnostic("s", "d", severity=Severity.WARNING),
        Diagnostic("e", "", Place("main.toml", 3, 5, "x = 1", 2), "Do it.", "fake_box.b"),
    ),
    lineage="l",
    serial=7,
    destroy=True,
    refresh_only=True,
    targets=(_ITEM,),
    replacing=(_BOX,),
    refresh=False,
    skipped=(SkippedServer(('grafana["eu"]', "grafana_eu"), "https://eu.test", "GET https://eu.test/x: refused", 3),),
    inputs={"v": [1, None]},
    time="2026-01-02T00:00:00+00:00",
    id="once",
    version="0.1",
    files={"main.toml": "ab"},
    seals={"provider.fake": Seal("o", "h")},
)


def test_a_plan_is_the_same_after_being_saved() -> None:
    """Every field; null is a value, absent is none."""
    assert decode(encode(_FULL), "p") == _FULL
    assert [one.body for one in decode(encode(_FULL), "p").changes] == ["", '{"a": 1}']
    assert encode(decode(encode(_FULL), "p")) == encode(_FULL)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.builds(Difference, st.text(), _VALUES | st.just(ABSENT), _VALUES | st.just(ABSENT)), max_size=4))
def test_any_differences_are_the_same_after_being_saved(differences: list[Difference]) -> None:
    """Whatever values and paths they have."""
    plan = Plan((Change(_BOX, Action.UPDATE, differences=tuple(differences)),))
    assert decode(encode(plan), "p") == plan


def _refused(data: bytes) -> str:
    with pytest.raises(HclError) as caught:
        decode(data, "p")
    return caught.value.diagnostics[0].summary


@given(st.binary() | _VALUES.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_refused_as_no_plan(data: bytes) -> None:
    """Never a traceback."""
    assert _refused(data) == "p is not a saved plan"


_PATHS = [(key,) for key in json.loads(encode(_FULL))] + [
    ("changes", 1, key) for key in json.loads(encode(_FULL))["changes"][1]
]


@given(st.sampled_from(_PATHS), _VALUES)
def test_a_damaged_plan_is_refused_or_read(path: tuple[Any, ...], value: Any) -> None:
    """One value replaced by another: HclError at the most."""
    document = json.loads(encode(_FULL))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    try:
        decode(json.dumps(document).encode(), "p")
    except HclError:
        return


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 1, "version": "0.1"}, "p was saved by another version of hcl-lite"),
        ({"kind": "x"}, "p is not a saved plan"),
        ({"changes": [{}]}, "p is not a saved plan"),
    ],
    ids=["format", "kind", "change"],
)
def test_a_plan_of_another_kind_is_refused(change: dict[str, Any], said: str) -> None:
    """A newer version's plan says which version reads it."""
    document = {**json.loads(encode(_FULL)), **change}
    assert _refused(json.dumps(document).encode()) == said
