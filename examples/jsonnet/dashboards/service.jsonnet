local p = import 'panels.libsonnet';

function(name, latency=0.5)
  p.dashboard('Service: ' + name, [
    p.timeseries('Requests', 'reqps', ['sum by (code) (rate(http_requests_total{job="%s"}[$__rate_interval]))' % name]),
    p.timeseries('p99', 's', [
      'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="%s"}[$__rate_interval])))' % name,
    ]) + {
      fieldConfig+: { defaults+: { thresholds: { mode: 'absolute', steps: [
        { color: 'green', value: null },
        { color: 'red', value: latency },
      ] } } },
    },
  ])
