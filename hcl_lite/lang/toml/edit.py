"""TOML text that is edited as people have written it: comments, order, quotes, alignment and line ends stay.

The places of locate.py say which characters a value takes; those of what changes are rewritten, as write.py writes
them. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomli
import tomlkit

from hcl_lite.core.concrete import Member, Node, Spelling, Splice, apply_splices, splices
from hcl_lite.core.equality import same
from hcl_lite.core.pairing import pair
from hcl_lite.lang.toml.locate import KeyPath, Spot, locate
from hcl_lite.lang.toml.write import Code, write_key, write_list_item, write_text, write_value


def edit_toml(text: str, path: KeyPath, wanted: Any) -> str:
    """Returns `text` with `wanted` as the value at `path`, which is there; all else has the values that it had. Texts
    in `wanted` are as they stand in the file, with their expressions.

    Raises ValueError for what cannot be written so.
    """
    plain = text.replace("\r\n", "\n")
    before = tomli.loads(plain)
    found = [*_Editor(plain).edited(path, _at(before, path), wanted)]
    made = apply_splices(text, _in_original(text, plain, found))
    after = tomli.loads(made.replace("\r\n", "\n"))
    if not same(_put(after, path, None), _put(before, path, None)) or not same(_at(after, path), wanted):
        raise ValueError("The file is written in a way that cannot be edited here.")
    return made


def _in_original(text: str, plain: str, found: Sequence[Splice]) -> Iterator[Splice]:
    """Splices of the text whose lines end as those of the file do."""
    if len(text) == len(plain):
        yield from found
        return
    removed = [match.start() - index for index, match in enumerate(re.finditer("\r\n", text))]
    for one in found:
        start, end = (at + bisect_right(removed, at - 1) for at in (one.start, one.end))
        yield Splice(start, end, one.text.replace("\n", "\r\n"))


class _Editor:
    """`text` has `\\n` line ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spots = locate(text)
        self.headers = dict(sorted(self._headers()))

    def _headers(self) -> Iterator[tuple[int, KeyPath]]:
        """The tables that have headers, by where the line of each begins."""
        lines: dict[int, KeyPath] = {}
        for path, spot in self.spots.items():
            start = self._line_start(spot.key)
            if self.text[start : spot.key].lstrip().startswith("[") and spot.key == spot.value:
                known = lines.get(start, ())
                lines[start] = path if len(path) > len(known) else known
        yield from lines.items()

    def edited(self, path: KeyPath, value: Any, wanted: Any) -> Iterator[Splice]:
        if same(value, wanted):
            return
        spot = self.spots.get(path)
        if spot is not None and spot.key != spot.value:
            yield from self._value(spot, path, value, wanted)
        elif isinstance(value, Mapping) and isinstance(wanted, Mapping):
            yield from self._table(path, value, wanted)
        elif isinstance(value, list) and isinstance(wanted, list | tuple):
            yield from self._tables(path, value, wanted)
        else:
            raise ValueError(f"{path[-1]} is a table in the file, and would be none.")

    # --- values after = -----------------------------------------------------------------------------------------------

    def _value(self, spot: Spot, path: KeyPath, value: Any, wanted: Any) -> Iterator[Splice]:
        if isinstance(wanted, str):
            old = self.text[spot.value : spot.value_end]
            yield Splice(spot.value, spot.value_end, _quoted_like(old, wanted))
        else:
            yield from splices(self.text, self._node(path, value), wanted, _SPELLING)

    def _node(self, path: KeyPath, value: Any) -> Node:
        spot = self.spots[path]
        head = self.text[spot.value]
        if head == "[" and isinstance(value, list):
            members = [self._member((*path, index), index, item) for index, item in enumerate(value)]
        elif head == "{" and isinstance(value, Mapping):
            members = [self._member((*path, key), key, item) for key, item in value.items()]
            if any(self.spots[(*path, key)].key == self.spots[(*path, key)].value for key in value):
                return Node(spot.value, spot.value_end, value)  # dotted keys
        else:
            return Node(spot.value, spot.value_end, value)
        return Node(spot.value, spot.value_end, value, lambda: tuple(members))

    def _member(self, path: KeyPath, key: str | int, value: Any) -> Member:
        return Member(self.spots[path].key, key, self._node(path, value))

    # --- tables -------------------------------------------------------------------------------------------------------

    def _table(self, path: KeyPath, value: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Splice]:
        for key, item in value.items():
            if key in wanted:
                yield from self.edited((*path, key), item, wanted[key])
            else:
                yield from self._removed((*path, key), item)
        new = {key: item for key, item in wanted.items() if key not in value}
        lines = {key: item for key, item in new.items() if not _is_list_of_tables(item)}
        if lines:
            yield self._added(path, value, lines)
        for key, items in new.items():
            if key not in lines:
                yield self._appended(path, "".join("\n" + _item((*path, key), item) for item in items))

    def _added(self, path: KeyPath, value: Mapping[str, Any], lines: Mapping[str, Any]) -> Splice:
        """New keys after the last one that stands below the header itself."""
        own = [self.spots[(*path, key)] for key in value if self._is_line((*path, key))]
        last = max(own, key=lambda spot: spot.value_end, default=None)
        header = self._header_of(path)
        if last is None and header is None:
            raise ValueError(f"{'.'.join(map(str, path))} has no place for a new key.")
        at = self._line_end(last.value_end if last is not None else self.spots[path].value_end)
        width = self._width_of_key(last) if last is not None else 0
        indent = self._indent_of(last.key if last is not None else self.spots[path].key)
        written = [f"{indent}{write_key(key).ljust(width)} = {_spelled(item)}" for key, item in lines.items()]
        return self._inserted(at, "\n".join(written) + "\n")

    def _removed(self, path: KeyPath, value: Any) -> Iterator[Splice]:
        spot = self.spots[path]
        if spot.key != spot.value:
            yield Splice(self._line_start(spot.key), self._line_end(spot.value_end), "")
        elif self._header_of(path) is not None:
            yield self._without_section(path)
        else:
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            for key, item in items:
                yield from self._removed((*path, key), item)

    def _tables(self, path: KeyPath, value: Sequence[Any], wanted: Sequence[Any]) -> Iterator[Splice]:
        """A list of [[tables]]: what is new comes after the last one."""
        old = {new: index for index, new in pair(value, wanted)}
        kept = [old[index] for index in range(len(wanted)) if index in old]
        if kept != sorted(kept) or any(index in old for index in range(len(kept), len(wanted))):
            raise ValueError(f"The order of {path[-1]} is another one.")
        for index in range(len(value)):
            if index not in kept:
                yield self._without_section((*path, index))
        for index, item in enumerate(wanted):
            if index in old:
                yield from self.edited((*path, old[index]), value[old[index]], item)
        new = [item for index, item in enumerate(wanted) if index not in old]
        if new:
            last: KeyPath = (*path, len(value) - 1)
            yield self._appended(last, "".join("\n" + _item(path, item) for item in new))

    def _appended(self, path: KeyPath, text: str) -> Splice:
        """Text after all that belongs to a table."""
        last = max(spot.value_end for at, spot in self.spots.items() if at[: len(path)] == path)
        return self._inserted(self._line_end(last), text)

    def _without_section(self, path: KeyPath) -> Splice:
        start = next(start for start, at in self.headers.items() if at[: len(path)] == path)
        return Splice(start, self._section_end(path), "")

    def _section_end(self, path: KeyPath) -> int:
        """Returns the start of the next header that is none of the table at `path`, with the comments above it."""
        inside = [start for start, at in self.headers.items() if at[: len(path)] == path]
        if not inside:
            raise ValueError(f"{path[-1]} has no header.")
        end = next((start for start in self.headers if start > inside[-1]), len(self.text))
        while end > 0 and self.text[self._line_start(end - 1) : end].lstrip().startswith("#"):
            end = self._line_start(end - 1)
        return end

    # --- lines --------------------------------------------------------------------------------------------------------

    def _header_of(self, path: KeyPath) -> int | None:
        return next((start for start, at in self.headers.items() if at == path), None)

    def _is_line(self, path: KeyPath) -> bool:
        """Whether a key stands in a line of its own below the header."""
        spot = self.spots[path]
        return spot.key != spot.value and not self.text[self._line_start(spot.key) : spot.key].strip()

    def _width_of_key(self, spot: Spot) -> int:
        """Returns the width of keys where their values are aligned."""
        between = self.text[spot.key_end : spot.value]
        return spot.key_end - spot.key + len(between) - len(between.lstrip()) - 1

    def _inserted(self, at: int, text: str) -> Splice:
        return Splice(at, at, text if at == 0 or self.text[at - 1] == "\n" else f"\n{text}")

    def _indent_of(self, at: int) -> str:
        line = self.text[self._line_start(at) : at]
        return line[: len(line) - len(line.lstrip())]

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1


