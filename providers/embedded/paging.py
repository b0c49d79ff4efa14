"""Continue tokens: an offset into the list as it was at a resourceVersion, in base64, like 12.4.0's."""

import base64
import binascii
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Token:
    """The position of the next page in a list, and the version of the list."""

    offset: int = 0
    as_of: int | None = None


def make_token(offset: int, as_of: int) -> str:
    """Encodes the position of the next page."""
    return base64.b64encode(orjson.dumps({"o": offset, "v": as_of, "s": False})).decode()


def read_token(text: str) -> Token | None:
    """The token's meaning; None where it is not one of ours."""
    if not text:
        return Token()
    try:
        token = orjson.loads(base64.b64decode(text, validate=True))
        return Token(int(token["o"]), int(token["v"]))
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
