"""The progress of a run as one line of text, for logs and pipes."""

from __future__ import annotations

from hcl_lite.cli.views.standing import Standing

_MOST_NAMES = 3


def render_standing(standing: Standing) -> str:
    """Renders what goes on, and how far it is: Still applying: grafana_dashboard.x (42 s), 120/1,000 done."""
    what = standing.what or "Planning"
    head = f"Still {what[:1].lower()}{what[1:]}"
    told = [f"{one.address} ({duration(one.seconds)}{_retry(one.retry)})" for one in standing.running[:_MOST_NAMES]]
    if len(standing.running) > _MOST_NAMES:
        told.append(f"{len(standing.running) - _MOST_NAMES} more")
    if standing.total:
        told.append(f"{standing.done:,}/{standing.total:,} done")
    elif standing.done:
        told.append(f"{standing.done:,} done")
    if standing.failed:
        told.append(f"{standing.failed:,} failed")
    left = standing.seconds_left
    if left is not None:
        told.append(f"about {duration(left)} left")
    if not standing.running:
        told.append(f"for {duration(standing.seconds)}")
    return f"{head}: {', '.join(told)}"


def duration(seconds: float) -> str:
    """Returns a duration as people say it: 42 s, 3 min 5 s, 1 h 2 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _retry(reason: str) -> str:
    return f": {reason}" if reason else ""
