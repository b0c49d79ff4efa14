"""The formats that are read, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hcl_lite.operations.migrate.gdg import read_gdg
from hcl_lite.operations.migrate.grizzly import read_grizzly
from hcl_lite.operations.migrate.model import Reader
from hcl_lite.operations.migrate.operator import read_operator
from hcl_lite.operations.migrate.provisioning import read_provisioning


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what reads it, and what goes on writing to Grafana by it, with what to do about that."""

    read: Reader
    writer: str = ""
    afterwards: str = ""


_NO_MORE = "run no more, it would write over what hcl-lite has applied"

FORMATS: Mapping[str, Format] = {
    "grizzly": Format(read_grizzly, "grr apply", _NO_MORE),
    "gdg": Format(read_gdg, "gdg backup … upload", _NO_MORE),
    "provisioning": Format(read_provisioning),
    "operator": Format(
        read_operator,
        "the operator",
        "goes on writing to Grafana: set spec.suspend: true on its resources before the first apply, and take their "
        "finalizers away before they are deleted, or Grafana's objects are deleted too",
    ),
}
