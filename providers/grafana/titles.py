"""Titles of folders and dashboards, of which a server up to 11 has each but once in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hcl_lite.core.places import Place, at
from hcl_lite.core.schema import Distinct
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.slug_dashboards import SlugDashboards
from providers.grafana.generations.table import generation_of
from providers.grafana.stored import stripped
from providers.kit.ids import slug_of

SHOWN_AS: Final[Mapping[str, tuple[str, ...]]] = {"title": ("url", "uri", "slug", "folderUrl", "folderTitle")}
"""What answers have beside a title that is made of it (3.2 to 12.4)."""
_MOST = 5000  # what /api/search gives at the most
_TITLED: Final = re.compile(r'title "(.*?)"((?: in folder "[^"]*")?)', re.DOTALL)


def known_by_title(title: str, folder: str) -> str:
    """Returns the title and folder by which people tell a folder or dashboard apart; `folder` is the uid of the one
    that it is in, empty for none."""
    return f'title "{title}" in folder "{folder}"' if folder else f'title "{title}"'


def known_by_slug(name: str) -> str:
    """Returns the form of `known_by_title` that servers compare up to 7.5: with the slug of the title."""
    match = _TITLED.fullmatch(name)
    slug = slug_of(match[1]) if match else ""
    return f'slug "{slug}"{match[2]}' if match and slug else name


@dataclass(frozen=True, slots=True)
class Titles:
    """Objects of a type of the search are told apart by their title in the folder that they lie in: `title` is where
    their content has it, `folder` the key of that."""

    type: Literal["dash-db", "dash-folder"]
    title: Place
    folder: str

    def known_as(self, content: Value) -> Iterable[str]:
        title, folder = stripped(at(content, self.title)), content.get(self.folder)
        if isinstance(title, str) and (folder is None or isinstance(folder, str)):
            yield known_by_title(title, folder or "")

    async def named(self, client: GrafanaClient) -> Distinct | None:
        return await titles_on(client, self.type)


async def titles_on(client: GrafanaClient, type_: Literal["dash-db", "dash-folder"]) -> Distinct | None:
    """uids by title, where titles are unique, otherwise None: 5 to 11 (412 and 409 by recordings of 5.4 and 7.5). Up to
    7.5 they are compared by their slugs.

    GET /api/search. That of 3 tells no uids, so each dashboard is read.
    """
    generation = await generation_of(client)
    if generation.app_platform or not (generation.folders or type_ == "dash-db"):
        return None
    if isinstance(generation.dashboards, SlugDashboards):
        titled = await generation.dashboards.titles(client)
        named = {known_by_title(title, ""): uid for title, uid in titled.items()}
    else:
        found = await client.get("/api/search", {"type": type_, "limit": str(_MOST)})
        named = {known_by_title(item["title"], item.get("folderUid") or ""): item["uid"] for item in found}
    if not generation.slugs:
        return Distinct(named)
    return Distinct({known_by_slug(name): uid for name, uid in named.items()}, known_by_slug)
