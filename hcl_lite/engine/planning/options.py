"""Options of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hcl_lite.core.addrs import Address
from hcl_lite.engine.skipped_servers import SkippedServer

FEW_OUTLINED = 10
"""As many as a terminal shows: of more nobody reads what lies in them."""
MANY_OUTLINED = 300
"""As many as a page shows side by side."""


class Contents(StrEnum):
    """The objects whose contents a plan keeps, for policies to look at: none, those that change, or all."""

    NONE = "none"
    CHANGED = "changed"
    ALL = "all"


class OnUnreachable(StrEnum):
    """The consequence of a server that cannot be reached: there is no plan, or one without its objects."""

    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Options:
    """`targets` limit the plan to themselves and what they depend on; `excluded` are left out, with what depends on
    them; `replacing` are to be replaced. `parallelism` is the number of blocks planned concurrently, 0 for the
    default. `full` keeps the whole content of new objects, to be shown; of the objects that are written, as many as
    `outlined` are outlined: of more no terminal shows what lies in them. `contents` says of which objects the
    contents are kept. `on_unreachable` says what comes of a server that cannot be reached; `skipped` are those that a
    saved plan, whose `targets` are the rest, is known to be without."""

    destroy: bool = False
    refresh: bool = True
    refresh_only: bool = False
    targets: tuple[Address, ...] = ()
    replacing: tuple[Address, ...] = ()
    excluded: tuple[Address, ...] = ()
    parallelism: int = 0
    full: bool = False
    outlined: int = FEW_OUTLINED
    on_unreachable: OnUnreachable = OnUnreachable.FAIL
    skipped: tuple[SkippedServer, ...] = ()
    contents: Contents = Contents.NONE

    @property
    def is_about_records(self) -> bool:
        """Whether the plan is about records alone, and does not evaluate blocks."""
        return self.destroy or self.refresh_only
