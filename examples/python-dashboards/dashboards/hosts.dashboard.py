"""Hosts, with grafanalib."""

from grafanalib.core import Dashboard, GridPos, Target, TimeSeries

PANELS = {
    "CPU": ("percentunit", '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'),
    "Memory left": ("bytes", "node_memory_MemAvailable_bytes"),
    "Load per core": ("short", 'node_load5 / count by (instance) (node_cpu_seconds_total{mode="idle"})'),
}

dashboard = Dashboard(
    title="Hosts",
    tags=["hosts"],
    timezone="browser",
    panels=[
        TimeSeries(
            title=title,
            unit=unit,
            dataSource="prometheus",
            targets=[Target(expr=expr, legendFormat="{{instance}}", refId="A")],
            gridPos=GridPos(h=8, w=8, x=8 * index, y=0),
        )
        for index, (title, (unit, expr)) in enumerate(PANELS.items())
    ],
).auto_panel_ids()
