"""Edits of a text in its concrete syntax: what changes is rewritten, all other characters stay as they are. Pure.

A reader (core.json_edit, lang.toml.edit) gives the nodes of a text; `splices` says which spans of it become what, so
that it reads as a wanted value. Items of lists are paired by what they are (core.pairing).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hcl_lite.core.equality import same
from hcl_lite.core.pairing import pair
from hcl_lite.core.values import Value

_OWN_LINE = re.compile(r"[ \t]*,[ \t]*(?:#[^\n]*)?\n")  # what comes after a last item that has a comma


@dataclass(frozen=True)
class Node:
    """A value in a text, from `start` to `end`; `read` finds what is in it, which few values are asked for, and is None
    for a scalar."""

    start: int
    end: int
    value: Value
    read: Callable[[], tuple[Member, ...]] | None = None

    @cached_property
    def members(self) -> tuple[Member, ...] | None:
        """Entries or items, in the order of the text; None for a scalar."""
        return None if self.read is None else self.read()


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a list, or an entry of a table from its key on; `key` is the position in a list."""

    start: int
    key: str | int
    node: Node

    @property
    def end(self) -> int:
        return self.node.end


@dataclass(frozen=True, slots=True)
class Splice:
    """The characters from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """The spelling of new values in a language.

    `value(value, indent)` is a value whose first line is indented by `indent`, in one line where that is None; `entry`
    is what comes before the value of a key. `unit` is one level of indentation, None where all is in one line; `comma`
    stands between what is in one line.
    """

    value: Callable[[Value, str | None], str]
    entry: Callable[[str], str]
    unit: str | None
    newline: str
    comma: str = ", "


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """Returns `text` with all of `splices`, which do not overlap; what is inserted comes before what is replaced."""
    parts: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda one: (one.start, one.end)):
        parts += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join((*parts, text[at:]))


def splices(text: str, node: Node, wanted: Value, spelling: Spelling) -> Sequence[Splice]:
    """Returns the splices that make the value of `node` in `text` be `wanted`; none where both are equal."""
    return [*_Editor(text, spelling).edited(node, wanted)]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that a list or table is to have: an existing member with its wanted `value`, or, without a member, a new
    one."""

    member: int | None
    key: str | int
    value: Value


