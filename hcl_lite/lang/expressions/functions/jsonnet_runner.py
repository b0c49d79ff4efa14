"""Evaluates one Jsonnet program: started by `programs.jsonnet` in a process of its own; imports nothing of ours."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MEMORY = 4 * 1024**3
_MAX_STACK = 500
_LINES = 12


def main() -> None:
    """One request on standard input, one answer on standard output."""
    request = json.load(sys.stdin)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform == "linux" and (hard == resource.RLIM_INFINITY or hard > _MEMORY):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))
    answer: dict[str, Any]
    try:
        answer = {"value": json.loads(_evaluate(request))}
    except (RuntimeError, ValueError) as error:
        answer = {"error": _short(str(error))}
    json.dump(answer, sys.stdout)


def _short(error: str) -> str:
    """The message and the innermost places: a stack that is exhausted has hundreds."""
    lines = error.removeprefix("import_callback error: RuntimeError: ").splitlines()
    return "\n".join(lines if len(lines) <= _LINES else [*lines[:_LINES], "    …"])


def _evaluate(request: dict[str, Any]) -> str:
    import rjsonnet  # noqa: PLC0415 - after the limits are set

    return rjsonnet.evaluate_file(
        request["path"],
        max_stack=_MAX_STACK,
        ext_codes={name: json.dumps(value) for name, value in request["ext_vars"].items()},
        tla_codes={name: json.dumps(value) for name, value in request["tlas"].items()},
        import_callback=_importer([*map(Path, request["allowed"])], [*map(Path, request["jpath"])], request["secrets"]),
    )


def _importer(allowed: list[Path], jpath: list[Path], secrets: list[str]) -> Callable[[str, str], tuple[str, str]]:
    """Returns the callback that resolves imports: beside the importing file first, then in the libraries, links
    followed."""

    def find(base: str, name: str) -> tuple[str, str]:
        for directory in (Path(base), *jpath):
            full = (directory / name).resolve()
            if not any(full.is_relative_to(root) for root in allowed):
                continue
            if str(full) in secrets:
                raise RuntimeError(f'cannot import "{name}": the configuration keeps a secret in it')
            if full.is_file():
                return str(full), full.read_text(encoding="utf-8-sig")
        looked = ", ".join(map(str, (Path(base), *jpath)))
        raise RuntimeError(f'cannot import "{name}": no such file that may be read in {looked}')

    return find


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # without waiting for a large heap to be given back piece by piece
