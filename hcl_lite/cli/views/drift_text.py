"""Renders drift as text, as JSON, and as Markdown in which no title is more than a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from hcl_lite.cli.views.change_text import render_groups
from hcl_lite.cli.views.diagnostics import diagnostics_json
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.grouping import gathered
from hcl_lite.cli.views.import_text import render_left_out
from hcl_lite.cli.views.json_text import render_value
from hcl_lite.cli.views.look import MAX_SIZE, SHORT, Look
from hcl_lite.cli.views.markdown import code, table
from hcl_lite.core.schema import Revision
from hcl_lite.engine.plan import Outside
from hcl_lite.engine.planning.plan_file import encode_difference
from hcl_lite.operations.drifting.model import Drift, Drifted, Unmanaged, Unseen

FORMAT_VERSION = 1  # of the JSON
_MOST_PATHS = 10
_MARGIN = 1024  # of Markdown: for the counts and the heads of tables
_SECRETS = "its secrets may have changed, too: no server tells"


def render_drift(drift: Drift, look: Look = SHORT) -> str:
    """A paragraph for each object that is not in step, those that nobody manages, and the counts."""
    parts = [_object(one, look) for one in drift.changed]
    if drift.unmanaged:
        parts.append("\n".join(["Not managed:", *(f"  {in_line(_named(one))}" for one in drift.unmanaged)]))
    if drift.unseen:
        parts.append("\n".join(["Not looked at:", *(f"  {in_line(_unseen(one))}" for one in drift.unseen)]))
    parts += render_left_out("No list of them:", drift.left)
    return "\n\n".join([*parts, _summary(drift)])


def render_drift_json(drift: Drift) -> str:
    """The same for programs; documented in docs/drift.md."""
    return render_value(
        {
            "format_version": FORMAT_VERSION,
            "in_step": drift.in_step,
            "changed": [_drifted(one) for one in drift.changed if not one.is_gone],
            "gone": [_drifted(one) for one in drift.changed if one.is_gone],
            "unmanaged": [*map(_unmanaged, drift.unmanaged)],
            "unseen": [
                {"provider": one.provider, "objects": one.objects, **diagnostics_json(one.problems)}
                for one in drift.unseen
            ],
            "not_listed": [{"what": one.what, "reason": one.reason} for one in drift.left],
            "requests": drift.requests,
        }
    )


def render_drift_markdown(drift: Drift, look: Look = SHORT, max_size: int = MAX_SIZE) -> str:
    """Tables for a ticket or a message, in at most `max_size` bytes: texts of others stand in <code>, with no mark that
    Markdown would read."""
    left = max_size - _MARGIN
    parts = [f"**{_summary(drift, plain=True)}**"]
    if drift.changed:
        rows, more, left = _fitting((_changed_row(one, look) for one in drift.changed), left)
        parts.append(table(["Object", "What", "Who", "When", "Version", "Message", "Where"], rows) + more)
    if drift.unmanaged:
        unmanaged = (
            [code(one.type), code("/".join([*one.path, one.title])), code(one.uid), *_who(one.revision)]
            for one in drift.unmanaged
        )
        rows, more, left = _fitting(unmanaged, left)
        parts.append("Not managed:\n\n" + table(["Type", "Title", "uid", "Who", "When"], rows) + more)
    if drift.unseen:
        rows, more, left = _fitting(([code(_unseen(one))] for one in drift.unseen), left)
        parts.append("Not looked at:\n\n" + "\n".join(f"- {told}" for [told] in rows) + more)
    return "\n\n".join(parts)


def _fitting(rows: Iterable[Sequence[str]], left: int) -> tuple[list[Sequence[str]], str, int]:
    """Returns the first rows that fit into the bytes that are left, how many do not, and what is left then."""
    shown: list[Sequence[str]] = []
    cut = 0
    for row in rows:
        size = len(" | ".join(row).encode("utf-8", "surrogatepass")) + len("|  |\n")
        if cut or size > left:
            cut += 1
        else:
            shown.append(row)
            left -= size
    return shown, f"\n\n… and {cut} more: `hcl-lite drift` has all of it." if cut else "", left


# --- text -------------------------------------------------------------------------------------------------------------


def _object(one: Drifted, look: Look) -> str:
    mark, colour = ("-", "red") if one.is_gone else ("~", "yellow")
    title = f' "{one.title}"' if one.title else ""
    head = f"{click.style(mark, fg=colour, bold=True)} {click.style(str(one.address), bold=True)}{in_line(title)}"
    lines = [in_line(one.outside.told(one.reason) if one.outside is not None else one.reason)]
    lines += [*render_groups(gathered(one.differences), look)]
    lines += [_SECRETS] if one.has_secrets and not one.is_gone else []
    return "\n".join([f"{head} ({in_line(one.uid)})", *(f"    {line}" for line in lines)])


def _named(one: Unmanaged) -> str:
    said = Outside(one.revision).told("")
    way = "/".join([*one.path, one.title or one.uid])
    return f'{one.type} "{way}" ({one.uid}){said}'


def _unseen(one: Unseen) -> str:
    number = "1 managed object" if one.objects == 1 else f"{one.objects} managed objects"
    objects = number if one.objects else "what nobody manages there"
    return f"provider {one.provider}: {objects}"


def _summary(drift: Drift, *, plain: bool = False) -> str:
    gone = sum(one.is_gone for one in drift.changed)
    counts = (
        (len(drift.changed) - gone, "changed outside"),
        (gone, "gone"),
        (len(drift.unmanaged), "not managed"),
        (drift.in_step, "in step"),
        (len(drift.unseen), "providers not looked at" if len(drift.unseen) != 1 else "provider not looked at"),
    )
    told = ", ".join(f"{number} {what}" for number, what in counts if number) or "nothing is managed"
    head = "Drift" if not drift.is_empty else "In step" if not drift.unseen else "No drift seen"
    return f"{head if plain else click.style(head, bold=True)}: {told}."


# --- JSON -------------------------------------------------------------------------------------------------------------


def _drifted(one: Drifted) -> Mapping[str, Any]:
    outside = one.outside or Outside()
    return {
        "address": str(one.address),
        "type": one.address.type,
        "provider": one.provider,
        "uid": one.uid,
        "title": one.title,
        "reason": one.reason,
        **_revision(outside.revision),
        "version_before": outside.before,
        "version_now": outside.now,
        "secrets_may_have_changed": one.has_secrets and not one.is_gone,
        "differences": [*map(encode_difference, one.differences)],
    }


def _unmanaged(one: Unmanaged) -> Mapping[str, Any]:
    about = {"provider": one.provider, "type": one.type, "uid": one.uid, "title": one.title, "path": [*one.path]}
    return {**about, **_revision(one.revision)}


def _revision(revision: Revision) -> Mapping[str, str]:
    return {"by": revision.by, "at": revision.at, "message": revision.message}


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _changed_row(one: Drifted, look: Look) -> list[str]:
    outside = one.outside or Outside()
    version = "" if outside.before is None else f"{outside.before} → {outside.now}"
    paths = [difference.path for difference in one.differences]
    shown = paths if look.full else paths[:_MOST_PATHS]
    more = [f"and {len(paths) - len(shown)} more"] if len(shown) < len(paths) else []
    name = f"{one.address} {one.title}".strip()
    what = "gone" if one.is_gone else "secrets?" if not one.differences and one.has_secrets else "changed"
    where = "<br>".join(map(code, [*shown, *more]))
    return [code(name), what, *_who(outside.revision), version, code(outside.revision.message), where]


def _who(revision: Revision) -> list[str]:
    return [code(revision.by), code(revision.at)]
