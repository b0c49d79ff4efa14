"""A Grafana-compatible server on SQLite: `url = "embedded:PATH"` in-process, `hcl-lite serve` on a port."""

from providers.embedded.app import EmbeddedApp, create_app
from providers.embedded.faults import Fault, Faults
from providers.embedded.options import Options, User

__all__ = ["EmbeddedApp", "Fault", "Faults", "Options", "User", "create_app"]
