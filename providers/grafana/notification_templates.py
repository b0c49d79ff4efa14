"""Names in Go templates of notifications: those that a text defines, and those that it needs. Pure.

Each Grafana has those of Prometheus's Alertmanager and its own, which begin with two underscores, or have a part
`default` (12.4: `fromContent` of github.com/grafana/alerting).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from hcl_lite.core.places import Place, leaves
from hcl_lite.core.values import Value

KIND: Final = "message template"

_NAME: Final = r'\s+(?P<name>"(?:[^"\\\n]|\\.)*"|`[^`]*`)'
_COMMENT: Final = re.compile(r"\{\{(?:- )?/\*.*?\*/(?: -)?\}\}", re.DOTALL)
_DEFINES: Final = re.compile(rf"\{{\{{-?\s*(?:define|block){_NAME}")
_NEEDS: Final = re.compile(rf"(?:\{{\{{-?\s*template|\btmpl\.Exec){_NAME}")
_BUILT_IN: Final = re.compile(r"__.*|default\.(?:title|message)|\w+\.default\..+")


def defined_in(text: str) -> Iterator[str]:
    """The names that a text defines."""
    return _names(_DEFINES, text)


def needed_in(text: str) -> Iterator[str]:
    """The names that a text needs of others: neither its own, nor what each Grafana has."""
    own = {*defined_in(text)}
    return (name for name in _names(_NEEDS, text) if name not in own and not _BUILT_IN.fullmatch(name))


def needed_by(settings: Value) -> Iterator[tuple[Place, str]]:
    """The names that the settings of a contact point need of others, each with its place."""
    texts = [(place, text) for place, text in leaves(settings) if isinstance(text, str)]
    own = {name for _, text in texts for name in defined_in(text)}
    return ((place, name) for place, text in texts for name in needed_in(text) if name not in own)


def _names(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for found in pattern.finditer(_COMMENT.sub("", text)):
        quoted = found["name"]
        if quoted[0] == "`":
            yield quoted[1:-1]
            continue
        try:
            yield str(json.loads(quoted))
        except ValueError:  # an escape of Go's that JSON has not
            continue
