"""A server with something of everything, and its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from providers.embedded.pages.site import Site
from tests.providers.embedded.pages.samples import fill


@pytest.fixture
def filled(server: Any) -> Any:
    """A server with something of everything."""
    fill(server)
    return server


@pytest.fixture
def get(filled: Any) -> Callable[[str], httpx.Response]:
    """Calls the pages of a filled server, which nobody has to sign in to."""
    server = filled
    pages = type(server)(Site(server.app, is_open=True))
    return lambda path: pages("GET", path, auth=None)
