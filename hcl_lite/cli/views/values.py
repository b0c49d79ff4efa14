"""A value on one line."""

from __future__ import annotations

import json
from typing import Any

from hcl_lite.cli.views.texts import unseen_escaped

MARKS = ("(known after apply)", "(sensitive)")
"""What conceal() puts in the place of a value."""


def in_one_line(value: Any, most: int | None = None) -> str:
    """JSON; what is beyond `most` characters is counted. What is not known or not to be seen is told by its name."""
    if isinstance(value, str) and value in MARKS:
        return value
    text = unseen_escaped(json.dumps(value, ensure_ascii=False))
    if most is None or len(text) <= most:
        return text
    return f"{text[: most - 1]}… and {len(text) - most + 1} more characters: --full shows them"
