// As mixins are: a configuration that can be overridden, and dashboards by the names of their files.
local p = import 'panels.libsonnet';

{
  _config:: { selector: 'job="etcd"' },

  grafanaDashboards: {
    'etcd.json': p.dashboard('etcd', [
      p.timeseries('Has a leader', 'short', ['etcd_server_has_leader{%s}' % $._config.selector]),
      p.timeseries('Database size', 'bytes', ['etcd_mvcc_db_total_size_in_bytes{%s}' % $._config.selector]),
    ]) + { uid: 'etcd' },
    'etcd-disk.json': p.dashboard('etcd: disk', [
      p.timeseries('fsync p99', 's', [
        'histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{%s}[$__rate_interval])))' % $._config.selector,
      ]),
    ]) + { uid: 'etcd-disk' },
  },
}
