"""Servers that a plan leaves out, since they could not be reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SkippedServer:
    """A server that is left out of a plan: the names of its `providers`, its `url`, the `reason`, and how many managed
    `objects` are left out with it: its own, and what depends on them."""

    providers: tuple[str, ...]
    url: str
    reason: str
    objects: int

    @property
    def summary(self) -> str:
        """The server and the number of objects, in a line."""
        objects = "1 object is" if self.objects == 1 else f"{self.objects} objects are"
        return f"{self.url} cannot be reached: {objects} left out"
