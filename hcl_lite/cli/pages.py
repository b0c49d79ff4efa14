"""The form in which a plan is shown: on a terminal, or as a page that others read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hcl_lite.cli.terminal import look_at
from hcl_lite.cli.views import view
from hcl_lite.cli.views.look import MAX_SIZE, Detail, Look

if TYPE_CHECKING:
    from hcl_lite.core.diags import Diagnostic
    from hcl_lite.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class Page:
    """A form, by its name among the views of a plan; Markdown in at most `max_size` bytes, with a `link` to all of
    it and a `title` that tells it from others."""

    form: str = "text"
    max_size: int = MAX_SIZE
    link: str = ""
    title: str = ""

    def render(self, plan: Plan, detail: Detail, refused: Sequence[Diagnostic] = ()) -> str:
        """Returns a plan in this form; in Markdown with why it is refused, which others say elsewhere."""
        if self.form == "text":
            return view("plan")(plan, look_at(detail))
        if self.form == "markdown":
            render, link, title = view("plan", "markdown"), self.link, self.title
            return render(plan, Look(detail), max_size=self.max_size, link=link, title=title, refused=refused)
        return view("plan", self.form)(plan)

    def render_failure(self, problems: Sequence[Diagnostic]) -> str:
        """Returns why there is no plan, where the form has a place for that; else nothing."""
        if self.form != "markdown":
            return ""
        return view("failed plan", "markdown")(problems, max_size=self.max_size, link=self.link, title=self.title)
