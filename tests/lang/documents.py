"""TOML documents of every construct, for Hypothesis: all kinds of strings, nested collections, comments everywhere."""

from __future__ import annotations

import string

import tomli
from hypothesis import strategies as st

_BARE = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=6)
_ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
_BASIC = _ANY_TEXT.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
_LITERAL = _ANY_TEXT.filter(lambda text: "'" not in text).map(lambda text: f"'{text}'")
_MULTI = _ANY_TEXT.filter(lambda text: '"' not in text and "\\" not in text).map(lambda text: f'"""\n{text}\n{text}"""')
_SCALAR = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(
        ["true", "false", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00", "0xff", "1_000", "'''a''b'''"]
    ),
    _BASIC,
    _LITERAL,
    _MULTI,
)
_SPACE = st.sampled_from(["", " ", "\t "])
_COMMENT = st.sampled_from(['# a ] comment, with } and "', "#'x", "# ü\t "])
_GAP = st.one_of(st.sampled_from(["", " ", "\n", "\n \n\n"]), _COMMENT.map(lambda comment: f" {comment}\n"))


@st.composite
def _array(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(items, max_size=3))
    gap = draw(_GAP)
    return "[" + gap + f"{gap},{gap}".join(parts) + ("," if parts and draw(st.booleans()) else "") + gap + "]"


@st.composite
def _inline(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(_BARE, max_size=3, unique=True))
    gap = draw(st.one_of(_SPACE, _GAP))  # with line ends it is TOML 1.1
    return "{" + gap + f"{gap},{gap}".join(f"{key}={draw(_SPACE)}{draw(values)}" for key in keys) + gap + "}"


_VALUE: st.SearchStrategy[str] = st.recursive(_SCALAR, lambda inner: _array(inner) | _inline(inner), max_leaves=5)
_KEY = st.one_of(_BARE, _BASIC, _LITERAL)


@st.composite
def _document(draw: st.DrawFn) -> str:
    lines: list[str] = []
    note = st.one_of(st.just(""), st.builds(lambda space, comment: space + comment, _SPACE, _COMMENT))
    between = st.one_of(_SPACE, _COMMENT)
    for _ in range(draw(st.integers(0, 4))):
        keys = draw(st.lists(_KEY, min_size=1, max_size=3))
        dotted = f"{draw(_SPACE)}.{draw(_SPACE)}".join(keys)
        header = draw(st.sampled_from(["", f"[{dotted}]", f"[[ {dotted}\t]]"]))
        lines += [*draw(st.lists(between, max_size=3)), draw(_SPACE) + header + draw(note)]
        for key in draw(st.lists(_KEY, max_size=3)):
            more = draw(st.sampled_from(["", ".sub"]))
            pair = f"{draw(_SPACE)}{key}{more}{draw(_SPACE)}={draw(_SPACE)}{draw(_VALUE)}{draw(_SPACE)}"
            lines += [pair + draw(note), *draw(st.lists(between, max_size=1))]
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


def _is_toml(text: str) -> bool:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return False
    return True


DOCUMENTS = _document().filter(_is_toml)
