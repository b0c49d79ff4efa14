"""grafana_note: /api/annotations (12.4), of the whole organisation."""

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.blocks import Set
from providers.grafana.since import since
from providers.kit.api import Rest
from providers.kit.identity import ServerId
from providers.kit.resource import resource
from providers.kit.version import Digest

NOTE = resource(
    "grafana_note",
    "A note at a time, which panels show.",
    api=Rest("/api/annotations"),
    identity=ServerId("note_id", natural_key="text"),
    versioned=Digest(beside=("updated", "created", "avatarUrl", "login", "email")),
    title="text",
    supported=since("A note", 12),
    attrs={
        "text": Attr(required=True, example="Release 7", doc="What it says."),
        "tags": Attr(Set("string"), doc="By which it is found."),
        "time": Attr("number", required=True, example=1700000000000, doc="Milliseconds since 1970."),
        "note_id": Attr("number", computed=True, stable=True, wire="id", doc="Number of the note on its server."),
    },
)
