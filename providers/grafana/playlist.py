"""grafana_playlist: /api/playlists (10.1 to 12.4; 9.2 by documentation)."""

from __future__ import annotations

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.blocks import Blocks, Duration
from providers.grafana.since import since
from providers.kit.api import Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.resource import resource

PLAYLIST = resource(
    "grafana_playlist",
    "Dashboards that are shown one after the other.",
    api=Rest("/api/playlists"),
    identity=ServerId("uid", natural_key="name"),
    ids=Ids(pages=("/playlists/edit/{id}", "/playlists/play/{id}")),
    supported=since("A playlist", 9, 2),
    mentioned={"item.value": "dashboard"},
    attrs={
        "name": Attr(required=True, doc="What people see."),
        "interval": Attr(Duration(), required=True, example="5m", doc="How long each is shown, such as 5m."),
        "item": Attr(
            Blocks(
                {
                    "type": Attr(
                        required=True, choices=("dashboard_by_uid", "dashboard_by_tag"), doc="What value is of."
                    ),
                    "value": Attr(required=True, example="home", doc="uid of a dashboard, or a tag of some."),
                }
            ),
            required=True,
            wire="items",
            doc="What is shown, in this order.",
        ),
        "uid": Attr(computed=True, stable=True, doc="Identity; in URLs. The server's choice."),
    },
)
