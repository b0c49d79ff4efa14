"""The state in a container of Azure Blob Storage."""

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
    account, container = settings["account"], settings["container"]

    def connect() -> ObjectStore:
        from obstore.store import AzureStore  # noqa: PLC0415 - an extra

        config = chosen(
            account_name=account,
            endpoint=settings["endpoint"],
            account_key=settings["access_key"],
            sas_key=settings["sas_token"],
        )
        return AzureStore(
            str(container),
            config=config,  # type: ignore[arg-type] # a TypedDict, made of those of its keys that were given
            client_options=client_options(str(settings["endpoint"] or "")),
            retry_config=retry_config(),
        )

    return ObjectBackend("azure", f"azure://{account}/{container}", connect, settings)


BACKEND = BackendType(
    name="azure",
    doc="A container of Azure Blob Storage.",
    settings={
        "account": Attr(required=True, doc="The storage account."),
        "container": Attr(required=True, doc="The container."),
        **COMMON,
        "endpoint": Attr(doc="URL of the blob service, where it is another than Azure's public one."),
        "access_key": Attr(doc="The account's key. Default: AZURE_STORAGE_ACCOUNT_KEY, or the identity.", secret=True),
        "sas_token": Attr(doc="A shared access signature. Default: AZURE_STORAGE_SAS_KEY.", secret=True),
    },
    open=_open,
)
