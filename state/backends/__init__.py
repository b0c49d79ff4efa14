"""Every backend there is: one line here makes one known."""

from __future__ import annotations

from collections.abc import Mapping

from state.backend import BackendType
from state.backends import azure, gcs, http, local, postgres, s3

_ALL = (local.BACKEND, postgres.BACKEND, s3.BACKEND, gcs.BACKEND, azure.BACKEND, http.BACKEND)

BACKENDS: Mapping[str, BackendType] = {backend.name: backend for backend in _ALL}
