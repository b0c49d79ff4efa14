"""Diagnostics of expressions, with their places in the file."""

from __future__ import annotations

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.expressions.model import ExpressionError, Path


def expression_problem(block: Block, path: Path, summary: str, error: ExpressionError) -> Diagnostic:
    """Returns the error of the text at `path` in `block`."""
    # A local's value has no key of its own.
    written = path[1:] if block.address.kind is Kind.LOCAL else path
    place = (
        block.text_place(written, error.at, error.at + error.width) if error.at >= 0 else block.value_place(*written)
    )
    return Diagnostic(summary, str(error), place, error.hint, str(block.address))


def circle_problem(config: Config, circle: list[Address]) -> Diagnostic:
    """Returns the error of addresses that depend on each other: the same wherever the cycle is entered."""
    first = circle.index(min(circle, key=lambda address: address.order))
    steps = [*circle[first:], *circle[:first]]
    lines = (f"{a} needs {b}" for a, b in zip(steps, [*steps[1:], steps[0]], strict=True))
    place = config.blocks[steps[0].written].place()
    summary = f"{steps[0]} needs itself" if len(steps) == 1 else "These blocks need each other"
    detail = "" if len(steps) == 1 else "\n".join(lines)
    return Diagnostic(summary, detail, place, "Break the circle: one of them has to do without the other.")
