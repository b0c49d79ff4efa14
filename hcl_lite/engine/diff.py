"""Differences between two contents, by paths that a person recognises. Pure.

The comparison is exact (core.equality). List items are paired by what they are (core.pairing), so that a moved or
inserted panel does not make all that follow look changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.labels import PathWriter
from hcl_lite.core.redaction import redact
from hcl_lite.core.values import Secret, Value, conceal, without_known_secrets
from hcl_lite.engine.edits import ABSENT as ABSENT  # for those who read differences
from hcl_lite.engine.edits import Edit, Location, edits

_SENSITIVE = "(sensitive)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two contents. `path` reads like `panels["CPU"].title`. Fit to be shown: secrets that this
    run knows are hidden, wherever they are.

    For a move both values are ABSENT, and `to` is the destination: the path of an item that went to another list, or
    the new position of the items `moved` in the list at `path`, such as: before "CPU".
    """

    path: str
    before: Value
    after: Value
    moved: tuple[str, ...] = ()
    to: str = ""


def diff(before: Value, after: Value) -> tuple[Difference, ...]:
    """Returns what would have to change in `before` to get `after`, in the order of `after`."""
    return tuple(map(_without_secrets, _told(edits(before, after), PathWriter(before), PathWriter(after))))


def _without_secrets(told: Difference) -> Difference:
    """The names in what is told, which are texts of others, as `_shown` has the values."""
    return replace(told, path=redact(told.path), moved=tuple(map(redact, told.moved)), to=redact(told.to))


def _told(found: Sequence[Edit], old: PathWriter, new: PathWriter) -> Iterator[Difference]:
    moves = defaultdict[Location, list[Edit]](list)
    for edit in found:
        if edit.moved == "in its list" and edit.new is not None:
            moves[edit.new[:-1]].append(edit)
    for edit in found:
        if edit.new is None:
            assert edit.old is not None
            yield Difference(old.path(edit.old), *_shown(edit.before, ABSENT))
        elif edit.moved == "in its list":
            yield from _moves(moves.pop(edit.new[:-1], ()), old, new)
        elif edit.moved:
            assert edit.old is not None
            before, after = old.path(edit.old), new.path(edit.new)
            yield Difference(before, ABSENT, ABSENT, to=f"what is {after} now" if before == after else after)
        else:
            yield Difference(new.path(edit.new), *_shown(edit.before, edit.after))


def _moves(found: Sequence[Edit], old: PathWriter, new: PathWriter) -> Iterator[Difference]:
    """Yields the moves within one list; neighbours that moved together are one difference. `found` are in the new
    order."""
    runs: list[list[Edit]] = []
    for edit in found:
        if runs and _position(runs[-1][-1]) == _position(edit) - 1:
            runs[-1].append(edit)
        else:
            runs.append([edit])
    for run in runs:
        assert run[-1].new is not None
        *above, _ = run[-1].new
        following = new.name((*above, _position(run[-1]) + 1))
        to = "to the end" if following is None else f"before {following}" if following else f"to [{_position(run[0])}]"
        yield Difference(new.path(above), ABSENT, ABSENT, tuple(_name(edit, old, new) for edit in run), to)


def _name(edit: Edit, old: PathWriter, new: PathWriter) -> str:
    """Returns the label of an item now; for an item without a label, its old index."""
    assert edit.old is not None
    assert edit.new is not None
    return new.name(edit.new) or f"[{edit.old[-1]}]"


def _position(edit: Edit) -> int:
    assert edit.new is not None
    position = edit.new[-1]
    assert isinstance(position, int)
    return position


def _shown(before: Value, after: Value) -> tuple[Value, Value]:
    """Both sides, fit to be shown; of a secret neither, also where it is a secret on one side only."""
    if before is ABSENT or after is ABSENT:
        return _concealed(before), _concealed(after)
    if isinstance(before, Secret) or isinstance(after, Secret):
        return _SENSITIVE, _SENSITIVE
    shown = _concealed(before), _concealed(after)
    return (_SENSITIVE, _SENSITIVE) if shown[0] == shown[1] and type(shown[0]) is type(shown[1]) else shown


def _concealed(value: Value) -> Value:
    return value if value is ABSENT else without_known_secrets(conceal(value))
