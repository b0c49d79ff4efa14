"""What the tests of the engine share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.engine.world import World

# A busy machine is no mistake of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A server and a state with nothing in them."""
    return World(tmp_path)
