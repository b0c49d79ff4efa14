"""Errors of servers: what a provider raises, and the engine and the command line tell apart."""

from __future__ import annotations

from collections.abc import Mapping


class ProviderError(Exception):
    """A fault of the server or of the way to it: the base of the tree in providers/transport/errors.py.

    `unclear` says whether the call may have done its work all the same; `setting` is the one of the provider block that
    has to be another, where that is the fault; `suspects` those that may be the fault, the likeliest first, and
    `provider` the name of its block, empty where that is not known; `request_id` is by what the server's own log knows
    the call, empty where none was made. `is_unreachable` says that nothing can be asked of the server in this run.
    """

    unclear = False
    setting = ""
    suspects: tuple[str, ...] = ()
    provider = ""
    request_id = ""
    is_unreachable = False

    @property
    def hint(self) -> str:
        return ""


class Conflict(ProviderError):
    """The object is not at the version that the plan saw."""

    @classmethod
    def between(cls, expected: Mapping[str, object], found: Mapping[str, object]) -> Conflict:
        """Returns the conflict of a deletion, with both versions."""
        return cls(
            f"It was changed by someone else since the plan: the plan saw {dict(expected)}, now it is at "
            f"{dict(found)}. Plan again to decide on what is there now."
        )


class Taken(Conflict):
    """Another object has the name or uid that is asked for."""

    @property
    def hint(self) -> str:
        return "Choose another name, or take over what is there: hcl-lite import."


class Refused(ProviderError):
    """A call was not made, since it would have done more than the plan says."""
