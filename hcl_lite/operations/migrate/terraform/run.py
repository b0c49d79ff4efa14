"""migrate terraform: what a Terraform or OpenTofu state tells of, taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.config.config import is_configuration, load_root
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.lang.toml.write import write_block
from hcl_lite.operations.bulk_import.blocks import declaration_texts
from hcl_lite.operations.bulk_import.model import Declaration, Inventory, Report, Start
from hcl_lite.operations.bulk_import.staging import HOME
from hcl_lite.operations.bulk_import.start import start_configuration
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.migrate.terraform.declarations import (
    Declared,
    names_in,
    providers,
    type_text,
    used_names,
    variables,
)
from hcl_lite.operations.migrate.terraform.expressions import Names
from hcl_lite.operations.migrate.terraform.files import Given, read_given
from hcl_lite.operations.migrate.terraform.source import find_stated
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import Inputs, LockOptions
from providers.registry import provider_types

_VALUES = "terraform.auto.vars.toml"


@operation
def migrate_terraform(
    context: RunContext, inputs: Inputs, path: str, lock: LockOptions, caller: Caller, *, is_dry_run: bool = False
) -> Report:
    """Take over what a state at `path` tells of, with the provider blocks and variables of the .tf files beside it,
    where the configuration has none. Raises HclError, and ProviderError: nothing was taken over then, or the next run
    goes on."""
    given = read_given(context.directory / path, path)
    begun = _Beginning(context.directory, given)
    ahead = begun.declared()

    async def find(scene: Scene) -> Inventory:
        found = await find_stated(scene, given, begun.types())
        return replace(found, notes=(*ahead.notes, *found.notes))

    written = begun.write(ahead.blocks)
    keeps = False
    try:
        report = take_over(context, inputs, lock, caller, find, is_dry_run=is_dry_run, command="migrate terraform")
        keeps = not is_dry_run
        return report
    except HclError as error:  # it may be for want of what these have
        unread = [Diagnostic(f"{one.what} is left out", f"{one.reason}.") for one in given.left]
        raise HclError(*error.diagnostics, *unread) from error
    finally:
        if not keeps and not (context.directory / HOME).exists():  # or else the next run goes on
            for one in written:
                one.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The blocks that have to be there before a server is read: provider blocks, and the variables that are used."""

    directory: Path
    given: Given

    def declared(self) -> Declared:
        """Returns those that the configuration lacks."""
        root = self.given.flat.root
        there = self._there()
        types = self.types()
        attrs = provider_types()["grafana"].settings
        names = Names(variables=types)
        blocks = Declared() if self._has_provider() else providers(root, attrs, names)
        auth = [
            block.attributes["auth"].value for block in root if block.type == "provider" and "auth" in block.attributes
        ]
        secret = names_in(auth, "var")
        used = {*used_names(self.given.flat)[0], *(secret if blocks.blocks else ())}
        found = blocks + variables(root, used, secret, names)
        return Declared([one for one in found.blocks if one.address not in there], found.notes)

    def types(self) -> Mapping[str, str]:
        """The variables that are used, with their types."""
        root = self.given.flat.root
        return {one.labels[0]: type_text(one) for one in root if one.type == "variable" and one.labels}

    def _there(self) -> Collection[str]:
        if not self._has_configuration():
            return ()
        config, _ = load_root(self.directory)
        return {str(address) for address in config.blocks}

    def _has_configuration(self) -> bool:
        return self.directory.is_dir() and any(is_configuration(path) for path in self.directory.glob("*.toml"))

    def _has_provider(self) -> bool:
        return self._has_configuration() and bool(load_root(self.directory)[0].of_kind(Kind.PROVIDER))

    def write(self, blocks: Sequence[Declaration]) -> list[Path]:
        """Write what is lacking into files that are not there yet; which they are. Raises HclError."""
        texts = {name: "\n".join(parts) for name, parts in declaration_texts(blocks).items()}
        values = {key: value for key, value in self.given.values.items() if key in _open_names(blocks)}
        written: list[Path] = []
        try:
            make_directory(self.directory)
            for name, text in texts.items():
                path = _free(self.directory, name)
                path.write_text(format_source(parse_source(text, path.name)), encoding="utf-8")
                written.append(path)
            if values and not (self.directory / _VALUES).exists():
                path = self.directory / _VALUES
                text = write_block(("values",), values).split("\n", 1)[1]
                path.write_text(text, encoding="utf-8")
                written.append(path)
        except OSError as error:
            raise HclError(
                Diagnostic(f"Cannot begin a configuration in {self.directory}", f"{error.strerror}.")
            ) from error
        if not self._has_configuration():
            written += start_configuration(self.directory, Start())
        return written


def _free(directory: Path, name: str) -> Path:
    """A file that is not there yet."""
    stem = name.removesuffix(".toml")
    names = [name, f"terraform_{name}", *(f"terraform_{stem}_{number}.toml" for number in range(2, 100))]
    return next(directory / one for one in names if not (directory / one).exists())


def _open_names(blocks: Sequence[Declaration]) -> Collection[str]:
    """The variables that are no secrets."""
    return {one.header[1] for one in blocks if one.header[0] == "variable" and not one.arguments.get("sensitive")}
