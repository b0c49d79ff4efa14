"""Checks the values of a configuration as far as they are known without a server."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import complete, evaluate_arguments, evaluate_resource
from hcl_lite.engine.graph import Build
from hcl_lite.engine.planning.exclusive import Exclusive, exclusive_claims
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.declared import ProviderTypes, attributes_of, owner_of
from hcl_lite.lang.evaluation.conditions import broken_rules

See = Callable[[Block, Values, Values], None]


def check_values(build: Build, providers: ProviderTypes, see: See | None = None, first: Collection[str] = ()) -> None:
    """Evaluates every block that does not depend on a server. Raises HclError with all errors.

    `see` is called with each valid block of a provider's type, its arguments and the completed ones: with those of the
    types in `first` before all others.
    """
    problems: list[Diagnostic] = []
    exclusive = Exclusive()
    for block in sorted(build.config.blocks.values(), key=lambda block: block.address.type not in first):
        kind = block.address.kind
        try:
            if kind is Kind.RESOURCE:
                owner = owner_of(block.address.type, kind, providers)
                assert owner is not None
                type_ = owner.resources[block.address.type]
                values = evaluate_resource(build.scope, block, type_).values
                problems.extend(exclusive.ask(block.provider, block, exclusive_claims(block, type_, values)))
                completed = complete(block, type_, values, "").values
                if see is not None:
                    see(block, values, completed)
            elif kind in (Kind.LOCAL, Kind.VARIABLE, Kind.OUTPUT):
                build.scope.value(block.address)
                problems.extend(broken_rules(build.scope, block, block.rules))
            # The inputs of a module are evaluated as its variables; a policy is about a plan.
            elif kind not in (Kind.MODULE, Kind.POLICY):
                values = evaluate_arguments(build.scope, block, attributes_of(block, build.config, providers) or {})
                if see is not None and kind is Kind.DATA:
                    see(block, values, values)
            problems.extend(broken_rules(build.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        except HclError as error:
            problems.extend(error.diagnostics)
    raise_if_errors(problems)
