"""The functions that expressions may call, by Terraform's names where Terraform has them.

Each area has a module with one table. A function says by its annotations what it takes (`calls`, `arguments`); one
whose first parameter is `context` is given the context. A new function is written in its area, and entered in the table
there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.lang.expressions.functions.arguments import FunctionError
from hcl_lite.lang.expressions.functions.calls import FunctionContext, signature_text, wrap
from hcl_lite.lang.expressions.functions.containers import CONTAINERS
from hcl_lite.lang.expressions.functions.encoding import ENCODING
from hcl_lite.lang.expressions.functions.files import FILES
from hcl_lite.lang.expressions.functions.hashes import HASHES
from hcl_lite.lang.expressions.functions.numbers import NUMBERS
from hcl_lite.lang.expressions.functions.programs import PROGRAMS
from hcl_lite.lang.expressions.functions.structure import STRUCTURE
from hcl_lite.lang.expressions.functions.text import TEXT
from hcl_lite.lang.expressions.functions.times import TIMES

__all__ = [
    "FUNCTION_NAMES",
    "STRUCTURAL",
    "FunctionContext",
    "FunctionError",
    "Functions",
    "describe",
    "make_functions",
]

Functions = Mapping[str, Callable[..., Any]]

_ALL: Functions = {**FILES, **TEXT, **CONTAINERS, **ENCODING, **NUMBERS, **TIMES, **HASHES, **PROGRAMS}

FUNCTION_NAMES = frozenset(_ALL)

# What only moves values about: in the lists and maps that these get, any leaf may stand, and comes back untouched.
STRUCTURAL = frozenset(STRUCTURE)


def make_functions(context: FunctionContext) -> Functions:
    """All functions, for expressions that may see `context`."""
    return {name: wrap(name, function, context) for name, function in _ALL.items()}


def describe(name: str) -> tuple[str, str]:
    """The signature of a function as users read it, and what it does in one sentence."""
    return signature_text(name, _ALL[name]), _ALL[name].__doc__ or ""
