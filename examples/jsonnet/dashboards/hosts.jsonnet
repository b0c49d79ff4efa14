local p = import 'panels.libsonnet';

p.dashboard('Hosts', [
  p.timeseries('CPU', 'percentunit', ['1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))']),
  p.timeseries('Memory left', 'bytes', ['node_memory_MemAvailable_bytes']),
  p.timeseries('Network', 'Bps', [
    'sum by (instance) (rate(node_network_%s_bytes_total{device!="lo"}[$__rate_interval]))' % way
    for way in ['receive', 'transmit']
  ]),
])
