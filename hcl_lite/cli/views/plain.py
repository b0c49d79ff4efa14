"""Views without colours."""

from __future__ import annotations

import click


def unstyled(text: str) -> str:
    """`text` as it is where nothing is coloured."""
    return click.unstyle(text)
