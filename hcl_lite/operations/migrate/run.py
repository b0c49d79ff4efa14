"""migrate: what the files of another tool tell of, taken over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.places import at, leaves
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import Secret, reveal
from hcl_lite.engine.diff import diff
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.bulk_import.inventory import find_objects, read_objects
from hcl_lite.operations.bulk_import.model import Found, Inventory, LeftOut, Report, Selection, Wish
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.migrate.formats import FORMATS
from hcl_lite.operations.migrate.interpolation import replaced
from hcl_lite.operations.migrate.model import FOLDER_ARGUMENTS, Origin, Reading
from hcl_lite.operations.migrate.objects import Shaped, place_folders, shape_all
from hcl_lite.operations.migrate.tree import Tree, open_tree
from hcl_lite.operations.operation import operation
from hcl_lite.operations.promotion.matching import match
from hcl_lite.operations.requests import Inputs, LockOptions

_FOLDER = "grafana_folder"
_SHOWN = 5  # differences
_STAND_IN = "a secret that a reference stands for"


@dataclass(frozen=True, slots=True)
class Migration:
    """The request of a migration: files of a `format` at `path`, onto the server of a `provider`, the only one where
    that is empty. `paths` are where the files are here that lie at a path of the server."""

    format: str
    path: str
    provider: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)


@operation
def migrate_files(
    context: RunContext,
    inputs: Inputs,
    asked: Migration,
    lock: LockOptions,
    caller: Caller,
    *,
    is_dry_run: bool = False,
) -> Report:
    """Take over what the files tell of: objects that are there as they are there, the others as blocks that the next
    apply makes. Raises HclError, and ProviderError: nothing was taken over then."""
    tree = open_tree(context.directory / asked.path, asked.path)

    async def find(scene: Scene) -> Inventory:
        provider = _provider_of(scene)
        organisation = str(scene.session.get(provider).origin.organisation or 1)
        origin = Origin(organisation, _Server(context.directory, asked.paths, tree).open)
        reading = FORMATS[asked.format].read(tree, origin)
        if not reading.told and not reading.left:
            detail = f"No file of it tells of anything in the format of {asked.format}."
            raise HclError(Diagnostic(f"There is nothing to migrate in {asked.path}", detail))
        return await _Finding(scene, provider, context, asked.format).find(reading)

    providers, command = ((asked.provider,) if asked.provider else ()), f"migrate {asked.format}"
    return take_over(context, inputs, lock, caller, find, providers=providers, is_dry_run=is_dry_run, command=command)


def _provider_of(scene: Scene) -> str:
    """The provider to take over onto. Raises HclError where that is open."""
    if len(scene.providers) == 1:
        return scene.providers[0]
    names = ", ".join(scene.providers)
    raise HclError(Diagnostic("Onto which server?", f"There are {names or 'none'}.", hint="--provider NAME says it."))


@dataclass(frozen=True, slots=True)
class _Server:
    """The places here of files of the server: as the user says, or below what is migrated, or beside it."""

    directory: Path
    paths: Mapping[str, str]
    tree: Tree

    def open(self, path: str) -> Tree | None:
        """The files at a path of the server; None where they are not here."""
        if not path:
            return None
        for start, here in self.paths.items():
            if path == start or path.startswith(f"{start.rstrip('/')}/"):
                rest = path[len(start) :].lstrip("/")
                return open_tree(self.directory / here / rest, "/".join(filter(None, (here.rstrip("/"), rest))))
        steps = [step for step in path.split("/") if step not in ("", ".")]
        if ".." in steps:
            return None
        for home in (self.tree.root, self.tree.root.parent):
            for number in range(len(steps)):
                found = home.joinpath(*steps[number:])
                if _is_directory(found) and found.resolve().is_relative_to(home.resolve()):
                    return open_tree(found, os.path.relpath(found, self.directory))
        return None


def _is_directory(path: Path) -> bool:
    """Whether there is a directory; none has a name that no system takes."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class _Finding:
    """The search for the objects of the files on the server."""

    scene: Scene
    provider: str
    context: RunContext
    format: str

    async def find(self, reading: Reading) -> Inventory:
        session, told = self.scene.session, self.scene.told
        names = tuple(dict.fromkeys((_FOLDER, *(one.type for one in reading.told if self._type(one.type)))))
        listed = await find_objects(session, [self.provider], (), Selection(types=names, everything=True), told)
        folders = [one for one in reading.told if one.type == _FOLDER]
        placed, places = place_folders(folders, [one for one in listed.found if one.type.name == _FOLDER])
        others = [one for one in reading.told if one.type != _FOLDER]
        shaped, left = shape_all([*placed, *others], self._type, places, self.context.environment)
        here = [one.found(self.provider) for one in shaped]
        counterparts = match(here, listed.found, {})
        pairs = [(one, counterparts.of(found)) for one, found in zip(shaped, here, strict=True)]
        managed = [one for one, other in pairs if other is not None and other.key in self.scene.known.managed]
        open_ = [(one, other) for one, other in pairs if one not in managed]
        read = await read_objects(session, [other for _, other in open_ if other is not None], told, with_fixed=True)
        known = {one.key: one for one in read.found}
        made = [self._made(one, other and known.get(other.key), other is not None) for one, other in open_]
        inventory = Inventory([one for part in made for one in part.found], [one for part in made for one in part.left])
        notes = (*(one for part in made for one in part.notes), *self._afterwards(made))
        return Inventory(
            inventory.found,
            (*reading.left, *listed.left, *left, *read.left, *inventory.left),
            len(managed),
            notes=notes,
        )

    def _type(self, name: str) -> ResourceType | None:
        return self.scene.session.type_of(self.provider).resources.get(name)

    def _made(self, one: Shaped, live: Found | None, is_there: bool) -> Inventory:
        if live is not None:
            return self._taken(one, live)
        return Inventory() if is_there else self._new(one)  # what could not be read is told already

    def _taken(self, one: Shaped, live: Found) -> Inventory:
        """An object that is there, as it is there."""
        assert live.live is not None
        wanted = differences_of(one, live)
        arguments: dict[str, Any] = {}
        texts: dict[str, str] = {}
        notes = []
        if one.body and not [path for path in wanted if path != "folder"]:
            arguments, texts = self._body(one, live.uid)
        elif wanted:
            more = f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else ""
            reason = "the server has something else than the file, and that is taken over as it is there"
            notes.append(LeftOut(f"{one.told}: {', '.join(wanted[:_SHOWN])}{more}", reason))
        arguments |= self._references(one, live)
        if live.live.fixed:
            notes.append(LeftOut(str(one.told), _handing_over(one.type.name, live.live.fixed)))
        wish = Wish(
            name=one.told.name,
            texts=texts,
            arguments=arguments,
            secrets={name: text for name, text in one.secrets.items() if isinstance(text, str)},
        )
        return Inventory([replace(live, wish=wish)], [], notes=notes)

    def _new(self, one: Shaped) -> Inventory:
        """An object that is not there: the next apply makes it."""
        if (self.provider, one.type.name, one.uid) in self.scene.known.given:
            reason = "it is not there yet, and a block for it waits for the next apply"
            return Inventory((), [LeftOut(str(one.told), reason)])
        if one.unset:
            reason = "it is not there yet, and what it refers to is not set here"
            return Inventory((), [LeftOut(f"{one.told}: {', '.join(one.unset)}", reason)])
        notes = []
        if one.open:
            reason = "secrets in plain text are not carried over: say in the block where they are kept"
            notes.append(LeftOut(f"{one.told}: {', '.join(one.open)}", reason))
        arguments, texts = self._body(one, one.uid) if one.body else ({}, {})
        arguments |= _with_codes(one, reveal(one.values)) | _with_secrets(one)
        wish = Wish(name=one.told.name, texts=texts, arguments=arguments, may_differ=True)
        if not one.is_named:  # it gets the uid that its address gives it
            wish = replace(wish, arguments={**wish.arguments, "uid": None})
        return Inventory([replace(one.found(self.provider), wish=wish)], [], notes=notes)

    def _body(self, one: Shaped, uid: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The argument that reads the user's own file where it lies in the configuration; or else its text."""
        path = _in_configuration(self.context.directory, one.told.file)
        own = one.type.given_uid({one.body: one.told.text})
        arguments: dict[str, Any] = {} if own == uid or not uid else {"uid": uid}
        arguments |= one.told.arguments
        if path:
            return {one.body: Code(f'${{file("{path}")}}'), **arguments}, {}
        return arguments, {one.body: one.told.text}

    def _references(self, one: Shaped, live: Found) -> dict[str, Any]:
        """The arguments in which the file refers to what the server has there."""
        values = reveal(live.values)
        there = {place: code for place, code in one.codes.items() if at(values, place) == at(one.given, place)}
        kept = {place: code for place, code in there.items() if at(values, place) is not None}
        return {str(key): replaced(values, kept)[key] for key in {place[0] for place in kept}}

    def _afterwards(self, made: Sequence[Inventory]) -> Sequence[LeftOut]:
        used = FORMATS[self.format]
        return [LeftOut(used.writer, used.afterwards)] if used.writer and any(part.found for part in made) else []


def differences_of(one: Shaped, live: Found) -> Sequence[str]:
    """Returns the paths where the server has something else than the files tell; not those that nobody can know."""
    assert live.live is not None
    wanted = one.type.content(one.values)
    values = reveal(live.values)
    other = {str(place[0]) for place in one.codes if at(values, place) != at(one.given, place)}
    unsure = other if one.unset else set[str]()
    asked = {key: value for key, value in reveal(wanted).items() if key in one.given or key not in one.type.attrs}
    if not one.told.folder and not one.told.path:
        asked.pop(FOLDER_ARGUMENTS.get(one.type.name, ""), None)
    there = without_unasked(one.type.attrs, live.live.content, asked)
    known = {key: value for key, value in reveal(there).items() if key in asked}
    paths = [each.path for each in diff(known, asked)]
    return [path.removeprefix("dashboard.") for path in paths if path.split(".")[0].split("[")[0] not in unsure]


def _with_codes(one: Shaped, values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of an object with expressions in them."""
    keys = {place[0] for place in one.codes}
    return {str(key): replaced(one.given, one.codes)[key] for key in keys if key in one.given}


def _with_secrets(one: Shaped) -> dict[str, Any]:
    """The arguments that hold the secrets of an object, each as its reference."""
    given: Mapping[str, Any] = one.given
    for name, reference in one.secrets.items():
        held = reveal(one.type.with_secrets(given, {name: Secret(_STAND_IN)}))
        given = replaced(held, {place: reference for place, leaf in leaves(held) if leaf == _STAND_IN})
    keys = [key for key in given if key in one.type.attrs and given[key] != one.given.get(key)]
    return {key: given[key] for key in keys}


def _in_configuration(root: Path, file: str) -> str:
    """The path of a file as expressions of the configuration in `root` name it; empty for one that lies elsewhere, or
    whose name no expression can have."""
    real, home = Path(os.path.realpath(file)), Path(os.path.realpath(root))
    if not file or not real.is_relative_to(home):
        return ""
    path = real.relative_to(home).as_posix()
    return "" if any(sign in path for sign in "\"'\\{}$") else path


_HANDING_OVER: Mapping[str, str] = {
    "grafana_dashboard": "no plan can change it as long as its file is there. To hand it over, set disableDeletion: "
    "true for its provider and restart Grafana; take the JSON file away, let Grafana look, and take the provider last: "
    "Grafana deletes what is left of one that is gone",
    "grafana_data_source": "no plan can change it as long as it is provisioned as read-only. To hand it over, set "
    "editable: true and restart Grafana; then take the file away, without prune",
}


def _handing_over(type_: str, why: str) -> str:
    """Returns what to do with an object that nobody can change now."""
    return f"{why}: {_HANDING_OVER.get(type_, _OF_ALERTING)}"


_OF_ALERTING = (
    "no plan can change it as long as Grafana knows it as a file's. To hand it over, have the file delete it "
    "(deleteRules, deleteContactPoints, resetPolicies, …) and take the file away; the next apply makes it again"
)
