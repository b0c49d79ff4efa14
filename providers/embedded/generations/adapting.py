"""Adaptations: a generation told by what it answers otherwise than the one after it.

A route of the later generation keeps its handler; an adaptation looks at the request before it, and at the answer after
it. Refusals are answers too: they stay refusals, so that what the handler wrote is rolled back.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import orjson
from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.generations.traits import Refusal
from providers.embedded.routing import Call, Handler, Route

_OF_BODY: Final = frozenset(("content-length", "content-type"))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, parsed; `body` is None and `has_body` false where it is no JSON."""

    status: int
    body: Any
    content_type: str
    has_body: bool = True

    @property
    def succeeds(self) -> bool:
        return self.status < 400

    @property
    def message(self) -> str:
        """The message of a refusal; empty where it has none."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else ""


Before = Callable[[Call], Call]
After = Callable[[Call, Answer], Answer]


def unchanged(_: Call, answer: Answer) -> Answer:
    """Returns the answer as the later generation gives it."""
    return answer


@dataclass(frozen=True, slots=True)
class Adaptation:
    """`before` may refuse a request, or make another of it; `after` makes the answer what this generation answers."""

    after: After = unchanged
    before: Before = lambda call: call


_NONE: Final = Adaptation()


def adapt(
    routes: Iterable[Route], adaptations: Mapping[str, Adaptation], refused: After = unchanged
) -> tuple[Route, ...]:
    """The routes with their adaptations, by names such as "GET /api/org"; `refused` comes after those, on refusals."""
    return tuple(
        replace(route, handler=_adapted(route.handler, adaptations.get(name_of(route), _NONE), refused))
        for route in routes
    )


def name_of(route: Route) -> str:
    """Returns a route's name in tables: method and path."""
    return f"{route.method} {route.path}"


def with_body(call: Call, command: object) -> Call:
    """The call with another body; one that is nested deeper than JSON can be written here is refused (400)."""
    try:
        return replace(call, body=orjson.dumps(command))
    except TypeError as exc:
        raise wire.refuse(400, "bad request data") from exc


def without_routes(routes: Iterable[Route], *beginnings: str) -> tuple[Route, ...]:
    """The routes but for those whose names begin so."""
    return tuple(route for route in routes if not name_of(route).startswith(beginnings))


# --- what answers become ----------------------------------------------------------------------------------------------


def both(*steps: After) -> After:
    """One step after the other."""

    def after(call: Call, answer: Answer) -> Answer:
        for step in steps:
            answer = step(call, answer)
        return answer

    return after


def shaped(shape: Callable[[Any], Any]) -> After:
    """Bodies of successes become what `shape` makes of them."""
    return lambda _, answer: replace(answer, body=shape(answer.body)) if answer.succeeds and answer.has_body else answer


def lacking(*keys: str, within: str = "") -> After:
    """Successes have no such keys; `within` is the path to what lacks them, lists and all: "teams", "result.meta"."""
    return shaped(lambda body: _reached(body, [key for key in within.split(".") if key], _dropping(keys)))


def adding(within: str = "", /, **values: Any) -> After:
    """Successes have these keys too."""
    return shaped(lambda body: _reached(body, [key for key in within.split(".") if key], lambda one: one | values))


def refusing(refusals: Mapping[str, Refusal]) -> After:
    """Refusals by the later generation's message are worded otherwise; `{message}` is that."""

    def after(_: Call, answer: Answer) -> Answer:
        refusal = refusals.get(answer.message) if not answer.succeeds else None
        if refusal is None:
            return answer
        body = {"message": refusal.message.format(message=answer.message)}
        body |= {"status": refusal.status} if refusal.status else {}
        return Answer(refusal.code, body, refusal.content_type)

    return after


def typed(content_type: str) -> After:
    """Answers of another content type."""
    return lambda _, answer: replace(answer, content_type=content_type)


def _dropping(keys: Iterable[str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    dropped = frozenset(keys)
    return lambda one: {key: value for key, value in one.items() if key not in dropped}


def _reached(body: Any, path: list[str], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """The body with what is at the path changed; each of a list is, and what is not there is not."""
    if isinstance(body, list):
        return [_reached(one, path, change) for one in body]
    if not isinstance(body, dict):
        return body
    if not path:
        return change(body)
    return {key: _reached(value, path[1:], change) if key == path[0] else value for key, value in body.items()}


# --- handlers ---------------------------------------------------------------------------------------------------------


def _adapted(handler: Handler, adaptation: Adaptation, refused: After) -> Handler:
    def refuse(call: Call, refusal: wire.Refused) -> wire.Refused:
        return wire.Refused(_settled(both(adaptation.after, refused), call, refusal.response))

    if inspect.iscoroutinefunction(handler):
        waited = cast(Callable[[Call], Awaitable[Response]], handler)

        async def later(call: Call) -> Response:
            try:
                return _settled(adaptation.after, call, await waited(adaptation.before(call)))
            except wire.Refused as refusal:
                raise refuse(call, refusal) from None

        return later

    direct = cast(Callable[[Call], Response], handler)

    def at_once(call: Call) -> Response:
        try:
            return _settled(adaptation.after, call, direct(adaptation.before(call)))
        except wire.Refused as refusal:
            raise refuse(call, refusal) from None

    return at_once


def _settled(after: After, call: Call, response: Response) -> Response:
    """The response as this generation gives it; the very one where nothing changes."""
    if after is unchanged:
        return response
    answer = _to_answer(response)
    adapted = after(call, answer)
    if adapted == answer:
        return response
    headers = {key: value for key, value in response.headers.items() if key not in _OF_BODY}
    if not adapted.has_body:
        typed_as = {"content-type": adapted.content_type} if adapted.content_type else {}
        return Response(status_code=adapted.status, headers=headers | typed_as)
    return wire.answer(adapted.body, adapted.status, adapted.content_type, headers)


def _to_answer(response: Response) -> Answer:
    content_type = response.headers.get("content-type", "")
    body = bytes(response.body)
    if not body or not any(form in content_type for form in ("json", "yaml")):  # YAML is written as JSON here
        return Answer(response.status_code, None, content_type, has_body=False)
    return Answer(response.status_code, orjson.loads(body), content_type)
