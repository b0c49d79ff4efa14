"""What the tests of the engine share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A server and a state with nothing in them."""
    return World(tmp_path)
