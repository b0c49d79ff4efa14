"""The kinds of receivers that 12.4.0 has: which of their settings are secret, and what they cannot do without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Settings = Mapping[str, Any]
_TLS: Final = ("caCertificate", "clientCertificate", "clientKey")


@dataclass(frozen=True, slots=True)
class Integration:
    """`secrets` are paths with dots; `needs` has (settings of which one is needed, what is said without), in the order
    of the checks."""

    secrets: tuple[str, ...] = ()
    needs: Sequence[tuple[str, str]] = ()

    def complaint(self, settings: Settings) -> str:
        """Returns the message on a missing setting; empty for none."""
        for names, message in self.needs:
            if not any(_value(settings, name) for name in names.split()):
                return message
        return ""


def extract_secrets(integration: Integration, settings: Settings) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings without their secrets, and those by path. A secret that is no text, or an empty one, is none; one whose
    key has other capitals counts, and stays in the settings too (12.4.0)."""
    left, found = _copy(settings), {}
    for path in integration.secrets:
        *above, last = path.split(".")
        holder = _below(left, above)
        if holder is None:
            continue
        value = _value(holder, last)
        holder.pop(last, None)
        if isinstance(value, str) and value:
            found[path] = value
    return left, found


def with_secrets(settings: Settings, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Settings with a value at the path of each secret."""
    whole: dict[str, Any] = _copy(settings)
    for path, value in secrets.items():
        *above, last = path.split(".")
        holder = whole
        for key in above:
            holder = holder.setdefault(key, {})
        holder[last] = value
    return whole


def _copy(value: Any) -> Any:
    return {key: _copy(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


def _below(settings: dict[str, Any], keys: Sequence[str]) -> dict[str, Any] | None:
    """The object at a path, where there is one."""
    for key in keys:
        inner = _value(settings, key)
        if not isinstance(inner, dict):
            return None
        settings = inner
    return settings


def _value(settings: Settings, name: str) -> Any:
    """The value of a key, else of one that differs in capitals."""
    if name in settings:
        return settings[name]
    return next((value for key, value in settings.items() if key.lower() == name.lower()), None)


def _tls(below: str) -> tuple[str, ...]:
    return tuple(f"{below}.{key}" for key in _TLS)


_NO_URL: Final = ("url", "could not find url property in settings")
_URL_REQUIRED: Final = ("url", "required field 'url' is not specified")

INTEGRATIONS: Final[Mapping[str, Integration]] = {
    "LINE": Integration(("token",), [("token", "could not find token in settings")]),
    "dingding": Integration(("url",), [_NO_URL]),
    "discord": Integration(("url",), [("url", "could not find webhook url property in settings")]),
    "email": Integration((), [("addresses", "could not find addresses in settings")]),
    "googlechat": Integration(("url",), [_NO_URL]),
    "jira": Integration(
        ("user", "password", "api_token"),
        [
            ("api_url", "could not find api_url property in settings"),
            ("project", "missing project in jira_config"),
            ("issue_type", "missing issue_type in jira_config"),
            ("api_token user", "either token or both user and password must be set"),
            ("api_token password", "either token or both user and password must be set"),
        ],
    ),
    "kafka": Integration(
        ("password",),
        [
            ("kafkaRestProxy", "could not find kafka rest proxy endpoint property in settings"),
            ("kafkaTopic", "could not find kafka topic property in settings"),
        ],
    ),
    "mqtt": Integration(
        ("password", *_tls("tlsConfig")),
        [("brokerUrl", "MQTT broker URL must be specified"), ("topic", "MQTT topic must be specified")],
    ),
    "oncall": Integration(("password", "authorization_credentials"), [_URL_REQUIRED]),
    "opsgenie": Integration(("apiKey",), [("apiKey", "could not find api key property in settings")]),
    "pagerduty": Integration(
        ("integrationKey",), [("integrationKey", "could not find integration key property in settings")]
    ),
    "prometheus-alertmanager": Integration(("basicAuthPassword",), [_NO_URL]),
    "pushover": Integration(
        ("apiToken", "userKey"), [("userKey", "user key not found"), ("apiToken", "API token not found")]
    ),
    "sensugo": Integration(
        ("apikey",),
        [
            ("url", "could not find URL property in settings"),
            ("apikey", "could not find the API key property in settings"),
        ],
    ),
    "slack": Integration(
        ("token", "url"),
        [
            ("recipient url", "recipient must be specified when using the Slack chat API"),
            ("token url", "token must be specified when using the Slack chat API"),
        ],
    ),
    "sns": Integration(
        ("sigv4.access_key", "sigv4.secret_key"),
        [("topic_arn target_arn phone_number", "must specify topicArn, targetArn, or phone number")],
    ),
    "teams": Integration((), [_NO_URL]),
    "telegram": Integration(
        ("bottoken",),
        [("bottoken", "could not find Bot Token in settings"), ("chatid", "could not find Chat Id in settings")],
    ),
    "threema": Integration(("api_secret",), [("gateway_id", "could not find Threema Gateway ID in settings")]),
    "victorops": Integration(("url",), [("url", "could not find victorops url property in settings")]),
    "webex": Integration(("bot_token",)),
    "webhook": Integration(
        (
            "password",
            "authorization_credentials",
            *_tls("tlsConfig"),
            "hmacConfig.secret",
            "http_config.oauth2.client_secret",
            *_tls("http_config.oauth2.tls_config"),
        ),
        [_URL_REQUIRED],
    ),
    "wecom": Integration(("url", "secret"), [("url secret", "either url or secret is required")]),
}
