"""Errors of values."""

from __future__ import annotations

from collections.abc import Sequence


class ValueProblem(Exception):
    """A value of the right type that makes no sense; `attribute` names it, `hint` says what to do.

    `offset` is the place in the text of the attribute, for text with a syntax of its own; -1 for no place. `keys` lead
    from the attribute to the part that makes no sense.
    """

    def __init__(
        self,
        attribute: str,
        summary: str,
        detail: str = "",
        hint: str = "",
        offset: int = -1,
        keys: Sequence[str | int] = (),
    ) -> None:
        super().__init__(summary)
        self.attribute = attribute
        self.summary = summary
        self.detail = detail
        self.hint = hint
        self.offset = offset
        self.keys = tuple(keys)


class Stays(ValueProblem):
    """Values that a server keeps when nothing is sent for them: `paths` as in ignore_changes."""

    def __init__(self, paths: Sequence[str], summary: str, hint: str) -> None:
        super().__init__("", summary, hint=hint)
        self.paths = paths
