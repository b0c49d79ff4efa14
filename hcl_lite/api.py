"""The operations for Python: plan, apply and the others, each with a directory and what is asked of it.

Nothing is printed, nobody is asked, and nothing is taken of the process but, where no `environment` is given, its
environment. Each call works in a thread of its own, so that it may be made from a notebook, from inside of an event
loop, and several times at once; what it gives, tells and raises has no secret in it. docs/python.md has the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hcl_lite.operations as operations
from hcl_lite.operations.requests import Inputs, LockOptions, RestoreRequest
from hcl_lite.python.calls import (
    Addresses,
    Approve,
    Directory,
    Events,
    Files,
    Operation,
    address_of,
    carry_out,
    operate,
    options_of,
    request_of,
    run_apply,
    run_restore,
)
from hcl_lite.python.conversions import object_of, plan_of, run_of
from hcl_lite.python.results import Applied, Plan, Run, StateObject, TestRun, Validation
from hcl_lite.python.servers import copy as copy
from hcl_lite.python.servers import diff as diff
from hcl_lite.python.servers import drift as drift
from hcl_lite.python.servers import get as get
from hcl_lite.python.servers import import_all as import_all
from hcl_lite.python.servers import pull as pull

logging.getLogger("hcl_lite").addHandler(logging.NullHandler())  # else Python prints what nobody has asked for


def plan(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    target: Addresses = (),
    exclude: Addresses = (),
    replace: Addresses = (),
    destroy: bool = False,
    refresh: bool = True,
    refresh_only: bool = False,
    full: bool = False,
    on_unreachable: str = "fail",
    out: Directory | None = None,
) -> Plan:
    """Plans the changes that an apply would make. With `out` the plan is saved there, for `apply(…, plan_file=…)`. With
    on_unreachable="skip" a server that cannot be reached is left out, and the plan `is_partial`.

    Raises HclError with everything that is wrong with the configuration, and ProviderError for a server's fault.
    """
    options = options_of(target, exclude, replace, destroy, refresh, refresh_only, full, on_unreachable)

    def work(it: Operation) -> Plan:
        result = operations.plan(it.context, it.inputs(variables, var_files), options, it.caller())
        if out is not None:
            operations.save_plan(result, Path(out))
        return plan_of(result.plan)

    return operate(directory, environment, events, work)


def load_plan(directory: Directory, file: Directory, *, environment: Mapping[str, str] | None = None) -> Plan:
    """Returns the plan that was saved to `file`, to be looked at; `apply(…, plan_file=file)` carries it out. Raises
    HclError for a file that is none."""
    path = Path(file)
    return operate(directory, environment, None, lambda it: plan_of(operations.read_plan(it.context, path)))


def apply(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    approve: Approve | None = None,
    target: Addresses = (),
    exclude: Addresses = (),
    replace: Addresses = (),
    refresh: bool = True,
    on_unreachable: str = "fail",
    plan_file: Directory | None = None,
    max_destroy: int | None = None,
    parallelism: int = 10,
    lock: bool = True,
    lock_timeout: float = 0.0,
    check: bool = True,
) -> Applied:
    """Plan, and carry that out, unless `approve` does not want it; or carry out the saved plan in `plan_file`.

    Raises HclError and ProviderError where nothing could be begun, TooManyDeletions for a plan that deletes more than
    `max_destroy` objects, and with `check` ApplyFailed where not all of it was done.
    """
    options = options_of(target, exclude, replace, destroy=False, refresh=refresh, on_unreachable=on_unreachable)
    request = request_of("apply", options, parallelism, lock, lock_timeout, max_destroy, plan_file)
    return carry_out(run_apply, request, directory, variables, var_files, environment, events, approve, check)


def destroy(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    approve: Approve | None = None,
    target: Addresses = (),
    exclude: Addresses = (),
    on_unreachable: str = "fail",
    max_destroy: int | None = None,
    parallelism: int = 10,
    lock: bool = True,
    lock_timeout: float = 0.0,
    check: bool = True,
) -> Applied:
    """Delete everything that is managed there, unless `approve` does not want it. Raises as `apply` does."""
    options = options_of(target, exclude, (), destroy=True, on_unreachable=on_unreachable)
    request = request_of("destroy", options, parallelism, lock, lock_timeout, max_destroy)
    return carry_out(run_apply, request, directory, variables, var_files, environment, events, approve, check)


def refresh(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    on_unreachable: str = "fail",
    lock: bool = True,
    lock_timeout: float = 0.0,
    check: bool = True,
) -> Applied:
    """Bring the state up to date with the servers, and nothing else. Raises as `apply` does."""
    options = options_of((), (), (), destroy=False, refresh_only=True, on_unreachable=on_unreachable)
    request = request_of("refresh", options, 10, lock, lock_timeout)
    return carry_out(run_apply, request, directory, variables, var_files, environment, events, None, check)


def validate(
    directory: Directory,
    *,
    lint: bool = False,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
) -> Validation:
    """Check the configuration without a server, with `lint` against the lint rules too; variables may be left out.
    Raises HclError with all that is wrong."""

    def work(it: Operation) -> Validation:
        found = operations.validate(it.context, it.inputs(variables, var_files), lint)
        return Validation(found.resources, found.files, found.warnings)

    return operate(directory, environment, events, work)


def import_(
    directory: Directory,
    address: str,
    name: str,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> StateObject:
    """Let the block at `address` stand for the object `name`, which is there already; nothing is changed on its server.

    Raises HclError, and ProviderError.
    """
    block = address_of(address)

    def work(it: Operation) -> StateObject:
        inputs = it.inputs(variables, var_files)
        done = operations.import_object(it.context, inputs, block, name, LockOptions(lock, lock_timeout), it.caller())
        return object_of(done.record)

    return operate(directory, environment, events, work)


def restore(
    directory: Directory,
    run: str,
    *addresses: str,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    approve: Approve | None = None,
    overwrite: bool = False,
    lock: bool = True,
    lock_timeout: float = 0.0,
    check: bool = True,
) -> Applied:
    """Put the objects at `addresses` back as they were before `run`, or all that it changed; `runs` lists them. With
    `overwrite` also what somebody has changed since. Raises as `apply` does."""
    found = tuple(map(address_of, addresses))
    request = RestoreRequest(Inputs(), run, found, overwrite, lock=LockOptions(lock, lock_timeout))
    return carry_out(run_restore, request, directory, variables, var_files, environment, events, approve, check)


def undo(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    approve: Approve | None = None,
    overwrite: bool = False,
    lock: bool = True,
    lock_timeout: float = 0.0,
    check: bool = True,
) -> Applied:
    """Take back what the last run has changed. Raises as `apply` does."""
    request = RestoreRequest(Inputs(), overwrite=overwrite, lock=LockOptions(lock, lock_timeout))
    return carry_out(run_restore, request, directory, variables, var_files, environment, events, approve, check)


def runs(directory: Directory, *, environment: Mapping[str, str] | None = None) -> tuple[Run, ...]:
    """The runs that can be restored from, the newest first. Raises HclError."""
    return operate(directory, environment, None, lambda it: tuple(map(run_of, operations.list_runs(it.context))))


def test(
    directory: Directory,
    *paths: Directory,
    environment: Mapping[str, str] | None = None,  # noqa: PT028 - it is no test
    events: Events | None = None,  # noqa: PT028
) -> tuple[TestRun, ...]:
    """Runs the tests in `paths`: files, or directories; without any, those of *.test.toml in the directory and in its
    tests/. Each runs on embedded servers of its own. Raises HclError for wrong files."""

    def work(it: Operation) -> tuple[TestRun, ...]:
        outcomes = operations.test(it.context, tuple(map(Path, paths)), lambda _: None, Inputs())
        return tuple(TestRun(outcome.suite, outcome.run, outcome.problems) for outcome in outcomes)

    return operate(directory, environment, events, work)


test.__test__ = False  # type: ignore[attr-defined] # pytest is to take it for no test of its own


def outputs(directory: Directory, *, environment: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The outputs of the last apply, but for sensitive ones, which are not stored. Raises HclError."""
    return operate(directory, environment, None, lambda it: dict(operations.read_outputs(it.context)))


