"""Data sources that lint knows of: those that blocks declare, and those that variables stand for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hcl_lite.core.schema import LintedBlock
from hcl_lite.core.values import Value, known_text, reveal
from providers.grafana.linting.contents import Contents, Source

_VARIABLE: Final = re.compile(r"\$\{?(\w+)(?:[:.][^}]*)?\}?|\[\[(\w+)(?::\w+)?\]\]")
_DEFAULT: Final = "default"
_EXPRESSIONS: Final = ("__expr__", "-100")
PROMETHEUS: Final = frozenset(
    {"prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource"}
)
"""Types of data sources that are asked in PromQL."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The declared data sources: `types` by uid and by name, `default` the type of the default one; empty where that
    is not known. `is_complete` is whether the uids and names of all are known."""

    types: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    is_complete: bool = True

    def type_of(self, source: Source | None, contents: Contents) -> str:
        """Returns the type of the data source that a query goes to; empty where it is not known."""
        if source is None:
            return self.default
        if source.type:
            return source.type
        match = _VARIABLE.fullmatch(source.uid)
        if match is not None:
            name = match[1] or match[2]
            types = (one.choices for one in contents.variables if one.name == name and one.type == "datasource")
            return next(types, contents.inputs.get(name, ""))
        return self.default if source.uid == _DEFAULT else self.types.get(source.uid, "")


def is_expression(source: Source | None) -> bool:
    """Whether a query goes to Grafana's own expressions, which name other queries as variables are."""
    return source is not None and (source.type in _EXPRESSIONS or source.uid in _EXPRESSIONS)


def read_sources(blocks: Sequence[LintedBlock]) -> Sources:
    """Returns the data sources that resource blocks make and lookups find."""
    types: dict[str, str] = {}
    default, is_complete = "", True
    for block in blocks:
        names = [block.values.get(key) for key in ("uid", "name")]
        known = [name for name in map(known_text, names) if name]
        type_ = known_text(block.values.get("type"))
        types.update(dict.fromkeys(known, type_))
        is_complete = is_complete and (len(known) > 0 if block.is_lookup else len(known) == len(names))
        if _is_true(block.values.get("is_default")):
            default = type_
    return Sources(types, default, is_complete)


def _is_true(value: Value) -> bool:
    return reveal(value) is True
