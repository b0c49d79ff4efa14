"""The generations of Grafana's API, and the adapters to them.

`table` has one entry for each generation, made of the one before and what is new in it; it is where to begin reading.
`generation` says what an adapter has to do. docs/grafana-generations.md says what the servers were seen to answer.
"""
