"""Begins the surveys of what the state remembers while the graph is still built: a plan takes as long as the longest
list of its servers, and little longer."""

from __future__ import annotations

from collections.abc import Iterable

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import ProviderError, ValueProblem, Version
from hcl_lite.core.values import is_unknown
from hcl_lite.engine.evaluate import evaluate_arguments
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.secret_paths import hide_sensitive
from hcl_lite.lang.config.declared import provider_type
from hcl_lite.lang.evaluation.conditions import broken_variables
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Record


def remembered_versions(records: Iterable[Record]) -> dict[tuple[str, str], dict[str, Version]]:
    """Returns the uids of `records` with the versions that are remembered, by provider name and resource type."""
    known: dict[tuple[str, str], dict[str, Version]] = {}
    for record in records:
        known.setdefault((record.provider, record.address.type), {}).setdefault(record.uid, record.version)
    return known


def survey_ahead(session: Session, scope: Scope, records: Iterable[Record]) -> None:
    """Opens the providers of `records` whose settings are known before any server is asked, and begins one survey for
    each of their types. Whatever is wrong with one is left to the walk, which says where. Needs a running event
    loop."""
    records = list(records)
    if any(broken_variables(scope)):
        return
    hide_sensitive(records, session.resource_type)
    known = remembered_versions(records)
    opened = {name for name in dict.fromkeys(name for name, _ in known) if _is_opened(session, scope, name)}
    for (name, type_), versions in known.items():
        if name in opened:
            session.survey_ahead(name, type_, versions)


def _is_opened(session: Session, scope: Scope, name: str) -> bool:
    """Opens a provider. Returns whether that could be done by now."""
    block = session.config.blocks.get(provider_address(name))
    try:
        if block is None:
            session.get(name)
        else:
            settings = evaluate_arguments(scope, block, session.types[provider_type(block)].settings)
            if any(is_unknown(value) for value in settings.values()):
                return False
            session.open(name, settings)
    except (HclError, ValueProblem, ProviderError):
        return False
    return True
