"""Options of an embedded HeadSpin."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeadspinOptions:
    """`tokens` are those that are taken; `grafana_url` is told with credentials (by default the address asked)."""

    tokens: frozenset[str] = frozenset({"embedded"})
    organisation: str = "Example"
    make_password: Callable[[], str] = lambda: secrets.token_urlsafe(18)
    grafana_url: str = ""
