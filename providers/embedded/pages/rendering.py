"""Pages from templates: everything that was stored is escaped, and a browser is told to run and load nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from hcl_lite.sketch import draw, glyphs, style, thumbnail
from providers.embedded.routing import Call

_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A template, what it shows, and where in the site it is: the name of an entry of the menu."""

    template: str
    title: str
    menu: str
    values: Mapping[str, Any]


class Missing(Exception):
    """A page of something that is not there; `what` is a sentence for whoever asked."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def show(call: Call, page: Page, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The page as an answer. Its style sheet is in it, and allowed by a number of this answer alone."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    values = {**page.values, "title": page.title, "menu": page.menu, "nonce": nonce, "org": _org(call)}
    text = _environment().get_template(page.template).render(values, version=call.options.version)
    # Texts of JSON may hold halves of surrogate pairs, which UTF-8 has no place for.
    body = text.encode("utf-8", "replace")
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    return Response(body, status, headers, "text/html; charset=utf-8")


def show_missing(call: Call, missing: Missing) -> Response:
    """404, as a page."""
    return show(call, Page("missing.html", "Not found", "", {"what": missing.what}), HTTPStatus.NOT_FOUND)


def when(seconds: float) -> str:
    """A moment, UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return "never"


def _org(call: Call) -> Mapping[str, Any]:
    """The organisation that is shown, how links stay in it, and the others."""
    orgs = call.accounts.orgs()
    here = call.identity.org
    suffix = f"?orgId={here}" if here != next(iter(orgs), here) else ""
    return {"name": orgs.get(here, ""), "suffix": suffix, "others": [one for one in orgs.items() if one[0] != here]}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("providers.embedded.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(when=when, path=lambda text: quote(str(text), safe=""))
    environment.globals.update(
        glyphs=lambda: Markup(glyphs()),
        sketch_style=lambda: Markup(style()),
        draw=lambda *args, **more: Markup(draw(*args, **more)),
        thumbnail=lambda *args: Markup(thumbnail(*args)),
    )
    return environment
