"""Parts of Markdown as GitHub and GitLab read it, in which a text of others stays a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hcl_lite.cli.views.escaping import in_line

# All but letters, digits and a few marks that mean nothing there.
_MARKS = re.compile(r"[^A-Za-z0-9\u00a0-\uffff ,/-]")
_TICKS = re.compile("`{3,}")


def code(text: str) -> str:
    """Returns a text that stays one, whatever is in it: it cannot end its cell, mention people, or be a link."""
    if not text:
        return ""
    return f"<code>{_MARKS.sub(lambda match: f'&#{ord(match[0])};', in_line(text))}</code>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a table; cells are Markdown."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def fenced(lines: Sequence[str], language: str) -> str:
    """Returns lines in a fence that none of them ends."""
    ticks = max((len(found) for line in lines for found in _TICKS.findall(line)), default=2)
    fence = "`" * (ticks + 1)
    return "\n".join([f"{fence}{language}", *map(in_line, lines), fence])


def folded(head: str, body: str) -> str:
    """Returns a part that opens when its head is clicked; both are Markdown, the head in one line."""
    return f"<details><summary>{head}</summary>\n\n{body}\n\n</details>"
