"""Config and state in; a plan out; the plan carried out. Knows providers and backends by their protocols only."""
