// A few panels; for more take grafonnet: jb install github.com/grafana/grafonnet/gen/grafonnet-latest
{
  local datasource = { type: 'prometheus', uid: std.extVar('datasource') },

  timeseries(title, unit, queries):: {
    title: title,
    type: 'timeseries',
    datasource: datasource,
    fieldConfig: { defaults: { unit: unit }, overrides: [] },
    targets: [
      { refId: std.char(65 + i), datasource: datasource, expr: queries[i] }
      for i in std.range(0, std.length(queries) - 1)
    ],
  },

  // Two panels in a row, numbered.
  grid(panels):: std.mapWithIndex(
    function(i, panel) panel { id: i + 1, gridPos: { x: i % 2 * 12, y: std.floor(i / 2) * 8, w: 12, h: 8 } },
    panels,
  ),

  dashboard(title, panels):: {
    title: title,
    tags: ['jsonnet'],
    schemaVersion: 41,
    panels: $.grid(panels),
  },
}
