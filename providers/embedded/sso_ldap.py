"""LDAP settings as 12.4.0 checks them: whatever it refuses is 500, without a reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.embedded import wire

_TEXT: Final = ("host", "min_tls_version", "root_ca_cert", "client_cert", "client_cert_value", "client_key")
_TYPES: Final[Mapping[str, type]] = {
    **dict.fromkeys((*_TEXT, "client_key_value", "bind_dn", "bind_password", "search_filter"), str),
    **dict.fromkeys(("group_search_filter", "group_search_filter_user_attribute"), str),
    **dict.fromkeys(("port", "timeout"), int),
    **dict.fromkeys(("use_ssl", "start_tls", "ssl_skip_verify"), bool),
    **dict.fromkeys(("tls_ciphers", "root_ca_cert_value", "search_base_dns", "group_search_base_dns"), list),
    "attributes": dict,
    "group_mappings": list,
}
_GROUP: Final[Mapping[str, type]] = {"group_dn": str, "org_id": int, "grafana_admin": bool, "org_role": str}
_TLS: Final = ("TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3")
_TRUE: Final = ("1", "t", "true")


def check(settings: Mapping[str, Any]) -> None:
    """Raises what the server answers to settings that it does not take."""
    config = settings.get("config")
    servers = config.get("servers") if isinstance(config, dict) else None
    if not isinstance(config, dict | None) or not isinstance(servers, list | None):
        raise refuse()
    found = [_fitting(server, _TYPES) for server in servers or ()]
    groups = [[_fitting(group, _GROUP) for group in server.get("group_mappings") or ()] for server in found]
    if str(settings.get("enabled")).lower() not in _TRUE:
        return
    if not found or not all(map(_is_whole, found)):
        raise refuse()
    if any(not one.get("org_role") and one.get("grafana_admin") is None for group in groups for one in group):
        raise refuse()


def refuse() -> wire.Refused:
    """The answer to whatever fails, which tells no reason."""
    return wire.refuse(500, "Failed to update provider settings")


def _is_whole(server: Mapping[str, Any]) -> bool:
    tls = server.get("min_tls_version")
    has_needed = all(map(server.get, ("host", "search_filter", "search_base_dns")))
    return has_needed and (not tls or tls.upper() in _TLS)


def _fitting(value: Any, types: Mapping[str, type]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(_fits(value.get(key), type_) for key, type_ in types.items()):
        raise refuse()
    return value


def _fits(value: Any, type_: type) -> bool:
    return value is None or (isinstance(value, type_) and (type_ is bool or not isinstance(value, bool)))
