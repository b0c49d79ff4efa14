"""JSON answers and the refusals handlers raise; both content types are Grafana's own, of any version."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from starlette.responses import Response

PLAIN = "application/json"
CHARSET = "application/json; charset=UTF-8"
ZERO_TIME = "0001-01-01T00:00:00Z"
_T = TypeVar("_T", str, int, bool)


class Refused(Exception):
    """A request that ends in anything but success; whatever it wrote is rolled back."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def answer(
    body: object, status: int = 200, content_type: str = PLAIN, headers: Mapping[str, str] | None = None
) -> Response:
    """`body` as JSON; an `orjson.Fragment` inside is copied, not parsed."""
    response = Response(orjson.dumps(body), status, headers)
    response.headers["content-type"] = content_type
    return response


def refuse(code: int, message: str, content_type: str = PLAIN, /, **extra: object) -> Refused:
    """`{"message": …}` with `status`."""
    return Refused(answer({"message": message, **extra}, code, content_type))


def refuse_id(status: int, message_id: str, message: str) -> Refused:
    """The newer error form: statusCode, messageId, message."""
    return Refused(answer({"statusCode": status, "messageId": message_id, "message": message}, status))


def refuse_login(message: str, message_id: str) -> Refused:
    """401 as the sign-in layer words it."""
    body = {"extra": None, "message": message, "messageId": message_id, "statusCode": 401, "traceID": ""}
    return Refused(answer(body, 401, CHARSET))


def parse_json(body: bytes) -> Any:
    """The body of a request; refuses what is not JSON as the classic routes do."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise refuse(400, "bad request data") from exc


def parse_object(body: bytes) -> dict[str, Any]:
    """The same, for routes that take an object."""
    data = parse_json(body)
    if not isinstance(data, dict):
        raise refuse(400, "bad request data")
    return data


def read_field(command: dict[str, Any], key: str, kind: type[_T]) -> _T:
    """A key of a command; absent and null count as empty, another kind of value is refused."""
    value = command.get(key)
    if value is None:
        return kind()
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise refuse(400, "bad request data")
    return value


def timestamp(seconds: float | None) -> str:
    """Seconds since 1970 as 12.4.0 writes them: UTC, whole seconds."""
    if seconds is None:
        return ZERO_TIME
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