def _quoted_like(old: str, text: str) -> str:
    """A text in the quotes of another one, where it can be."""
    printable = all(letter.isprintable() or letter in "\n\t" for letter in text)
    if old.startswith("'''") and len(old) >= 6 and printable and "'''" not in text and not text.endswith("'"):
        lead = "\n" if old[3] == "\n" or text.startswith("\n") else ""
        return f"'''{lead}{text}'''"
    if old.startswith('"""') and len(old) >= 6:
        lead = "\n" if old[3] == "\n" else ""
        return '"""' + lead + tomlkit.string(text, multiline=True).as_string()[3:]
    if old.startswith("'") and printable and "'" not in text and "\n" not in text:
        return f"'{text}'"
    if old.startswith('"') and "\n" not in text:
        return tomlkit.string(text).as_string()
    return write_text(text)


def _item(header: KeyPath, arguments: Mapping[str, Any]) -> str:
    return write_list_item([str(step) for step in header if isinstance(step, str)], _raw(arguments))


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _spelled(value: Any) -> str:
    return write_text(value) if isinstance(value, str) else write_value(_raw(value))


def _in_line(value: Any, _: str | None) -> str:
    if isinstance(value, str):
        return write_value(Code(value))
    if isinstance(value, Mapping):
        items = ", ".join(f"{write_key(key)} = {_in_line(item, None)}" for key, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_in_line(item, None) for item in value)}]"
    return write_value(value)


_SPELLING = Spelling(_in_line, lambda key: f"{write_key(key)} = ", None, "\n")


def _raw(value: Any) -> Any:
    """Texts as they stand in the file."""
    if isinstance(value, str):
        return Code(value)
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value.items()}
    return [_raw(item) for item in value] if isinstance(value, list | tuple) else value


def _at(value: Any, path: KeyPath) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: KeyPath, new: Any) -> Any:
    """`value` with `new` at `path`."""
    if not path:
        return new
    if isinstance(value, Mapping):
        return {key: _put(item, path[1:], new) if key == path[0] else item for key, item in value.items()}
    return [_put(item, path[1:], new) if index == path[0] else item for index, item in enumerate(value)]
