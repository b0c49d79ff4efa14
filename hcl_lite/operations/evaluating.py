"""Expressions of a configuration, evaluated one by one."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError, raise_if_errors
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import Value
from hcl_lite.engine.evaluate import evaluate_resource, exposed
from hcl_lite.engine.planning.options import Options
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.check import check_block
from hcl_lite.lang.config.declared import owner_of
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates expressions with what is known of the objects of a project."""

    project: Project
    scope: Scope

    def evaluate(self, text: str) -> Value:
        """The value of one expression. Raises HclError."""
        return _evaluate(self.project, self.scope, text)


@operation
def open_evaluator(context: RunContext, inputs: Inputs, *, planned: bool) -> Evaluator:
    """Objects are as the state remembers them; `planned`, as a plan leaves them. Raises HclError, and ProviderError."""
    project = load_project(context, inputs)
    return Evaluator(project, _planned(project) if planned else _remembered(project))


def _evaluate(project: Project, scope: Scope, line: str) -> Value:
    """The value of one expression. Raises HclError."""
    text = line if line.startswith("${") and line.endswith("}") else f"${{{line}}}"
    source = parse_source(f"value = {json.dumps(text, ensure_ascii=False)}", "console")
    # A check may speak of everything, also of outputs.
    block = Block(Address(Kind.CHECK, "console"), source.data, source, ())
    try:
        raise_if_errors(check_block(block, project.config, project.providers, FUNCTION_NAMES))
        return scope.evaluate_argument(block, "value")
    except HclError as error:
        raise HclError(*(replace(problem, address="") for problem in error.diagnostics)) from error


def _remembered(project: Project) -> Scope:
    """A scope that knows the objects of the state, without a server."""
    scope = project.scope()
    for address, record in project.store.read().records.items():
        owner = owner_of(address.type, Kind.RESOURCE, project.providers)
        if owner is None or address.written not in project.config.blocks:
            continue
        with contextlib.suppress(HclError):
            type_ = owner.resources[address.type]
            values = evaluate_resource(scope, scope.instance(address), type_).values
            scope.expose(address, exposed(type_, values, record.attributes, uid=record.uid, settled=True))
    return scope


def _planned(project: Project) -> Scope:
    """The scope that a plan leaves behind."""
    state = project.store.read()
    _, build = run_async(lambda: make_plan(project, state, Options()))
    return build.scope
