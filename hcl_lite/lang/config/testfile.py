"""Test files (*.test.toml): runs of the configuration with their own variables, and assertions after each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, Place, did_you_mean, raise_if_errors
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.lifecycle import read_rules
from hcl_lite.lang.toml.source import SourceFile, read_source

COMMANDS = ("apply", "plan")
_ARGUMENTS = ("name", "command", "variables", "continues", "expect_failures", "assert")
_KINDS: Mapping[str, type] = {
    "name": str,
    "variables": dict,
    "continues": bool,
    "expect_failures": list,
    "assert": list,
}
_WORDS: Mapping[type, str] = {str: "a string", dict: "a table", bool: "true or false", list: "a list"}


@dataclass(frozen=True, slots=True)
class Run:
    """One plan or apply. `block` holds the assertions as a check; `continues` goes on from the run before.

    `expect_failures` are the addresses that have to fail; no others may.
    """

    name: str
    block: Block
    place: Place
    command: str = "apply"
    variables: Mapping[str, Any] = field(default_factory=dict)
    continues: bool = False
    expect_failures: tuple[str, ...] = ()

    def variable_place(self, name: str, *keys: str | int) -> Place:
        """Returns the place of the value of a variable, or of the value at `keys` inside of it."""
        source, path = self.block.source, (*self.block.path, "variables")
        own = source.data["run"][self.block.path[-1]].get("variables", {})
        return source.value_place((*(path if name in own else ("variables",)), name, *keys))


@dataclass(frozen=True, slots=True)
class Suite:
    """The runs of one file, in order."""

    name: str
    runs: tuple[Run, ...]


def find_suites(root: Path, paths: Iterable[PurePath]) -> list[tuple[PurePath, PurePath | None]]:
    """Returns the test files among `paths`: files below `root`, or directories to search; each with the directory it
    was found in, None where it was named."""
    found: dict[PurePath, PurePath | None] = {}
    for path in paths:
        there = root / path
        named = there.is_file()
        for file in [path] if named else [path / f.name for f in there.glob("*.test.toml")]:
            found.setdefault(file, None if named else path)
    return sorted(found.items(), key=lambda item: item[0])


def load_suite(root: Path, path: PurePath, directory: PurePath | None = None) -> Suite:
    """Reads one file below `root`. Links have to end there, or below `directory` for a file that was found and not
    named. Raises HclError with all mistakes."""
    below = None if directory is None else ((root / directory).resolve(), root.resolve())
    source = read_source(root / path, str(path), below)
    problems = list(_check_file(source))
    raise_if_errors(problems)
    shared = source.data.get("variables", {})
    runs = [_read_run(source, index, body, shared, problems) for index, body in enumerate(source.data.get("run", []))]
    raise_if_errors(problems)
    if runs and runs[0].continues:
        place = source.value_place(("run", 0, "continues"))
        problems.append(Diagnostic("The first run cannot continue", "There is no run before it.", place))
    raise_if_errors(problems)
    return Suite(str(path), tuple(runs))


def _check_file(source: SourceFile) -> Iterator[Diagnostic]:
    for key, value in source.data.items():
        if key not in ("variables", "run"):
            hint = did_you_mean(key, ("variables", "run"))
            yield Diagnostic(f'A file of tests has no table "{key}"', hint, source.key_place((key,)))
        elif key == "variables" and not isinstance(value, Mapping):
            yield Diagnostic("variables must be a table", "", source.key_place((key,)))
        elif key == "run" and not (isinstance(value, list) and all(isinstance(item, Mapping) for item in value)):
            yield Diagnostic("run must be a list of tables", "Expected [[run]].", source.key_place((key,)))
    if not source.data.get("run"):
        yield Diagnostic(f"{source.name} has no runs", "Expected [[run]] with [[run.assert]] below it.")


def _read_run(
    source: SourceFile, index: int, body: Mapping[str, Any], shared: Mapping[str, Any], problems: list[Diagnostic]
) -> Run:
    path = ("run", index)
    place = source.key_place(path)
    for key, value in body.items():
        if key not in _ARGUMENTS:
            hint = did_you_mean(key, _ARGUMENTS)
            problems.append(Diagnostic(f'A run has no argument "{key}"', hint, source.key_place((*path, key))))
        elif key in _KINDS and not isinstance(value, _KINDS[key]):
            place_ = source.value_place((*path, key))
            problems.append(Diagnostic(f"{key} must be {_WORDS[_KINDS[key]]}", "", place_))
        elif key == "assert" and not all(isinstance(item, Mapping) for item in value):
            place_ = source.value_place((*path, key))
            problems.append(Diagnostic("assert must be a list of tables", "Expected [[run.assert]].", place_))
    command = body.get("command", "apply")
    if command not in COMMANDS:
        detail = 'Expected "apply" or "plan".'
        problems.append(Diagnostic(f"command cannot be {command!r}", detail, source.value_place((*path, "command"))))
    name = body.get("name", f"run {index + 1}")
    tables = body.get("assert", [])
    given = body.get("variables", {})
    if problems:
        return Run(str(name), Block(Address(Kind.CHECK, "assert"), {}, source, path), place)
    block = Block(
        Address(Kind.CHECK, "assert"), {}, source, path, rules=read_rules(tables, ("assert",), path, source, problems)
    )
    return Run(
        name=name,
        block=block,
        place=place,
        command=command,
        variables={**shared, **given},
        continues=body.get("continues", False),
        expect_failures=tuple(map(str, body.get("expect_failures", []))),
    )
