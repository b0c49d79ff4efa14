"""The embedded HeadSpin: an embedded Grafana, and in front of it the routes below /v0/ that allocate it."""

import base64
import binascii
import os
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.app import EmbeddedApp
from providers.embedded.options import Options
from providers.embedded_headspin.options import HeadspinOptions
from providers.embedded_headspin.organisation import Organisation
from providers.embedded_headspin.routes import ROUTES, Call, refuse

_API = "/v0/"


class EmbeddedHeadspin(EmbeddedApp):
    """HeadSpin below /v0/; everything else is the organisation's Grafana, once it is allocated."""

    def __init__(self, path: str | os.PathLike[str] | None, options: HeadspinOptions) -> None:
        super().__init__(path, Options(users=()))
        self.headspin = options
        self.organisation = Organisation(self.store, options.organisation, options.make_password)

    @property
    def is_there(self) -> bool:
        """Whether Grafana is allocated."""
        return self.organisation.account("Admin") is not None

    async def _answer(self, request: Request) -> Response:
        if request.url.path.startswith(_API):
            try:
                return await self._answer_api(request)
            except wire.Refused as refused:
                return refused.response
        if not self.is_there:
            return refuse(404, "Grafana is not allocated.").response
        return await super()._answer(request)

    async def _answer_api(self, request: Request) -> Response:
        if _token(request) not in self.headspin.tokens:
            raise refuse(401, "The API token is not valid.")
        handler = ROUTES.get((request.method, request.url.path))
        if handler is None:
            raise refuse(404, "There is no such route.")
        grafana_url = self.headspin.grafana_url or f"{request.url.scheme}://{request.url.netloc}"
        return await handler(Call(self.organisation, _body(await request.body()), self._ask_grafana, grafana_url))

    async def _ask_grafana(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON of one call to Grafana, as the organisation's admin."""
        user, password = self.organisation.account("Admin") or ("", "")
        login = base64.b64encode(f"{user}:{password}".encode())
        content = b"" if body is None else orjson.dumps(body)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        headers = [(b"host", b"embedded"), (b"authorization", b"Basic " + login)]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        answer = await super()._answer(Request({**scope, "scheme": "http"}, receive))
        return answer.status_code, orjson.loads(answer.body)


def _token(request: Request) -> str:
    """Returns the token of `Authorization: Bearer TOKEN`, or of https://TOKEN@host: basic authentication without a
    password."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return user if scheme.lower() == "basic" and not password else ""


def _body(content: bytes) -> dict[str, Any]:
    """JSON, whatever its content type: curl -d says that it is a form."""
    if not content:
        return {}
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise refuse(400, "The body is not a JSON object.")
    return document
