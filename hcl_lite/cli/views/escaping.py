"""Text of files and servers, fit to be shown: it cannot steer a terminal, nor look like what it is not."""

from __future__ import annotations

import json
import re
from typing import Any

# C0 and C1 controls with DEL, marks and overrides of direction, separators that some terminals take for line ends,
# halves of characters, and tags, which nobody sees.
_STEERING = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_NOT_IN_TEXT = re.compile(f"[{_STEERING}]")
_NOT_IN_LINE = re.compile(f"[\t\n{_STEERING}]")
# What click.style makes of the views' colours; whatever else begins with ESC is not ours.
_NOT_ON_TERMINAL = re.compile(rf"(?!\x1b\[(?:[0124]|3[1-6])m)[{_STEERING}]")


def escaped(text: str) -> str:
    """`text` of any number of lines, with what steers a terminal as \\uXXXX."""
    return _NOT_IN_TEXT.sub(_escape, text)


def in_line(text: str) -> str:
    """`text` for a place within a line: line ends and tabs are escaped too."""
    return _NOT_IN_LINE.sub(_escape, text)


def same_width(text: str) -> str:
    """A line of a file, with a character for each: columns that were counted in it stay right."""
    return _NOT_IN_LINE.sub(lambda match: " " if match[0] == "\t" else "\ufffd", text)


def in_json(value: Any, indent: int | None = None) -> str:
    """`value` as JSON, which its reader takes for the same value."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent))


def on_terminal(text: str) -> str:
    """Escapes all control sequences of a text but the colours of views, before it is written to a terminal."""
    return _NOT_ON_TERMINAL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    """Escapes a character as JSON does: beyond \uffff as two."""
    return json.dumps(match[0])[1:-1] if ord(match[0]) != 0x7F else "\\u007f"
