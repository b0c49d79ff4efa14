"""grafana_message_template: /api/v1/provisioning/templates (9.1 to 12.4), texts of notifications. A PUT makes them too.

The server takes the blanks around a template away, and makes one that defines nothing the definition of its own name;
a PUT with an older `version` is refused (12.4).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import Secret, Value
from providers.grafana.provenance import DISABLE_PROVENANCE, ROOT, Provisioned, changeable, fixed
from providers.kit.api import Values
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

_DEFINES: Final = re.compile(r"\{\{\s*define")
_API: Final = Provisioned(f"{ROOT}/templates", along=("version",), puts=True, tells_since=(11,))


def _check(values: Values) -> None:
    text = values["template"]
    if isinstance(text, str) and not text.strip():
        raise ValueProblem("template", "A template has something in it", "It is empty.")


def _stored(values: Values) -> Values:
    """Completed values, with the template as the server keeps it."""
    return {**values, "template": _kept(values["template"], values["name"])}


def _kept(text: Value, name: Value) -> Value:
    if isinstance(text, Secret):
        return Secret(_kept(text.value, name), text.made_of)
    if not isinstance(text, str):
        return text
    content = text.strip()
    if _DEFINES.search(content):
        return content
    lines = "\n".join(f"  {line}" for line in content.split("\n"))
    return f'{{{{ define "{name}" }}}}\n{lines}\n{{{{ end }}}}'


MESSAGE_TEMPLATE = resource(
    "grafana_message_template",
    "Texts that contact points use in their notifications, in Go's template language.",
    api=_API,
    identity=Name(),
    ids=Ids((), pages=("/alerting/notifications/templates/{encoded}",)),
    versioned=Digest(beside=("version",)),
    create_first=True,
    check=_check,
    normal=_stored,
    supported=partial(_API.check_told, what="A message template"),
    changeable=changeable,
    fixed=fixed,
    derived=("version",),
    writes_at_once=1,  # all are kept in one configuration
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
