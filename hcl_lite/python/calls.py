"""Calls of operations from Python: in a thread of its own, with checked values and callbacks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import hcl_lite.operations as operations
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.plan import Plan as EnginePlan
from hcl_lite.engine.planning.options import OnUnreachable, Options
from hcl_lite.operations.background import Stops, call
from hcl_lite.operations.caller import Caller, Progress
from hcl_lite.operations.guarding import guarded, noted
from hcl_lite.operations.pulling.merge import Side
from hcl_lite.operations.requests import ApplyRequest, Inputs, LockOptions, RestoreRequest
from hcl_lite.python.conversions import applied_of, event_of, plan_of, restored_of
from hcl_lite.python.results import Applied, ApplyFailed, Event, Plan

T = TypeVar("T")
Request = TypeVar("Request", ApplyRequest, RestoreRequest)
Directory = str | os.PathLike[str]
Addresses = str | Sequence[str]
Files = Sequence[Directory]
Events = Callable[[Event], None]
Approve = Callable[[Plan], bool]


@dataclass
class Operation:
    """One operation under way. What a callback of the user's raises ends it in good order, and is raised at its end."""

    context: RunContext
    events: Events | None
    stops: Stops
    raised: list[BaseException] = field(default_factory=list)

    def inputs(self, variables: Mapping[str, Any] | None, files: Files) -> Inputs:
        """Values for variables. Raises HclError for what TOML could not say."""
        return Inputs(files=tuple(map(Path, files)), passed=_plain_variables(variables or {}))

    def caller(self, approve: Approve | None = None) -> Caller:
        """Returns the receiver of events and questions."""

        def approves(made: EnginePlan) -> bool:
            agreed = approve is None or self._ask(lambda: approve(plan_of(made)))
            return bool(agreed) and not self.stops.is_asked

        return Caller(self.told, approves, stopping=self.stops.stopping)

    def told(self, progress: Progress) -> None:
        """Let the user know."""
        events, event = self.events, event_of(progress)
        if events is not None and event is not None:
            self._ask(lambda: events(event))

    def _ask(self, function: Callable[[], T]) -> T | None:
        try:
            return function()
        except BaseException as error:  # noqa: BLE001 - raised again where the user has called
            self.raised.append(error)
            self.stops.ask()
            return None


def operate(
    directory: Directory,
    environment: Mapping[str, str] | None,
    events: Events | None,
    work: Callable[[Operation], T],
) -> T:
    """Returns the result of `work` in a thread of its own. A relative directory starts at the current directory of this
    moment."""
    __tracebackhide__ = True
    given = os.environ if environment is None else environment
    context = RunContext(Path(directory).absolute(), dict(given))

    def run(stops: Stops) -> T:
        __tracebackhide__ = True
        it = Operation(context, events, stops)
        try:
            return guarded(lambda: work(it), it.told)
        finally:
            if it.raised:
                raise it.raised[0]

    return call(run)


def carry_out(
    run: Callable[[RunContext, Request, Caller], Applied],
    request: Request,
    directory: Directory,
    variables: Mapping[str, Any] | None,
    files: Files,
    environment: Mapping[str, str] | None,
    events: Events | None,
    approve: Approve | None,
    check: bool,
) -> Applied:
    """Returns the result of `run` for `request` with the values of variables. With `check`, raises ApplyFailed where
    not all of it was done."""

    def work(it: Operation) -> Applied:
        return run(it.context, replace(request, inputs=it.inputs(variables, files)), it.caller(approve))

    result = operate(directory, environment, events, work)
    if check and (result.failures or result.skipped):
        raise ApplyFailed(result)
    return result


def run_apply(context: RunContext, request: ApplyRequest, caller: Caller) -> Applied:
    """An apply, a destroy or a refresh."""
    return applied_of(operations.apply(context, request, caller))


def run_restore(context: RunContext, request: RestoreRequest, caller: Caller) -> Applied:
    """A restore or an undo."""
    return restored_of(operations.restore(context, request, caller), request.command.capitalize())


def options_of(
    target: Addresses,
    exclude: Addresses,
    replacing: Addresses,
    destroy: bool,
    refresh: bool = True,
    refresh_only: bool = False,
    full: bool = False,
    on_unreachable: str = "fail",
) -> Options:
    """Returns the options of a plan. Raises HclError for a text that is no address, and for another that means
    nothing."""
    if target and exclude:
        raise noted(HclError(Diagnostic("target and exclude exclude each other")))
    targets, replaced, excluded = map(addresses_of, (target, replacing, exclude))
    consequence = _consequence_of(on_unreachable)
    return Options(destroy, refresh, refresh_only, targets, replaced, excluded, full=full, on_unreachable=consequence)


def request_of(
    command: str,
    options: Options,
    parallelism: int,
    lock: bool,
    lock_timeout: float,
    max_destroy: int | None = None,
    plan_file: Directory | None = None,
) -> ApplyRequest:
    """Returns the request of an apply. Raises HclError for values that contradict each other."""
    if plan_file is not None and options != Options():
        raise noted(
            HclError(Diagnostic("A saved plan is carried out as it is", "It takes no target, exclude or replace."))
        )
    if parallelism < 1:
        raise noted(HclError(Diagnostic(f"parallelism cannot be {parallelism}", "Expected at least 1.")))
    file = None if plan_file is None else Path(plan_file)
    return ApplyRequest(Inputs(), options, file, parallelism, LockOptions(lock, lock_timeout), command, max_destroy)


def address_of(text: str) -> Address:
    """Raises HclError for a text that is none."""
    try:
        return Address.parse(text)
    except ValueError as error:
        raise noted(HclError(Diagnostic(f"{error}."))) from None


def addresses_of(given: Addresses) -> tuple[Address, ...]:
    """One address, or several. Raises HclError for a text that is none."""
    return tuple(map(address_of, [given] if isinstance(given, str) else given))


def _consequence_of(on_unreachable: str) -> OnUnreachable:
    """The consequence of a server that cannot be reached. Raises HclError for what is neither."""
    try:
        return OnUnreachable(on_unreachable)
    except ValueError:
        raise noted(HclError(Diagnostic("on_unreachable is wrong", 'Expected "fail" or "skip".'))) from None


def side_of(conflicts: str) -> Side | None:
    """Whose value is taken where both sides have changed. Raises HclError for what is neither."""
    try:
        return Side(conflicts) if conflicts else None
    except ValueError:
        raise noted(HclError(Diagnostic("conflicts is wrong", 'Expected "ours" or "theirs".'))) from None


def _plain_variables(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values as TOML has them. Raises HclError, which names no value: it may be secret."""
    try:
        return {str(name): _plain(value, str(name)) for name, value in variables.items()}
    except RecursionError:
        raise noted(HclError(Diagnostic("A variable's value is nested too deeply"))) from None


def _plain(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    what = "a number that is not finite" if isinstance(value, float) else f"a {type(value).__name__}"
    detail = f"Expected a string, a number, true or false, None, a list, or a mapping; found {what}."
    raise noted(HclError(Diagnostic(f"The value of variable {name} cannot be used", detail)))
