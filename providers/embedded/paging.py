"""Continue tokens: an offset into the list as it was at a resourceVersion, in base64, like 12.4.0's.

Of a list by name they have the last name, too, so that no page has to count those before it.
"""

import base64
import binascii
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Token:
    """The position of the next page in a list, and the version of the list."""

    offset: int = 0
    as_of: int | None = None
    after: str = ""


def make_token(offset: int, as_of: int, after: str = "") -> str:
    """Encodes the position of the next page."""
    named = {"n": after} if after else {}
    return base64.b64encode(orjson.dumps({"o": offset, "v": as_of, "s": False, **named})).decode()


def read_token(text: str) -> Token | None:
    """The token's meaning; None where it is not one of ours."""
    if not text:
        return Token()
    try:
        token = orjson.loads(base64.b64decode(text, validate=True))
        return Token(int(token["o"]), int(token["v"]), str(token.get("n", "")))
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return None
