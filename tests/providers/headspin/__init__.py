"""Tests of the HeadSpin provider."""
