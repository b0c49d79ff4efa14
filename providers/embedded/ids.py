"""Identifiers in the shapes 12.4.0 gives them: short uids, numbers that fit in 52 bits, keys and tokens."""

import binascii
import secrets
import string
import uuid

_EPOCH_MS = 1_288_834_974_657
_BASE36 = string.digits + string.ascii_lowercase
_ALPHANUMERIC = string.ascii_letters + string.digits


def new_number(now: float) -> int:
    """An object's `id`, like 2789606633074688; not certain to be free, so the caller looks it up."""
    return _snowflake(now) & ((1 << 52) - 1)


def new_short_uid(now: float) -> str:
    """A folder's, data source's or user's uid, like `dg4xluti6kagwf`."""
    return secrets.choice("abcdef") + _base36(_snowflake(now)) + secrets.choice("abcdef")


def new_old_uid() -> str:
    """A dashboard's, folder's or data source's uid as it was given before 12, like `eMdKuRRdz`."""
    return "".join(secrets.choice(_ALPHANUMERIC + "-_") for _ in range(9))


def new_uuid() -> str:
    """A dashboard's uid and every object's `metadata.uid`."""
    return str(uuid.uuid4())


def new_key() -> str:
    """A snapshot's key or delete key: 32 letters and digits."""
    return new_letters(32)


def new_letters(length: int) -> str:
    """Returns random letters and digits."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


def new_token() -> str:
    """A service account token, like `glsa_vYH9rUaVPVsgAaMfNQdFf31CpZWBanyq_5135eb53`."""
    body = f"glsa_{new_letters(32)}"
    return f"{body}_{binascii.crc32(body.encode()):08x}"


def _snowflake(now: float) -> int:
    return ((int(now * 1000) - _EPOCH_MS) & ((1 << 41) - 1)) << 22 | secrets.randbits(22)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _BASE36[rest] + digits
    return digits
