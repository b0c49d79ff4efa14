"""Two machines that look for the next fault: a world that is changed at random, and every leaf of many dashboards.

The files say what they want; what a server then holds is told by an oracle that shares no code with hcl-lite or its
embedded server, over plain HTTP. `python -m tests.reliability.machine --help` lets them run at length.
"""
