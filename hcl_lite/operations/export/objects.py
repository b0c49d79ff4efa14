"""The objects of the state, as their servers have them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.places import leaves
from hcl_lite.core.values import reveal
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.secret_references import scheme_of
from hcl_lite.operations.bulk_import.blocks import laid_out
from hcl_lite.operations.bulk_import.inventory import Told, find_objects, read_objects
from hcl_lite.operations.bulk_import.model import Found, LeftOut, Selection
from hcl_lite.operations.export.model import Exported
from hcl_lite.operations.migrate.model import FOLDER_ARGUMENTS
from hcl_lite.operations.migrate.objects import body_of
from state.model import Record, State

_FOLDER = "grafana_folder"


async def read_exported(
    build: Build, state: State, session: Session, provider: str, told: Told
) -> tuple[Sequence[Exported], Sequence[LeftOut]]:
    """Returns the managed objects on the server of a provider, and those that cannot be read. Raises HclError;
    ProviderError."""
    records = sorted(
        (one for one in state.records.values() if one.provider == provider), key=lambda one: str(one.address)
    )
    if not records:
        raise HclError(Diagnostic(f"Nothing is managed on provider.{provider}", hint="hcl-lite apply makes something."))
    listed = await find_objects(session, [provider], (), Selection(types=(_FOLDER,)), told)
    ways = {one.uid: (*one.path, one.title) for one in listed.found if one.type.name == _FOLDER}
    wanted = {(one.address.type, one.uid): one for one in records}
    found = [Found(provider, session.resource_type(provider, one.address.type), one.uid) for one in records]
    read = await read_objects(session, found, told, with_fixed=True)
    exported = [_exported(wanted[one.type.name, one.uid], one, build, ways) for one in read.found]
    return exported, read.left


def _exported(record: Record, found: Found, build: Build, ways: Mapping[str, tuple[str, ...]]) -> Exported:
    values: Mapping[str, Any] = reveal(found.values)
    document = found.live.document if found.live is not None else None
    body = body_of(found.type)
    text = values.get(body) if body else None
    folder = str(values.get(FOLDER_ARGUMENTS.get(record.address.type, ""), "") or "")
    block = build.config.blocks.get(record.address.collection)
    names = sorted(found.live.secret_keys or ()) if found.live is not None else []
    return Exported(
        record.address,
        record.uid,
        str(values.get("title") or values.get("name") or _title_of(text) or record.uid),
        document if isinstance(document, Mapping) else {},
        laid_out(text) if isinstance(text, str) else "",
        folder,
        ways.get(folder, ()),
        {name: _variable(record.address, name, block) for name in names},
    )


def _title_of(text: object) -> str:
    """The title in the JSON of a dashboard."""
    if not isinstance(text, str):
        return ""
    model = json.loads(text)
    spec = model.get("spec", model)
    return str(spec.get("title") or "") if isinstance(spec, Mapping) else ""


def _variable(address: Address, name: str, block: Block | None) -> str:
    """The environment variable that holds a secret: that of its block, or one with the names of both."""
    for place, leaf in leaves(block.body) if block is not None else _NOTHING:
        if place and str(place[-1]) == name.rpartition(".")[2] and scheme_of(leaf) == "env":
            return str(leaf).partition(":")[2]
    return re.sub(r"[^A-Z0-9]+", "_", f"{address.name}_{name}".upper())


_NOTHING: Iterable[Any] = ()
