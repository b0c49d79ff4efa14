"""Grafana and HeadSpin as tables of answers, with a provider that asks them."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

import httpx

from providers.grafana.client import GrafanaClient
from providers.grafana.provider import Grafana
from providers.headspin.client import HeadspinClient
from providers.headspin.provider import Headspin
from providers.transport.connection import Connection

Provider = TypeVar("Provider", Grafana, Headspin)

_SETTINGS = {"buildInfo": {"version": "12.4.0"}, "namespace": "default"}


class _Fake(ABC, Generic[Provider]):
    """Answers by method and path, in turn where there are several; remembers what it was sent.

    An answer is JSON, a status, or a whole response; what has none is a 404.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.sent: list[tuple[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path}"
        self.sent.append((call, json.loads(request.content) if request.content else None))
        answer = self.answers.get(call, 404)
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, httpx.Response):
            return answer
        if isinstance(answer, int):
            return httpx.Response(answer, json={"message": "fault"})
        return httpx.Response(200, json=answer)

    def writes(self) -> list[tuple[str, Any]]:
        return [(call, body) for call, body in self.sent if not call.startswith("GET")]

    def run(self, work: Callable[[Provider], Awaitable[Any]]) -> Any:
        """What `work` makes of the provider; nobody waits before a call is repeated."""

        async def main() -> Any:
            connection = Connection("http://g.test", "t", read_only=False, retries=1)
            provider = self._open(connection, httpx.MockTransport(self), _at_once)
            try:
                return await work(provider)
            finally:
                await provider.close()

        return asyncio.run(main())

    @abstractmethod
    def _open(self, *client: Any) -> Provider: ...


class FakeGrafana(_Fake[Grafana]):
    """A Grafana 12.4.0, as long as the answers do not say otherwise."""

    def __init__(self, **answers: Any) -> None:
        super().__init__({"GET /api/frontend/settings": _SETTINGS, **answers})

    def _open(self, *client: Any) -> Grafana:
        return Grafana(GrafanaClient(*client))


class FakeHeadspin(_Fake[Headspin]):
    """HeadSpin."""

    def _open(self, *client: Any) -> Headspin:
        return Headspin(HeadspinClient(*client))


async def _at_once(_: float) -> None:
    pass