@dataclass(frozen=True, slots=True)
class _Editor:
    text: str
    spelling: Spelling

    def edited(self, node: Node, wanted: Value) -> list[Splice]:
        if same(node.value, wanted):
            return []
        if node.members is not None and isinstance(node.value, Mapping) and isinstance(wanted, Mapping):
            return self._members(node, _entries_of_table(node, wanted))
        if node.members is not None and isinstance(node.value, list) and isinstance(wanted, list | tuple):
            return self._members(node, _entries_of_list(node, wanted))
        return [Splice(node.start, node.end, self._spelled(node, wanted))]

    def _spelled(self, node: Node, value: Value) -> str:
        """A value in place of another one."""
        is_in_line = node.members and "\n" not in self.text[node.start : node.end]
        return self.spelling.value(value, None if is_in_line else self._indent_at(node.start))

    def _members(self, node: Node, entries: Sequence[_Entry]) -> list[Splice]:
        members = node.members or ()
        kept = [entry.member for entry in entries if entry.member is not None]
        if not kept:
            return [self._whole(node, entries)]
        if kept != sorted(kept):
            return [self._rearranged(node, entries)]
        found = [one for entry in entries if entry.member is not None for one in self._inside(members, entry)]
        return [*found, *self._removed(members, kept), *self._added(node, entries)]

    def _inside(self, members: Sequence[Member], entry: _Entry) -> list[Splice]:
        assert entry.member is not None
        return self.edited(members[entry.member].node, entry.value)

    def _removed(self, members: Sequence[Member], kept: Sequence[int]) -> Iterable[Splice]:
        """With what parts it from the next member that stays; at the end, from the one before."""
        for index in range(len(members)):
            if index in kept or (index and index - 1 not in kept):
                continue
            last = next((later for later in range(index, len(members)) if later + 1 in kept), len(members) - 1)
            start = self._line_start(members[index].start)
            is_first_in_line = not self.text[start : members[index].start].strip()
            line_end = _OWN_LINE.match(self.text, members[last].end)
            if last + 1 < len(members):
                yield Splice(members[index].start, members[last + 1].start, "")
            elif line_end is not None and is_first_in_line:
                yield Splice(start, line_end.end(), "")
            else:
                yield Splice(members[index - 1].end, members[last].end, "")

    def _added(self, node: Node, entries: Sequence[_Entry]) -> Iterable[Splice]:
        members = node.members or ()
        before: Member | None = None
        ahead: list[_Entry] = []
        for entry in entries:
            if entry.member is not None:
                member = members[entry.member]
                if before is None and ahead:
                    text = "".join(f"{self._new(node, one)}{self._comma(node)}" for one in ahead)
                    yield Splice(member.start, member.start, text)
                before = member
            elif before is None:
                ahead.append(entry)
            else:
                yield Splice(before.end, before.end, f"{self._comma(node)}{self._new(node, entry)}")

    def _rearranged(self, node: Node, entries: Sequence[_Entry]) -> Splice:
        """The members in another order, each as it is written; what parts them stays where it is."""
        members = node.members or ()
        texts = [
            self._moved(members[e.member], e.value) if e.member is not None else self._new(node, e) for e in entries
        ]
        gaps = [self.text[one.end : other.start] for one, other in itertools.pairwise(members)]
        gaps += [self._comma(node)] * (len(entries) - 1 - len(gaps))
        joined = "".join(f"{text}{gap}" for text, gap in zip(texts, [*gaps[: len(entries) - 1], ""], strict=True))
        return Splice(members[0].start, members[-1].end, joined)

    def _moved(self, member: Member, value: Value) -> str:
        inside = self.edited(member.node, value)
        shifted = (Splice(one.start - member.start, one.end - member.start, one.text) for one in inside)
        return apply_splices(self.text[member.start : member.end], shifted)

    def _whole(self, node: Node, entries: Sequence[_Entry]) -> Splice:
        """Replaces all members."""
        members = node.members or ()
        if not entries:
            return Splice(node.start + 1, node.end - 1, "")
        if members:
            texts = (self._new(node, entry) for entry in entries)
            return Splice(members[0].start, members[-1].end, self._comma(node).join(texts))
        table = {str(entry.key): entry.value for entry in entries}
        value = table if isinstance(node.value, Mapping) else [entry.value for entry in entries]
        return Splice(node.start, node.end, self.spelling.value(value, self._indent_at(node.start)))

    # --- what is new --------------------------------------------------------------------------------------------------

    def _new(self, node: Node, entry: _Entry) -> str:
        """A new member, written as those beside it are: in one line where they are."""
        members = node.members or ()
        beside = [self.text[one.start : one.end] for one in members if one.node.members]
        is_in_line = self._is_in_line(node) or (bool(beside) and not any("\n" in one for one in beside))
        indent = None if is_in_line else self._indent_at(members[0].start)
        head = self.spelling.entry(entry.key) if isinstance(entry.key, str) else ""
        others = [one.node.value for one in members if isinstance(one.node.value, Mapping)]
        like = others[-1] if others and isinstance(node.value, list) else None
        return head + self.spelling.value(_in_order_of(like, entry.value), indent)

    def _comma(self, node: Node) -> str:
        """Returns the separator of two members: that of existing ones, or a new one in the same layout."""
        members = node.members or ()
        for one, other in itertools.pairwise(members):
            gap = self.text[one.end : other.start]
            if gap.strip() == ",":
                return gap
        if self._is_in_line(node) or not members:
            return self.spelling.comma
        return f",{self.spelling.newline}{self._blanks_at(members[0].start)}"

    def _is_in_line(self, node: Node) -> bool:
        """Whether the members stand beside the opening bracket."""
        members = node.members or ()
        return bool(members) and "\n" not in self.text[node.start : members[0].start]

    def _indent_at(self, at: int) -> str | None:
        """The indentation of what is new at an offset; None where all is in one line."""
        return None if self.spelling.unit is None else self._blanks_at(at)

    def _blanks_at(self, at: int) -> str:
        """Returns the indentation of the line of an offset."""
        line = self.text[self._line_start(at) : at]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1


def _in_order_of(like: Value, value: Value) -> Value:
    """A value with its keys in the order of another one that is like it."""
    if not isinstance(like, Mapping) or not isinstance(value, Mapping):
        return value
    keys = [*(key for key in like if key in value), *(key for key in value if key not in like)]
    return {key: _in_order_of(like.get(key), value[key]) for key in keys}


def _entries_of_table(node: Node, wanted: Mapping[str, Value]) -> list[_Entry]:
    """In the order of the text; of a key that is there twice the last one counts, and both go together."""
    members = node.members or ()
    kept = [
        _Entry(index, one.key, _as_is(node, index, wanted)) for index, one in enumerate(members) if one.key in wanted
    ]
    there = {one.key for one in members}
    return [*kept, *(_Entry(None, key, value) for key, value in wanted.items() if key not in there)]


def _as_is(node: Node, index: int, wanted: Mapping[str, Value]) -> Value:
    """Returns the wanted value of a member; its own where a later member of the same key counts."""
    members = node.members or ()
    member = members[index]
    is_last = all(other.key != member.key for other in members[index + 1 :])
    return wanted[str(member.key)] if is_last else member.node.value


def _entries_of_list(node: Node, wanted: Sequence[Value]) -> list[_Entry]:
    assert isinstance(node.value, list)
    old = {new: index for index, new in pair(node.value, wanted)}
    return [_Entry(old.get(index), index, value) for index, value in enumerate(wanted)]
