"""Configuration, state and servers in; a Plan out. Entered by planner.py; whatever decides is pure."""
