"""State to bytes and back: the only place that says what backends keep. One object a line, in a fixed order, so that a
person can read it and git can compare it.

`lineage` and `serial` stand at the top level, as in Terraform's: GitLab numbers its versions by `serial`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.places import Place
from state.document import TOP, Fields, read_address, read_document
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
        document = read_document(data)
        _check_format(document, name)
        fields = Fields(document, TOP)
        fields.count("format")
        state = State(
            lineage=fields.text("lineage"),
            serial=fields.count("serial"),
            records=_by_address(fields.items("records", decode_record)),
            deposed=tuple(fields.items("deposed", decode_record)),
            pending=tuple(fields.items("pending", decode_intent)),
            outputs=fields.values("outputs"),
            plan=fields.text("plan") if fields.has("plan") else "",
        )
        fields.end()
        return state
    except ValueError as error:
        raise HclError(Diagnostic(f"{name} is not a state file of hcl-lite", f"{error}.", hint=hint)) from error


def _check_format(document: Any, name: str) -> None:
    """Raises HclError for a newer one, ValueError for none."""
    written = document.get("format") if isinstance(document, dict) else None
    if isinstance(written, int) and written > FORMAT:
        raise HclError(
            Diagnostic(
                f"{name} was written by a newer hcl-lite",
                f"Its format is {written}; this version knows up to {FORMAT}.",
                hint="Upgrade hcl-lite.",
            )
        )
    if isinstance(document, dict) and (written != FORMAT or isinstance(written, bool)):
        raise ValueError("it is Terraform's" if "terraform_version" in document else "it has no format that is known")


def _by_address(records: Iterable[Record]) -> Mapping[Address, Record]:
    found: dict[Address, Record] = {}
    for record in records:
        if record.address in found:
            raise ValueError(f"records: {record.address} comes twice")
        found[record.address] = record
    return found


def encode_record(record: Record) -> Mapping[str, Any]:
    """Encodes a record as JSON."""
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
        **({"sensitive": record.sensitive} if record.sensitive else {}),
        **({"asked": record.asked} if record.asked else {}),
        **({"declared": record.declared} if record.declared else {}),
        **({"written": record.written} if record.written else {}),
        **({"drifted": True} if record.drifted else {}),
        **({"left": record.left} if record.left else {}),
    }


def decode_record(item: Any, where: str = TOP) -> Record:
    """Decodes a record; `where` is its place in the file. Raises ValueError."""
    fields = Fields(item, where)
    record = Record(
        address=fields.address("address"),
        provider=fields.text("provider"),
        uid=fields.text("uid"),
        version=fields.values("version"),
        applied=fields.text("applied"),
        content=fields.text("content"),
        attributes=fields.values("attributes"),
        secrets=fields.texts("secrets"),
        dependencies=tuple(fields.items("dependencies", read_address)),
        protected=fields.flag("protected", False),
        sensitive=tuple(fields.items("sensitive", _decode_place)) if fields.has("sensitive") else (),
        asked=fields.text("asked") if fields.has("asked") else "",
        declared=tuple(fields.items("declared", _decode_place)) if fields.has("declared") else (),
        written=fields.values("written") if fields.has("written") else {},
        drifted=fields.flag("drifted", False),
        left=fields.values("left") if fields.has("left") else {},
    )
    fields.end()
    return record


def _decode_place(item: Any, where: str) -> Place:
    if not isinstance(item, list) or not all(type(step) in (str, int) for step in item):
        raise ValueError(f"{where}: expected a list of keys and positions")
    return tuple(item)


def encode_intent(intent: Intent) -> Mapping[str, Any]:
    """A write that is about to be made: its kind, and the record that it leads to."""
    return {"write": intent.write, "record": encode_record(intent.record)}


def decode_intent(item: Any, where: str = TOP) -> Intent:
    """Raises ValueError, with the place of what is wrong."""
    fields = Fields(item, where)
    match fields.text("write"):
        case ("create" | "update" | "delete") as write:
            intent = Intent(write, decode_record(fields.any("record"), f"{where}.record"))
        case other:
            raise ValueError(f"{where}.write: there is no write {json.dumps(other)}")
    fields.end()
    return intent


def encode_identity(identity: Identity) -> Mapping[str, Any]:
    """Encodes an identity as JSON."""
    return {"address": str(identity.address), "provider": identity.provider, "uid": identity.uid}


def decode_identity(item: Any, where: str = TOP) -> Identity:
    """Decodes an identity; `where` is its place in the file. Raises ValueError."""
    fields = Fields(item, where)
    identity = Identity(fields.address("address"), fields.text("provider"), fields.text("uid"))
    fields.end()
    return identity


def _list(key: str, items: list[Mapping[str, Any]], end: str) -> list[str]:
    if not items:
        return [f'  "{key}": []{end}']
    return [f'  "{key}": [', ",\n".join(f"    {_line(item)}" for item in items), f"  ]{end}"]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
