"""Files of a configuration: read, decoded, and able to say where each of their keys stands."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli

from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.files import LeadsOut, read_file
from hcl_lite.core.redaction import mask_assigned
from hcl_lite.lang.toml.locate import KeyPath, Spot, locate, offset_in_literal

_MAX_DEPTH = 80
_LARGEST = 10**308  # what a float can still hold

_TOML_ERROR = r"(?s)^(?P<what>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$"


@dataclass(frozen=True)
class SourceFile:
    """One TOML file: `name` as shown to the user, `text` with `\\n` line ends, `data` as tomli read it; `path` is where
    it was read, None for a text that is in no file."""

    name: str
    text: str
    data: Mapping[str, Any]
    path: Path | None = field(default=None, compare=False)

    @cached_property
    def _spots(self) -> Mapping[KeyPath, Spot]:
        return locate(self.text)

    @cached_property
    def _line_starts(self) -> Sequence[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def key_place(self, path: KeyPath) -> Place:
        """Returns the place of the key of `path`; of the nearest key above it where it has none of its own."""
        spot = self._nearest(path)
        return self.at(spot.key, spot.key_end) if spot else self.at(0, 0)

    def value_place(self, path: KeyPath) -> Place:
        """Returns the place of the value of `path`."""
        spot = self._nearest(path)
        return self.at(spot.value, spot.value_end) if spot else self.at(0, 0)

    def text_place(self, path: KeyPath, start: int, end: int) -> Place:
        """Returns the place of the characters from `start` to `end` of the string at `path`."""
        spot = self._spots.get(path)
        if spot is None or self.text[spot.value] not in "\"'":
            return self.value_place(path)
        literal = self.text[spot.value : spot.value_end]
        first = offset_in_literal(literal, start)
        return self.at(spot.value + first, spot.value + max(first + 1, offset_in_literal(literal, end)))

    def at(self, start: int, end: int) -> Place:
        """The place of an offset: line and column count from 1, the width ends with the line."""
        number = bisect_right(self._line_starts, start)
        line_start = self._line_starts[number - 1]
        line_end = self.text.find("\n", start)
        line_end = len(self.text) if line_end < 0 else line_end
        line = self.text[line_start:line_end]
        return Place(self.name, number, start - line_start + 1, line, max(1, min(end, line_end) - start))

    def _nearest(self, path: KeyPath) -> Spot | None:
        while path:
            spot = self._spots.get(path)
            if spot is not None:
                return spot
            path = path[:-1]
        return None


def read_source(path: Path, name: str, below: Sequence[Path] | None = None) -> SourceFile:
    """Read one TOML file. Raises HclError with the place of what cannot be read; `below` as for read_file."""
    return replace(decode_source(read_bytes(path, name, below), name), path=path)


def read_bytes(path: Path, name: str, below: Sequence[Path] | None = None) -> bytes:
    """Returns the bytes of a file. Raises HclError."""
    try:
        return read_file(path, pipes=True, below=below)
    except LeadsOut as error:
        detail = "Links have to end below the directory of the configuration, or of the module."
        hint = 'Put the file there, or name the directory that it leads to in [hcl_lite] read_from = ["…"].'
        raise HclError(
            Diagnostic(f"{name} is a link that leads out of the configuration", detail, hint=hint)
        ) from error
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read {name}", str(error.strerror))) from error


def decode_source(raw: bytes, name: str) -> SourceFile:
    """Decode one TOML file. Raises HclError with the place of what cannot be read."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise HclError(
            Diagnostic(f"{name} is not UTF-8", f"The byte at offset {error.start} is not valid UTF-8; TOML files are.")
        ) from error
    return parse_source(text, name)


def parse_source(text: str, name: str) -> SourceFile:
    """Decode one TOML text. Raises HclError with the place of the first mistake (TOML gives no second)."""
    _check_cost(text, name)
    try:
        data = tomli.loads(text)
        return SourceFile(name, text, _plain(data))
    except _NoJson as error:
        place = SourceFile(name, text, data).value_place(error.path)
        raise HclError(Diagnostic("This number has no form in JSON", str(error), place)) from error
    except tomli.TOMLDecodeError as error:
        match = re.match(_TOML_ERROR, str(error))
        what = match["what"] if match else str(error)
        if match and match["line"]:
            line, column = int(match["line"]), int(match["column"])
        else:
            line, column = text.rstrip("\n").count("\n") + 1, len(text.rstrip("\n").rpartition("\n")[2]) + 1
        lines = text.split("\n")
        place = Place(name, line, column, mask_assigned(lines[line - 1]) if line <= len(lines) else "")
        raise HclError(Diagnostic("This is not TOML", *_explained(what, place))) from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise HclError(Diagnostic(f"A number in {name} has thousands of digits", "At most 308 are allowed.")) from error
    except RecursionError as error:
        raise HclError(
            Diagnostic(f"{name} is nested too deeply", "No configuration needs this many levels.")
        ) from error


