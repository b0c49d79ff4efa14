"""The JSON Schema of the format in which plans are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def read_schema() -> Mapping[str, Any]:
    """Returns the JSON Schema of the format."""
    text = files("hcl_lite.review").joinpath("schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema
