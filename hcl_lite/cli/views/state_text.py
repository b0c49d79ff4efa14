"""A state for people."""

from __future__ import annotations

import click

from hcl_lite.cli.views.escaping import in_json, in_line
from hcl_lite.core.addrs import in_order
from state.model import Record, State


def render_state(state: State) -> str:
    """Every record, in order, and the outputs."""
    if not state.records and not state.deposed and not state.outputs:
        return "The state is empty: nothing is managed here yet."
    blocks = [render_record(state.records[address]) for address in in_order(state.records)]
    blocks += [render_record(record) + "\n    (replaced; still to be deleted)" for record in state.deposed]
    if state.outputs:
        lines = [f"  {in_line(name)} = {in_json(value)}" for name, value in sorted(state.outputs.items())]
        blocks.append("\n".join(["Outputs:", *lines]))
    return "\n\n".join([*blocks, f"Serial {state.serial}, lineage {in_line(state.lineage)}"])


def render_record(record: Record) -> str:
    """One record: identity first, then what is remembered of the object."""
    lines = [click.style(str(record.address), bold=True)]
    lines.append(f"    uid: {in_json(record.uid)}")
    lines += [f"    {in_line(key)}: {in_json(value)}" for key, value in sorted(record.attributes.items())]
    lines += [f"    {in_line(key)}: (sensitive)" for key in sorted(record.secrets)]
    if record.dependencies:
        lines.append("    needs: " + ", ".join(str(address) for address in record.dependencies))
    return "\n".join(lines)
