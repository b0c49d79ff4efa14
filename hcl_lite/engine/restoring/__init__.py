"""Takes back a run from its backups: restore_planner.py makes the plan, restorer.py carries it out."""
