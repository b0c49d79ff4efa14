"""Runs that are killed, cut off and starved: what docs/reliability.md promises, and its figures."""
