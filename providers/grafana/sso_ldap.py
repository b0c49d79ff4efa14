"""The LDAP servers of grafana_sso_settings (12.4.0): what there is to say of them, and what Grafana takes. Pure.

Grafana keeps `config` as it was sent; a secret that is not sent anew is that of the server at the same place before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.schema.blocks import Block, Blocks
from hcl_lite.core.values import Value, is_unknown, reveal

Values = Mapping[str, Value]

BLOCK: Final = "ldap_settings"
_SECRETS: Final = ("bind_password", "client_key", "client_key_value")
_TLS: Final = ("", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3")
_TEXTS: Final = "list(string)"

_ATTRIBUTES: Final = {
    "username": Attr(doc="Attribute of the login."),
    "name": Attr(doc="Attribute of the first name."),
    "surname": Attr(doc="Attribute of the last name."),
    "email": Attr(doc="Attribute of the e-mail address."),
    "member_of": Attr(doc="Attribute of the groups."),
}
_GROUP: Final = {
    "group_dn": Attr(required=True, doc="Distinguished name of the group; * for everybody."),
    "org_role": Attr(choices=("", "None", "Viewer", "Editor", "Admin"), doc="What its members are, such as Editor."),
    "org_id": Attr("number", server_default=1, doc="Number of the organization in which they are that."),
    "grafana_admin": Attr("bool", doc="Whether its members are admins of the whole server."),
}
_SERVER: Final = {
    "host": Attr(required=True, doc="Name or address; several with spaces between."),
    "port": Attr("number", example=389, doc="389 or 636 as a rule."),
    "use_ssl": Attr("bool", doc="Encrypt: with LDAPS, or with STARTTLS where start_tls says so."),
    "start_tls": Attr("bool", doc="Encrypt with STARTTLS."),
    "ssl_skip_verify": Attr("bool", doc="Take any certificate. For tests."),
    "min_tls_version": Attr(choices=_TLS, doc="The oldest version of TLS that is taken, such as TLS1.2."),
    "tls_ciphers": Attr(_TEXTS, doc="Ciphers that are taken, by Go's names. Grafana refuses others with 500."),
    "root_ca_cert": Attr(doc="Path of certificates on the server, for a directory with its own."),
    "root_ca_cert_value": Attr(_TEXTS, doc="Such certificates, as base64 of PEM."),
    "client_cert": Attr(doc="Path of the certificate on the server that Grafana shows."),
    "client_cert_value": Attr(doc="That certificate, as base64 of PEM."),
    "client_key": Attr(secret=True, doc="Path of its key, which Grafana keeps secret."),
    "client_key_value": Attr(secret=True, doc="That key, as base64 of PEM."),
    "bind_dn": Attr(doc="As whom Grafana searches; with %s for the login, as whoever signs in."),
    "bind_password": Attr(secret=True, doc="The password of bind_dn."),
    "timeout": Attr("number", server_default=10, doc="Seconds."),
    "attributes": Attr(Block(_ATTRIBUTES), server_default={}, doc="Which attribute of the directory is what."),
    "search_filter": Attr(required=True, doc="How a login is found, such as (cn=%s)."),
    "search_base_dns": Attr(_TEXTS, required=True, doc="Below which names people are searched."),
    "group_search_filter": Attr(doc="How groups are found where member_of does not tell, such as (memberUid=%s)."),
    "group_search_filter_user_attribute": Attr(doc="What of a person is in that filter. Default: the login."),
    "group_search_base_dns": Attr(_TEXTS, doc="Below which names groups are searched."),
    "group_mappings": Attr(Blocks(_GROUP), doc="What members of groups are in Grafana; the first that fits counts."),
}

LDAP: Final[Mapping[str, Attr]] = {
    "config": Attr(
        Block({"servers": Attr(Blocks(_SERVER), required=True, doc="The directories, asked in this order.")}),
        required=True,
        doc="What Grafana has in ldap.toml where nothing is here.",
    ),
    "enabled": Attr("bool", default=True, doc="Whether people may sign in by it."),
    "allow_sign_up": Attr(
        "bool",
        computed=True,
        optional=True,
        wire="allowSignUp",
        doc="Make an account for who signs in first.",
    ),
    "skip_org_role_sync": Attr(
        "bool",
        computed=True,
        optional=True,
        wire="skipOrgRoleSync",
        doc="Leave roles as they are in Grafana.",
    ),
}


def check_ldap(settings: Values) -> None:
    """Raises ValueProblem for what Grafana refuses with 500 and no reason."""
    if settings.get("enabled") is not True:
        return
    servers = reveal(settings.get("config")) or {}
    if isinstance(servers, Mapping) and servers.get("servers") == []:
        raise ValueProblem(BLOCK, "No server is configured", "Expected one at least, or enabled = false.")
    for number, server in enumerate(_servers(settings)):
        for key in ("host", "search_filter", "search_base_dns"):
            if server.get(key) in ("", []):
                raise ValueProblem(BLOCK, f"config.servers[{number}] has no {key}", "Grafana needs it.")
        groups = server.get("group_mappings")
        for place, group in enumerate(groups if isinstance(groups, list | tuple) else ()):
            if isinstance(group, Mapping) and not group.get("org_role") and group.get("grafana_admin") is None:
                said = f"config.servers[{number}].group_mappings[{place}] says nothing of its group"
                raise ValueProblem(BLOCK, said, "Expected org_role or grafana_admin.")


def check_moved(settings: Values, there: Values) -> None:
    """Raises ValueProblem where a server has another place than before, and no password: Grafana would keep for it
    that of the server which was there."""
    hosts = [server.get("host") for server in _servers(there)]
    for number, server in enumerate(_servers(settings)):
        host = server.get("host")
        is_where_it_was = number < len(hosts) and hosts[number] == host
        if server.get("bind_dn") and not server.get("bind_password") and host in hosts and not is_where_it_was:
            said = f"config.servers[{number}] is at another place than before, and has no bind_password"
            hint = "Give its bind_password: Grafana keeps passwords by their places in the list."
            raise ValueProblem(BLOCK, said, hint=hint)


def with_kept_secrets(settings: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings of the wire with the marks of secrets that they do not speak of, of servers that are where they
    were: a mark stands for the secret at that place, which is none of another host's business."""
    before = _servers(there)
    servers = [
        {**_marks(before[number]), **server} if number < len(before) and _is_same(before[number], server) else server
        for number, server in enumerate(_servers(settings))
    ]
    return {**settings, "config": {**settings["config"], "servers": servers}}


def _is_same(before: Values, server: Values) -> bool:
    return before.get("host") == server.get("host")


def _marks(server: Values) -> dict[str, Value]:
    return {key: server[key] for key in _SECRETS if server.get(key)}


def _servers(settings: Values) -> Sequence[Values]:
    config = reveal(settings.get("config"))
    servers = reveal(config.get("servers")) if isinstance(config, Mapping) else ()
    if is_unknown(servers) or not isinstance(servers, list | tuple):
        return ()
    return [server if isinstance(server, Mapping) else {} for server in servers]
