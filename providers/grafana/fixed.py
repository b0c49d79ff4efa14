"""Reasons why no account can change an object: it comes from a file of the server's own, or from a repository. Pure.

What 12.4.0 does of a dashboard from a file: save and deletion are a 400, unless its provider has allowUiUpdates; the
folder that was made for it can be renamed. A data source of `editable: false` is `readOnly`, a 403. What a repository
manages is refused by the storage itself (by the source).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FROM_FILE: Final = "it comes from a file of the server's own (provisioning)"
FROM_REPOSITORY: Final = "it is managed by a repository (grafana.app/managedBy: repo)"

FROM_PLUGIN: Final = "it belongs to a plugin, which writes it (grafana.app/managedBy: plugin)"

_WHY: Final[Mapping[str, str]] = {"classic-file-provisioning": FROM_FILE, "repo": FROM_REPOSITORY}


def fixed_by(manager: object) -> str:
    """Returns the reason why an object of this manager may not be changed; the manager is `grafana.app/managedBy` of
    its annotations."""
    return _WHY.get(str(manager), "")


def fixed_by_annotations(metadata: Mapping[str, Any]) -> str:
    """The same of the metadata of the app platform (12.4)."""
    return fixed_by((metadata.get("annotations") or {}).get("grafana.app/managedBy"))


def owner_by_annotations(metadata: Mapping[str, Any]) -> str:
    """Returns the reason why an object is somebody else's to change, though the server lets accounts do so: 12.4.0
    (enforceManagerProperties) refuses no change of what a plugin manages."""
    manager = (metadata.get("annotations") or {}).get("grafana.app/managedBy")
    return FROM_PLUGIN if manager == "plugin" else ""


def fixed_by_meta(meta: Mapping[str, Any]) -> str:
    """Returns the reason why a dashboard may not be changed, from the meta of GET /api/dashboards/uid/:uid (5 to
    12.4)."""
    return FROM_FILE if meta.get("provisioned") is True else ""
