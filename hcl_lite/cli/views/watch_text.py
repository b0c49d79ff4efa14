"""Renders the rounds of a watch: what has become another since the round before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from hcl_lite.cli.views.change_text import render_rows
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.look import SHORT, Look
from hcl_lite.cli.views.plan_text import render_summary
from hcl_lite.cli.views.pull_text import render_pull
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.watching.model import Round
from hcl_lite.review.build import review

_MOST_FILES = 5


def render_round(one: Round, before: Plan | None, root: Path, time: str, look: Look = SHORT) -> str:
    """Renders a round that ended at `time`, after a round with the plan `before`."""
    parts = [_head(one, root, time, is_first=before is None)]
    if one.pulled is not None and one.pulled.has_changes:
        parts.append(render_pull(one.pulled))
    if one.problems:
        parts.append(render_diagnostics(one.problems))
    elif one.plan is not None and one.result is None:
        parts += _plan(one.plan, before, look)
    elif one.result is not None:
        failed = [*one.result.failures, *one.result.warnings]
        parts += [render_diagnostics(failed)] if failed else []
        parts += [f"  {page}" for page in map(in_line, one.pages)]
    return "\n".join(part for part in parts if part)


def _head(one: Round, root: Path, time: str, *, is_first: bool) -> str:
    names = [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in one.changed]
    more = f" and {len(names) - _MOST_FILES} more" if len(names) > _MOST_FILES else ""
    what = f"{', '.join(names[:_MOST_FILES])}{more} changed" if names else "watching" if is_first else "looked again"
    return click.style(f"── {time} {in_line(what)} ({one.seconds:.1f} s)", dim=True)


def _plan(plan: Plan, before: Plan | None, look: Look) -> Iterator[str]:
    """The changes that the plan before had not, or not so."""
    known = {_key(change) for change in before.changes} if before is not None else set()
    news = replace(plan, changes=tuple(change for change in plan.changes if _key(change) not in known))
    yield from render_rows(review(news), look)
    yield render_summary(plan)


def _key(change: object) -> str:
    return repr(change)
