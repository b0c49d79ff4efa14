"""Checks the levels of lint rules: those of [hcl_lite.lint], and those that a block sets for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, Place, did_you_mean
from hcl_lite.core.schema import LEVELS
from hcl_lite.core.values import shown
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import ProviderTypes


def check_lint(config: Config, providers: ProviderTypes) -> Iterator[Diagnostic]:
    """Returns the mistakes in them: tables that are none, unknown rules, unknown levels."""
    levels: list[tuple[str, object, Place]] = []
    for source in config.sources:
        found = source.data.get("hcl_lite", {}).get("lint", {})
        if isinstance(found, Mapping):
            levels += [(name, one, source.value_place(("hcl_lite", "lint", name))) for name, one in found.items()]
        else:
            place = source.value_place(("hcl_lite", "lint"))
            yield Diagnostic("lint must be a table", "Expected the levels of rules by their names.", place)
    for block in config.of_kind(Kind.RESOURCE):
        levels += [(name, one, block.value_place("lint", name)) for name, one in block.lint.items()]
    if not levels:
        return
    known = {rule.name for provider in providers.values() if provider.lint for rule in provider.lint().rules}
    for name, level, place in levels:
        if name not in known:
            yield Diagnostic(f'There is no lint rule "{name}"', did_you_mean(name, known), place)
        elif level not in LEVELS:
            expected = "Expected one of " + ", ".join(f'"{one}"' for one in LEVELS) + "."
            yield Diagnostic(f"The level of {name} cannot be {shown(level)}", expected, place)
