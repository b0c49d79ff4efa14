"""Every backend there is: one line here makes one known."""

from __future__ import annotations

from collections.abc import Mapping

from state.backend import BackendType
from state.backends import local

BACKENDS: Mapping[str, BackendType] = {backend.name: backend for backend in (local.BACKEND,)}
