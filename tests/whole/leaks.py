"""Secrets planted in every kind of place, a server that repeats whatever it is sent, and the search for secrets."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.http_servers import Handler


@dataclass
class Planted:
    """The secrets of one test, by the place that each is planted in."""

    secrets: dict[str, str] = field(default_factory=dict)

    def plant(self, place: str, *, plain: bool = False) -> str:
        """A new secret for `place`; with signs that every encoding has another word for, unless it is `plain`."""
        number = len(self.secrets) + 1
        self.secrets[place] = f"zq{number:02d}PLANTED{number * 7919:06d}" + ("" if plain else '"&<é\\ /+x')
        return self.secrets[place]

    def toml(self, place: str) -> str:
        """The same as a string of TOML."""
        return json.dumps(self.plant(place), ensure_ascii=False)

    def found_in(self, text: str) -> list[str]:
        """The places whose secret, in whatever form, is in `text`."""
        return [place for place, secret in self.secrets.items() if any(form in text for form in forms(secret))]


def forms(secret: str) -> set[str]:
    """The forms in which a text may have a secret; a fragment that no escaping changes stands for most of them."""
    data = secret.encode()
    return {
        secret,
        secret.partition('"')[0],  # zq01PLANTED007919: also what is left when a secret is cut
        json.dumps(secret)[1:-1],
        quote(data, safe=""),
        quote_plus(data),
        html.escape(secret),
        *(base64.b64encode(b"." * shift + data[:15]).decode()[4:16] for shift in range(3)),
    }


class Echo(Handler):
    """Answers reads with nothing there, writes with an error in which everything that was sent is repeated."""

    def respond(self, body: bytes) -> None:
        if self.command != "GET":
            self._repeat(body)
        elif self.path == "/api/frontend/settings":
            self.answer_json(200, {"buildInfo": {"version": "7.5.5"}})
        elif "refused" in self.path or "/v0/" in self.path:
            self._repeat(b"")
        else:
            self.answer_json(404, {"message": f"not found: {dict(self.headers)} {self.path}"})

    def _repeat(self, body: bytes) -> None:
        sent, login = body.decode(), b""
        scheme, _, account = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            login = base64.b64decode(account)
        said = {
            "raw": sent,
            "headers": dict(self.headers),
            "login": login.decode("latin-1"),
            "base64": base64.b64encode(b"." + body).decode(),
            "url": quote(sent),
            "html": html.escape(sent),
        }
        self.answer_json(400, {"message": json.dumps(said)})


def texts_below(directory: Path, given: set[Path]) -> Iterator[tuple[str, str]]:
    """Every file that a run has written: its name, and what is in it. The databases of servers are none of ours."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path not in given and ".db" not in path.name:
            yield str(path.relative_to(directory)), path.read_bytes().decode("utf-8", "replace")
