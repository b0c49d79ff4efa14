"""grafana_contact_point: /api/v1/provisioning/contact-points (9 to 12.4), a list without a route for one of it.

Several of one name are one contact point to Grafana, with several ways to be reached: here each is an object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, Dependent, Mention, Whole
from hcl_lite.core.schema.blocks import Map, by_attribute
from providers.grafana.client import GrafanaClient
from providers.grafana.notification_templates import KIND, needed_by
from providers.grafana.notifying import POINTS, find_dependents
from providers.grafana.platform_names import APP_RESOURCE, RECEIVER, encoded_title, uid_of
from providers.grafana.provenance import DISABLE_PROVENANCE, KEPT_IN, ROOT, Provisioned, changeable, fixed
from providers.grafana.since import since
from providers.kit.api import FromList, Values
from providers.kit.ids import Ids
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Digest

_TLS: Final = ("caCertificate", "clientCertificate", "clientKey")
_HTTP: Final = ("http_config.oauth2.client_secret", *(f"http_config.oauth2.tls_config.{key}" for key in _TLS))
_ACCOUNT: Final = ("password", "authorization_credentials")
# What 12.4 keeps encrypted and answers as [REDACTED], by the type of contact point.
SECRETS: Final[Mapping[str, Collection[str]]] = {
    "LINE": ("token",),
    "dingding": ("url",),
    "discord": ("url",),
    "email": (),
    "googlechat": ("url",),
    "jira": ("user", "password", "api_token"),
    "kafka": ("password",),
    "mqtt": ("password", *(f"tlsConfig.{key}" for key in _TLS)),
    "oncall": _ACCOUNT,
    "opsgenie": ("apiKey",),
    "pagerduty": ("integrationKey",),
    "prometheus-alertmanager": ("basicAuthPassword",),
    "pushover": ("apiToken", "userKey"),
    "sensugo": ("apikey",),
    "slack": ("token", "url"),
    "sns": ("sigv4.access_key", "sigv4.secret_key"),
    "teams": (),
    "telegram": ("bottoken",),
    "threema": ("api_secret",),
    "victorops": ("url",),
    "webex": ("bot_token",),
    "webhook": (*_ACCOUNT, "hmacConfig.secret", *(f"tlsConfig.{key}" for key in _TLS), *_HTTP),
    "wecom": ("url", "secret"),
}
_SETTINGS: Final = Map(secret_keys=by_attribute("type", SECRETS), redacted="[REDACTED]")


class ContactPointType(Resource):
    """A way whose settings may need message templates."""

    def mentions(self, values: Values) -> Iterable[Mention]:
        yield from self.uses(values)

    def uses(self, values: Values) -> Iterable[Mention]:
        for place, name in needed_by(values.get("settings")):
            yield Mention(KIND, name, ("settings", *place))


@dataclass(frozen=True, slots=True)
class ContactPoints(Provisioned):
    """Contact points: whatever names one needs one way of it."""

    async def dependents(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """None of a name that others have which stay (12.4)."""
        listed = await self.list(client)
        staying = {one["name"] for one in listed if one["uid"] not in uids}
        names = {one["uid"]: one["name"] for one in listed if one["uid"] in uids and one["name"] not in staying}
        found = await find_dependents(client, {*names.values()}, POINTS) if names else {}
        return {uid: found[name] for uid, name in names.items()}


def _receiver(values: Values) -> Whole | None:
    """Returns the receiver of the app platform that a contact point is a part of: all of its name are one (12.4.0)."""
    name = values.get("name")
    return (APP_RESOURCE, uid_of(*RECEIVER, encoded_title(name))) if isinstance(name, str) else None


CONTACT_POINT = odd_resource(
    ContactPointType,
    "grafana_contact_point",
    "A way to notify people of alerts. Those of one name are one contact point with several ways.",
    api=ContactPoints(f"{ROOT}/contact-points", read=FromList("uid")),
    ids=Ids((), pages=("/alerting/notifications/receivers/{encoded}", "/alerting/notifications/{id}/edit")),
    versioned=Digest(beside=("provenance",)),
    capabilities=Capabilities(kept_if_named=True),
    whole=_receiver,
    mention_kind="contact point",
    mention_by=("name",),
    supported=since("A contact point", 9, 1),
    kept_in=KEPT_IN,
    changeable=changeable,
    fixed=fixed,
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity."),
        "name": Attr(required=True, doc="What people and notification policies call it."),
        "type": Attr(required=True, choices=tuple(SECRETS), example="email", doc="By which way."),
        "settings": Attr(
            _SETTINGS,
            required=True,
            example={"addresses": "team@example.org"},
            doc="What the type takes, by the keys of Grafana's API. Those that Grafana keeps secret are secrets here: "
            "never stored.",
        ),
        "disable_resolve_message": Attr(
            "bool", default=False, wire="disableResolveMessage", doc="Say nothing when an alert is over."
        ),
        "disable_provenance": DISABLE_PROVENANCE,
    },
)
