"""A state, and the .tf files beside it: found and read within limits."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import read_file
from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.migrate.terraform.evaluate import Known, Unknown, evaluate
from hcl_lite.operations.migrate.terraform.flatten import Flat, flatten
from hcl_lite.operations.migrate.terraform.parse import Unparsed, is_there, parse_blocks, parse_values
from hcl_lite.operations.migrate.terraform.state_file import Instance, read_state
from hcl_lite.operations.migrate.terraform.syntax import Block

_STATE = "terraform.tfstate"
_MOST_STATE = 512 * 1024 * 1024
_MOST_FILE = 16 * 1024 * 1024
_ENDINGS = (".tf", ".tofu")
_EXTRA = "the parser is not installed: pip install 'hcl-lite[terraform]'"


@dataclass(frozen=True, slots=True)
class Given:
    """The contents of PATH: the objects of the state; `directory` is that of the .tf files, None where there are none;
    `flat` is what they say, `values` are the values of variables that .tfvars files give."""

    instances: Sequence[Instance]
    directory: Path | None = None
    flat: Flat = field(default_factory=Flat)
    values: Mapping[str, Any] = field(default_factory=dict)
    left: Sequence[LeftOut] = ()

    def read(self, path: str) -> str | None:
        """The text of a file below the .tf files; None where there is none that can be used."""
        if self.directory is None:
            return None
        home = Path(os.path.realpath(self.directory))
        try:
            return read_file(self.directory / path, _MOST_FILE, below=[home]).decode()
        except (OSError, UnicodeDecodeError, ValueError):
            return None

    def list_files(self, path: str, pattern: str) -> Sequence[str]:
        """Returns the result of fileset()."""
        if self.directory is None or ".." in (*path.split("/"), *pattern.split("/")):
            return ()
        try:
            return sorted(
                one.relative_to(self.directory / path).as_posix() for one in (self.directory / path).glob(pattern)
            )
        except (OSError, ValueError, NotImplementedError):
            return ()


def read_given(path: Path, shown: str) -> Given:
    """The state at `path`, a file or a directory, with the .tf files beside it; `shown` is how the user has named it.
    Raises HclError."""
    if path.is_dir():
        if not (path / _STATE).is_file():
            raise HclError(_no_state(path, shown))
        return _read(path / _STATE, f"{shown.rstrip('/')}/{_STATE}", path, "" if shown == "." else shown)
    if not path.is_file():
        raise HclError(Diagnostic(f"There is nothing at {shown}", "Expected a state, or a directory with one."))
    return _read(path, shown, path.parent, os.path.dirname(shown))


def _no_state(path: Path, shown: str) -> Diagnostic:
    detail = "Its state is kept elsewhere." if any(_terraform(path)) else "There is nothing of Terraform in it."
    hint = f"Write it there, in {shown}, with: terraform state pull > {_STATE}"
    return Diagnostic(f"There is no {_STATE} in {shown}", detail, hint=hint)


def _terraform(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.name.endswith(_ENDINGS) and one.is_file())


def _read(state: Path, shown: str, directory: Path, prefix: str) -> Given:
    try:
        text = read_file(state, _MOST_STATE).decode()
    except UnicodeDecodeError:
        raise HclError(Diagnostic(f"{shown} is no state of Terraform", "It is no text in UTF-8.")) from None
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read {shown}", f"{error.strerror}.")) from error
    instances = read_state(text, shown)
    if not _terraform(directory):
        return Given(instances)
    if not is_there():
        return Given(instances, left=[LeftOut(f"the .tf files in {prefix or '.'}", _EXTRA)])
    reader = _Reader(directory, prefix)
    flat = flatten(reader.blocks(""), reader.blocks)
    return Given(instances, directory, flat, reader.values(), reader.left)


class _Reader:
    """Reads .tf files; `left` is why some could not be."""

    def __init__(self, directory: Path, prefix: str) -> None:
        self._directory = directory
        self._prefix = prefix
        self.left: list[LeftOut] = []

    def blocks(self, path: str) -> Sequence[Block]:
        """The blocks of a directory, by its path from the root."""
        found: list[Block] = []
        directory = self._directory / path
        if not os.path.realpath(directory).startswith(os.path.realpath(self._directory)) or not directory.is_dir():
            self.left.append(LeftOut(self._shown(path), "there is no such directory of a module"))
            return found
        for file in _terraform(directory):
            name = self._shown(f"{path}/{file.name}" if path else file.name)
            try:
                found += parse_blocks(read_file(file, _MOST_FILE).decode(), name)
            except Unparsed as wrong:
                self.left.append(LeftOut(str(wrong), "it is no HCL from here on: its blocks are those of the state"))
            except (OSError, UnicodeDecodeError):
                self.left.append(LeftOut(name, "it cannot be read"))
        return found

    def values(self) -> Mapping[str, Any]:
        """The values of variables: terraform.tfvars, then *.auto.tfvars."""
        files = [self._directory / "terraform.tfvars", *sorted(self._directory.glob("*.auto.tfvars"))]
        values: dict[str, Any] = {}
        for file in files:
            if not file.is_file():
                continue
            try:
                for key, value in parse_values(read_file(file, _MOST_FILE).decode(), file.name).items():
                    values[key] = evaluate(value, Known())
            except (OSError, UnicodeDecodeError, Unparsed, Unknown):
                self.left.append(LeftOut(self._shown(file.name), "it cannot be read"))
        return values

    def _shown(self, name: str) -> str:
        return f"{self._prefix.rstrip('/')}/{name}" if self._prefix else name
