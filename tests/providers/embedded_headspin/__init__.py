"""Tests of the embedded HeadSpin."""
