"""The state in a bucket of Google Cloud Storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import BackendType
from state.backends.objects import COMMON, ObjectBackend, chosen, client_options, retry_config

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def _open(settings: Mapping[str, Value]) -> ObjectBackend:
    def connect() -> ObjectStore:
        from obstore.store import GCSStore  # noqa: PLC0415 - an extra

        return GCSStore(
            str(settings["bucket"]),
            config=chosen(service_account=settings["credentials"]),  # type: ignore[arg-type] # a part of a TypedDict
            client_options=client_options(""),
            retry_config=retry_config(),
        )

    # One write a second to the same object, then 429: https://cloud.google.com/storage/quotas (2025)
    return ObjectBackend("gcs", f"gs://{settings['bucket']}", connect, settings, rewrites=False)


BACKEND = BackendType(
    name="gcs",
    doc="A bucket of Google Cloud Storage.",
    settings={
        "bucket": Attr(required=True, doc="The bucket."),
        **COMMON,
        "credentials": Attr(
            doc="File of a service account's key. Default: GOOGLE_APPLICATION_CREDENTIALS, or the machine's account.",
            client_only=True,
        ),
    },
    open=_open,
    files=("credentials",),
)
