"""Circuit breaker of one client: a server that was found unreachable is waited for once, and not by each call."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from providers.transport.errors import WHERE, ApiError, Unclear, Unreachable
from providers.transport.receiving import Request

_OF_PROXIES = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)


class Breaker:
    """Counts the answers of a server, and opens when calls to it are given up while none is answered; `opened` is
    called then.

    No connection (refused, DNS, TLS, connect timeout) is enough. An answer that does not come, and a 502, 503 or 504,
    may be of one route alone, such as a query that a data source does not answer: these are enough where the server
    has never answered, or where calls of two routes were given up since its last answer, of which one may be the
    `witness`: a call that was answered before. 401, 403 and 404 are answers, also to other calls: what is answered
    while a call is tried for the last time speaks for the server.
    """

    def __init__(self, opened: Callable[[], None]) -> None:
        self.answers = 0
        self._opened = opened
        self._answered: Request | None = None
        self._given_up: set[str] = set()
        self._fault: ApiError | None = None

    def note(self, request: Request, outcome: object) -> None:
        """Notes the outcome of one try."""
        if not _is_silence(outcome):
            self.answers += 1
            self._given_up.clear()
            self._answered = request if request.reads else self._answered

    def witness(self, request: Request, error: ApiError, answers: int) -> Request | None:
        """Returns a call that tells whether it is the server that is silent, or one route; None where none is needed.
        `error` is that of a call that is not tried again, `answers` their number when it was tried last."""
        is_told = self._given_up - {request.path} or self._is_silent(error, answers)
        return self._answered if self._tells(request, error) and not is_told else None

    def give_up(self, request: Request, error: ApiError, answers: int) -> ApiError:
        """Notes that a call is not tried again, and returns the error to raise; `answers` is their number when it was
        tried last.

        A write is tried once where it may have been done: that alone tells nothing of the server.
        """
        if answers == self.answers and self._tells(request, error):
            self._given_up.add(request.path)
            if self._is_silent(error, answers) or len(self._given_up) > 1:
                self._open(error)
        return self.last_word(request, error)

    def _tells(self, request: Request, error: ApiError) -> bool:
        """Whether a call that is not tried again tells something of the server that is not known yet."""
        is_tried = request.reads or isinstance(error, Unreachable) or error.status == HTTPStatus.SERVICE_UNAVAILABLE
        return is_tried and self._fault is None and _is_silence(error)

    def _is_silent(self, error: ApiError, answers: int) -> bool:
        """Whether one call is enough to tell that the server is gone."""
        return answers == self.answers and (isinstance(error, Unreachable) or not answers)

    def _open(self, error: ApiError) -> None:
        error.is_unreachable = True
        error.suspects = WHERE
        error.advice = error.advice or Unreachable.advice
        self._fault = error
        self._opened()

    def last_word(self, request: Request, error: ApiError) -> ApiError:
        """Returns the error of a call that is not tried again: of an unreachable server the same for all, but for
        writes that may have been done."""
        if error.is_unreachable or not _is_silence(error) or (error.unclear and not request.reads):
            return error
        return self.fault() or error

    def fault(self) -> ApiError | None:
        """Returns the error of a call that is not made; None while calls may be. It has the text of the one that was
        given up, so that a server is told of once."""
        if self._fault is None:
            return None
        twin = type(self._fault).__new__(type(self._fault), *self._fault.args)  # without traceback and cause
        vars(twin).update(vars(self._fault))
        twin.unclear, twin.request_id = False, ""
        return twin


def _is_silence(outcome: object) -> bool:
    """Whether the outcome of a try is none of the server itself: no answer, or that of a proxy before it."""
    return isinstance(outcome, Unreachable | Unclear) or getattr(outcome, "status", 0) in _OF_PROXIES
