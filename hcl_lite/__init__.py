"""hcl-lite: plan and apply Grafana from TOML files."""

__version__ = "0.1.0"
