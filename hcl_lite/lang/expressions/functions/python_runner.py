"""Runs one script that makes a dashboard: started by `programs.python_dashboard`, and importing nothing of ours.

It may run in an interpreter that has the dashboard libraries and not hcl-lite.
"""

from __future__ import annotations

import json
import math
import os
import runpy
import sys
import traceback
from typing import Any

_LINES = 12


def main() -> None:
    """One request on standard input, one answer on what was standard output; the script's own prints go to stderr."""
    request = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.argv = [request["path"]]
    sys.path[0] = os.path.dirname(request["path"])
    answer: dict[str, Any]
    try:
        answer = {"value": _value(request["path"], request["args"])}
        text = json.dumps(answer)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the script does is told to whoever wrote it
        text = json.dumps({"error": _explain(error)})
    sys.stdout.flush()
    answers.write(text)
    answers.close()


def _value(path: str, args: dict[str, Any] | None) -> Any:
    names = runpy.run_path(path, run_name="__hcl_lite__")
    if "dashboard" not in names:
        raise LookupError("the script has no `dashboard`: give it a dashboard, or a function that returns one")
    found = names["dashboard"]
    if callable(found) and not isinstance(found, type):
        found = found(**(args or {}))
    elif args is not None:
        raise TypeError("`dashboard` takes no arguments: it is not a function")
    plain = _plain(found)
    if not isinstance(plain, dict):
        raise TypeError(f"`dashboard` is no dashboard, but {type(found).__name__}")
    return plain


def _plain(value: Any) -> Any:
    """A dashboard of grafanalib or grafana-foundation-sdk, or what is JSON already, as JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no form in JSON")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    for method in ("build", "to_json", "to_json_data"):  # the SDK's builders, its models, grafanalib's objects
        if callable(getattr(value, method, None)):
            return _plain(getattr(value, method)())
    if isinstance(getattr(value, "value", None), str | int):  # an enumeration
        return value.value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _explain(error: BaseException) -> str:
    """The error, and the last lines of its traceback that are not the runner's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    places = [f"{frame.filename}:{frame.lineno}: in {frame.name}: {frame.line}" for frame in frames]
    if isinstance(error, SyntaxError):
        places.append(f"{error.filename}:{error.lineno}: {(error.text or '').strip()}")
    summary = "".join(traceback.format_exception_only(error)[-1:]).strip()
    return "\n".join([summary, *(f"  {place}" for place in places[-_LINES:])])


def _is_ours(filename: str) -> bool:
    return filename == __file__ or filename.startswith("<frozen")


if __name__ == "__main__":
    main()
