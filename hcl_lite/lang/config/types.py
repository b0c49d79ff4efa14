"""The types of variables, as the configuration has them: their defaults are TOML."""

from __future__ import annotations

from functools import lru_cache

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import type_text
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.fitting import convert, mismatch
from hcl_lite.core.schema.type_text import TypeProblem
from hcl_lite.core.values import JsonValue
from hcl_lite.lang.toml.source import parse_source


@lru_cache(maxsize=1024)
def parse_type(text: str) -> Type:
    """Parses a type. Raises TypeProblem."""
    return type_text.parse_type(text, _read_default)


def is_type(text: str) -> bool:
    """Whether `text` is a type."""
    try:
        parse_type(text)
    except TypeProblem:
        return False
    return True


def _read_default(text: str, type_: Type) -> JsonValue:
    try:
        value = parse_source(f"value = {text}", "value").data["value"]
    except HclError as error:
        raise TypeProblem(f"{text} is not a value in TOML.") from error
    problem = mismatch(type_, value)
    if problem:
        raise TypeProblem(f"The default {text} does not fit {type_}. {problem}")
    return convert(type_, value)  # type: ignore[no-any-return]
