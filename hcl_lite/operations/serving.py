"""serve: the embedded Grafana, or the embedded HeadSpin, on a port."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.operation import operation
from providers import embedded_headspin
from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp
from providers.embedded.doorway import is_loopback
from providers.embedded.options import ADMIN
from providers.embedded.serve import Listen
from providers.embedded.serve import serve as listen
from providers.versions import LATEST


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """The server to play, with its data in `path`, and where it listens. Without a `password` it has the default one,
    or, where others reach the host, a random one. It also answers for the names `allowed_hosts`."""

    host: str = "127.0.0.1"
    port: int = 3000
    path: Path | None = None
    version: str = LATEST
    headspin: bool = False
    password: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.path or Path("headspin.db" if self.headspin else "grafana.db")


@dataclass(frozen=True, slots=True)
class Serving:
    """An event: the server answers at `url`, for `account`, which has the password where that is to be told."""

    name: str
    url: str
    account: str
    file: Path


@operation
def serve(context: RunContext, request: ServeRequest, told: Callable[[Serving], None]) -> None:
    """Serves until it is interrupted. Raises sqlite3.Error for a file that cannot be served."""
    name = "HeadSpin" if request.headspin else "Grafana"
    if not request.headspin and request.version != LATEST:
        name = f"Grafana {request.version}"
    secret, shown = _choose_secret(request)
    account = f"token: {shown}" if request.headspin else f"admin:{shown}"
    hosts = frozenset(host.lower() for host in request.allowed_hosts)
    app = _make_app(context.directory / request.file, request, secret)
    listen(
        app,
        Listen(request.host, request.port, hosts),
        lambda url: told(Serving(name, url, account, request.file)),
    )


def _choose_secret(request: ServeRequest) -> tuple[str, str]:
    """Returns the secret that opens the server, and what is shown of it: a given one is not."""
    if request.password:
        return request.password, "as given"
    default = "embedded" if request.headspin else "admin"
    secret = default if is_loopback(request.host) else secrets.token_urlsafe(12)
    return secret, secret


def _make_app(file: Path, request: ServeRequest, secret: str) -> EmbeddedApp:
    if request.headspin:
        options = embedded_headspin.HeadspinOptions(tokens=frozenset({secret}))
        return embedded_headspin.create_app(file, options=options)
    return create_app(file, options=Options(version=request.version, users=(replace(ADMIN, password=secret),)))