_MOST_VALUES = 1_000_000
_LONG = 1_000_000  # characters of a text in which a number can be too long to be read: each digit takes 120 bytes
_TEXTS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'|#[^\n]*+', re.DOTALL
)
_ENDLESS = re.compile(r"(?<![^\s=,\[])[-+]?[0-9][0-9A-Za-z_.]{100000}", re.ASCII)


def _check_cost(text: str, name: str) -> None:
    """Before it is decoded, since a module's file is somebody else's: each value but the first has a mark before it."""
    if sum(map(text.count, _MARKS)) > _MOST_VALUES:
        bare = _TEXTS.sub("", text)
        if sum(map(bare.count, _MARKS)) > _MOST_VALUES:
            raise HclError(Diagnostic(f"{name} is too large", f"At most {_MOST_VALUES} values are taken of one file."))
    if len(text) > _LONG and _ENDLESS.search(_TEXTS.sub("", text)):
        raise HclError(Diagnostic(f"A number in {name} has thousands of digits", "At most 308 are allowed."))


_MARKS = "=,[{"

_HCL = r'(resource|data|provider|variable|output|module|moved|import|check)((?:\s+"[^"]*")*)\s*\{'
_BARE_WORD = r"[A-Za-z_][\w.]*"
# What HCL writes without quotes: a reference, such as var.team or grafana_folder.a.uid, and a call.
_BARE_EXPRESSION = (
    r"(?:(?:var|local|data|module|each|count|path|self|[a-z]\w*_\w+)\.[\w.\[\]\"-]+|[a-z]\w*\(.*\))(?=\s*(?:#.*)?$)"
)


def _explained(what: str, place: Place) -> tuple[str, Place, str]:
    """Detail, place and hint for what tomli says: it has few words, and some are Python's."""
    line, before = place.text, place.text[: place.column - 1]
    hcl = re.match(_HCL, line.strip())
    hint = "https://toml.io shows the syntax."
    if hcl:
        header = ".".join([hcl[1], *re.findall(r'"([^"]*)"', hcl[2])])
        hint = f"This looks like Terraform's HCL. In TOML the block begins with [{header}]."
    elif what.startswith("Illegal character '\\n'"):
        what, hint = "The string has no closing quote on its line.", "Text of several lines stands in \"\"\" or '''."
    elif what.startswith("Cannot declare ("):
        name = ".".join(re.findall(r"'([^']*)'", what))
        what, hint = f"[{name}] is there already.", "Put all keys of a table below one header."
    elif what == "Cannot overwrite a value":
        what, hint = "This key has a value already.", "Keep one of the two."
    elif what == "Unescaped '\\' in a string":
        what, hint = "The \\ begins no escape that TOML knows.", "Write \\\\, or put the text in single quotes: '…'."
    elif what.startswith("Expected newline") and "${" in before and before.rstrip().endswith('"'):
        hint = "Text with double quotes inside stands in single quotes: '${file(\"x.json\")}'."
    elif what.startswith("Expected '='"):
        what, hint = 'Expected "=" after the key.', "A key and its value are written: key = value"
    elif what == "Invalid value" and (expression := re.match(_BARE_EXPRESSION, line[place.column - 1 :])):
        quote = "'" if '"' in expression[0] else '"'
        what = "Expected a value: text in quotes, a number, true, false, […] or {…}."
        hint = f"An expression stands in ${{ }}, in quotes: {before.strip()} {quote}${{{expression[0]}}}{quote}"
    elif what == "Invalid value" and (word := re.match(_BARE_WORD, line[place.column - 1 :])):
        what, hint = (
            "Expected a value: text in quotes, a number, true, false, […] or {…}.",
            "It is written in small letters." if word[0] in ("True", "False") else f'Text has quotes: "{word[0]}".',
        )
    return what, place, hint


class _NoJson(Exception):
    """A value that TOML has and JSON lacks; `path` leads to it."""

    def __init__(self, message: str, path: KeyPath) -> None:
        super().__init__(message)
        self.path = path


def _plain(value: Any, path: KeyPath = ()) -> Any:
    """TOML's dates and times as the strings that JSON has for them. Raises _NoJson."""
    if len(path) > _MAX_DEPTH:
        raise RecursionError
    if isinstance(value, Mapping):
        return {key: _plain(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float) and not abs(value) <= _LARGEST:
        message = "It has more than 308 digits." if abs(value) > _LARGEST else "It is not a number."
        raise _NoJson("It is infinite." if value in (math.inf, -math.inf) else message, path)
    return value
