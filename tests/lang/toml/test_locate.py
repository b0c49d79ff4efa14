"""Places of keys and values, proved against tomli's own reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given

from hcl_lite.lang.toml.locate import KeyPath, locate
from tests.lang.documents import DOCUMENTS


def _paths(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every key and item that tomli read."""
    if isinstance(value, Mapping):
        items: Iterator[tuple[Any, Any]] = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    else:
        return
    for key, item in items:
        yield (*path, key), item
        yield from _paths(item, (*path, key))


@given(DOCUMENTS)
def test_every_key_and_value_has_the_place_where_it_stands(text: str) -> None:
    """The text at a value's spot reads as that value, the text at a key's spot as that key."""
    data = tomli.loads(text)
    spots = locate(text)
    for path, value in _paths(data):
        spot = spots[path]
        if isinstance(path[-1], str) and spot.key != spot.value:
            assert list(tomli.loads(f"{text[spot.key : spot.key_end]} = 1")) == [path[-1]]
        written = text[spot.value : spot.value_end]
        is_header = not isinstance(value, Mapping | list)
        if is_header or written[:1] in "[{":
            assert tomli.loads(f"v = {written}")["v"] == value, (path, written)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        ('a = "x"', ("a",), "a", '"x"'),
        ("[t.u]\nb.c = 1", ("t", "u", "b", "c"), "c", "1"),
        ("[t.u]\nb.c = 1", ("t", "u"), "u", "u"),
        ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1, "a"), "a", "2"),
        ("[[t]]\n[t.s]\na = 1\n[[t]]\n[t.s]\na = 22", ("t", 1, "s", "a"), "a", "22"),
        ("v = [1, # no\n {a = '}'}, 3]", ("v", 1, "a"), "a", "'}'"),
        ('"a b"."c\\u0021" = 07:32:00 # x', ("a b", "c!"), '"c\\u0021"', "07:32:00"),
        ('s = """a\n"" b"""""', ("s",), "s", '"""a\n"" b"""""'),
    ],
)
def test_spots_of_chosen_texts(text: str, path: KeyPath, key: str, value: str) -> None:
    """One case for each construct."""
    spot = locate(text)[path]
    assert (text[spot.key : spot.key_end], text[spot.value : spot.value_end]) == (key, value)


_FILES = [path for path in Path(__file__).parents[3].glob("**/*.toml") if path.parent.name != "wrong"]


@pytest.mark.parametrize("path", sorted(_FILES), ids=lambda path: path.name)
def test_every_toml_file_here_is_located_wholly(path: Path) -> None:
    """Examples and pyproject.toml."""
    text = path.read_text()
    assert {found for found, _ in _paths(tomli.loads(text))} <= set(locate(text))
