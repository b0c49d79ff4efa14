"""The form in which a plan is shown: on a terminal, or as a page that others read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hcl_lite.cli.terminal import look_at
from hcl_lite.cli.views import view
from hcl_lite.cli.views.look import MAX_SIZE, Detail, Look

if TYPE_CHECKING:
    from hcl_lite.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class Page:
    """A form, by its name among the views of a plan; Markdown in at most `max_size` bytes, with a `link` to all of
    it."""

    form: str = "text"
    max_size: int = MAX_SIZE
    link: str = ""

    def render(self, plan: Plan, detail: Detail) -> str:
        """Returns a plan in this form."""
        if self.form == "text":
            return view("plan")(plan, look_at(detail))
        if self.form == "markdown":
            return view("plan", "markdown")(plan, Look(detail), max_size=self.max_size, link=self.link)
        return view("plan", self.form)(plan)
