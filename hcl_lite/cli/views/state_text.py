"""A state for people."""

from __future__ import annotations

import json

import click

from hcl_lite.core.addrs import in_order
from state.model import Record, State


def render_state(state: State) -> str:
    """Every record, in order, and the outputs."""
    if not state.records and not state.deposed and not state.outputs:
        return "The state is empty: nothing is managed here yet."
    blocks = [render_record(state.records[address]) for address in in_order(state.records)]
    blocks += [render_record(record) + "\n    (replaced; still to be deleted)" for record in state.deposed]
    if state.outputs:
        lines = [f"  {name} = {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(state.outputs.items())]
        blocks.append("\n".join(["Outputs:", *lines]))
    return "\n\n".join([*blocks, f"Serial {state.serial}, lineage {state.lineage}"])


def render_record(record: Record) -> str:
    """One record: identity first, then what is remembered of the object."""
    lines = [click.style(str(record.address), bold=True)]
    lines.append(f"    uid: {json.dumps(record.uid)}")
    lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(record.attributes.items())]
    lines += [f"    {key}: (sensitive)" for key in sorted(record.secrets)]
    if record.dependencies:
        lines.append("    needs: " + ", ".join(str(address) for address in record.dependencies))
    return "\n".join(lines)
