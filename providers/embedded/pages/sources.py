"""The data sources: what each is, and which secrets it has, by name."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from providers.embedded.datasource_table import PLAIN, DataSource, all_sources, find
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call

_SECRET_WORDS: Final = ("pass", "secret", "token", "key", "credential", "httpheader", "authorization")


def list_sources(call: Call) -> Page:
    """GET /connections/datasources."""
    return Page("sources.html", "Data sources", "sources", {"sources": [_shown(one) for one in all_sources(call)]})


def show_source(call: Call) -> Page:
    """GET /connections/datasources/edit/:uid, with a number for the uid before 7."""
    name = call.params["uid"]
    source = find(call, "uid", name) or (find(call, "id", int(name)) if name.isdecimal() and len(name) < 19 else None)
    if source is None:
        raise Missing(f"There is no data source with the uid {name}.")
    return Page("sources.html", source.name, "sources", {"sources": [_shown(source)]})


def _shown(source: DataSource) -> Mapping[str, Any]:
    """A data source without anything secret: no password in its address, no value of what is named like a secret."""
    settings = {
        key: "(not shown)"
        if any(word in key.lower() for word in _SECRET_WORDS)
        else value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in source.json_data.items()
        if isinstance(value, str | int | float | bool)
    }
    secrets = sorted({name.removeprefix(PLAIN) for name in source.secure})
    return {"source": source, "url": _without_account(source.url), "settings": settings, "secrets": secrets}


def _without_account(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return "(no address)"
