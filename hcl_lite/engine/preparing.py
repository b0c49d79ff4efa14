"""What plan, apply and import do alike with the blocks around a resource: providers, lookups and outputs."""

from __future__ import annotations

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import Secret, Value, is_unknown
from hcl_lite.engine.evaluate import Values, evaluate_arguments, problem_at
from hcl_lite.engine.session import Session
from hcl_lite.lang.check import provider_type
from hcl_lite.lang.config import Block
from hcl_lite.lang.scope import Scope


def open_provider(session: Session, scope: Scope, block: Block) -> None:
    """Open the provider of a block. Raises HclError for settings that are not known or cannot work."""
    settings = evaluate_arguments(scope, block, session.types[provider_type(block)].settings)
    if is_unknown(settings):
        raise HclError(
            Diagnostic(
                "A provider's settings must be known when planning",
                "One of them comes from an object that does not exist yet.",
                block.place(),
                "Apply that object first with --target.",
                str(block.address),
            )
        )
    try:
        session.open(block.address.name, settings)
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem


def lookup_arguments(session: Session, scope: Scope, block: Block) -> Values:
    """The arguments of a data block. Raises HclError."""
    provider = session.type_of(session.provider_for(block))
    return evaluate_arguments(scope, block, provider.lookups[block.address.type].attrs)


async def look_up(session: Session, block: Block, values: Values) -> Values:
    """The attributes of a data block. Raises HclError where nothing matches, ProviderError for a server's fault."""
    try:
        found = await session.get(session.provider_for(block)).lookup(block.address.type, values)
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem
    return {**values, **found}


def output_value(scope: Scope, block: Block) -> Value:
    """The value of an output; as Secret where the block says that it is sensitive. Raises HclError."""
    value = evaluate_arguments(scope, block, {}).get("value")
    return Secret(value) if block.body.get("sensitive") is True else value
