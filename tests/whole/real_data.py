"""The real dashboards and data sources beside the project, as configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROW = re.compile(r"\| (?P<file>[^|]+\.json) \| [^|]*: [^|]* \|(?: [^|]+ \|){5} (?P<loads>[^|]+) \|")


def loading(shared: Path) -> Iterator[Path]:
    """The dashboards that SOURCES.md marks as loading in 12.4.0."""
    folder = shared / "data" / "dashboards"
    for line in (folder / "SOURCES.md").read_text().splitlines():
        match = _ROW.match(line)
        if match and match["loads"].strip() == "yes":
            yield folder / match["file"]


def block_name(path: Path) -> str:
    """The name of its block."""
    return re.sub(r"[^A-Za-z0-9_]", "_", f"{path.parent.name}_{path.stem}")


def form_of(path: Path) -> str:
    """ "" for a classic one, else the version of the app platform."""
    document = json.loads(path.read_text())
    if "apiVersion" in document:
        return str(document["apiVersion"]).rpartition("/")[2]
    return "v2alpha1" if "elements" in document else ""


def retitle_first(spec: dict[str, Any]) -> str:
    """Give the first panel, or what has none, another title: this."""
    panels = [panel["spec"] for panel in spec.get("elements", {}).values()]
    panels += [panel for panel in spec.get("panels") or [] if isinstance(panel, dict)]
    panels += [panel for row in spec.get("rows") or [] for panel in row.get("panels") or []]
    target = panels[0] if panels else spec
    target["title"] = f"{target.get('title', '')} (edited by a colleague)"
    return str(target["title"])


_ATTRIBUTES = {
    "name": "name",
    "type": "type",
    "access": "access_mode",
    "uid": "uid",
    "url": "url",
    "isDefault": "is_default",
    "basicAuth": "basic_auth_enabled",
    "basicAuthUser": "basic_auth_username",
    "user": "username",
    "database": "database_name",
    "withCredentials": "with_credentials",
}


def data_source_block(index: int, payload: dict[str, Any]) -> str:
    """The payload of a POST as a block."""
    lines = [f"[resource.grafana_data_source.d{index}]"]
    for wire, attribute in _ATTRIBUTES.items():
        if wire in payload:
            lines.append(f"{attribute} = {json.dumps(payload[wire])}")
    for wire, attribute in (("jsonData", "json_data_encoded"), ("secureJsonData", "secure_json_data_encoded")):
        if wire in payload:
            text = json.dumps(payload[wire]).replace("${", "$${")
            lines.append(f"{attribute} = {json.dumps(text)}")
    return "\n".join(lines) + "\n"
