"""Results of policies for people: what is broken, what cannot be told yet, and the number of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import click

from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.core.redaction import redact
from hcl_lite.engine.policies import PolicyResult, Status

_MOST = 10  # violations of one policy: more are counted
_MARKS = {Status.FAILED: ("✗", "red"), Status.UNDECIDED: ("?", "yellow"), Status.OVERRIDDEN: ("!", "yellow")}


def render_policies(results: Sequence[PolicyResult]) -> str:
    """Renders the results of a plan's policies as a paragraph; empty for none."""
    if not results:
        return ""
    counts = Counter(one.status for one in results)
    told = ", ".join(f"{counts[status]} {status.value}" for status in Status if counts[status])
    lines = [f"{click.style('Policies:', bold=True)} {told}."]
    for one in results:
        if one.status is not Status.PASSED:
            lines += policy_lines(one)
    return "\n".join(lines)


def policy_lines(result: PolicyResult) -> Iterator[str]:
    """Yields a line for a policy, and one for each of its first violations."""
    mark, colour = _MARKS[result.status]
    if result.status is Status.FAILED and not result.refuses:
        colour = "yellow"
    place = f"  ({result.place.file}:{result.place.line})" if result.place else ""
    yield f"{click.style(f'{mark} {result.name}', fg=colour, bold=True)} {headline(result)}{place}"
    for one in result.violations[:_MOST]:
        about = f"{one.address}: " if one.address and one.address not in one.message else ""
        yield f"    {clean(about + one.message)}"
    if len(result.violations) > _MOST:
        yield f"    and {len(result.violations) - _MOST} more"
    if result.undecided:
        names = ", ".join(result.undecided[:_MOST])
        more = f" and {len(result.undecided) - _MOST} more" if len(result.undecided) > _MOST else ""
        yield f"    known after apply: {clean(names)}{more}"


def headline(result: PolicyResult) -> str:
    """Returns what became of a policy that has not passed, in a few words."""
    match result.status:
        case Status.OVERRIDDEN:
            return f"is broken, and overridden: {clean(result.reason)}"
        case Status.UNDECIDED:
            return f"cannot be told yet ({result.level.value})"
        case Status.FAILED if result.refuses:
            hint = f", unless --override-policy '{result.name}=REASON'" if result.level == "override" else ""
            return f"is broken: an apply is refused{hint}"
    return "is broken (advise)"


def clean(text: str) -> str:
    """Returns a text of others in one line, without secrets of the run."""
    return unseen_escaped(redact(" ".join(text.split())))
