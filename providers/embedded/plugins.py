"""The data source types 12.4.0 has built in: their names, logos, former names, and whether they need a URL."""

from collections.abc import Mapping
from typing import Final

# type: (name, logo below public/plugins/TYPE/img/)
_BUILT_IN: Final[Mapping[str, tuple[str, str]]] = {
    "alertmanager": ("Alertmanager", "logo.svg"),
    "cloudwatch": ("CloudWatch", "amazon-web-services.png"),
    "elasticsearch": ("Elasticsearch", "elasticsearch.svg"),
    "grafana-azure-monitor-datasource": ("Azure Monitor", "logo.jpg"),
    "grafana-postgresql-datasource": ("PostgreSQL", "postgresql_logo.svg"),
    "grafana-pyroscope-datasource": ("Grafana Pyroscope", "grafana_pyroscope_icon.svg"),
    "grafana-testdata-datasource": ("TestData", "testdata.svg"),
    "graphite": ("Graphite", "graphite_logo.png"),
    "influxdb": ("InfluxDB", "influxdb_logo.svg"),
    "jaeger": ("Jaeger", "jaeger_logo.svg"),
    "loki": ("Loki", "loki_icon.svg"),
    "mssql": ("Microsoft SQL Server", "sql_server_logo.svg"),
    "mysql": ("MySQL", "mysql_logo.svg"),
    "opentsdb": ("OpenTSDB", "opentsdb_logo.png"),
    "parca": ("Parca", "logo-small.svg"),
    "prometheus": ("Prometheus", "prometheus_logo.svg"),
    "stackdriver": ("Google Cloud Monitoring", "cloud_monitoring_logo.svg"),
    "tempo": ("Tempo", "tempo_logo.svg"),
    "zipkin": ("Zipkin", "zipkin-logo.svg"),
}
# What only browsers query: the server cannot ask it.
WITHOUT_BACKEND: Final = frozenset({"alertmanager"})
RENAMED: Final[Mapping[str, str]] = {
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
}
_NO_URL_NEEDED = frozenset(
    (
        "cloudwatch",
        "grafana-azure-monitor-datasource",
        "grafana-postgresql-datasource",
        "grafana-pyroscope-datasource",
        "grafana-testdata-datasource",
        "parca",
        "stackdriver",
    )
)


def current_type(name: str) -> str:
    """The type that `name` is stored and answered as."""
    return RENAMED.get(name, name)


def is_built_in(name: str) -> bool:
    """Whether 12.4.0 comes with the data source plugin."""
    return name in _BUILT_IN


def type_name(name: str) -> str:
    """Returns the name of a data source type for people."""
    return _BUILT_IN[name][0] if name in _BUILT_IN else name


def logo(name: str) -> str:
    """Returns the path of a data source type's logo."""
    return f"public/plugins/{name}/img/{_BUILT_IN[name][1]}" if name in _BUILT_IN else "public/img/icn-datasource.svg"


def needs_url(name: str) -> bool:
    """Whether an update without URL is refused; a create without one never is (12.4.0)."""
    return name == "postgres" or (name in _BUILT_IN and name not in _NO_URL_NEEDED)
