"""Hostile input of every kind, for Hypothesis in the normal run and for atheris on demand (`python -m tests.fuzz`)."""
