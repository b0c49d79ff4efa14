"""Pages of Grafana on which several types stand, as ids of them (3.2 to 12.4, by the routes of their frontends)."""

from __future__ import annotations

from typing import Final

from providers.kit.ids import Ids

DASHBOARD_IDS: Final = Ids(
    pages=("/d/{id}", "/d-solo/{id}", "/d-embed/{id}", "/dashboard/db/{slug}", "/dashboard-solo/db/{slug}")
)
FOLDER_IDS: Final = Ids(pages=("/dashboards/f/{id}", "/dashboards/folder/{id}"))
