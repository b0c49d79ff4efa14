"""Drift: changes made outside since the last apply, for a scheduled job. Writes nothing."""
