"""The documentation site: `python -m docs.site OUT` builds it from docs/, the README, the examples and the code."""
