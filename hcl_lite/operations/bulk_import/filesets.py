"""Dashboards as the files of a directory, with one block for all of a folder: a file that is put there is one more.

    [resource.grafana_dashboard.team]
    for_each    = '${fileset("dashboards/team", "*.json")}'
    config_json = '${file("dashboards/team/" ~ each.key)}'
    folder      = "${grafana_folder.team.uid}"

Pure but for asking which files there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.schema import Mention
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.bulk_import.known import Named
from hcl_lite.operations.bulk_import.model import Found, Key, Wish
from hcl_lite.operations.bulk_import.names import choose_names, file_stem, label_of, noun_of
from hcl_lite.operations.bulk_import.templates import Style

_Folder = tuple[str, str, str]
"""Provider, type of what is in it, uid."""

_TOP = "general"  # what Grafana calls the top


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The configuration around new blocks: its blocks, expressions for managed objects, and the files of a
    directory."""

    blocks: Iterable[Block]
    references: Mapping[Named, str]
    names_in: Callable[[str], Collection[str]]


def with_filesets(found: Sequence[Found], there: Surroundings, style: Style) -> list[Found]:
    """Returns `found`, of which those that are read from files are instances of a block for their folder: of one that
    reads its directory already, or with such a style of a new one."""
    folders: dict[_Folder, list[Found]] = {}
    for one in found:
        if _is_all_in_its_body(one):
            folders.setdefault((one.provider, one.type.name, _folder_of(one)), []).append(one)
    wishes: dict[Key, Wish] = {}
    fresh: dict[_Folder, list[Found]] = {}
    for folder, members in folders.items():
        block, directory = _block_for(folder, members[0], there, style)
        if block is not None:
            wishes |= _wishes(members, directory, block.address.name, there, is_instance=True)
        else:
            fresh[folder] = members
    if style.in_filesets:
        directories, labels = _directories(fresh, there, style), _labels(fresh, there)
        for folder, members in fresh.items():
            wishes |= _wishes(members, directories[folder], labels[folder], there, is_instance=False)
    return [replace(one, wish=wishes.get(one.key, one.wish)) for one in found]


def body_of(one: Found) -> str:
    """The argument of an object that is read from a file; empty for none."""
    attrs = one.type.attrs
    return next((key for key in one.values if key in attrs and attrs[key].body and attrs[key].json), "")


def _is_all_in_its_body(one: Found) -> bool:
    """Whether a file tells all of an object but its folder: its uid too."""
    body = body_of(one)
    return body != "" and one.type.given_uid({body: one.values[body]}) == one.uid


def _folder_of(one: Found) -> str:
    return str(one.values.get("folder") or "")


def _block_for(folder: _Folder, one: Found, there: Surroundings, style: Style) -> tuple[Block | None, str]:
    """The block that reads the files of a folder, and their directory."""
    provider, type_, uid = folder
    named = there.references.get((provider, Mention("folder", uid)))
    texts = {f"${{{named}}}", uid} if uid else {None}
    for directory in style.templates.directories_of(one, _ways(one, uid)):
        for block in there.blocks:
            is_it = (block.address.type, block.provider or provider) == (type_, provider) and not block.address.module
            if is_it and block.body.get("folder") in texts and _reads(block, body_of(one), directory):
                return block, directory
    return None, ""


def _reads(block: Block, body: str, directory: str) -> bool:
    """Whether a block has an instance for each file of a directory."""
    return bool(block.for_each == _files(directory).text and block.body.get(body) == _file(directory).text)


def _directories(
    folders: Mapping[_Folder, Sequence[Found]], there: Surroundings, style: Style
) -> Mapping[_Folder, str]:
    """A directory for each folder, in which there are no other files."""
    wanted = {
        folder: style.templates.directories_of(members[0], _ways(members[0], folder[2]), is_asked=True)
        for folder, members in folders.items()
    }
    taken = {name for names in wanted.values() for name in names if there.names_in(name)}
    return choose_names(wanted, taken)


def _ways(one: Found, uid: str) -> list[str]:
    """Returns the possible names of the directory of a folder, below that of all: by its titles, or with its uid."""
    way = "/".join(map(file_stem, one.path))
    return [way, f"{way}-{file_stem(uid)}" if uid else _TOP]


def _labels(folders: Mapping[_Folder, Sequence[Found]], there: Surroundings) -> Mapping[_Folder, str]:
    """The name of each block, that of its folder."""
    wanted: dict[tuple[str, _Folder], list[str]] = {}
    for folder, members in folders.items():
        path, noun = members[0].path, noun_of(folder[1])
        texts = (*(" ".join(path[-depth:]) for depth in (1, 2, len(path))), f"{path[-1]} {folder[2]}") if path else ()
        prefix = "" if folder[0] == folder[1].partition("_")[0] else f"{label_of(folder[0], 'on')}_"
        wanted[folder[1], folder] = [prefix + label_of(text, noun) for text in texts] or [prefix + _TOP]
    taken = {block.address.name for block in there.blocks}
    return {folder: label for (_, folder), label in choose_names(wanted, taken).items()}


def _wishes(
    members: Sequence[Found], directory: str, label: str, there: Surroundings, *, is_instance: bool
) -> dict[Key, Wish]:
    wanted = {one.key: [stem, f"{stem}-{file_stem(one.uid)}"] for one in members for stem in [_stem(one)]}
    taken = {name.removesuffix(".json") for name in there.names_in(directory)}
    names = {key: f"{name}.json" for key, name in choose_names(wanted, taken).items()}
    body = body_of(members[0])
    arguments = {"for_each": _files(directory), body: _file(directory)}
    return {
        one.key: Wish(
            label,
            names[one.key],
            bodies={body: f"{directory}/{names[one.key]}"},
            texts=one.wish.texts,
            arguments=arguments,
            is_instance=is_instance,
        )
        for one in members
    }


def _stem(one: Found) -> str:
    return file_stem(one.title or one.uid)


def _files(directory: str) -> Code:
    return Code(f'${{fileset("{directory}", "*.json")}}')


def _file(directory: str) -> Code:
    return Code(f'${{file("{directory}/" ~ each.key)}}')
