"""Every backend there is: one line here makes one known. Only the one that is used is loaded."""

from __future__ import annotations

from hcl_lite.core.lazy_table import LazyTable
from state.backend import BackendType

BACKENDS: LazyTable[BackendType] = LazyTable(
    "state.backends",
    {
        "local": "local:BACKEND",
        "postgres": "postgres:BACKEND",
        "s3": "s3:BACKEND",
        "gcs": "gcs:BACKEND",
        "azure": "azure:BACKEND",
        "http": "http:BACKEND",
    },
)
