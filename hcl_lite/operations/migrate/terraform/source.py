"""A Terraform state as a source of a take-over: its objects are read from their servers, and wished for as the .tf
files say. Objects that are gone, of other organisations, or of types that there are not, are left out with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.schema import ProviderType, ResourceType
from hcl_lite.lang.evaluation.expand import name_of
from hcl_lite.operations.bulk_import.inventory import read_objects
from hcl_lite.operations.bulk_import.model import Beside, Found, Inventory, LeftOut
from hcl_lite.operations.bulk_import.takeover import Scene
from hcl_lite.operations.migrate.terraform.declarations import (
    Declared,
    lookups,
    named_values,
    others,
    outputs,
    provider_name,
    toml_name,
    used_names,
)
from hcl_lite.operations.migrate.terraform.evaluate import Known
from hcl_lite.operations.migrate.terraform.expressions import Names
from hcl_lite.operations.migrate.terraform.files import Given
from hcl_lite.operations.migrate.terraform.flatten import flat_name
from hcl_lite.operations.migrate.terraform.objects import UNSUPPORTED, Stated, folder_numbers, stated
from hcl_lite.operations.migrate.terraform.state_file import Instance
from hcl_lite.operations.migrate.terraform.syntax import Block
from hcl_lite.operations.migrate.terraform.wishes import Group, Member, wish_for

_FOLDERS = "grafana_folder"
_GONE = "it is gone from its server: Terraform would make it anew"
_NOT_MADE = "the state has none of it: Terraform has not made it"
_GATHERED = "its module has several instances: its blocks are in the root, one for each"
_FLATTENED = "the module is flattened: its blocks stand in the root module, under MODULE_NAME"


@dataclass(frozen=True, slots=True)
class _Sought:
    """An object of the state with the provider that it is looked for with."""

    stated: Stated
    found: Found


async def find_stated(scene: Scene, given: Given, variables: Mapping[str, str]) -> Inventory:
    """Returns the objects of a state. `variables` are the types of those that the configuration declares, by name.
    Raises ProviderError where a server cannot be asked."""
    left: list[LeftOut] = [*given.left]
    sought = [*_sought(scene, given, left)]
    managed = [one for one in sought if one.found.key in scene.known.managed]
    asked = {one.found.key: one for one in sought if one.found.key not in scene.known.managed}
    for provider in dict.fromkeys(one.found.provider for one in asked.values()):
        await scene.session.get(provider).list(_FOLDERS)  # raises where it is the server or the account
    read = await read_objects(scene.session, [one.found for one in asked.values()], scene.told)
    live = {one.key: one for one in read.found}
    where = {str(one.found): f"{_place(given, one.stated.instance)}{one.stated.instance}" for one in asked.values()}
    left += [*(_told_gone(one, where) for one in read.left), *_not_made(given)]
    groups = _groups(given, [Member(one.stated, live[key]) for key, one in asked.items() if key in live])
    names = _names(scene, given, groups, variables)
    declared, names = _declared(scene, given, names)
    known = Known(names.locals, given.values, given.list_files)
    wished = [wish_for(group, names, known, given) for group in groups]
    notes = [*declared.notes, *(note for one in wished for note in one.notes), *_told_modules(given)]
    texts = {path: text for one in wished for path, text in one.texts.items()}
    beside = Beside([one for one in declared.blocks if not _is_there(scene, one.address)], texts)
    found = [one for part in wished for one in part.found]
    return Inventory(found, (*left, *others(given.flat.root)), len(managed), (), notes, beside)


def _sought(scene: Scene, given: Given, left: list[LeftOut]) -> Iterator[_Sought]:
    """The objects to look for; why others are not is added to `left`."""
    folders = folder_numbers(given.instances)
    seen: set[tuple[str, str, str]] = set()
    for instance in given.instances:
        what = f"{_place(given, instance)}{instance}"
        if instance.is_data or not instance.type.startswith("grafana_"):
            if not instance.is_data:
                left.append(LeftOut(what, f"{instance.type} is no type of Grafana's provider"))
            continue
        provider, reason = _provider_of(scene, instance)
        type_ = _types(scene, provider).get(instance.type) if provider else None
        if not reason and type_ is None:
            reason = UNSUPPORTED.get(instance.type, f"hcl-lite has no type {instance.type} yet")
        if reason or type_ is None:
            left.append(LeftOut(what, reason))
            continue
        for one in stated(instance, type_, folders):
            found = Found(provider, type_, one.uid, _title(one))
            if not one.uid or found.key in seen:
                left.append(
                    LeftOut(what, "the state has it twice" if one.uid else "the state does not say which it is")
                )
                continue
            seen.add(found.key)
            yield _Sought(one, found)


def _not_made(given: Given) -> Iterator[LeftOut]:
    """The blocks of objects that the state knows nothing of."""
    made = {(one.module, one.type, one.name) for one in given.instances if not one.is_data}
    for (module, kind, type_, name), block in given.flat.blocks.items():
        if kind == "resource" and type_.startswith("grafana_") and (module, type_, name) not in made:
            yield LeftOut(f"{block.where} {type_}.{name}", _NOT_MADE)


def _title(one: Stated) -> str:
    title = one.values.get("title") or one.values.get("name") or ""
    return title if isinstance(title, str) else ""


def _types(scene: Scene, provider: str) -> Mapping[str, ResourceType]:
    type_: ProviderType = scene.session.type_of(provider)
    return type_.resources


def _provider_of(scene: Scene, instance: Instance) -> tuple[str, str]:
    """The provider block for an object, or why there is none: that of its alias, or else one of its organisation."""
    declared = [name_of(block.address) for block in scene.project.config.of_kind(Kind.PROVIDER)]
    known = [*dict.fromkeys([*scene.providers, *declared])]
    open_ = [name for name in known if not scene.session.is_deferred(name)]
    wanted = provider_name(instance.alias)
    if instance.alias and wanted not in open_:
        return "", f"there is no provider block {wanted} that can be read with now"
    names = [wanted] if wanted in open_ else []
    organisation = _organisation(instance)
    for name in (*names, *open_):
        own = scene.session.get(name).origin.organisation
        if not organisation or (own or "1") == organisation:
            return name, ""
    if not open_:
        return "", "there is no provider block for it"
    return "", f"it is in organisation {organisation}: a provider block with org_id = {organisation} would reach it"


def _organisation(instance: Instance) -> str:
    """The number of the organisation that an object is in; an organisation is in none, its org_id is its own."""
    organisation = instance.attributes.get("org_id") if instance.type != "grafana_organization" else None
    return "" if organisation in (None, "", 0, "0") else str(organisation)


def _place(given: Given, instance: Instance) -> str:
    """FILE:LINE of the block of an instance, as far as it is known."""
    kind = "data" if instance.is_data else "resource"
    block = given.flat.blocks.get((instance.module, kind, instance.type, instance.name))
    return f"{block.where} " if block is not None else ""


def _told_gone(one: LeftOut, where: Mapping[str, str]) -> LeftOut:
    reason = _GONE if one.reason == "it has gone meanwhile" else one.reason
    return LeftOut(where.get(one.what, one.what), reason)


# --- groups and names -------------------------------------------------------------------------------------------------


def _groups(given: Given, members: Sequence[Member]) -> Sequence[Group]:
    """The members by their blocks, as the .tf files have these."""
    by_block: dict[tuple[Any, ...], list[Member]] = {}
    for member in members:
        one = member.stated.instance
        key = (member.found.provider, one.module, one.module_keys, one.type, one.name, member.stated.suffix)
        by_block.setdefault(key, []).append(member)
    groups = []
    for (_, module, keys, type_, name, suffix), own in by_block.items():
        block = None if keys else given.flat.blocks.get((module, "resource", type_, name))
        label = flat_name((*module, *keys), f"{name}_{suffix}" if suffix else name)
        groups.append(Group(label, _file(block, module), own, block))
    return sorted(groups, key=lambda group: _order(group.block))


def _order(block: Block | None) -> tuple[bool, str, int]:
    return (True, "", 0) if block is None else (False, block.file, block.line)


def _file(block: Block | None, module: tuple[str, ...]) -> str:
    """The file of blocks here: named like that of the .tf files, or like the module."""
    if module:
        return f"{'_'.join(module)}.toml".replace("-", "_")
    return toml_name(block.file) if block is not None else ""


def _names(scene: Scene, given: Given, groups: Sequence[Group], variables: Mapping[str, str]) -> Names:
    resources = {}
    attributes: dict[str, Any] = {}
    aliases: dict[tuple[str, str], str] = {}
    for group in groups:
        type_ = group.members[0].found.type
        key = group.members[0].key
        resources[type_.name, group.name] = "" if key is None else "list" if isinstance(key, int) else "map"
        attributes[type_.name] = type_.attrs
        one = group.members[0].stated
        if one.suffix:
            aliases.setdefault((type_.name, group.name.removesuffix(f"_{one.suffix}")), group.name)
    lookup_types = {f"data.{name}": one.attrs for name, one in _lookups(scene).items()}
    return Names(resources, {}, {**attributes, **lookup_types}, {}, variables, aliases)


def _lookups(scene: Scene) -> Mapping[str, Any]:
    return scene.session.type_of(scene.providers[0]).lookups if scene.providers else {}


def _declared(scene: Scene, given: Given, names: Names) -> tuple[Declared, Names]:
    """The lookups, locals and outputs, and the names with those that can be said."""
    data = [
        (flat_name(module, name), block)
        for (module, kind, _, name), block in given.flat.blocks.items()
        if kind == "data" and block.labels[0].startswith("grafana_")
    ]
    attrs = {name: one.attrs for name, one in _lookups(scene).items()}
    root = given.flat.root
    _, used = used_names(given.flat)
    _, first = named_values(root, used, names)  # lookups may name locals, and locals lookups
    found, names = lookups(data, attrs, first)
    named, names = named_values(root, used, replace(names, locals={}))
    return found + named + outputs(root, names), names


def _is_there(scene: Scene, address: str) -> bool:
    return Address.parse(address) in scene.project.config.blocks


def _told_modules(given: Given) -> Iterator[LeftOut]:
    yield from (LeftOut(f"{one.where} module.{one.labels[0]}", _FLATTENED) for one in given.flat.calls)
    yield from (LeftOut(f"{one.where} module.{one.labels[0]}", _GATHERED) for one in given.flat.repeated)
