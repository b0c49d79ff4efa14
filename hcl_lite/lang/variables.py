"""The values of variables: from defaults, environment, files and the command line, the later ones first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean, raise_if_errors
from hcl_lite.core.values import Secret, Value
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.source import read_source
from hcl_lite.lang.types import is_type, mismatch

ENVIRONMENT_PREFIXES = ("TF_VAR_", "HCL_LITE_VAR_")
_ARGUMENTS = ("type", "default", "description", "sensitive")


def load_variables(
    config: Config,
    environment: Mapping[str, str],
    files: Iterable[Path] = (),
    assignments: Iterable[str] = (),
    saved: Mapping[str, Any] | None = None,
) -> Mapping[str, Value]:
    """Every declared variable with its value; sensitive ones as Secret.

    Later ones win: default, TF_VAR_*, HCL_LITE_VAR_*, *.auto.vars.toml, `files`, `assignments` ("name=value"), `saved`.
    Raises HclError with everything that is wrong.
    """
    problems: list[Diagnostic] = []
    blocks = {block.address.name: block for block in config.of_kind(Kind.VARIABLE)}
    given: dict[str, Any] = {}
    for name, block in blocks.items():
        problems.extend(_check_declaration(block))
        for prefix in ENVIRONMENT_PREFIXES:
            if prefix + name in environment:
                given[name] = _from_text(block, environment[prefix + name])
    for path in [*sorted(config.root.glob("*.auto.vars.toml")), *files]:
        given.update(_from_file(path, blocks, problems))
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or name not in blocks:
            detail = "Expected --var name=value." if not equals else did_you_mean(name, blocks)
            problems.append(Diagnostic(f'"{name}" is not a variable of this configuration', detail))
        else:
            given[name] = _from_text(blocks[name], text)
    given.update(saved or {})
    values = {name: _value(block, given, problems) for name, block in blocks.items()}
    raise_if_errors(problems)
    return values


def _check_declaration(block: Block) -> Iterable[Diagnostic]:
    for key in block.body:
        if key not in _ARGUMENTS:
            hint = did_you_mean(key, _ARGUMENTS)
            yield Diagnostic(
                f'A variable has no argument "{key}"', hint, block.key_place(key), address=str(block.address)
            )
    type_ = block.body.get("type", "any")
    if not isinstance(type_, str) or not is_type(type_):
        expected = "Expected string, number, bool, list(…), map(…) or any."
        yield Diagnostic(f"{type_!r} is not a type", expected, block.value_place("type"), address=str(block.address))


def _type(block: Block) -> str:
    type_ = block.body.get("type", "any")
    return type_ if isinstance(type_, str) and is_type(type_) else "any"


def _from_text(block: Block, text: str) -> Any:
    """A value from the environment or the command line: as it is for strings, otherwise read as a TOML value."""
    if _type(block) in ("string", "any"):
        return text
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text


def _from_file(path: Path, blocks: Mapping[str, Block], problems: list[Diagnostic]) -> Mapping[str, Any]:
    try:
        source = read_source(path, path.name)
    except HclError as error:
        problems.extend(error.diagnostics)
        return {}
    for name in source.data:
        if name not in blocks:
            hint = did_you_mean(name, blocks)
            problems.append(Diagnostic(f'There is no variable "{name}"', hint, source.key_place((name,))))
    return source.data


def _value(block: Block, given: Mapping[str, Any], problems: list[Diagnostic]) -> Value:
    name = block.address.name
    if name not in given and "default" not in block.body:
        hint = f"Set it with --var {name}=…, in a --var-file, or as HCL_LITE_VAR_{name}."
        problems.append(Diagnostic(f"Variable {name} has no value", "", block.place(), hint, str(block.address)))
        return None
    value = given.get(name, block.body.get("default"))
    problem = mismatch(_type(block), value)
    if problem:
        place = block.place() if name in given else block.value_place("default")
        problems.append(
            Diagnostic(f"The value of variable {name} does not fit", problem, place, "", str(block.address))
        )
    return Secret(value) if block.body.get("sensitive") is True else value
