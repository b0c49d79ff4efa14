"""A server with Terraform's HTTP backend protocol, as strict as GitLab, and with its routes too."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.http_servers import Handler, serve_http


@dataclass
class StateServer:
    """States and locks by path. `login` is what a call needs, `fails` the status of all calls with a method."""

    url: str = ""
    login: str = ""
    states: dict[str, bytes] = field(default_factory=dict)
    locks: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fails: dict[str, int] = field(default_factory=dict)

    def answer(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """What the server says to one request."""
        url = urlsplit(target)
        self.calls.append(f"{method} {target}")
        path, query = url.path.removesuffix("/lock"), parse_qs(url.query)
        if method in self.fails:
            return self.fails[method], b"out of order"
        if self.login and headers.get("authorization") != "Basic " + base64.b64encode(self.login.encode()).decode():
            return 401, b"who are you"
        locks = url.path.endswith("/lock")
        if method == "LOCK" or (method == "POST" and locks):
            return self._lock(path, json.loads(body))
        if method == "UNLOCK" or (method == "DELETE" and locks):
            return self._unlock(path, query.get("ID", [""])[0] or json.loads(body)["ID"])
        if method == "GET":
            return (200, self.states[path]) if path in self.states else (404, b"")
        held = self.locks.get(path)
        if held and query.get("ID") != [held["ID"]]:
            return 423, json.dumps(held).encode()
        if method == "DELETE":
            return (200 if self.states.pop(path, None) else 404), b""
        if base64.b64decode(headers["content-md5"]) != hashlib.md5(body).digest():
            return 400, b"damaged"
        self.states[path] = body
        return 200, b""

    def _lock(self, path: str, info: dict[str, str]) -> tuple[int, bytes]:
        if path in self.locks:
            return 423, json.dumps(self.locks[path]).encode()
        assert info.keys() >= {"ID", "Operation", "Info", "Who", "Version", "Created", "Path"}
        self.locks[path] = info
        return 200, b""

    def _unlock(self, path: str, lock_id: str) -> tuple[int, bytes]:
        held = self.locks.get(path)
        if held is None or held["ID"] != lock_id:
            return 409, json.dumps(held or {}).encode()
        del self.locks[path]
        return 200, b""


@contextmanager
def serve_states(login: str = "") -> Iterator[StateServer]:
    """The server on a port of this machine; `login` is USER:PASSWORD where one is asked for."""
    states, turn = StateServer(login=login), threading.Lock()

    class StateHandler(Handler):
        def respond(self, body: bytes) -> None:
            with turn:
                headers = {key.lower(): value for key, value in self.headers.items()}
                status, answer = states.answer(self.command, self.path, body, headers)
            self.answer(status, answer)

    with serve_http(StateHandler) as states.url:
        yield states
