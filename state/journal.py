"""The journal: what a run has done so far, on disk before the run goes on.

The state is written at the end of a run, to a remote backend also now and then; until then every change of the state is
a line here: an intent before each write to a server, synced, and its result after it, synced with the next intent. A
run that was killed leaves its journal, and the next one begins by reading it. The lines after a head are what was done
after the state of the head's serial.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from state.appending import Appender
from state.backend import Changed, Log
from state.document import TOP, Fields, as_line, read_document
from state.encryption import Cipher, Plain
from state.file import (
    decode_identity,
    decode_intent,
    decode_record,
    encode_identity,
    encode_intent,
    encode_record,
)
from state.lock import LockInfo, describe_run, lock_document, read_lock
from state.model import Draft, Identity, Intent, Move, Record, State

Line = Mapping[str, Any]


class Journal:
    """Appends to the journal in `log` while a run goes on.

    The result of a write waits for the next intent to be durable, where each append is a call, to be appended at all:
    the next run looks at what was written without a result.
    """

    def __init__(self, log: Log, state: State, cipher: Cipher | None = None, command: str = "") -> None:
        """`command` is what runs. Raises HclError where the journal cannot be begun, here or with its first line."""
        self._cipher = cipher or Plain()
        self._lines = Appender(log, _unwritten)
        self._lines.add(self._sealed({**_head(state), "run": lock_document(describe_run(command), log.name)}))
        if self._lines.is_quick:
            self._lines.flush()

    async def write(self, line: Line) -> None:
        """On disk when this returns. Raises HclError when it is not."""
        await self._lines.append(self._sealed(line))

    async def note(self, line: Line) -> None:
        """Notes what was done: known to the next run when this returns, where that costs no call, and on disk with the
        next line that is written, or soon. Raises HclError when it cannot be."""
        await self._lines.note(self._sealed(line))

    async def mark(self, state: State) -> None:
        """On disk when this returns: `state` has all lines so far, and is about to be written."""
        await self.write(_head(state))

    def end(self) -> None:
        """The run has ended by itself, and what is here is in no state; where the place takes that, it is noted."""
        self._lines.add(self._sealed({"ended": True}))
        self._lines.end()

    def close(self) -> None:
        self._lines.close()

    def remove(self) -> None:
        """The state has it all now: one that cannot be removed says nothing any more."""
        with suppress(HclError):
            self._lines.remove()

    def _sealed(self, line: Line) -> bytes:
        return self._cipher.seal(as_line(line), "journal")


def _unwritten(log: Log, error: Changed | HclError) -> Diagnostic:
    if isinstance(error, Changed):
        return Diagnostic(
            f"The journal {log.name} is no longer that of this run",
            "Another run has taken it up, or was begun without a lock. No write is sent to a server any more.",
            hint="Let that run end, and plan again: what this one has done until now is known there.",
        )
    said = " ".join(diagnostic.detail for diagnostic in error.diagnostics)
    detail = f"{said} No write is sent to a server unless it is noted there first."
    advice = " ".join(diagnostic.hint for diagnostic in error.diagnostics) or "Run it again once that is mended."
    hint = f"{advice} The next run looks at what was under way, and goes on from there."
    return Diagnostic(f"Cannot write the journal {log.name}", detail, hint=hint)


@dataclass(frozen=True, slots=True)
class Left:
    """Which run has left a journal, or is writing it; `ended` that it ended by itself, and could not write its state.
    None where an earlier hcl-lite did not say."""

    run: LockInfo | None
    ended: bool


def left_in(data: bytes, cipher: Cipher | None = None) -> Left | None:
    """Returns what a journal tells of its run; None where there is no journal, or it cannot be read."""
    with suppress(ValueError, HclError, IndexError):
        lines = data.split(b"\n")[:-1]
        opened = ((cipher or Plain()).open(line, "journal", "") for line in (lines[0], lines[-1]))
        first, last = map(read_document, opened)
        run = read_lock(first["run"]) if "run" in first else None
        return Left(run, "ended" in last)
    return None


def _head(state: State) -> Line:
    return {"lineage": state.lineage, "serial": state.serial}


def plan_line(plan: str) -> Line:
    """A saved plan is about to be carried out."""
    return {"plan": plan}


def intent_line(intent: Intent) -> Line:
    """The write of an object is about to begin."""
    return {"intent": encode_intent(intent)}


def put_line(record: Record) -> Line:
    """An object has this record from now on."""
    return {"put": encode_record(record)}


def depose_line(record: Record) -> Line:
    """An object was replaced, and is still to be deleted."""
    return {"depose": encode_record(record)}


def move_line(source: Address, target: Address) -> Line:
    """An object has another address."""
    return {"move": {"source": str(source), "target": str(target)}}


def arrange_line(moves: Sequence[Move]) -> Line:
    """One line for all moves of a run: they are done whole or not at all."""
    return {"arrange": [{"source": str(m.source), "target": str(m.target), "deposed": m.deposed} for m in moves]}


def remove_line(identity: Identity) -> Line:
    """An object is no longer in the state."""
    return {"remove": encode_identity(identity)}


def fail_line(identity: Identity) -> Line:
    """The write of an object has failed, and changed nothing."""
    return {"fail": encode_identity(identity)}


def replay(state: State, data: bytes, log: Log, cipher: Cipher | None = None) -> State:
    """`state` with what a journal says was done after it: `data` is what `log` has. Raises HclError where the two do
    not fit.

    With anything done it is another state, so its serial goes up by one. A last line that was cut short by the end of
    the run is left out: its call had not been made yet, or an intent before it covers the call.
    """
    documents, entries = [], []
    opened = [(cipher or Plain()).open(line, "journal", log.name) for line in data.split(b"\n")[:-1]]
    for number, line in enumerate(opened, 1):
        try:
            documents.append(read_document(line))
            entries.append(_decode(documents[-1], first=number == 1))
        except ValueError as error:
            hint = f"It records what an interrupted run did. {log.way_out}"
            raise HclError(Diagnostic(f"Line {number} of {log.name} cannot be read", f"{error}.", hint=hint)) from error
    if not entries:
        return state
    head = documents[0]
    if state.serial < head["serial"]:
        raise HclError(
            Diagnostic(
                "The state is older than the journal of an interrupted run",
                f"The state is at serial {state.serial}; the run began at {head['serial']}.",
                hint=f"Put back the state that the run began with. {log.way_out}",
            )
        )
    if state.serial == 0:
        state = replace(state, lineage=head["lineage"])
    elif state.lineage != head["lineage"]:
        raise HclError(
            Diagnostic(
                "The journal of an interrupted run belongs to another state",
                f"The state's lineage is {state.lineage}, the journal's {head['lineage']}.",
                hint=f"Put back the state that the run began with. {log.way_out}",
            )
        )
    heads = {index: document["serial"] for index, document in enumerate(documents) if "lineage" in document}
    if state.serial > heads[max(heads)]:
        return state  # the run ended between writing the state and removing its journal
    # Of a run that wrote its state in between, only what it did after that is missing.
    begin = max((index for index, serial in heads.items() if serial <= state.serial), default=0)
    done = [apply for index, apply in enumerate(entries) if index > begin and index not in heads]
    if not done:
        return state
    draft = Draft(state)
    for apply in done:
        apply(draft)
    return replace(draft.state(), serial=max(heads.values()) + 1)


def _decode(entry: Any, first: bool) -> Callable[[Draft], None]:
    """Returns the effect of one line on the draft of a state. The first line names the state that the journal goes on
    from. Raises ValueError."""
    fields = Fields(entry, TOP)
    kind = "lineage" if first else next(iter(entry), "")
    match kind:
        case "lineage":
            fields.text("lineage")
            fields.count("serial")
            return lambda draft: None
        case "ended":
            return lambda draft: None
        case "plan":
            plan = fields.text("plan")
            return lambda draft: draft.begin(plan)
        case "intent":
            intent = decode_intent(entry[kind], kind)
            return lambda draft: draft.intend(intent)
        case "remove" | "fail":
            identity = decode_identity(entry[kind], kind)
            change = {"remove": Draft.remove, "fail": Draft.fail}[kind]
            return lambda draft: change(draft, identity)
        case "put":
            record = decode_record(entry[kind], kind)
            return lambda draft: draft.put(record)
        case "depose":
            record = decode_record(entry[kind], kind)
            return lambda draft: draft.depose(record)
        case "move":
            move = Fields(entry[kind], kind)
            source, target = move.address("source"), move.address("target")
            return lambda draft: draft.move(source, target)
        case "arrange":
            moves = fields.items(kind, _decode_move)
            return lambda draft: draft.arrange(moves)
    raise ValueError(f"there is no entry {json.dumps(kind)}")


def _decode_move(item: Any, where: str) -> Move:
    fields = Fields(item, where)
    return Move(fields.address("source"), fields.address("target"), fields.flag("deposed", False))
