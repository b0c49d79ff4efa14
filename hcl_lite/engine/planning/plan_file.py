"""Plan files: a Plan as bytes, and back. They hold no bodies and no secrets: the apply evaluates the configuration
again, and refuses what has changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, Fate, OutputChange, Outside, Plan
from hcl_lite.engine.planning.place_file import decode_place
from hcl_lite.engine.planning.policy_file import decode_policy, encode_policy
from hcl_lite.engine.seals import Seal
from hcl_lite.engine.skipped_servers import SkippedServer
from state.document import TOP, Fields, read_address, read_document, read_text
from state.file import decode_record, encode_record
from state.model import ObjectKey

FORMAT = 3
_FATES = frozenset(Fate) - {Fate.UNCHANGED}
_OF_RECORDS = frozenset({Action.REPLACE, Action.REFRESH, Action.DELETE, Action.FORGET, Action.RELEASE})


def encode(plan: Plan) -> bytes:
    """Returns a plan as JSON in UTF-8."""
    document = {
        "format": FORMAT,
        "kind": "hcl-lite plan",
        "version": plan.version,
        "id": plan.id,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "destroy": plan.destroy,
        "refresh_only": plan.refresh_only,
        "targets": [str(address) for address in plan.targets],
        "replacing": [str(address) for address in plan.replacing],
        "refresh": plan.refresh,
        **({"skipped": [_encode_skipped(one) for one in plan.skipped]} if plan.skipped else {}),
        "files": plan.files,
        "inputs": plan.inputs,
        "time": plan.time,
        "seals": {name: [seal.open, seal.hidden] for name, seal in plan.seals.items()},
        "changes": [encode_change(change) for change in plan.changes],
        "outputs": [encode_difference(Difference(o.name, o.before, o.after)) for o in plan.outputs],
        "evaluated": list(plan.evaluated),
        "warnings": [_encode_warning(warning) for warning in plan.warnings],
        **({"policies": [encode_policy(one) for one in plan.policies]} if plan.policies else {}),
        **({"policy_sources": list(plan.policy_sources)} if plan.policy_sources else {}),
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def decode(data: bytes, name: str) -> Plan:
    """Returns the plan in the file `name`. Raises HclError for data that is no plan, or of an unknown format
    version."""
    try:
        document = read_document(data)
        _check_format(document, name)
        fields = Fields(document, TOP)
        fields.text("kind")
        fields.count("format")
        plan = Plan(
            changes=tuple(fields.items("changes", _decode_change)),
            outputs=tuple(fields.items("outputs", _decode_output)),
            evaluated=tuple(fields.items("evaluated", read_text)),
            warnings=tuple(fields.items("warnings", _decode_warning)),
            policies=tuple(fields.items("policies", decode_policy)) if fields.has("policies") else (),
            policy_sources=tuple(fields.items("policy_sources", read_text)) if fields.has("policy_sources") else (),
            lineage=fields.text("lineage"),
            serial=fields.count("serial"),
            destroy=fields.flag("destroy", False),
            refresh_only=fields.flag("refresh_only", False),
            targets=tuple(fields.items("targets", read_address)),
            replacing=tuple(fields.items("replacing", read_address)),
            refresh=fields.flag("refresh", True),
            skipped=tuple(fields.items("skipped", _decode_skipped)) if fields.has("skipped") else (),
            id=fields.text("id"),
            version=fields.text("version"),
            files=fields.texts("files"),
            inputs=fields.values("inputs"),
            time=_time(fields.text("time")),
            seals={name: _decode_seal(item, f"seals.{name}") for name, item in fields.values("seals").items()},
        )
        fields.end()
        return plan
    except ValueError as error:
        hint = "hcl-lite plan --out writes one."
        raise HclError(Diagnostic(f"{name} is not a saved plan", f"{error}.", hint=hint)) from error


def _check_format(document: Any, name: str) -> None:
    """Raises HclError for a plan of another version, ValueError for none."""
    if not isinstance(document, dict) or document.get("kind") != "hcl-lite plan":
        raise ValueError("it does not say that it is a plan")
    if document.get("format") != FORMAT:
        raise HclError(
            Diagnostic(
                f"{name} was saved by another version of hcl-lite",
                f"By {document.get('version')}, in format {document.get('format')}; "
                f"this version reads format {FORMAT}.",
                hint="Use that version, or plan again.",
            )
        )


def _time(text: str) -> str:
    """Returns the time of timestamp(). Raises ValueError for a text that is no time."""
    if text:
        datetime.fromisoformat(text)
    return text


def encode_change(change: Change) -> Mapping[str, Any]:
    """Returns one change as a JSON object; an absent side of a difference has no key."""
    return {
        "address": str(change.address),
        "action": change.action.value,
        "provider": change.provider,
        "uid": change.uid,
        "record": encode_record(change.record) if change.record else None,
        "seen": change.expected_version,
        "wanted": change.wanted,
        "create_first": change.create_first,
        "restores": change.restores,
        "may_stay": change.may_stay,
        "differences": [encode_difference(difference) for difference in change.differences],
        **({"drift": [encode_difference(one) for one in change.drift]} if change.drift else {}),
        "secrets": change.secrets,
        "because": change.reason,
        "note": change.note,
        "drifted": change.drifted,
        **({"outside": _encode_outside(change.outside)} if change.outside else {}),
        "deposed": change.deposed,
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "takes": list(change.takes),
        "after": list(change.after),
        "holds": [list(key) for key in change.holds],
        "goes_with": str(change.goes_with) if change.goes_with else None,
        "dependencies": [str(address) for address in change.dependencies],
        "place": [change.place.file, change.place.line, change.place.column] if change.place else None,
        "files": list(change.files),
        "title": change.title,
        "folder": change.folder,
        **({"access": change.access.value} if change.access else {}),
        **({"outline": change.outline} if change.outline != {} else {}),
        **({"outline_before": change.outline_before} if change.outline_before != {} else {}),
        **({"body": change.body} if change.body else {}),
    }


def _decode_change(item: Any, where: str) -> Change:
    fields = Fields(item, where)
    change = Change(
        address=read_address(fields.any("address"), f"{where}.address"),
        action=Action(fields.text("action")),
        provider=fields.text("provider"),
        uid=fields.text("uid"),
        record=fields.maybe("record", decode_record),
        expected_version=fields.values("seen"),
        wanted=fields.text("wanted"),
        create_first=fields.flag("create_first", False),
        restores=fields.flag("restores", False),
        may_stay=fields.flag("may_stay", False),
        differences=tuple(fields.items("differences", _decode_difference)),
        drift=tuple(fields.items("drift", _decode_difference)) if "drift" in item else (),
        secrets=_fates(fields.texts("secrets"), where),
        reason=fields.text("because"),
        note=fields.text("note"),
        drifted=fields.flag("drifted", False),
        outside=_decode_outside(fields.any("outside"), f"{where}.outside") if fields.has("outside") else None,
        deposed=fields.flag("deposed", False),
        moved_from=fields.maybe("moved_from", read_address),
        takes=tuple(fields.items("takes", read_text)),
        after=tuple(fields.items("after", read_text)),
        holds=tuple(fields.items("holds", _decode_key)),
        goes_with=fields.maybe("goes_with", read_address),
        dependencies=tuple(fields.items("dependencies", read_address)),
        place=fields.maybe("place", decode_place),
        files=tuple(fields.items("files", read_text)),
        title=fields.text("title"),
        folder=fields.text("folder"),
        access=Access(fields.text("access")) if fields.has("access") else None,
        outline=fields.maybe("outline", _decode_outline) if fields.has("outline") else {},
        outline_before=fields.maybe("outline_before", _decode_outline) if fields.has("outline_before") else {},
        body=fields.maybe("body", _decode_body) or "" if fields.has("body") else "",
    )
    fields.end()
    if change.action in _OF_RECORDS and change.record is None:
        raise ValueError(f"{where}.record: {change.action.value} is of an object that the state has")
    return change


def _encode_outside(outside: Outside) -> Mapping[str, Any]:
    revision = outside.revision
    return {
        "by": revision.by,
        "at": revision.at,
        "message": revision.message,
        "before": outside.before,
        "now": outside.now,
    }


def _decode_outside(item: Any, where: str) -> Outside:
    fields = Fields(item, where)
    revision = Revision(fields.text("by"), _time(fields.text("at")), fields.text("message"))
    before, now = (None if fields.any(side) is None else fields.count(side) for side in ("before", "now"))
    outside = Outside(revision, before, now)
    fields.end()
    return outside


def _decode_body(item: Any, where: str) -> str:
    """Returns the JSON text of an object. Raises ValueError for any other."""
    if not isinstance(item, str) or not isinstance(json.loads(item), dict):
        raise ValueError(f"{where}: expected the JSON text of an object")
    return item


def _decode_outline(item: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict) or not all(isinstance(part, dict) for part in item.values()):
        raise ValueError(f"{where}: expected an object of objects")
    return item


def _fates(secrets: Mapping[str, str], where: str) -> Mapping[str, Fate]:
    """Returns the fate of each secret. Raises ValueError for an unknown fate."""
    for name, fate in secrets.items():
        if fate not in _FATES:
            raise ValueError(f"{where}.secrets.{name}: nothing is {json.dumps(fate)}")
    return {name: Fate(fate) for name, fate in secrets.items()}


def _decode_seal(item: Any, where: str) -> Seal:
    match item:
        case [str(open_), str(hidden)]:
            return Seal(open_, hidden)
    raise ValueError(f"{where}: expected [hash, fingerprint]")


def _decode_key(item: Any, where: str) -> ObjectKey:
    match item:
        case [str(provider), str(type_), str(uid)]:
            return provider, type_, uid
    raise ValueError(f"{where}: expected [provider, type, uid]")


def _encode_skipped(server: SkippedServer) -> Mapping[str, Any]:
    told = {"url": server.url, "reason": server.reason, "objects": server.objects}
    return {"providers": list(server.providers), **told}


def _decode_skipped(item: Any, where: str) -> SkippedServer:
    fields = Fields(item, where)
    providers = tuple(fields.items("providers", read_text))
    server = SkippedServer(providers, fields.text("url"), fields.text("reason"), fields.count("objects"))
    fields.end()
    return server


def _encode_warning(warning: Diagnostic) -> Mapping[str, Any]:
    """Encodes a warning, or an error for which an apply is refused, with the line that it is about."""
    place = warning.place
    return {
        "severity": warning.severity.value,
        "summary": warning.summary,
        "detail": warning.detail,
        "hint": warning.hint,
        "address": warning.address,
        "place": [place.file, place.line, place.column, place.width] if place else None,
        "text": place.text if place and not place.masked else "",
    }


def _decode_warning(item: Any, where: str) -> Diagnostic:
    fields = Fields(item, where)
    text = fields.text("text")
    warning = Diagnostic(
        fields.text("summary"),
        fields.text("detail"),
        fields.maybe("place", lambda place, at: _decode_width(place, at, text)),
        fields.text("hint"),
        fields.text("address"),
        Severity(fields.text("severity")),
    )
    fields.end()
    return warning


def _decode_width(item: Any, where: str, text: str) -> Place:
    match item:
        case [str(file), int(line), int(column), int(width)] if min(line, column, width) > 0:
            return Place(file, line, column, text, width)
    raise ValueError(f"{where}: expected [file, line, column, width]")


def _decode_output(item: Any, where: str) -> OutputChange:
    difference = _decode_difference(item, where)
    return OutputChange(difference.path, difference.before, difference.after)


def encode_difference(difference: Difference) -> Mapping[str, Any]:
    """A side that is absent has no key: null is a value."""
    sides = {"before": difference.before, "after": difference.after}
    move = {"moved": list(difference.moved), "to": difference.to} if difference.to else {}
    return {"path": difference.path, **{key: value for key, value in sides.items() if value is not ABSENT}, **move}


def _decode_difference(item: Any, where: str) -> Difference:
    fields = Fields(item, where)
    before, after = (fields.any(side) if fields.has(side) else ABSENT for side in ("before", "after"))
    moved = tuple(fields.items("moved", read_text)) if fields.has("moved") else ()
    difference = Difference(fields.text("path"), before, after, moved, fields.text("to") if fields.has("to") else "")
    fields.end()
    return difference
