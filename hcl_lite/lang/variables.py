"""The values of variables: from defaults, environment, files and the command line, the later ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean, raise_if_errors
from hcl_lite.core.values import Secret, Value, is_secret
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.source import SourceFile, read_source
from hcl_lite.lang.types import EXPECTED, TypeProblem, convert, is_type, mismatch, parse_type

ENVIRONMENT_PREFIXES = ("TF_VAR_", "HCL_LITE_VAR_")
_ARGUMENTS = ("type", "default", "description", "sensitive", "nullable")
_TRUTHS = ("sensitive", "nullable")

# Gives a value for a variable that has none, from its name, its description, and whether it is a secret.
Ask = Callable[[str, str, bool], Value]


def load_variables(
    config: Config,
    environment: Mapping[str, str],
    files: Iterable[Path] = (),
    assignments: Iterable[str] = (),
    saved: Mapping[str, Any] | None = None,
    ask: Ask | None = None,
) -> Mapping[str, Value]:
    """Every variable of the root module with its value; sensitive ones as Secret.

    Later ones win: default, TF_VAR_*, HCL_LITE_VAR_*, *.auto.vars.toml, `files`, `assignments` ("name=value"), `saved`.
    For one that has none of these, `ask` is called. Raises HclError with everything that is wrong.
    """
    problems: list[Diagnostic] = []
    blocks = {b.address.name: b for b in config.of_kind(Kind.VARIABLE) if not b.address.module}
    given: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for name, block in blocks.items():
        for prefix in ENVIRONMENT_PREFIXES:
            if prefix + name in environment:
                given[name] = _from_text(block, environment[prefix + name])
    for path in [*sorted(config.root.glob("*.auto.vars.toml")), *files]:
        source = _from_file(path, blocks, problems)
        if source is not None:
            given.update(source.data)
            places.update({name: source.value_place((name,)) for name in source.data})
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or name not in blocks:
            detail = "Expected --var name=value." if not equals else did_you_mean(name, blocks)
            problems.append(Diagnostic(f'"{name}" is not a variable of this configuration', detail))
        else:
            given[name] = _from_text(blocks[name], text)
            places.pop(name, None)
    given.update(saved or {})
    raise_if_errors(problems)
    values: dict[str, Value] = {}
    for name, block in blocks.items():
        if name not in given and "default" not in block.body and ask is not None:
            description = block.body.get("description", "")
            answer = ask(name, str(description), block.body.get("sensitive") is True)
            given[name] = _from_text(block, answer) if isinstance(answer, str) else answer
        try:
            values[name] = _value(block, given, places)
        except HclError as error:
            problems.extend(error.diagnostics)
    raise_if_errors(problems)
    return values


def check_variable(block: Block) -> Iterable[Diagnostic]:
    """What is wrong with the declaration of a variable."""
    address = str(block.address)
    for key in block.body:
        if key not in _ARGUMENTS:
            hint = did_you_mean(key, (*_ARGUMENTS, "validation"))
            yield Diagnostic(f'A variable has no argument "{key}"', hint, block.key_place(key), address=address)
    for key in _TRUTHS:
        if not isinstance(block.body.get(key, False), bool):
            yield Diagnostic(f"{key} must be true or false", "", block.value_place(key), address=address)
    type_ = block.body.get("type", "any")
    try:
        parse_type(type_ if isinstance(type_, str) else str(type_))
    except TypeProblem as problem:
        detail = str(problem) or EXPECTED
        yield Diagnostic(f"{type_!r} is not a type", detail, block.value_place("type"), address=address)


def settle(block: Block, value: Value, place: Place | None) -> Value:
    """A value for the variable `block`: of its type, with its defaults, and as Secret where it is sensitive.

    Raises HclError at `place`.
    """
    name, address = block.address.name, str(block.address)
    if value is None and "default" in block.body and block.body.get("nullable") is False:
        value = block.body["default"]
    if value is None and block.body.get("nullable") is False:
        hint = f"It is declared with nullable = false at {block.place()}."
        raise HclError(Diagnostic(f"Variable {name} cannot be null", "", place, hint, address))
    problem = mismatch(_type(block), value)
    if problem:
        if block.body.get("sensitive") is True or is_secret(value):
            problem = f"Expected {_type(block)}; what was found is sensitive."
        raise HclError(Diagnostic(f"The value of variable {name} does not fit", problem, place, "", address))
    value = convert(_type(block), value)
    return Secret(value) if block.body.get("sensitive") is True and not isinstance(value, Secret) else value


def _type(block: Block) -> str:
    type_ = block.body.get("type", "any")
    return type_ if isinstance(type_, str) and is_type(type_) else "any"


def _from_text(block: Block, text: str) -> Any:
    """A value from the environment, the command line or a person: as it is for strings, else read as a TOML value."""
    if _type(block) in ("string", "any"):
        return text
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return None if text == "null" else text


def _from_file(path: Path, blocks: Mapping[str, Block], problems: list[Diagnostic]) -> SourceFile | None:
    try:
        source = read_source(path, path.name)
    except HclError as error:
        problems.extend(error.diagnostics)
        return None
    for name in source.data:
        if name not in blocks:
            hint = did_you_mean(name, blocks)
            problems.append(Diagnostic(f'There is no variable "{name}"', hint, source.key_place((name,))))
    return source


def _value(block: Block, given: Mapping[str, Any], places: Mapping[str, Place]) -> Value:
    name = block.address.name
    if name in given:
        return settle(block, given[name], places.get(name) or block.place())
    if "default" in block.body:
        return settle(block, block.body["default"], block.value_place("default"))
    hint = f"Set it with --var {name}=…, in a --var-file, or as HCL_LITE_VAR_{name}."
    raise HclError(Diagnostic(f"Variable {name} has no value", "", block.place(), hint, str(block.address)))
