"""A review made of a plan. Pure: of a saved plan it is the same as of a fresh one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from hcl_lite.engine.plan import GOES, WRITES, Access, Action, Change, Fate, Plan
from hcl_lite.review.model import Folder, Mode, Review, Risk, RiskKind, Row

_ALLOWED = {
    Access.OPENS: "more is allowed",
    Access.CLOSES: "less is allowed",
    Access.CHANGES: "who may do what changes",
}
_MOST_NAMES = 5
_FOLDERS = "_folder"  # the end of the types whose objects others lie in


def review(plan: Plan) -> Review:
    """Returns the review of a plan."""
    told = [change for change in plan.changes if _is_told(change, plan)]
    left = Counter(change.action for change in plan.changes) - Counter(change.action for change in told)
    return Review(
        _rows(plan, told),
        plan.outputs,
        plan.warnings,
        Mode.DESTROY if plan.destroy else Mode.REFRESH_ONLY if plan.refresh_only else Mode.APPLY,
        plan.is_empty,
        plan.id,
        plan.version,
        plan.time,
        dict(left),
        plan.policies,
        plan.skipped,
    )


def every_row(plan: Plan) -> tuple[Row, ...]:
    """Returns a row for each object that there will be, also for those that there is nothing to say of."""
    return _rows(plan, [change for change in plan.changes if change.action not in GOES])


def _rows(plan: Plan, changes: Sequence[Change]) -> tuple[Row, ...]:
    folders = _folders(plan)
    titles = {(one.provider, one.uid): title for one in plan.changes if one.uid and (title := _title(one))}
    return tuple(
        Row(change, _title_of(change, titles), _folder_of(change, folders), tuple(_risks(change))) for change in changes
    )


def _is_told(change: Change, plan: Plan) -> bool:
    if change.action in WRITES or change.action in (Action.READ, Action.RELEASE) or change.note or change.secrets:
        return True
    return plan.refresh_only and change.action in (Action.REFRESH, Action.FORGET)


def _title(change: Change) -> str:
    known = change.record.attributes if change.record is not None else {}
    return change.title or next((str(known[key]) for key in ("title", "name") if known.get(key)), "")


def _title_of(change: Change, titles: Mapping[tuple[str, str], str]) -> str:
    """Returns the title of an object, or that of the one with the same uid that it is a part of."""
    known = change.title or titles.get((change.provider, change.uid), "")
    return known or change.uid or str(change.address).rpartition(".")[2]


_Folders = Mapping[tuple[str, str], tuple[str, str]]


def _folders(plan: Plan) -> _Folders:
    """Returns the title of each managed folder and the uid of the one above it, by provider and uid."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for change in plan.changes:
        if not change.address.type.endswith(_FOLDERS) or not change.uid:
            continue
        known = change.record.attributes if change.record is not None else {}
        above = change.folder or str(known.get("parent_folder_uid") or "")
        found[change.provider, change.uid] = _title(change), above
    return found


def _folder_of(change: Change, folders: _Folders) -> Folder:
    uid, titles, seen = change.folder, list[str](), set[str]()
    while uid and uid not in seen:
        seen.add(uid)
        title, above = folders.get((change.provider, uid), ("", ""))
        titles.append(title or uid)
        uid = above
    return Folder(change.folder, "/".join(reversed(titles)))


def _risks(change: Change) -> Iterator[Risk]:
    """Yields the risks of one change, the worst first."""
    if change.action is Action.DELETE:
        yield Risk(RiskKind.DELETION, f"deleted{_along(change)}")
    if change.action is Action.REPLACE:
        yield Risk(RiskKind.REPLACEMENT, f"deleted and made anew{_along(change)}")
    if change.drifted and change.action in (Action.UPDATE, Action.REPLACE, Action.DELETE):
        outside, told = change.outside, "overwrites what was changed"
        yield Risk(RiskKind.OVERWRITE, outside.told(told) if outside else f"{told} outside")
    if change.access is not None:
        yield Risk(RiskKind.ACCESS, _ALLOWED[change.access])
    for fate, word in ((Fate.ROTATED, "rotates"), (Fate.REMOVED, "removes")):
        if names := [name for name, found in change.secrets.items() if found == fate]:
            yield Risk(RiskKind.SECRET, f"{word} {_names(names)}")


def _along(change: Change) -> str:
    """Returns what goes along with an object, and is not managed here."""
    return f", and with it, not managed here: {_names(change.takes)}" if change.takes else ""


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"
