"""Outputs of a state for people."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hcl_lite.core.values import JsonValue


def render_outputs(outputs: Mapping[str, JsonValue]) -> str:
    """A line each."""
    return "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(outputs.items()))
