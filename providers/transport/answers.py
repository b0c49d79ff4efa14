"""Interpretation of an answer that was received: its value, an error, and when to try again."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from hcl_lite.core.values import is_deeper, read_levelled_json
from providers.transport.errors import NotJson, NotTaken
from providers.transport.receiving import Answer

DEEPEST = 250
"""Levels of an answer: a dashboard has 200 at the most, and Python's stack has no place for many more."""


def value_of(method: str, url: str, answer: Answer) -> Any:
    """The value of an answer that is no error; NotJson, or NotTaken, where it has none."""
    if 300 <= answer.status_code < 400:
        return NotJson(method, url, answer.status_code, f"a redirect to {answer.headers.get('Location', 'nowhere')}")
    if not answer.content:
        # What a GET finds nothing of is a 404: nothing at all comes from something else than the server.
        return _not_json(method, url, answer, "an empty answer") if method == "GET" else None
    try:
        value = read_levelled_json(answer.content)
    except (ValueError, RecursionError):
        kind = answer.headers.get("Content-Type", "no content type")
        whole = "not whole, or no JSON though it says to be" if says_json(answer) else "not JSON but"
        return _not_json(method, url, answer, f"the answer is {whole} {kind}")
    if is_deeper(value, DEEPEST):
        return NotTaken(method, url, answer.status_code, f"the answer is nested in more than {DEEPEST} levels")
    return value


def says_json(answer: Answer) -> bool:
    """Whether it is to be JSON, by its own word."""
    return "json" in answer.headers.get("Content-Type", "").lower()


def _not_json(method: str, url: str, answer: Answer, message: str) -> NotJson:
    error = NotJson(method, url, answer.status_code, message)
    error.text = None if "html" in answer.headers.get("Content-Type", "") else answer.text
    return error


def retry_after(answer: Answer, default: float) -> float:
    """Retry-After in seconds, given as seconds or as a date."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        now = parsedate_to_datetime(answer.headers["Date"])
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return default
