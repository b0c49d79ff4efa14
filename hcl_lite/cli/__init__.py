"""The command line: one command a file; options to a request, load, run, view, exit code."""
