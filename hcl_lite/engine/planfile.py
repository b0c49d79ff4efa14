"""A Plan to bytes and back. It holds no bodies and no secrets: an apply evaluates the configuration again, and refuses
what is not as it was when the plan was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity
from hcl_lite.engine.changes import Action, Change, OutputChange, Plan
from hcl_lite.engine.diff import ABSENT, Difference
from state.file import decode_record, encode_record

FORMAT = 1


def encode(plan: Plan) -> bytes:
    """A saved plan: JSON, UTF-8."""
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
        "files": plan.files,
        "inputs": plan.inputs,
        "time": plan.time,
        "changes": [encode_change(change) for change in plan.changes],
        "outputs": [_encode_difference(Difference(o.name, o.before, o.after)) for o in plan.outputs],
        "warnings": [{"summary": w.summary, "detail": w.detail} for w in plan.warnings],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n"


def decode(data: bytes, name: str) -> Plan:
    """The plan in a file. Raises HclError for anything that is not one, or that this version cannot read."""
    try:
        document = json.loads(data)
        if document["kind"] != "hcl-lite plan":
            raise ValueError("expected a plan")
        if document["format"] != FORMAT:
            raise HclError(
                Diagnostic(
                    f"{name} was saved by another version of hcl-lite",
                    f"By {document['version']}, in format {document['format']}; this version reads format {FORMAT}.",
                    hint="Use that version, or plan again.",
                )
            )
        return Plan(
            changes=tuple(_decode_change(item) for item in document["changes"]),
            outputs=tuple(_decode_output(item) for item in document["outputs"]),
            warnings=tuple(Diagnostic(**item, severity=Severity.WARNING) for item in document["warnings"]),
            lineage=document["lineage"],
            serial=int(document["serial"]),
            destroy=document["destroy"],
            refresh_only=document["refresh_only"],
            targets=tuple(Address.parse(text) for text in document["targets"]),
            replacing=tuple(Address.parse(text) for text in document["replacing"]),
            refresh=document["refresh"],
            id=document["id"],
            version=document["version"],
            files=dict(document["files"]),
            inputs=dict(document["inputs"]),
            time=document["time"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}."
        raise HclError(
            Diagnostic(f"{name} is not a saved plan", detail, hint="hcl-lite plan --out writes one.")
        ) from error


def encode_change(change: Change) -> Mapping[str, Any]:
    """The JSON object for one change; what is absent in a difference has no key."""
    return {
        "address": str(change.address),
        "action": change.action.value,
        "provider": change.provider,
        "uid": change.uid,
        "record": encode_record(change.record) if change.record else None,
        "seen": change.seen,
        "wanted": change.wanted,
        "create_first": change.create_first,
        "restores": change.restores,
        "differences": [_encode_difference(difference) for difference in change.differences],
        "secrets": change.secrets,
        "because": change.because,
        "note": change.note,
        "drifted": change.drifted,
        "deposed": change.deposed,
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "takes": list(change.takes),
        "dependencies": [str(address) for address in change.dependencies],
        "place": [change.place.file, change.place.line, change.place.column] if change.place else None,
    }


def _decode_change(item: Mapping[str, Any]) -> Change:
    known = dict(item)
    known["address"] = Address.parse(known["address"])
    known["action"] = Action(known["action"])
    known["record"] = decode_record(known["record"]) if known["record"] else None
    known["differences"] = tuple(_decode_difference(difference) for difference in known["differences"])
    known["dependencies"] = tuple(Address.parse(text) for text in known["dependencies"])
    known["moved_from"] = Address.parse(known["moved_from"]) if known["moved_from"] else None
    known["takes"] = tuple(known["takes"])
    known["place"] = Place(*known["place"]) if known["place"] else None
    return Change(**known)


def _decode_output(item: Mapping[str, Any]) -> OutputChange:
    difference = _decode_difference(item)
    return OutputChange(difference.path, difference.before, difference.after)


def _encode_difference(difference: Difference) -> Mapping[str, Any]:
    """A side that is absent has no key: null is a value."""
    sides = {"before": difference.before, "after": difference.after}
    return {"path": difference.path, **{key: value for key, value in sides.items() if value is not ABSENT}}


def _decode_difference(item: Mapping[str, Any]) -> Difference:
    return Difference(item["path"], item.get("before", ABSENT), item.get("after", ABSENT))
