"""Texts of files that every configuration begins with."""

GITIGNORE = """\
# The state has no secrets, but belongs to one place: keep it there, or share it with a backend.
*.state.json
*.state.json.*
grafana.db*
*.plan
.hcl-lite/
"""
