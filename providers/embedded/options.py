"""Options of an embedded server; every one has a default that suits a newcomer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from providers.versions import LATEST

Role = Literal["None", "Viewer", "Editor", "Admin"]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in with a password; `orgs` gives the role in each organisation."""

    login: str
    password: str
    orgs: Mapping[int, Role] = field(default_factory=lambda: {1: "Admin"})
    name: str = ""
    server_admin: bool = False


ADMIN = User("admin", "admin", server_admin=True)


@dataclass(frozen=True, slots=True)
class Options:
    """`tokens` maps a bearer token to the role it has in organisation 1.

    `version` is the Grafana that is played, such as "7.5.5" or "7" (see `generations`). `clock` gives seconds since
    1970; `make_uid` names a dashboard that was sent without uid (by default as that Grafana does); `root_url` is what
    links in answers start with (by default the address asked).
    `read_only_sources` are the uids of data sources that count as coming from a file of the server's.
    `public_snapshots` is [snapshots] public_mode: everybody may make snapshots, and delete them by their delete key.
    `page_bytes` is the size of bodies at which an app-platform list ends its page (12.4.0: about 3.4 MB).
    """

    version: str = LATEST
    users: tuple[User, ...] = (ADMIN,)
    tokens: Mapping[str, Role] = field(default_factory=dict)
    orgs: Mapping[int, str] = field(default_factory=lambda: {1: "Main Org."})
    clock: Callable[[], float] = time.time
    make_uid: Callable[[], str] | None = None
    root_url: str | None = None
    read_only_sources: frozenset[str] = frozenset()
    public_snapshots: bool = False
    page_bytes: int = 3_400_000
    busy_timeout: float = 10.0
    upstream_timeout: float = 30.0
