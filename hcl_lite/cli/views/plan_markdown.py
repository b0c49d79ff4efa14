"""A plan as Markdown, for a pull request, a ticket or a chat: what is risky first, the rest folded, within a size.

What does not fit is left out by importance and never in the middle: first the details of the least important objects,
then their lines; and it says so. Sizes are in bytes of UTF-8, so that they hold for who counts characters as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hcl_lite.cli.views.change_text import SIGNS, Block, blocks_of, render_output
from hcl_lite.cli.views.look import MAX_SIZE, Look
from hcl_lite.cli.views.markdown import code, fenced, folded, table
from hcl_lite.cli.views.overview_text import TO_DO, counted
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.cli.views.plan_text import render_summary
from hcl_lite.cli.views.policy_text import render_policies
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.redacted import redacted
from hcl_lite.engine.plan import Action, Plan
from hcl_lite.engine.policies import PolicyResult
from hcl_lite.review.build import review
from hcl_lite.review.model import Review, RiskKind, Row

_NOT_IN_A_MARKER = re.compile(r"[^\w./ -]|--")
_MARGIN = 1024
_MOST_FOLDERS = 20
_MOST_DIAGNOSTICS = 20
_ICONS = {
    RiskKind.DELETION: "🔴",
    RiskKind.REPLACEMENT: "🟣",
    RiskKind.OVERWRITE: "🟠",
    RiskKind.ACCESS: "🟡",
    RiskKind.SECRET: "🟡",
}
_IMPORTANCE = (Action.DELETE, Action.REPLACE, Action.UPDATE, Action.RELEASE, Action.CREATE)


def render_plan(
    plan: Plan,
    look: Look,
    *,
    max_size: int = MAX_SIZE,
    link: str = "",
    title: str = "",
    refused: Sequence[Diagnostic] = (),
) -> str:
    """Renders a plan in at most `max_size` bytes. `link` is the URL of a page that has all of it; `title` tells the
    comment from others; `refused` says why nobody can carry it out."""
    made = review(plan)
    budget = _Budget(max_size - _MARGIN)
    parts = _head_of_page(title, _headline(plan, made))
    if len(made.folders) > 1:
        parts.append(_folders(made))
    for part in parts:
        budget.take(part)
    parts += _problems([*refused, *made.diagnostics], budget)
    policies = _policies(made.policies)
    parts += [policies] if policies and budget.take(policies) else []
    shown, left = _fitting(_risks(made), budget)
    if shown:
        parts.append("**Look twice at:**\n\n" + table(["Object", "Title", "Folder", "What"], shown))
        parts += [f"… and {left} more."] if left else []
    blocks = [] if look.is_short else [*blocks_of(made, look)]
    parts += _objects(blocks, budget, _where(link))
    if made.outputs:
        lines = [unstyled(line) for one in made.outputs for line in render_output(one, look).splitlines()]
        outputs = folded("Outputs", fenced([*map(_in_diff, lines)], "diff"))
        parts.append(outputs if budget.take(outputs) else f"{len(made.outputs)} outputs change.")
    return "\n\n".join(parts)


def render_failure(problems: Sequence[Diagnostic], *, max_size: int = MAX_SIZE, link: str = "", title: str = "") -> str:
    """Renders why there is no plan, in the place of one."""
    parts = _head_of_page(title, "**there is no plan**")
    return "\n\n".join([*parts, *_problems(problems, _Budget(max_size - _MARGIN)), *([f"<{link}>"] if link else [])])


def _head_of_page(title: str, told: str) -> list[str]:
    """Returns the line by which a comment is found again, which is the same for each plan of a title, and the
    headline."""
    key = f": {_NOT_IN_A_MARKER.sub('_', title)}" if title else ""
    return [f"<!-- hcl-lite plan{key} -->", f"### hcl-lite{f' {code(title)}' if title else ''}: {told}"]


def _problems(problems: Sequence[Diagnostic], budget: _Budget) -> Sequence[str]:
    """Returns a part for each problem, errors first; what does not fit is counted."""
    in_order = sorted(problems, key=lambda one: one.severity is not Severity.ERROR)
    told = [part for part in map(_diagnostic, in_order[:_MOST_DIAGNOSTICS]) if budget.take(part)]
    return [*told, f"… and {len(problems) - len(told)} more problems."] if len(told) < len(problems) else told


@dataclass
class _Budget:
    """The bytes that are left."""

    left: int

    def take(self, text: str, instead: str = "") -> bool:
        """Whether there is room for a part, which is taken then, in the place of another; the empty line before it
        counts."""
        size = _size(text) - (_size(instead) if instead else 0)
        if size > self.left:
            return False
        self.left -= size
        return True


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass")) + 2


def _headline(plan: Plan, made: Review) -> str:
    """Returns the numbers, in bold what is deleted; the words of the terminal where nothing is to do."""
    partial = " (partial)" if plan.is_partial else ""
    if plan.is_empty:
        return f"{unstyled(render_summary(plan)).partition(chr(10))[0]}{partial}"
    counts = counted({action: number for action, number in made.counts.items() if action is not Action.DELETE})
    deleted = made.counts.get(Action.DELETE, 0)
    parts = [part for part in (counts, f"**{deleted} to delete**" if deleted else "") if part]
    return (", ".join(parts) or "outputs change") + partial


def _folders(made: Review) -> str:
    actions = [action for action in TO_DO if made.counts.get(action)]
    rows = [
        [code(folder.title), *(str(counts.get(action, "")) for action in actions)]
        for folder, counts in made.folders.items()
    ]
    left = f"\n\n… and {len(rows) - _MOST_FOLDERS} more folders." if len(rows) > _MOST_FOLDERS else ""
    return table(["Folder", *(TO_DO[action] for action in actions)], rows[:_MOST_FOLDERS]) + left


def _risks(made: Review) -> Iterator[Sequence[str]]:
    for row in made.risky:
        told = "<br>".join(f"{_ICONS[risk.kind]} {code(risk.text)}" for risk in row.risks)
        yield [code(row.address), code(row.known_title), code(row.folder.title), told]


def _policies(results: Sequence[PolicyResult]) -> str:
    """Returns what is said of the policies: which are broken, and why; empty for none."""
    lines = [unstyled(line) for line in render_policies(results).splitlines()]
    if len(lines) < 2:
        return f"✅ {code(lines[0])}" if lines else ""
    icon = "❌" if any(one.refuses for one in results) else "⚠️"
    return f"{icon} {code(lines[0])}\n\n{fenced(lines[1:], 'text')}"


def _fitting(rows: Iterator[Sequence[str]], budget: _Budget) -> tuple[Sequence[Sequence[str]], int]:
    """Returns the first rows that fit into half of what is left, and the number of the others."""
    half = _Budget(budget.left // 2)
    shown, left = [], 0
    for row in rows:
        if left or not half.take(" | ".join(row) + "    "):
            left += 1
        else:
            shown.append(row)
    budget.left -= budget.left // 2 - half.left
    return shown, left


def _diagnostic(diagnostic: Diagnostic) -> str:
    one = redacted(diagnostic)
    icon = "❌" if one.severity is Severity.ERROR else "⚠️"
    place = f" at {code(str(one.place))}" if one.place else ""
    texts = [*one.detail.splitlines(), *([f"→ {one.hint}"] if one.hint else [])]
    head = f"{icon} {code(one.summary)}{place}"
    return folded(head, fenced(texts, "text")) if texts else head


def _objects(blocks: Sequence[Block], budget: _Budget, where: str) -> Iterator[str]:
    """Yields a part for each block, in the order of the plan: with its details where they fit, the most important
    first; else its line; else it is counted."""
    order = sorted(range(len(blocks)), key=lambda at: _importance(blocks[at]))
    lines = {at: _line(blocks[at]) for at in order}
    budget.left -= len(where) + 200  # what is said of what is left out
    whole = {at for at in order if _is_risky(blocks[at]) and blocks[at].lines and budget.take(_details(blocks[at]))}
    shown = whole | {at for at in order if at not in whole and budget.take(lines[at])}
    for at in order:
        if at in shown - whole and blocks[at].lines and budget.take(_details(blocks[at]), instead=lines[at]):
            whole.add(at)
    yield from (_details(blocks[at]) if at in whole else lines[at] for at in range(len(blocks)) if at in shown)
    short = sum(len(blocks[at].rows) for at in shown - whole if blocks[at].lines)
    left = sum(len(blocks[at].rows) for at in order if at not in shown)
    told = [f"{short} objects are told in a line only"] if short else []
    told += [f"{left} objects are left out"] if left else []
    if told:
        yield f"✂️ To keep this short, {' and '.join(told)}. All of it: {where}."


def _importance(block: Block) -> tuple[int, int]:
    kinds = list(RiskKind)
    risks = [kinds.index(risk.kind) for row in block.rows for risk in row.risks[:1]]
    action = block.rows[0].change.action
    known = _IMPORTANCE.index(action) if action in _IMPORTANCE else len(_IMPORTANCE)
    return min(risks, default=len(kinds)), known


def _is_risky(block: Block) -> bool:
    return any(row.risks for row in block.rows)


def _line(block: Block) -> str:
    return "\n".join(f"- {_head(row)}" for row in block.rows)


def _details(block: Block) -> str:
    first, *others = map(_head, block.rows)
    body = fenced([_in_diff(unstyled(line)) for line in block.lines], "diff")
    same = "".join(f"\n- {head}" for head in others)
    return folded(f"{first}{f' and {len(others)} others' if others else ''}", f"{same.strip()}\n\n{body}".strip())


def _head(row: Row) -> str:
    change = row.change
    mark, _, verb = SIGNS.get(change.action, ("·", "", "stays as it is"))
    title = f" {code(row.known_title)}" if row.known_title else ""
    folder = f" in {code(row.folder.title)}" if row.folder.uid else ""
    place = f" ({code(f'{change.place.file}:{change.place.line}')})" if change.place else ""
    return f"<code>{mark}</code> {code(row.address)}{title}{folder} {verb}{place}"


def _in_diff(line: str) -> str:
    """Returns a line for a fence of diff, in which "!" has the colour of a change."""
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    if bare[:2] in ("~ ", "± "):
        return f"! {indent}{bare[2:]}"
    if bare[:2] in ("+ ", "- "):
        return f"{bare[0]} {indent}{bare[2:]}"
    return f"  {line}"


def _where(link: str) -> str:
    return f"<{link}>" if link else "`hcl-lite show PLAN`"
