"""State to bytes and back: the only place that says what backends keep. One object a line, in a fixed order, so that a
person can read it and git can compare it.

`lineage` and `serial` stand at the top level, as in Terraform's: GitLab numbers its versions by `serial`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from state.model import Identity, Intent, Record, State

FORMAT = 1


def encode(state: State) -> bytes:
    """The state file: JSON, UTF-8, with a line for each record."""
    records = [encode_record(state.records[address]) for address in in_order(state.records)]
    head = {"format": FORMAT, "lineage": state.lineage, "serial": state.serial, "outputs": state.outputs}
    head |= {"plan": state.plan} if state.plan else {}
    lines = [f"  {json.dumps(key)}: {_line(value)}," for key, value in head.items()]
    lines += _list("deposed", [encode_record(record) for record in state.deposed], ",")
    lines += _list("pending", [encode_intent(intent) for intent in state.pending], ",")
    lines += _list("records", records, "")
    # A lone surrogate, which UTF-8 has no bytes for, becomes the escape that JSON has for it.
    return ("{\n" + "\n".join(lines) + "\n}\n").encode("utf-8", "backslashreplace")


def decode(data: bytes, name: str, hint: str = "") -> State:
    """The state of a state file. Raises HclError for anything that is not one; `hint` says what to do then."""
    try:
        document = json.loads(data)
        if document["format"] > FORMAT:
            raise HclError(
                Diagnostic(
                    f"{name} was written by a newer hcl-lite",
                    f"Its format is {document['format']}; this version knows up to {FORMAT}.",
                    hint="Upgrade hcl-lite.",
                )
            )
        records = [decode_record(item) for item in document["records"]]
        return State(
            lineage=_text(document["lineage"]),
            serial=int(document["serial"]),
            records={record.address: record for record in records},
            deposed=tuple(decode_record(item) for item in document["deposed"]),
            pending=tuple(decode_intent(item) for item in document["pending"]),
            outputs=dict(document["outputs"]),
            plan=_text(document.get("plan", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}."
        raise HclError(Diagnostic(f"{name} is not a state file of hcl-lite", detail, hint=hint)) from error


def encode_record(record: Record) -> Mapping[str, Any]:
    return {
        "address": str(record.address),
        "provider": record.provider,
        "uid": record.uid,
        "version": record.version,
        "applied": record.applied,
        "content": record.content,
        "attributes": record.attributes,
        "secrets": record.secrets,
        "dependencies": [str(address) for address in record.dependencies],
        **({"protected": True} if record.protected else {}),
    }


def decode_record(item: Mapping[str, Any]) -> Record:
    return Record(
        address=Address.parse(item["address"]),
        provider=_text(item["provider"]),
        uid=_text(item["uid"]),
        version=dict(item["version"]),
        applied=_text(item["applied"]),
        content=_text(item["content"]),
        attributes=dict(item["attributes"]),
        secrets=dict(item["secrets"]),
        dependencies=tuple(Address.parse(text) for text in item["dependencies"]),
        protected=bool(item.get("protected", False)),
    )


def encode_intent(intent: Intent) -> Mapping[str, Any]:
    """A write that is about to be made: its kind, and the record that it leads to."""
    return {"write": intent.write, "record": encode_record(intent.record)}


def decode_intent(item: Mapping[str, Any]) -> Intent:
    """Raises ValueError for a kind of write that there is none of."""
    write = item["write"]
    if write not in ("create", "update", "delete"):
        raise ValueError(f'there is no write "{write}"')
    return Intent(write, decode_record(item["record"]))


def encode_identity(identity: Identity) -> Mapping[str, Any]:
    return {"address": str(identity.address), "provider": identity.provider, "uid": identity.uid}


def decode_identity(item: Mapping[str, Any]) -> Identity:
    return Identity(Address.parse(item["address"]), _text(item["provider"]), _text(item["uid"]))


def _list(key: str, items: list[Mapping[str, Any]], end: str) -> list[str]:
    if not items:
        return [f'  "{key}": []{end}']
    return [f'  "{key}": [', ",\n".join(f"    {_line(item)}" for item in items), f"  ]{end}"]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r}")
    return value
