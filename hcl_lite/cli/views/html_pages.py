"""Pages for a browser, of the templates in page/, with style sheets and scripts that their policy allows by hash."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hcl_lite.cli.views.texts import unseen_escaped

_HERE = "hcl_lite.cli.views"


def render_page(name: str, css: str, script: str, **values: Any) -> str:
    """Renders the template `name` with a style sheet and a script of its own; nothing else may run on it."""
    allowed = {"css_hash": _hash(css), "script_hash": _hash(script)}
    return _environment().get_template(name).render(css=Markup(css), script=Markup(script), **allowed, **values)


def page_file(name: str) -> str:
    """Returns the text of a file in page/."""
    return (importlib.resources.files(_HERE) / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Returns what the policy of a page allows a style sheet or a script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_HERE, "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["named"] = unseen_escaped
    environment.filters["markup"] = Markup  # of sketches: what is of others in them is escaped there
    return environment
