"""The values of variables: from defaults, environment, files and the command line, the later ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean, raise_if_errors
from hcl_lite.core.redaction import remember_secret
from hcl_lite.core.schema.attributes import SCALARS, Type
from hcl_lite.core.schema.fitting import convert, mismatch, where_mismatched
from hcl_lite.core.schema.type_text import EXPECTED, TypeProblem
from hcl_lite.core.values import Secret, Value, is_secret, reveal, shown
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_schemas import NAMED
from hcl_lite.lang.config.config import Config, readable_of
from hcl_lite.lang.config.types import is_type, parse_type
from hcl_lite.lang.expressions.model import ExpressionError, Template
from hcl_lite.lang.expressions.parse import parse_template, texts_in
from hcl_lite.lang.toml.source import SourceFile, parse_source, read_source

ENVIRONMENT_PREFIXES = ("TF_VAR_", "HCL_LITE_VAR_")
_TRUTHS = ("sensitive", "nullable")

# The place of a value, or of what is at these keys inside of it.
Where = Callable[..., Place]

# Gives a value for a variable that has none, from its name, its description, and whether it is a secret.
Ask = Callable[[str, str, bool], Value]


def load_variables(
    config: Config,
    environment: Mapping[str, str],
    files: Iterable[Path] = (),
    assignments: Iterable[str] = (),
    saved: Mapping[str, Any] | None = None,
    ask: Ask | None = None,
    saved_at: Where | None = None,
    passed: Mapping[str, Any] | None = None,
) -> Mapping[str, Value]:
    """Every variable of the root module with its value; sensitive ones as Secret.

    Later ones win: default, TF_VAR_*, HCL_LITE_VAR_*, *.auto.vars.toml, `files`, `assignments` ("name=value"),
    `passed`, `saved`. For one that has none of these, `ask` is called; `saved_at` is where `saved` stands in a file, by
    name. Raises HclError with everything that is wrong.
    """
    problems: list[Diagnostic] = []
    blocks = {b.address.name: b for b in config.of_kind(Kind.VARIABLE) if not b.address.module}
    given: dict[str, Any] = {}
    origins: dict[str, tuple[Where, str]] = {}
    for name, block in blocks.items():
        for prefix in ENVIRONMENT_PREFIXES:
            if prefix + name in environment:
                given[name] = _from_text(block, environment[prefix + name])
                origins[name] = _from_outside(block, prefix + name)
    own = (config.root.resolve(), *readable_of(config.root, config.settings))
    found = [(path, own) for path in sorted(config.root.glob("*.auto.vars.toml"))]
    for path, below in [*found, *((path, None) for path in files)]:  # what is named by the user may lie anywhere
        source = _from_file(path, below, blocks, problems)
        if source is not None:
            given.update(source.data)
            origins.update({name: (partial(_place_in, source, name), "") for name in source.data})
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or name not in blocks:
            summary = f'"{name}" is not a variable of this configuration' if equals else f"--var {name} gives no value"
            problems.append(Diagnostic(summary, did_you_mean(name, blocks) if equals else "Expected --var name=value."))
        else:
            given[name] = _from_text(blocks[name], text)
            origins[name] = _from_outside(blocks[name], "--var")
    for name, value in (passed or {}).items():
        if name not in blocks:
            summary = f'"{name}" is not a variable of this configuration'
            problems.append(Diagnostic(summary, did_you_mean(name, blocks)))
        else:
            given[name] = value
            origins[name] = _from_outside(blocks[name], "the caller")
    for name in saved or {}:
        if saved_at is not None:
            origins[name] = (partial(saved_at, name), "")
            if name not in blocks:
                problems.append(
                    Diagnostic(f'There is no variable "{name}"', did_you_mean(name, blocks), saved_at(name))
                )
    given.update(saved or {})
    raise_if_errors(problems)
    values: dict[str, Value] = {}
    for name, block in blocks.items():
        if name not in given and "default" not in block.body and ask is not None:
            description = block.body.get("description", "")
            answer = ask(name, str(description), block.body.get("sensitive") is True)
            given[name] = _from_text(block, answer) if isinstance(answer, str) else answer
            origins[name] = _from_outside(block, "the terminal")
        try:
            values[name] = _value(block, given, origins)
        except HclError as error:
            problems.extend(error.diagnostics)
    raise_if_errors(problems)
    return values


def check_variable(block: Block) -> Iterable[Diagnostic]:
    """Yields the errors in the declaration of a variable."""
    address = str(block.address)
    for key in block.body:
        if key not in NAMED["variable"].attrs:
            hint = did_you_mean(key, (*NAMED["variable"].attrs, "validation"))
            yield Diagnostic(f'A variable has no argument "{key}"', hint, block.key_place(key), address=address)
    for key in _TRUTHS:
        if not isinstance(block.body.get(key, False), bool):
            yield Diagnostic(f"{key} must be true or false", "", block.value_place(key), address=address)
    for path, text in texts_in(block.body.get("default")):
        if any(not isinstance(part, str) for part in _parts(text)):
            place = block.value_place("default", *path)
            hint = "Compute it in [locals]; a literal ${ is written $${."
            yield Diagnostic("A variable's default cannot be an expression", "", place, hint, address)
    type_ = block.body.get("type", "any")
    try:
        parse_type(type_ if isinstance(type_, str) else str(type_))
    except TypeProblem as problem:
        detail = str(problem) or EXPECTED
        yield Diagnostic(f"{shown(type_)} is not a type", detail, block.value_place("type"), address=address)


def _parts(text: str) -> Template:
    try:
        return parse_template(text)
    except ExpressionError:  # which is reported with all others
        return ()


def settle(block: Block, value: Value, where: Where, hint: str = "") -> Value:
    """A value for the variable `block`: of its type, with its defaults, and as Secret where it is sensitive.

    Raises HclError at the place that `where` gives for the keys that lead to the mistake.
    """
    name, address = block.address.name, str(block.address)
    if block.body.get("sensitive") is True:
        remember_secret(reveal(value))  # also for what is said of it where it does not fit
    if value is None and "default" in block.body and block.body.get("nullable") is False:
        value = block.body["default"]
    if value is None and block.body.get("nullable") is False:
        detail = f"It is declared with nullable = false at {block.place()}."
        raise HclError(Diagnostic(f"Variable {name} cannot be null", detail, where(), hint, address))
    problem = mismatch(_type(block), value)
    if problem:
        if block.body.get("sensitive") is True or is_secret(value):
            problem = f"Expected {block.body.get('type', 'any')}; what was found is sensitive."
        place = where(*where_mismatched(_type(block), value))
        raise HclError(Diagnostic(f"The value of variable {name} does not fit", problem, place, hint, address))
    value = convert(_type(block), value)
    return Secret(value) if block.body.get("sensitive") is True and not isinstance(value, Secret) else value


def _type(block: Block) -> Type:
    type_ = block.body.get("type", "any")
    return parse_type(type_ if isinstance(type_, str) and is_type(type_) else "any")


def _from_text(block: Block, text: str) -> Any:
    """A value from the environment, the command line or a person: as it is for strings, else read as a TOML value."""
    if _type(block).name in ("string", "any"):
        return text
    try:
        data = parse_source(f"value = {text}", "value").data
    except HclError:
        return None if text == "null" else text
    return data["value"] if len(data) == 1 else text


def _from_outside(block: Block, origin: str) -> tuple[Where, str]:
    """Returns the place to show, and a hint, for a value that is in no file of the configuration."""
    hint = f"It comes from {origin}"
    plain = _type(block).name in SCALARS
    hint += "." if plain else '; lists and maps are written as in TOML: ["a", "b"], { a = 1 }.'
    return (lambda *_: block.place()), hint


def _place_in(source: SourceFile, *keys: str | int) -> Place:
    return source.value_place(keys)


def _from_file(
    path: Path, below: Sequence[Path] | None, blocks: Mapping[str, Block], problems: list[Diagnostic]
) -> SourceFile | None:
    try:
        source = read_source(path, path.name, below)
    except HclError as error:
        problems.extend(error.diagnostics)
        return None
    for name in source.data:
        if name not in blocks:
            hint = did_you_mean(name, blocks)
            problems.append(Diagnostic(f'There is no variable "{name}"', hint, source.key_place((name,))))
    return source


def _value(block: Block, given: Mapping[str, Any], origins: Mapping[str, tuple[Where, str]]) -> Value:
    name = block.address.name
    if name in given:
        where, hint = origins.get(name, (lambda *_: block.place(), ""))
        return settle(block, given[name], where, hint)
    if "default" in block.body:
        return settle(block, block.body["default"], lambda *keys: block.value_place("default", *keys))
    hint = f"Set it with --var {name}=…, in a --var-file, or as HCL_LITE_VAR_{name}."
    raise HclError(Diagnostic(f"Variable {name} has no value", "", block.place(), hint, str(block.address)))
