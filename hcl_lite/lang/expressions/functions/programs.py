"""Functions that run a program of the user's: Jsonnet, and Python with a dashboard library.

Both run in a process of their own, so that an endless one is stopped, and one that exhausts its stack ends only itself.
Jsonnet is evaluated by jrsonnet (PyPI: rjsonnet): where dashboards are put together from strings it is a hundred times
as fast as google/jsonnet's C++ (PyPI: jsonnet), and its errors say of what each line of their trace is the place.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hcl_lite.core.values import JsonValue
from hcl_lite.lang.expressions.functions.arguments import FunctionError, Table, Text
from hcl_lite.lang.expressions.functions.calls import FunctionContext
from hcl_lite.lang.expressions.functions.reading import MAX_BYTES, locate, read

_HERE = Path(__file__).parent
_TIMEOUT = 60.0
_NEVER_PASSED = ("GRAFANA_", "TF_VAR_", "HCL_LITE_", "AWS_")
_LIBRARIES = ("vendor", "lib")  # jsonnet-bundler's and Tanka's habit


@dataclass(frozen=True, slots=True)
class _Run:
    """A runner to start: what it is told on its standard input comes back as one line of JSON on its output."""

    name: str
    command: Sequence[str]
    request: Mapping[str, Any]
    directory: Path
    environment: Mapping[str, str]
    timeout: float


def jsonnet(
    context: FunctionContext, path: Text, ext_vars: Table | None = None, tlas: Table | None = None
) -> JsonValue:
    """The value of a Jsonnet program, given external variables and top-level arguments."""
    import importlib.util  # noqa: PLC0415 - loaded where it is used

    if importlib.util.find_spec("rjsonnet") is None:
        raise FunctionError("jsonnet() needs a library that is not installed.", "pip install 'hcl-lite[jsonnet]'")
    read(context, path)  # says what is wrong with the path in our own words
    full = locate(context, path)
    allowed = context.roots
    request = {
        "path": str(full),
        "allowed": [str(root) for root in allowed],
        "secrets": [str(path) for path in context.secrets],
        "jpath": [str(allowed[0] / name) for name in _LIBRARIES],
        "ext_vars": ext_vars or {},
        "tlas": tlas or {},
    }
    command = (sys.executable, "-P", str(_HERE / "jsonnet_runner.py"))
    # It says where Python finds its libraries, and Jsonnet cannot read it.
    run = _Run("jsonnet", command, request, allowed[0], _without_secrets(context.environment), _timeout(context))
    return _outcome(run, path, f"{allowed[0]}/")


def python_dashboard(context: FunctionContext, path: Text, args: Table | None = None) -> JsonValue:
    """The dashboard that a Python script makes: its `dashboard`, or what its function `dashboard` gives for `args`."""
    if context.environment.get("HCL_LITE_ALLOW_PYTHON") != "1":
        hint = "Whoever runs hcl-lite and trusts the script sets HCL_LITE_ALLOW_PYTHON=1."
        raise FunctionError(f'python_dashboard() would run the code in "{path}", which is not allowed.', hint)
    read(context, path)
    full = locate(context, path)
    interpreter = context.environment.get("HCL_LITE_PYTHON") or sys.executable
    command = (interpreter, str(_HERE / "python_runner.py"))
    request = {"path": str(full), "args": None if args is None else dict(args)}
    run = _Run(
        "python_dashboard", command, request, full.parent, _without_secrets(context.environment), _timeout(context)
    )
    return _outcome(run, path, f"{context.roots[0]}/")


def _timeout(context: FunctionContext) -> float:
    try:
        return float(context.environment.get("HCL_LITE_PROGRAM_TIMEOUT", _TIMEOUT))
    except ValueError as error:
        raise FunctionError("HCL_LITE_PROGRAM_TIMEOUT is not a number of seconds.") from error


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if not name.startswith(_NEVER_PASSED)}


def _outcome(run: _Run, path: Text, shorten: str) -> JsonValue:
    """Returns the value that the program gave. Raises its error as a FunctionError, with places relative to the
    configuration."""
    output, code = _communicate(run, path)
    if len(output) > MAX_BYTES:
        raise FunctionError(f'"{path}" gives {len(output)} bytes; at most {MAX_BYTES} are taken.')
    try:
        outcome = json.loads(output)
    except ValueError as error:
        ended = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        hint = "It may be nested too deeply, or have needed too much memory." if code < 0 else ""
        raise FunctionError(f'"{path}" {ended} before it gave a value.', hint) from error
    if "error" in outcome:
        raise FunctionError(f'"{path}" failed: {outcome["error"].replace(shorten, "").rstrip()}')
    return outcome["value"]  # type: ignore[no-any-return]


def _communicate(run: _Run, path: Text) -> tuple[bytes, int]:
    import subprocess  # noqa: PLC0415 - loaded where it is used

    request = json.dumps(run.request).encode()
    try:
        process = subprocess.Popen(
            run.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=run.directory,
            env=dict(run.environment),
            start_new_session=True,  # so that what the program has started is ended with it
        )
    except OSError as error:
        raise FunctionError(f'{run.name}() cannot start "{run.command[0]}": {error.strerror}.') from error
    with process:
        try:
            output, _ = process.communicate(request, run.timeout)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise FunctionError(f'"{path}" gave no value within {run.timeout:g} seconds.') from error
            raise
    return output, process.returncode


PROGRAMS: Mapping[str, Callable[..., Any]] = {"jsonnet": jsonnet, "python_dashboard": python_dashboard}
