"""Plan, look at the plan, and apply it where nothing is deleted: `hcl-lite apply` as a function of one's own."""

from __future__ import annotations

import os
from pathlib import Path

import hcl_lite


def deploy(directory: Path, team: str, token: str) -> hcl_lite.Applied:
    """Bring a Grafana to what `directory` says; tells on the way what is done."""
    variables = {"team": team, "token": token}
    plan = hcl_lite.plan(directory, variables=variables)
    print(plan.summary)
    return hcl_lite.apply(directory, variables=variables, approve=deletes_nothing, events=tell)


def deletes_nothing(plan: hcl_lite.Plan) -> bool:
    """Whether a plan may be carried out."""
    return not any(change.action in ("delete", "replace") for change in plan.changes)


def tell(event: hcl_lite.Event) -> None:
    """A line for each object that is done."""
    if isinstance(event, hcl_lite.Step) and event.phase == "done":
        print(f"{event.address}: {event.action}")


if __name__ == "__main__":
    print(deploy(Path(__file__).parent, "Payments", os.environ.get("METRICS_TOKEN", "")).summary)
