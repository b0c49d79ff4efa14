"""A scope with variables of every kind, for tests of what names mean."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FunctionContext, make_functions
from hcl_lite.lang.toml.source import parse_source

VARIABLES = {
    "name": "api",
    "count": 3,
    "on": True,
    "list": [1, 2],
    "map": {"items": "mine", "a": {"b": "deep"}},
    "token": Secret("s3cret"),
    "later": UNKNOWN,
}


def make_scope(text: str, root: Path = Path()) -> Scope:
    """The scope of a configuration with these variables, and no objects yet."""
    declared = "".join(f"[variable.{name}]\n" for name in VARIABLES)
    problems: list[Diagnostic] = []
    config = build_config(root, [parse_source(text + "\n" + declared, "main.toml")], problems)
    assert problems == []
    return Scope(config, VARIABLES, lambda _: make_functions(FunctionContext(root)))
