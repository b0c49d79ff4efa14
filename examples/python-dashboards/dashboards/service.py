"""A dashboard for a service that speaks HTTP, with grafana-foundation-sdk."""

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus, timeseries
from grafana_foundation_sdk.models.dashboard import DataSourceRef


def dashboard(name: str, latency: float, datasource: str) -> builders.Dashboard:
    """What hcl-lite calls."""
    source = DataSourceRef(type_val="prometheus", uid=datasource)

    def panel(title: str, unit: str, query: str) -> timeseries.Panel:
        target = prometheus.Dataquery().expr(query).ref_id("A")
        return timeseries.Panel().title(title).unit(unit).datasource(source).with_target(target)

    requests = f'http_requests_total{{job="{name}"}}'
    buckets = f'http_request_duration_seconds_bucket{{job="{name}"}}'
    return (
        builders.Dashboard(f"Service: {name}")
        .tags(["service"])
        .refresh("1m")
        .time("now-6h", "now")
        .with_row(builders.Row("HTTP"))
        .with_panel(panel("Requests", "reqps", f"sum by (code) (rate({requests}[$__rate_interval]))"))
        .with_panel(
            panel(
                f"p99 (at most {latency:g} s)",
                "s",
                f"histogram_quantile(0.99, sum by (le) (rate({buckets}[$__rate_interval])))",
            )
        )
    )
