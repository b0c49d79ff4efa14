"""A generation as the app knows it: its routes, and how it refuses a request that reaches none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from providers.embedded.auth import Wording
from providers.embedded.routing import Route
from providers.embedded.wire import Refused


@dataclass(frozen=True, slots=True)
class Generation:
    """`unknown_route` refuses a path that no route has; it is told whether the caller is signed in.

    `public_routes` come before the others with [snapshots] public_mode.
    """

    version: str
    routes: tuple[Route, ...]
    wording: Wording
    unknown_route: Callable[[bool], Refused]
    public_routes: tuple[Route, ...] = ()
