"""Values to text and back: JSON, YAML, TOML, CSV, Base64, URLs; and conversions between types."""

from __future__ import annotations

import base64
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote_plus

from hcl_lite.core.values import JsonValue, Value, read_json
from hcl_lite.lang.expressions.functions.arguments import (
    FunctionError,
    Text,
    is_list,
    is_number,
    kind_of,
    number,
    plain,
    quote,
    refuse_longer,
    text_of,
    utf8,
)
from hcl_lite.lang.expressions.functions.costs import check_json, refuse_parsed
from hcl_lite.lang.expressions.functions.yaml_text import read_yaml, write_yaml

# The start of a number in TOML that is too long, also for the expression that reads it: 120 bytes for each digit.
_ENDLESS = re.compile(r"(?<![^\s=,\[])[-+]?[0-9][0-9A-Za-z_.]{100000}", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def jsonencode(value: Value) -> str:
    """The value as JSON."""
    check_json(value)
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_refuse)
    except (TypeError, ValueError, RecursionError) as error:
        raise FunctionError(f"jsonencode() cannot encode this: {error}.") from error


def _refuse(value: Value) -> NoReturn:
    raise TypeError(f"JSON has no form for {kind_of(value)}")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    # Python reads no number that is longer, and says so in words of its own.
    return "a number in it has thousands of digits" if "integer string conversion" in str(error) else str(error)


def jsondecode(text: Text) -> JsonValue:
    """The value of a text in JSON."""
    refuse_parsed(text, ",[{:")
    try:
        return read_json(text)
    except (ValueError, RecursionError) as error:
        raise FunctionError(f"jsondecode() was given text that is not JSON: {_reason(error)}.") from error


def yamlencode(value: Value) -> str:
    """The value as YAML, its keys in their order."""
    return write_yaml(json.loads(jsonencode(value)))


def yamldecode(text: Text) -> JsonValue:
    """The value of one YAML document; dates come as text, keys as they are written."""
    refuse_parsed(text, ",[{\n", 200_000)
    return read_yaml(text)


def tomldecode(text: Text) -> JsonValue:
    """The value of a text in TOML; dates and times come as text."""
    import tomllib  # noqa: PLC0415 - loaded where it is used; written in Python, it hears the alarm that tomli does not

    refuse_parsed(text, ",[{\n.", 500_000)
    if _ENDLESS.search(text):
        raise FunctionError("tomldecode() was given text with a number that is too long.")
    try:
        return plain(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise FunctionError(f"tomldecode() was given text that is not TOML: {_reason(error)}.") from error


def csvdecode(text: Text) -> list[dict[str, str]]:
    """The rows of a text in CSV as maps of texts, by the names in its first row."""
    import csv  # noqa: PLC0415 - loaded where it is used

    refuse_parsed(text, ",\n\r")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise FunctionError(f"csvdecode() was given text that is not CSV: {error}.") from error
    if not rows:
        raise FunctionError("csvdecode() was given text without a first row, which names the columns.")
    _, names = rows[0]
    doubles = sorted(name for name, count in Counter(names).items() if count > 1)
    if doubles:
        raise FunctionError(f"csvdecode() was given a first row that has {quote(doubles[0])} twice.")
    for line, row in rows[1:]:
        if len(row) != len(names):
            raise FunctionError(f"Line {line} of the CSV has {len(row)} fields; its first row names {len(names)}.")
    return [dict(zip(names, row, strict=True)) for _, row in rows[1:]]


def base64encode(text: str) -> str:
    """The UTF-8 of a text in Base64."""
    data = utf8(text)
    refuse_longer(len(data) * 4 // 3)
    return base64.b64encode(data).decode()


def base64decode(text: Text) -> str:
    """The text whose UTF-8 is written in Base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except UnicodeDecodeError as error:
        raise FunctionError(f"base64decode() gives text; this holds other bytes (byte {error.start}).") from error
    except ValueError as error:
        raise FunctionError(f"base64decode() was given text that is not Base64: {error}.") from error


def urlencode(text: str) -> str:
    """The text as it stands in a URL's query: a space is +, other special characters are %XX."""
    return quote_plus(utf8(text))


def tostring(value: Value) -> str | None:
    """A number or a bool as text; null stays null."""
    if value is None or isinstance(value, str | bool | int | float):
        return None if value is None else text_of(value)
    raise FunctionError(f"tostring() takes a text, a number or a bool, not {kind_of(value)}.", "See jsonencode().")


def tonumber(value: Value) -> int | float | None:
    """The number that is written in a text; null stays null."""
    if value is None or is_number(value):
        return None if value is None else number(value, "value")
    if isinstance(value, str) and len(value) < 1000 and _NUMBER.fullmatch(value):
        return number(int(value) if value.lstrip("+-").isdecimal() else float(value), "value")
    shown = quote(value) if isinstance(value, str) else kind_of(value)
    raise FunctionError(f"tonumber() takes a number or a text like 1.5, not {shown}.")


def tobool(value: Value) -> bool | None:
    """The bool that is written in a text as true or false; null stays null."""
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    shown = quote(value) if isinstance(value, str) else kind_of(value)
    raise FunctionError(f'tobool() takes a bool, "true" or "false", not {shown}.')


def type(value: Value) -> str:
    """The name of the value's type: string, number, bool, list, map or null."""
    return "list" if is_list(value) else kind_of(value).removeprefix("a ")


ENCODING: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        jsonencode,
        jsondecode,
        yamlencode,
        yamldecode,
        tomldecode,
        csvdecode,
        base64encode,
        base64decode,
        urlencode,
        tostring,
        tonumber,
        tobool,
        type,
    )
}
