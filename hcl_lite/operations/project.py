"""The inputs of every operation: the configuration of a directory, its variables, its state, the providers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.measuring import stage
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import Secret, Value, shown
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import complete, evaluate_resource
from hcl_lite.engine.graph import Build
from hcl_lite.engine.graph_builder import Pieces, build_graph, build_in_pieces
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import Config, load_config
from hcl_lite.lang.config.declared import ProviderTypes, owner_of
from hcl_lite.lang.config.variables import load_variables
from hcl_lite.lang.evaluation.module_functions import functions_of
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.evaluation.secret_references import SecretReader, Secrets, UnreadSecrets
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.operations.backend import open_backups, open_workspace
from hcl_lite.operations.requests import Inputs
from hcl_lite.version import __version__
from providers.registry import provider_types
from state.backup_store import DEFAULT_RUNS
from state.backups import BackupStore
from state.model import State
from state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Project:
    """One directory, loaded and checked. `warnings` are what the checks found that is no mistake for certain; `staged`
    is a directory of files that are about to be put into it, and are read as if they were there."""

    config: Config
    variables: Mapping[str, Value]
    store: Workspace
    now: datetime
    context: RunContext
    providers: ProviderTypes = field(default_factory=provider_types)
    secrets: SecretReader = field(default_factory=UnreadSecrets)
    warnings: tuple[Diagnostic, ...] = ()
    staged: Path | None = None

    def scope(self) -> Scope:
        """A new scope that knows no object yet."""

        def reload(address: Address) -> Values:
            block = scope.instance(address)
            owner = owner_of(address.type, address.kind, self.providers)
            if owner is None or address.type not in owner.resources:
                return scope.objects[address]
            type_ = owner.resources[address.type]
            uid = scope.objects[address].get("uid")
            values = evaluate_resource(scope, block, type_).values
            wanted = complete(block, type_, values, uid if isinstance(uid, str) else "")
            return {**wanted.values, **scope.objects[address]}

        scope = Scope(
            self.config,
            self.variables,
            functions_of(self.config, self.context.environment, self.now, self.staged),
            reload,
            self.secrets,
            self.store.name,
        )
        return scope

    def build(self, state: State, scope: Scope | None = None) -> Build:
        """The graph. Raises HclError for a cycle, and for what is wrong with for_each, count and providers."""
        return build_graph(self.config, self.providers, scope or self.scope(), _recorded(state))

    def build_in_pieces(self, state: State, scope: Scope) -> Pieces:
        """The same, with room between the pieces for calls that are under way."""
        return build_in_pieces(self.config, self.providers, scope, _recorded(state))

    @property
    def backups(self) -> BackupStore:
        """The backups of earlier runs."""
        return open_backups(self.store, self.context, int(self.config.settings.get("backups", DEFAULT_RUNS)))

    def files(self) -> Mapping[str, str]:
        """The SHA-256 of each file of the configuration."""
        texts = {source.name: source.text.encode("utf-8", "surrogatepass") for source in self.config.sources}
        return {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}

    @contextmanager
    def warning_of_errors(self, *more: Diagnostic) -> Iterator[None]:
        """Around what may raise HclError: the warnings of the checks, and `more`, may say why."""
        try:
            yield
        except HclError as error:
            raise HclError(*error.diagnostics, *self.warnings, *more) from error

    def inputs(self) -> Mapping[str, Value]:
        """The variables that a saved plan may hold: all but the sensitive ones."""
        return {name: value for name, value in self.variables.items() if not isinstance(value, Secret)}


def _recorded(state: State) -> Mapping[Address, str]:
    """The uids that the state remembers."""
    return {record.address: record.uid for record in state.records.values()}


def load_project(
    context: RunContext,
    inputs: Inputs,
    workspace: Callable[[Config, RunContext], Workspace] = open_workspace,
    change: Callable[[Config], Config] = lambda config: config,
) -> Project:
    """Read and check everything that needs no server, as `change` leaves it. Raises HclError with all that is wrong.

    Whoever does not look at the state needs no open backend: unopened_workspace will do.
    """
    with stage("load"):
        config = change(load_config(context.directory))
        check_version(config)
        providers = provider_types()
        found = check_config(config, providers, FUNCTION_NAMES)
        raise_if_errors(found)
    files = [context.directory / path for path in inputs.files]
    variables = load_variables(
        config,
        context.environment,
        files,
        inputs.assignments,
        inputs.saved,
        inputs.missing,
        passed=inputs.passed,
    )
    now = datetime.fromisoformat(inputs.time) if inputs.time else context.clock()
    secrets = Secrets(config.root, context.environment)
    return Project(config, variables, workspace(config, context), now, context, providers, secrets, tuple(found))


def check_version(config: Config) -> None:
    """required_version against this one. Raises HclError."""
    required = config.settings.get("required_version")
    if required is None:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - seldom needed, slow to import

    source = next(s for s in config.sources if "required_version" in s.data.get("hcl_lite", {}))
    place = source.value_place(("hcl_lite", "required_version"))
    try:
        allowed = SpecifierSet(str(required))
    except InvalidSpecifier as error:
        raise HclError(
            Diagnostic(
                "required_version is not understood",
                f"Expected versions to compare with, found {shown(required)}.",
                place,
                'Such as ">=0.1,<2"; Terraform\'s "~> 1.5" is written "~=1.5".',
            )
        ) from error
    if not allowed.contains(__version__, prereleases=True):
        raise HclError(Diagnostic(f"This configuration needs hcl-lite {required}", f"This is {__version__}.", place))
