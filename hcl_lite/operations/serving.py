"""serve: the embedded Grafana, or the embedded HeadSpin, on a port."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import ServeRequest
from providers import embedded_headspin
from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp
from providers.embedded.doorway import is_loopback
from providers.embedded.options import ADMIN
from providers.embedded.serve import Listen
from providers.embedded.serve import serve as listen
from providers.versions import LATEST


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
        Listen(request.host, request.port, hosts, open_pages=is_loopback(request.host) and not request.password),
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
