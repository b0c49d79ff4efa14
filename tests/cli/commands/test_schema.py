"""schema: the language for editors."""

from __future__ import annotations

import json

from hcl_lite.lang.docs.json_schema import json_schema
from providers.registry import PROVIDER_TYPES
from state.backends import BACKENDS
from tests.conftest import Hcl


def test_the_schema_is_printed(hcl: Hcl) -> None:
    """Where there is no configuration too."""
    assert json.loads(hcl("schema").out) == json_schema(
        PROVIDER_TYPES, {name: backend.settings for name, backend in BACKENDS.items()}
    )
