"""What can be done with a project: load, check, plan, apply, undo, test. Each from explicit inputs to a result.

Whoever calls shows the result: the command line, Python, a test. Nothing here prints, asks, or knows of a terminal.
"""
