"""The page of a dashboard: a sketch of its grid, each panel with its queries, variables, links, versions."""

from collections.abc import Mapping

from hcl_lite.sketch import sketch_of
from providers.embedded.datasource_table import all_sources
from providers.embedded.generations import slugs
from providers.embedded.objects import Entry, parents
from providers.embedded.pages.queries import annotations_of, description_of, links_of, queries_of, variables_of
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call
from providers.embedded.slug import make_slug


def show_dashboard(call: Call) -> Page:
    """GET /d/:uid/:slug."""
    return _page(call, find_dashboard(call))


def show_by_slug(call: Call) -> Page:
    """GET /dashboard/db/:slug: the address of a dashboard before 5."""
    slug = call.params["slug"]
    for name, title, _ in call.objects.titles("dashboards"):
        entry = call.objects.get("dashboards", name) if slug in (slugs.make_slug(title), make_slug(title)) else None
        if entry is not None:
            return _page(call, entry)
    raise Missing(f"There is no dashboard {slug}.")


def find_dashboard(call: Call) -> Entry:
    """The dashboard with the uid of the address. Raises Missing."""
    entry = call.objects.get("dashboards", call.params["uid"])
    if entry is None:
        raise Missing(f"There is no dashboard with the uid {call.params['uid']}.")
    return entry


def names_of_sources(call: Call) -> Mapping[str, str]:
    """The names of data sources by their uids."""
    return {source.uid: source.name for source in all_sources(call)}


def _page(call: Call, entry: Entry) -> Page:
    spec, names = call.objects.spec(entry), names_of_sources(call)
    sketch = sketch_of(spec)
    panels = [(tile, queries_of(tile.model, names), description_of(tile.model)) for tile in sketch.panels]
    links = {tile.key: f"#panel-{number}" for number, tile in enumerate(sketch.panels)}
    values = {
        "entry": entry,
        "sketch": sketch,
        "links": links,
        "panels": panels,
        "parts": {"Variables": variables_of(spec), "Annotations": annotations_of(spec), "Links": links_of(spec)},
        "above": parents(call.objects, entry),
        "versions": call.objects.history("dashboards", entry.name),
        "author": lambda version: call.accounts.login_of(version.updated_by or version.created_by),
    }
    return Page("dashboard.html", entry.title, "dashboards", values)
