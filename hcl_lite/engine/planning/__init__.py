"""Makes a Plan of configuration, state and servers. planner.py is the entry; all decisions are pure."""
