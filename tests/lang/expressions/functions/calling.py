"""What the tests of all areas share: functions of a directory, and tables of calls with what they come to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.lang.expressions.functions import FunctionContext, FunctionError, Functions, make_functions

NOW = datetime(2026, 3, 1, 13, 2, 3, 500, tzinfo=UTC)


def functions_of(directory: Path = Path(), **context: Any) -> Functions:
    """The functions that see `directory` and no environment but what is given."""
    return make_functions(FunctionContext(directory, now=NOW, **context))


def call(source: str, functions: Functions | None = None) -> Any:
    """The value of a call that is written in Python's syntax."""
    return eval(source, {**(functions or functions_of()), "null": None, "true": True, "false": False})


def failure(source: str, functions: Functions | None = None) -> tuple[str, str]:
    """Message and hint of a call that must fail."""
    with pytest.raises(FunctionError) as caught:
        call(source, functions)
    return str(caught.value), caught.value.hint


def same(found: Any, wanted: Any) -> bool:
    """Equal, and of the same types: 1 is neither 1.0 nor true here."""
    return bool(found == wanted and repr(found) == repr(wanted))
