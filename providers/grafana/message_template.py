"""grafana_message_template: /api/v1/provisioning/templates (9.1 to 12.4), texts of notifications. A PUT makes them too.

The server takes the blanks around a template away, and makes one that defines nothing the definition of its own name;
a PUT with an older `version` is refused (12.4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, Dependent, Mention, ValueProblem
from hcl_lite.core.values import Secret, Value
from providers.grafana.client import GrafanaClient
from providers.grafana.notification_templates import KIND, defined_in, needed_by, needed_in
from providers.grafana.notifying import find_points
from providers.grafana.provenance import DISABLE_PROVENANCE, KEPT_IN, ROOT, Provisioned, changeable, fixed
from providers.kit.api import Json, Values
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Digest

_DEFINES: Final = re.compile(r"\{\{\s*define")


class MessageTemplateType(Resource):
    """A text by whose definitions contact points and other templates go."""

    def names(self, values: Values, uid: str) -> Iterable[Mention]:
        if "template" not in values:
            return ()
        text = as_definition(values["template"], values.get("name", uid))
        return [Mention(KIND, name) for name in (defined_in(text) if isinstance(text, str) else ("",))]

    def mentions(self, values: Values) -> Iterable[Mention]:
        return self.uses(values)

    def uses(self, values: Values) -> Iterable[Mention]:
        text = values.get("template")
        return [Mention(KIND, one, ("template",)) for one in needed_in(text)] if isinstance(text, str) else ()


@dataclass(frozen=True, slots=True)
class MessageTemplates(Provisioned):
    """Texts that contact points need."""

    async def dependents(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """Of what no other one defines. GET /api/v1/provisioning/contact-points (9.1 to 12.4)."""
        listed = await self.list(client)
        staying = {name for one in listed if one["name"] not in uids for name in defined_in(one["template"])}
        defined = {one["name"]: {*defined_in(one["template"])} - staying for one in listed if one["name"] in uids}
        points = await find_points(client) if any(defined.values()) else ()
        return {
            uid: [_needing(point) for point in points if any(name in names for _, name in needed_by(point["settings"]))]
            for uid, names in defined.items()
        }


def _needing(point: Json) -> Dependent:
    return Dependent(f'contact point "{point["name"]}" ({point["uid"]})', (("grafana_contact_point", point["uid"]),))


_API: Final = MessageTemplates(f"{ROOT}/templates", along=("version",), puts=True, tells_since=(11,))


def _check(values: Values) -> None:
    text = values["template"]
    if isinstance(text, str) and not text.strip():
        raise ValueProblem("template", "A template has something in it", "It is empty.")


def _stored(values: Values) -> Values:
    """Completed values, with the template as the server keeps it."""
    return {**values, "template": as_definition(values["template"], values["name"])}


def as_definition(text: Value, name: Value) -> Value:
    """Returns the text of a template as the server keeps it."""
    if isinstance(text, Secret):
        return Secret(as_definition(text.value, name), text.made_of)
    if not isinstance(text, str):
        return text
    content = text.strip()
    if _DEFINES.search(content):
        return content
    lines = "\n".join(f"  {line}" for line in content.split("\n"))
    return f'{{{{ define "{name}" }}}}\n{lines}\n{{{{ end }}}}'


MESSAGE_TEMPLATE = odd_resource(
    MessageTemplateType,
    "grafana_message_template",
    "Texts that contact points use in their notifications, in Go's template language.",
    api=_API,
    identity=Name(),
    ids=Ids((), pages=("/alerting/notifications/templates/{encoded}",)),
    versioned=Digest(beside=("version",)),
    capabilities=Capabilities(missed=True),
    create_first=True,
    check=_check,
    normal=_stored,
    supported=partial(_API.check_told, what="A message template"),
    changeable=changeable,
    fixed=fixed,
    derived=("version",),
    kept_in=KEPT_IN,
    attrs={
        "name": Attr(required=True, replaces=True, stable=True, doc="What people see; its identity."),
        "template": Attr(
            required=True,
            example='{{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}',
            doc="Definitions, by which contact points use it; a text without one is that of its own name.",
        ),
        "disable_provenance": DISABLE_PROVENANCE,
    },
)
