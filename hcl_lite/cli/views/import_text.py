"""Renders the report of a bulk import as text: what is managed now, what is not and why, the secrets that stay, the
files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import click

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.addrs import Address
from hcl_lite.operations.bulk_import.model import LeftOut, Report

_MOST = 20  # of one reason, or of files


def render_report(report: Report) -> str:
    """All but the plan."""
    parts = [_summary(report), *_files(report), *_kept(report.kept), *render_left_out("Left out:", report.left)]
    parts += render_left_out("To be known:", report.notes)
    return "\n\n".join(part for part in parts if part)


def _summary(report: Report) -> str:
    counts = Counter(address.type for address in report.taken)
    types = ", ".join(f"{count} {type_}" for type_, count in counts.items())
    number = len(report.taken)
    what = "1 object" if number == 1 else f"{number} objects"
    verb = "would be taken over" if report.is_dry_run else "taken over"
    head = click.style(f"{what} {verb}", bold=True) + (f": {types}." if types else ".")
    lines = [head]
    if report.adopted:
        lines.append(f"For {len(report.adopted)} of them there were blocks: {_listed(map(str, report.adopted))}.")
    if report.updated:
        verb = "would be brought here" if report.is_dry_run else "brought here"
        lines.append(f"Changed on the server, and {verb}: {_listed(map(str, report.updated))}.")
    if report.waiting:
        lines.append(f"For the next apply: {_listed(map(str, report.waiting))}.")
    if report.managed:
        were = "was" if report.managed == 1 else "were"
        lines.append(f"{report.managed} {were} managed here before.")
    lines.append(f"{report.requests} requests, all of them reads.")
    return "\n".join(lines)


def _files(report: Report) -> Iterator[str]:
    blocks = {path: count for path, count in report.files.items() if count}
    others = [path for path in report.files if path not in blocks]
    if not report.files:
        return
    verb = "Would be written" if report.is_dry_run else "Written"
    lines = [f"  {in_line(path)}: {count} {'block' if count == 1 else 'blocks'}" for path, count in blocks.items()]
    lines += [f"  {in_line(path)}" for path in others[:_MOST]]
    lines += [f"  and {len(others) - _MOST} more files that blocks read"] if len(others) > _MOST else []
    yield "\n".join([f"{verb}:", *lines])


def _kept(kept: Mapping[Address, Sequence[str]]) -> Iterator[str]:
    if kept:
        lines = [f"  {address}: {in_line(', '.join(names))}" for address, names in kept.items()]
        head = "Secrets kept on the server, not managed. A comment in each block says how to manage them:"
        yield "\n".join([head, *lines])


def render_left_out(head: str, left: Sequence[LeftOut]) -> Iterator[str]:
    """Renders what was left out, by its reason; nothing where there is none."""
    if not left:
        return
    reasons: dict[str, list[str]] = {}
    for one in left:
        reasons.setdefault(one.reason, []).append(one.what)
    lines = [
        f"  {in_line(line)}"
        for reason, what in reasons.items()
        for line in (f"{reason}:", *(f"  {one}" for one in what[:_MOST]), *_more(what))
    ]
    yield "\n".join([head, *lines])


def _more(what: Sequence[str]) -> Sequence[str]:
    return [f"  and {len(what) - _MOST} more"] if len(what) > _MOST else []


def _listed(names: Iterator[str]) -> str:
    known = [*names]
    more = "" if len(known) <= _MOST else f", and {len(known) - _MOST} more"
    return ", ".join(known[:_MOST]) + more
