"""The routes of paths: what is told of many calls together has no names of objects in it. Pure."""

from __future__ import annotations

import re
from itertools import starmap

# The words of the routes of Grafana (3 to 12) and HeadSpin; whatever else a path has is the name of something.
_WORD = re.compile(
    r"access-control|actions|admin|alert-rules|allocate|annotations|api|apis|auth|avatar|connections"
    r"|contact-points|correlations|counts|dashboard|dashboards|datasources|db|description|disable|ds|dto|editor"
    r"|enable|export|folder|folders|frontend|grafana|health|history|home|id|info|items|keys|library-elements"
    r"|login|lookup|members|move|mute-timings|name|namespaces|org|orgs|password|permissions|ping|playlists"
    r"|policies|preferences|provisioning|proxy|public|public-dashboards|query|register|remove|reset|resources"
    r"|restore|rule-groups|ruler|rules|search|serviceaccounts|settings|snapshots|snapshots-delete|sso-settings"
    r"|stars|tags|teams|templates|tokens|trash|tsdb|uid|user|users|validate|version|versions"
)
_NUMBER = re.compile(r"\d+")
_VERSION = re.compile(r"v\d+((alpha|beta)\d+)?")
_NAMING = {"uid": ":uid", "id": ":id", "name": ":name", "namespaces": ":namespace"}


def route_of(path: str) -> str:
    """Returns the route of a path as Grafana's documents write it: /api/dashboards/uid/:uid."""
    steps = path.partition("?")[0].split("/")
    if steps[:2] == ["", "apis"]:
        return "/".join(starmap(_told_of_app_platform, enumerate(steps)))
    found: list[str] = []
    for before, step in zip(["", *steps], steps, strict=False):
        found.append(_told(before, step))
    return "/".join(found)


def _told_of_app_platform(place: int, step: str) -> str:
    """A step of /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME/PART, by its place."""
    if place == 3 and not _VERSION.fullmatch(step):
        return ":version"
    if place == 2 and "." not in step:
        return ":group"
    return {5: ":namespace", 7: ":uid"}.get(place, step)


def _told(before: str, step: str) -> str:
    if before in _NAMING:
        return _NAMING[before]
    if not step or _WORD.fullmatch(step) or step.endswith(".grafana.app") or _VERSION.fullmatch(step):
        return step
    return ":id" if _NUMBER.fullmatch(step) else ":uid"
