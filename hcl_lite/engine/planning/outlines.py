"""Outlines of the objects that a plan writes: of the first few of them, or of each new one the whole content."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.schema import Live, ResourceType, ValueProblem
from hcl_lite.core.values import Value, conceal, without_known_secrets
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.options import FEW_OUTLINED

_EMPTY: tuple[Value, ...] = (None, "", False, [], {})


@dataclass
class Outliner:
    """Adds outlines to changes; counts them, since of many objects none is shown: of more than `most` new ones, or
    changed ones. With `full` it adds the whole content of new ones. `shown` removes secrets."""

    full: bool = False
    shown: Callable[[Value], Value] = conceal
    most: int = FEW_OUTLINED
    outlined: int = 0
    compared_: int = 0

    def told(self, change: Change, wanted: Desired) -> Change:
        """Returns `change`, which creates the object `wanted`, with its outline."""
        if self.full:
            summary, content = wanted.type.summary(wanted.values), wanted.content
            given = {key: told for key in content if (told := _given(content[key])) not in _EMPTY}
            untold = [key for key, told in given.items() if told != _given(summary.get(key))]
            body = {key: without_known_secrets(self.shown(content[key])) for key in untold}
            change = replace(change, body=json.dumps(body, ensure_ascii=False) if body else "")
        if self.outlined > self.most:
            return replace(change, outline=None)
        outline = self._outline(wanted.type, wanted.values)
        self.outlined += bool(outline)
        return replace(change, outline=outline)

    def compared(self, change: Change, wanted: Desired, live: Live | None) -> Change:
        """Returns `change` with the outlines of the object before and after, where it changes one that was read."""
        if change.action is not Action.UPDATE or live is None or live.document is None:
            return change
        if self.compared_ >= self.most:
            return replace(change, outline=None, outline_before=None)
        try:
            before = self._outline(wanted.type, wanted.type.values_of(live.uid, live.document))
        except ValueProblem:  # what was there cannot be put in the words of a block
            before = {}
        after = self._outline(wanted.type, wanted.values)
        self.compared_ += bool(before or after)
        return replace(change, outline=after, outline_before=before)

    def settled(self, change: Change) -> Change:
        """Returns `change` without its outline, where there were too many new ones in all."""
        too_many = change.action is not Action.UPDATE and self.outlined > self.most
        return replace(change, outline=None) if change.outline and too_many else change

    def _outline(self, type_: ResourceType, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {path: without_known_secrets(self.shown(part)) for path, part in type_.outline(values).items()}


def _given(value: Value) -> Value:
    """A value without what is empty in it."""
    if isinstance(value, Mapping):
        return {key: told for key, item in value.items() if (told := _given(item)) not in _EMPTY}
    return [*map(_given, value)] if isinstance(value, list | tuple) else value
