"""Tests of examples/ci: the shell steps in their order, in clean clones, with platforms that are played."""
