"""What a plan is asked for besides the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.addrs import Address


@dataclass(frozen=True, slots=True)
class Options:
    """`targets` limit the plan to themselves and what they need; `excluded` are left out of it, with what needs them;
    `replacing` are to be made anew. `parallelism` is how many blocks are looked at side by side; 0 for as many as is
    usual. `full` keeps all of what is new, to be shown."""

    destroy: bool = False
    refresh: bool = True
    refresh_only: bool = False
    targets: tuple[Address, ...] = ()
    replacing: tuple[Address, ...] = ()
    excluded: tuple[Address, ...] = ()
    parallelism: int = 0
    full: bool = False

    @property
    def is_about_records(self) -> bool:
        """Whether the plan is about records alone, whatever the blocks say."""
        return self.destroy or self.refresh_only
