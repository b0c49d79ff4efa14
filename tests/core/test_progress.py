"""Tests of how progress is told."""

from __future__ import annotations

from hcl_lite.core.addrs import Address
from hcl_lite.core.progress import (
    Counter,
    Reached,
    Told,
    current_step,
    in_step,
    outside_steps,
    telling_progress,
)


def test_objects_are_counted_to_who_listens() -> None:
    """From none to all; of nothing, and where nobody listens, nothing is told."""
    heard: list[Told] = []
    Counter("Unheard", 1).count()
    with telling_progress(heard.append):
        reading = Counter("Reading", 2)
        reading.count()
        Counter("Nothing", 0).count()
        reading.count()
    assert heard == [Reached("Reading", done, 2) for done in range(3)]


def test_a_step_is_the_object_that_is_worked_on() -> None:
    """But for what is done for several."""
    with in_step(Address.resource("grafana_folder", "f")):
        with outside_steps():
            shared = current_step()
        seen = current_step()
    assert (seen, shared, current_step()) == ("grafana_folder.f", "", "")
