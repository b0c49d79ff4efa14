"""The state in a bucket of Amazon S3, or of what speaks its protocol: MinIO, Cloudflare R2, Ceph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import BackendType, missing_library
from state.backends.objects import COMMON, ObjectBackend, chosen, client_options, retry_config

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def _open(settings: Mapping[str, Value]) -> ObjectBackend:
    endpoint = str(settings["endpoint"] or "")

    def connect() -> ObjectStore:
        from obstore.store import S3Store  # noqa: PLC0415 - an extra

        config = chosen(
            endpoint=settings["endpoint"],
            region=settings["region"],
            access_key_id=settings["access_key_id"],
            secret_access_key=settings["secret_access_key"],
            session_token=settings["session_token"],
            server_side_encryption=settings["server_side_encryption"],
            sse_kms_key_id=settings["kms_key_id"],
        )
        return S3Store(
            str(settings["bucket"]),
            config=config,  # type: ignore[arg-type] # a TypedDict, made of those of its keys that were given
            disable_bulk_delete=True,  # objects go one by one here, and not every server has the call for many
            client_options=client_options(endpoint),
            retry_config=retry_config(),
            credential_provider=_profile(str(settings["profile"])) if settings["profile"] else None,
        )

    return ObjectBackend("s3", f"s3://{settings['bucket']}", connect, settings)


def _profile(name: str):  # type: ignore[no-untyped-def] # boto3 has no types
    """Credentials as the AWS tools find them, also after `aws sso login`. Raises HclError."""
    try:
        import boto3  # noqa: PLC0415 - an extra
        from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415
    except ImportError as error:
        raise missing_library("aws", "boto3") from error
    return Boto3CredentialProvider(boto3.Session(profile_name=name))


BACKEND = BackendType(
    name="s3",
    doc="A bucket of Amazon S3, MinIO, Cloudflare R2 or Ceph.",
    settings={
        "bucket": Attr(required=True, doc="The bucket."),
        **COMMON,
        "region": Attr(doc="The bucket's region. Default: AWS_REGION.", client_only=True),
        "endpoint": Attr(doc="URL of a server other than Amazon's. Default: AWS_ENDPOINT_URL."),
        "profile": Attr(doc="Profile of the AWS configuration files (needs hcl-lite[aws]).", client_only=True),
        "access_key_id": Attr(doc="Default: AWS_ACCESS_KEY_ID, or the machine's role.", secret=True),
        "secret_access_key": Attr(doc="Default: AWS_SECRET_ACCESS_KEY.", secret=True),
        "session_token": Attr(doc="Default: AWS_SESSION_TOKEN.", secret=True),
        "server_side_encryption": Attr(
            doc="How S3 encrypts the objects.", choices=("AES256", "aws:kms"), client_only=True
        ),
        "kms_key_id": Attr(doc="The key for aws:kms.", client_only=True),
    },
    open=_open,
)
