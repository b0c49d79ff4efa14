"""What lies in objects that are to be made, told in a plan: of a few of them, or of each all of it."""

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
    """Tells what lies in one new object after the other: in `full`, or the parts of the first ones. `shown` takes what
    is secret out of what is told."""

    full: bool = False
    shown: Callable[[Value], Value] = conceal
    outlined: int = 0

    def told(self, change: Change, wanted: Desired) -> Change:
        """`change`, which makes the object that is `wanted`, with what lies in it."""
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
        """`change`, once all are known: of many objects none is told."""
        return replace(change, outline=None) if change.outline and self.outlined > MOST_OUTLINED else change
