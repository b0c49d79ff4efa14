"""Runs of a configuration carried out on embedded servers, and held to what their tests say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from hcl_lite.core.diags import Diagnostic, HclError, Severity, raise_if_errors
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderError, ProviderType, Writer
from hcl_lite.engine.applying.applier import Applier
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.policies import policy_problems
from hcl_lite.lang.config.check import check_block, check_config
from hcl_lite.lang.config.config import Config, load_config
from hcl_lite.lang.config.declared import ProviderTypes
from hcl_lite.lang.config.testfile import Run, Suite, find_suites, load_suite
from hcl_lite.lang.config.variables import load_variables
from hcl_lite.lang.evaluation.conditions import broken_rules
from hcl_lite.lang.evaluation.scope import Scope, Values
from hcl_lite.lang.evaluation.secret_references import InventedSecrets
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation, without_secrets
from hcl_lite.operations.outcomes import Outcome, SuiteBegun
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.policies import find_policies
from hcl_lite.operations.project import Project, check_version
from hcl_lite.operations.requests import Inputs
from providers.registry import provider_types
from state.backends.local import DEFAULT_PATH, local_workspace
from state.store import Ledger

DEFAULT_PLACES = (PurePath("."), PurePath("tests"))


Told = Callable[[SuiteBegun | Outcome], None]


@operation
def test(context: RunContext, paths: Sequence[PurePath], told: Told, inputs: Inputs) -> tuple[Outcome, ...]:
    """The outcome of every run of the tests in `paths`: files, or directories to look in; `told` hears of each as it
    ends; `inputs` name shared policies.

    Raises HclError for what is wrong with the files, or with the configuration itself."""
    root = context.directory
    suites = [load_suite(root, *found) for found in find_suites(root, paths or DEFAULT_PLACES)]
    if not suites:
        detail = "Looked for *.test.toml here and in tests/."
        raise HclError(
            Diagnostic("There are no tests", detail, hint="A file has [[run]] with [[run.assert]] below it.")
        )
    outcomes: list[Outcome] = []
    for suite in suites:
        told(SuiteBegun(suite.name))
        for outcome in map(without_secrets, _carry_out_suite(context, suite, inputs)):
            outcomes.append(outcome)
            told(outcome)
    return tuple(outcomes)


def _carry_out_suite(context: RunContext, suite: Suite, inputs: Inputs) -> Iterator[Outcome]:
    """The outcome of each run, as it ends. Raises HclError where the configuration itself is wrong."""
    config = load_config(context.directory)
    check_version(config)
    raise_if_errors(check_config(config, provider_types(), FUNCTION_NAMES))
    home = TemporaryDirectory(prefix="hcl-lite-test-")
    try:
        for run in suite.runs:
            if not run.continues:
                home.cleanup()
                home = TemporaryDirectory(prefix="hcl-lite-test-")
            begun = time.monotonic()
            outcome = _carry_out(context, suite, run, config, Path(home.name), inputs)
            yield replace(outcome, seconds=time.monotonic() - begun)
    finally:
        home.cleanup()


def _carry_out(context: RunContext, suite: Suite, run: Run, config: Config, home: Path, inputs: Inputs) -> Outcome:
    providers = _embedded(home)
    plan: Plan | None = None
    found: list[Diagnostic] = []
    try:
        raise_if_errors(check_block(run.block, config, providers, FUNCTION_NAMES))
        variables = load_variables(config, context.environment, saved=run.variables, saved_at=run.variable_place)
        store = local_workspace(home / DEFAULT_PATH)
        project = Project(config, variables, store, context.clock(), context, providers, InventedSecrets())
        state = project.store.read()
        policies = find_policies(project, inputs)
        plan, build = run_async(lambda: make_plan(project, state, Options(), policies))
        found += plan.warnings
        found += [problem for one in plan.policies for problem in policy_problems(one)]
        if run.command == "apply" and not any(one.refuses for one in plan.policies):
            found += run_async(lambda: _apply(project, build, plan))
        if not any(_is_failure(diagnostic) for diagnostic in found):
            scope = build.scope if run.command == "plan" else _settled(project, run)
            found += broken_rules(scope, run.block, run.block.rules, must_be_known=True)
    except HclError as error:
        found += error.diagnostics
    except ProviderError as error:
        found.append(Diagnostic(str(error), hint=error.hint, request_id=error.request_id))
    return Outcome(suite.name, run.name, tuple(_unexpected(run, found)), plan)


async def _apply(project: Project, build: Build, plan: Plan) -> Sequence[Diagnostic]:
    session = Session(build.config, project.providers, project.context, read_only=False)
    try:
        result = await Applier(build, plan, session, Ledger(project.store, project.store.read())).run()
    finally:
        await session.close()
    return (*result.failures, *result.warnings)


def _settled(project: Project, run: Run) -> Scope:
    """The values after an apply, read back from the servers. Raises HclError where a second plan would not be empty."""
    state = project.store.read()
    plan, build = run_async(lambda: make_plan(project, state, Options()))
    if not plan.is_empty:
        changes = "\n".join(f"{change.address}: {change.action.value}" for change in plan.writes)
        raise HclError(Diagnostic("The plan after this apply is not empty", changes, run.place))
    return build.scope


def _is_failure(diagnostic: Diagnostic) -> bool:
    """An error, or a check that does not hold."""
    return diagnostic.severity is Severity.ERROR or diagnostic.address.rpartition(".")[0].endswith(("check", "policy"))


def _unexpected(run: Run, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Errors that no expected failure speaks of, and expected failures that did not come."""
    for index, address in enumerate(run.expect_failures):
        if not any(_speaks_of(address, diagnostic) for diagnostic in found):
            place = run.block.value_place("expect_failures", index)
            yield Diagnostic(f"{address} did not fail", "It is among expect_failures.", place)
    for diagnostic in dict.fromkeys(found):
        if _is_failure(diagnostic) and not any(_speaks_of(address, diagnostic) for address in run.expect_failures):
            yield diagnostic


def _speaks_of(expected: str, diagnostic: Diagnostic) -> bool:
    """Whether a failure is of the block at an address, or of an instance of it."""
    return diagnostic.address == expected or diagnostic.address.startswith(f"{expected}[")


def _embedded(home: Path) -> ProviderTypes:
    """Provider types whose servers live in `home`, whatever the configuration says of them.

    One that another one has told of is there already, such as the Grafana that HeadSpin allocates.
    """

    def embedded(type_: ProviderType) -> ProviderType:
        def open_(name: str, settings: Values, read_only: bool, context: RunContext) -> Writer:
            there = str(settings.get("url")).startswith(f"embedded:{home}/")
            own = type_.embedded(str(home), name) if type_.embedded and not there else {}
            return type_.open(name, {**settings, **own}, read_only, context)

        return replace(type_, open=open_)

    return {name: embedded(type_) for name, type_ in provider_types().items()}
