"""A review as a JSON document, in the format of `schema.json`. Pure.

Keys are never taken away or changed in meaning within one major FORMAT_VERSION; new ones may come with any version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hcl_lite.core.diags import Place
from hcl_lite.core.values import conceal_secrets
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.plan import GOES, Action, Outside
from hcl_lite.engine.planning.plan_file import encode_difference
from hcl_lite.engine.policies import PolicyResult
from hcl_lite.engine.skipped_servers import SkippedServer
from hcl_lite.review.model import Folder, Review, Row

FORMAT_VERSION = "1.0"
_COUNTED = tuple(action for action in Action if action is not Action.NOOP)

Json = Mapping[str, Any]


def document(review: Review) -> Json:
    """Returns the whole review, but for its diagnostics: those have a form of their own."""
    return {**head(review), "changes": [row_document(row) for row in review.rows], "outputs": outputs(review)}


def head(review: Review) -> Json:
    """Returns what there is to say of the whole: its mode, counts, risks and policies."""
    return {
        "format_version": FORMAT_VERSION,
        "kind": "plan",
        "hcl_lite_version": review.version,
        "id": review.id,
        "time": review.time,
        "mode": review.mode.value,
        "is_empty": review.is_empty,
        "is_partial": bool(review.skipped),
        "skipped_servers": [*map(skipped_server, review.skipped)],
        "summary": summary(review),
        "risks": [
            {"address": row.address, "title": row.title, "kind": risk.kind.value, "text": risk.text}
            for row in review.risky
            for risk in row.risks
        ],
        "policies": [*map(_policy, review.policies)],
    }


def skipped_server(server: SkippedServer) -> Json:
    """Returns a server that a plan leaves out."""
    told = {"url": server.url, "reason": server.reason, "objects": server.objects}
    return {"providers": list(server.providers), **told}


def outputs(review: Review) -> Sequence[Json]:
    """Returns the outputs that change."""
    return [encode_difference(Difference(one.name, one.before, one.after)) for one in review.outputs]


def summary(review: Review) -> Json:
    """Returns the numbers of objects by action and by folder."""
    folders = [{**_folder(folder), "counts": counts(found)} for folder, found in review.folders.items()]
    return {"counts": counts(review.counts), "deleted": review.deleted, "folders": folders}


def row_document(row: Row) -> Json:
    """Returns one object of a plan."""
    change = row.change
    return {
        "address": row.address,
        "type": row.type,
        "provider": change.provider,
        "uid": change.uid,
        "uid_before": change.record.uid if change.record is not None else "",
        "title": row.title,
        "folder": _folder(row.folder) if row.folder.uid else None,
        "action": change.action.value,
        "restores": change.restores,
        "may_stay": change.may_stay,
        "deposed": change.deposed,
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "goes_with": str(change.goes_with) if change.goes_with else None,
        "takes": list(change.takes),
        "place": _place(change.place),
        "files": list(change.files),
        "why": change.reason,
        "note": change.note,
        "who": None if change.outside is None else _outside(change.outside),
        "drifted": change.drifted,
        "access": change.access.value if change.access else None,
        "risks": [{"kind": risk.kind.value, "text": risk.text} for risk in row.risks],
        "differences": [*map(encode_difference, change.differences)],
        "drift": [*map(encode_difference, change.drift)],
        "secrets": {name: fate.value for name, fate in change.secrets.items()},
        "outline": change.outline,
        "outline_before": change.outline_before,
    }


def policy_plan(review: Review) -> dict[str, Any]:
    """Returns a plan as policies see it: its changes are those of the document, with what is there before and after."""
    whole = head(review)
    return {
        "mode": whole["mode"],
        "counts": whole["summary"]["counts"],
        "deleted": whole["summary"]["deleted"],
        "outputs": outputs(review),
        "changes": [{**row_document(row), **_contents(row)} for row in review.rows],
    }


def policy_object(row: Row) -> dict[str, Any]:
    """Returns an object that there will be, as policies see it."""
    told = row_document(row)
    names = ("address", "type", "provider", "uid", "title", "folder", "action", "place")
    return {**{name: told[name] for name in names}, "after": row.change.content_after}


def _contents(row: Row) -> Json:
    change = row.change
    known = change.record.attributes if change.record is not None and change.action is not Action.CREATE else None
    before = (
        change.content_before if change.content_before is not None or known is None else conceal_secrets(dict(known))
    )
    return {"before": before, "after": None if change.action in GOES else change.content_after}


def _policy(result: PolicyResult) -> Json:
    return {
        "name": result.name,
        "level": result.level.value,
        "status": result.status.value,
        "violations": [{"address": one.address or None, "message": one.message} for one in result.violations],
        "undecided": list(result.undecided),
        "reason": result.reason,
        "place": _place(result.place),
    }


def _place(place: Place | None) -> Json | None:
    return {"file": place.file, "line": place.line, "column": place.column} if place else None


def _outside(outside: Outside) -> Json:
    revision = outside.revision
    versions = {"version_before": outside.before, "version_now": outside.now}
    return {"by": revision.by, "at": revision.at, "message": revision.message, **versions}


def _folder(folder: Folder) -> Json:
    return {"uid": folder.uid, "title": folder.title}


def counts(found: Mapping[Action, int]) -> Json:
    """Returns the numbers of objects by action."""
    return {action.value: found.get(action, 0) for action in _COUNTED}
