"""Backups in; a plan that puts objects back out (restore_planner.py), and carried out (restorer.py)."""
