"""What backends say of their failures: whether it passes, in whose words, and what to do."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from state.backends.bucket import explained
from state.patience import Unavailable

_S3 = "Generic S3 error: Error performing PUT https://s3.test/b/k in 4.763378ms"
_BUSY = f"{_S3}, after 1 retries, max_retries: 1, retry_timeout: 10s  - Server returned non-2xx status code:"
_REFUSED = (
    "The operation lacked the necessary privileges to complete for path k: Error performing PUT https://s3.test/b/k in "
    "1.2ms - Server returned non-2xx status code: 403 Forbidden:"
)
_DOWN = (
    f"{_S3}, after 1 retries, max_retries: 1, retry_timeout: 10s  - HTTP error: error sending request\n\nDebug source:"
    '\nGeneric {\n kind: Connect, ConnectError(\n "tcp connect error", Os { message: "Connection refused", },),}'
)


def _inside(words: str) -> str:
    return f"{_DOWN.partition('Generic {')[0]}Generic {{\n {words} }}"


def _xml(code: str, message: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'


@pytest.mark.parametrize(
    ("text", "passes", "detail", "hint"),
    [
        (_DOWN, True, "PUT https://s3.test/b/k: HTTP error: error sending request: Connection refused.", ""),
        (_DOWN.replace("Connection refused", "Name or service not known"), False, "Name or service not known.", ""),
        (_inside("error: InvalidCertificate(\n Expired,\n)"), False, "certificate is not valid (Expired).", ""),
        (
            _inside("InvalidCertificate(\n Other(OtherError(\n CaUsedAsEndEntity,),),)"),
            False,
            "(CaUsedAsEndEntity).",
            "",
        ),
        (_inside("HttpError { kind: Timeout, source"), True, "error sending request: no answer in time.", ""),
        (f"{_BUSY} 503 Slow: {_xml('SlowDown', 'Less, please.')}", True, "503 Slow: SlowDown: Less, please.", ""),
        (f"{_BUSY} 429 Too Many Requests: x", True, "k: 429 Too Many Requests: x.", ""),
        (f"{_BUSY} 507 Insufficient Storage: x", False, "507 Insufficient Storage", ""),
        (f"{_BUSY} 409 Conflict: {_xml('OperationAborted', 'Try again.')}", True, "OperationAborted", ""),
        (f"{_REFUSED} {_xml('ExpiredToken', 'It has expired.')}", False, "403 Forbidden: ExpiredToken: It", "expired"),
        (f"{_REFUSED} {_xml('RequestTimeTooSkewed', 'Too large.')}", False, "RequestTimeTooSkewed", "clock"),
        (f"{_REFUSED} {_xml('AccessDenied', 'No.')}", False, "AccessDenied: No.", "may not do this"),
        (f"{_REFUSED} {_xml('InvalidAccessKeyId', 'No such key.')}", False, "InvalidAccessKeyId", "give others"),
        (
            f"{_REFUSED} {_xml('AuthenticationFailed', 'Signature not valid in the specified time frame')}",
            False,
            "AuthenticationFailed",
            "have expired",
        ),
        (
            "Generic GCS error: Error performing POST https://oauth2.googleapis.com/token in 9ms - Server returned "
            'non-2xx status code: 400 Bad Request: {"error_description":"Invalid JWT: must be a short-lived token"}',
            False,
            "short-lived token",
            "clock",
        ),
        (
            "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 1s - HTTP error: cut",
            False,
            "HTTP error: cut.",
            "No credentials were given",
        ),
    ],
)
def test_a_failure_of_a_bucket(text: str, passes: bool, detail: str, hint: str) -> None:
    """As the library words it, without its insides."""
    error = explained("Cannot write s3://b", OSError(text))
    (diagnostic,) = error.diagnostics
    assert type(error) is (Unavailable if passes else HclError)
    assert diagnostic.summary == "Cannot write s3://b"
    assert detail in diagnostic.detail
    assert hint in diagnostic.hint
    assert bool(hint) == bool(diagnostic.hint)
    assert "retries" not in diagnostic.detail
    assert "privileges" not in diagnostic.detail


@pytest.mark.parametrize(
    ("state", "text", "is_up", "passes", "hint"),
    [
        ("57P01", "terminating connection due to administrator command", True, True, ""),
        ("57014", "canceling statement due to statement timeout", True, True, "statement_timeout"),
        ("40001", "could not serialize access", True, True, ""),
        ("25006", "cannot execute INSERT in a read-only transaction", True, True, "a standby"),
        ("53100", "could not extend file: No space left on device", True, False, "disk is full"),
        ("42501", "permission denied for table states", True, False, "needs USAGE"),
        ("42P01", "relation does not exist", True, False, ""),
        (None, "server closed the connection unexpectedly", True, True, ""),
        (None, 'connection to server at "h" failed: Connection refused', False, True, ""),
        (None, 'connection failed: FATAL:  password authentication failed for user "u"', True, False, "password"),
        (None, "connection failed: FATAL:  das Datenbanksystem startet", False, True, ""),
        (None, "connection failed: FATAL:  the database system is not yet accepting connections", True, True, ""),
        (None, "connection failed: FATAL:  sorry, too many clients already", True, True, ""),
        (None, "failed to resolve host 'h': [Errno -2] Name or service not known", False, False, ""),
        (None, "connection failed: SSL error: certificate verify failed", False, False, ""),
    ],
)
def test_a_failure_of_a_database(state: str | None, text: str, is_up: bool, passes: bool, hint: str) -> None:
    """By its SQLSTATE; of a connection that was not made there is none, in whatever language the server speaks."""
    psycopg = pytest.importorskip("psycopg")
    from state.backends.postgres_session import advice, is_for_now  # noqa: PLC0415 - with an extra

    error = psycopg.OperationalError(text)
    error.sqlstate = state
    assert is_for_now(error, lambda: is_up) == passes
    assert hint in advice(error)
    assert bool(hint) == bool(advice(error))