def state_list(directory: Directory, *, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The addresses of all objects. Raises HclError."""

    def work(it: Operation) -> tuple[str, ...]:
        return tuple(map(str, sorted(operations.read_state(it.context).records, key=lambda address: address.order)))

    return operate(directory, environment, None, work)


def state_show(directory: Directory, address: str, *, environment: Mapping[str, str] | None = None) -> StateObject:
    """Returns the record of one object. Raises HclError where there is none."""
    wanted = address_of(address)
    return operate(directory, environment, None, lambda it: object_of(operations.find_record(it.context, wanted)))


def state_move(
    directory: Directory,
    source: str,
    target: str,
    *,
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> None:
    """Let `target` stand for the object that `source` stands for. Raises HclError."""
    old, new, options = address_of(source), address_of(target), LockOptions(lock, lock_timeout)
    operate(directory, environment, events, lambda it: operations.move(it.context, old, new, options, it.caller()))


def state_forget(
    directory: Directory,
    *addresses: str,
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> None:
    """Take objects out of the state; they stay on their servers. Raises HclError for one that is not there."""
    found, options = tuple(map(address_of, addresses)), LockOptions(lock, lock_timeout)
    operate(directory, environment, events, lambda it: operations.forget(it.context, found, options, it.caller()))


def state_pull(directory: Directory, *, environment: Mapping[str, str] | None = None) -> bytes:
    """The state, as its file has it. Raises HclError."""
    return operate(directory, environment, None, lambda it: operations.pull(it.context))


def state_push(
    directory: Directory,
    data: bytes,
    *,
    force: bool = False,
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> int:
    """Replace the state, with `force` also a newer one, or one of another lineage; its serial. Raises HclError."""
    options = LockOptions(lock, lock_timeout)

    def work(it: Operation) -> int:
        return operations.push(it.context, data, "the state", options, it.caller(), force=force)[1].serial

    return operate(directory, environment, events, work)


def state_rollback(
    directory: Directory,
    serial: int,
    *,
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> int:
    """Bring back the state that had `serial`, as a new one; its serial. Raises HclError."""
    options = LockOptions(lock, lock_timeout)

    def work(it: Operation) -> int:
        return operations.rollback(it.context, serial, options, it.caller()).serial

    return operate(directory, environment, events, work)
