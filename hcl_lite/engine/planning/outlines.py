"""Outlines of new objects in a plan: of the first few of them, or of each the whole content."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from hcl_lite.core.values import Value, conceal
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.plan import Change

MOST_OUTLINED = 10
"""New objects of which a plan tells what lies in them: of more nobody reads it."""
_EMPTY: tuple[Value, ...] = (None, "", False, [], {})


@dataclass
class Outliner:
    """Adds outlines to changes; counts them, since of many new objects none is shown. With `full` it adds the whole
    content. `shown` removes secrets."""

    full: bool = False
    shown: Callable[[Value], Value] = conceal
    outlined: int = 0

    def told(self, change: Change, wanted: Desired) -> Change:
        """Returns `change`, which creates the object `wanted`, with its outline."""
        if self.full:
            summary, content = wanted.type.summary(wanted.values), wanted.content
            untold = [key for key in content if content[key] not in _EMPTY and content[key] != summary.get(key)]
            body = {key: self.shown(content[key]) for key in untold}
            return replace(change, body=json.dumps(body, ensure_ascii=False) if body else "")
        if self.outlined > MOST_OUTLINED:
            return replace(change, outline=None)
        outline = wanted.type.outline(wanted.values)
        self.outlined += bool(outline)
        return replace(change, outline={path: self.shown(part) for path, part in outline.items()})

    def settled(self, change: Change) -> Change:
        """Returns `change` without its outline, where there were too many of them in all."""
        return replace(change, outline=None) if change.outline and self.outlined > MOST_OUTLINED else change
