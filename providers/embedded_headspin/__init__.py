"""An embedded HeadSpin: the routes of its Grafana API, and the Grafana that it allocates, on one SQLite file."""

from providers.embedded_headspin.app import EmbeddedHeadspin, HeadspinOptions, create_app

__all__ = ["EmbeddedHeadspin", "HeadspinOptions", "create_app"]
