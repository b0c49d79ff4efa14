"""Log records of a run. The caller decides where they go, and from which level on."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.redacted import redacted

if TYPE_CHECKING:
    from hcl_lite.engine.applying.progress import Event
    from hcl_lite.engine.plan import Plan

LOG = logging.getLogger("hcl_lite.run")
_PHASES: Mapping[str, tuple[int, str]] = {
    "begin": (logging.DEBUG, "begins"),
    "done": (logging.INFO, "done"),
    "fail": (logging.ERROR, "failed"),
    "skip": (logging.WARNING, "skipped"),
    "stay": (logging.INFO, "not called for"),
}
_SEVERITIES: Mapping[Severity, int] = {Severity.WARNING: logging.WARNING, Severity.ERROR: logging.ERROR}


def log_plan(plan: Plan) -> None:
    """Logs the counts of a plan; at DEBUG, each change with its reason."""
    counts = Counter(change.action.value for change in plan.changes)
    _log_policies(plan)
    LOG.info("planned", extra={"fields": {"lineage": plan.lineage, "serial": plan.serial, **counts}})
    for change in plan.changes:
        fields = {"address": str(change.address), "uid": change.uid, "because": change.reason}
        LOG.debug("plans to %s", change.action.value, extra={"fields": fields})


def _log_policies(plan: Plan) -> None:
    """Logs the policies that are broken, with the reason of an override."""
    for one in plan.policies:
        if one.violations:
            fields = {"policy": one.name, "level": one.level.value, "reason": one.reason, "addresses": [*one.addresses]}
            LOG.warning("policy %s", one.status.value, extra={"fields": fields})


def log_event(event: Event) -> None:
    """A step of an apply: what was done to which object, and how long it took."""
    fields: dict[str, Any] = {"address": str(event.address)}
    if event.phase in ("done", "fail"):
        fields["seconds"] = round(event.seconds, 3)
    level, phase = _PHASES[event.phase]
    LOG.log(level, "%s %s", event.action.value, phase, extra={"fields": fields})


def log_problems(diagnostics: Iterable[Diagnostic]) -> None:
    """Logs diagnostics that the user is shown."""
    for problem in map(redacted, diagnostics):
        level = _SEVERITIES[problem.severity]
        fields = {
            "address": problem.address,
            "place": str(problem.place or ""),
            "detail": problem.detail,
            "request_id": problem.request_id,
        }
        LOG.log(level, "%s", problem.summary, extra={"fields": {k: v for k, v in fields.items() if v}})
