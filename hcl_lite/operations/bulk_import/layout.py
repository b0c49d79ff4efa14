"""Where blocks and files go: dashboards.toml for all blocks of a type, dashboards/FOLDER/TITLE.json for what they read.
Pure but for asking what is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.operations.bulk_import.blocks import Draft
from hcl_lite.operations.bulk_import.model import Found, Key
from hcl_lite.operations.bulk_import.names import choose_names, file_stem, label_of, noun_of

Read = Callable[[str], str | None]
"""The text of a file of the configuration; None where there is none."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`files` are the texts of all files to be put in place, by path, in this order: those that blocks read, then the
    blocks, after what is in such a file already; `counts` is how many blocks are new in each. `staged` are the new
    blocks alone, which read from where the files lie until then. `objects` are what the blocks are for."""

    files: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    staged: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[Address, Key] = field(default_factory=dict)


def name_blocks(found: Sequence[Found], taken: Collection[tuple[str, str]]) -> dict[Key, str]:
    """The name of each block, beside those that are `taken`, each with its type: by title, or else also by folder, or
    by uid; what is part of an object has its name."""
    names: dict[Key, str] = {}
    for type_ in dict.fromkeys(one.type.name for one in found):
        wanted = {one.key: _labels(one, names) for one in found if one.type.name == type_}
        names |= choose_names(wanted, {name for other, name in taken if other == type_})
    return names


def _labels(one: Found, named: Mapping[Key, str]) -> list[str]:
    noun = noun_of(one.type.name)
    owner = named.get((one.provider, one.type.part_of, one.uid))
    title = one.title or one.uid
    texts = (title, " ".join([*one.path[-1:], title]), f"{title} {one.uid}")
    labels = [*([owner] if owner is not None else []), *(label_of(text, noun) for text in texts)]
    prefix = _prefix(one)
    return [prefix + label.removeprefix(prefix) for label in labels]


def _prefix(one: Found) -> str:
    """What names begin with of objects of a provider that blocks have to name."""
    return "" if one.provider == _default(one) else f"{label_of(one.provider, 'on')}_"


def _default(one: Found) -> str:
    """The provider of blocks that name none."""
    return one.type.name.partition("_")[0]


def lay_out(drafts: Sequence[Draft], staged_path: Callable[[str], str], read: Read) -> Layout:
    """The files of `drafts`; none that is there is written over."""
    paths = _body_paths(drafts, read)
    bodies = {paths[draft.address, key]: text for draft in drafts for key, text in draft.files.items()}
    blocks: dict[str, list[str]] = {}
    staged: dict[str, list[str]] = {}
    for draft in drafts:
        name = f"{_prefix(draft.found)}{noun_of(draft.found.type.name)}s.toml"
        provider = "" if draft.found.provider == _default(draft.found) else draft.found.provider
        own = {key: paths[draft.address, key] for key in draft.files}
        blocks.setdefault(name, []).append(draft.text(provider, own))
        waiting = {key: staged_path(path) for key, path in own.items()}
        staged.setdefault(staged_path(name), []).extend([draft.text(provider, waiting), draft.import_statement])
    tables = {name: _appended(read(name), "\n".join(texts), name) for name, texts in blocks.items()}
    return Layout(
        {**bodies, **tables},
        {name: len(texts) for name, texts in blocks.items()},
        {name: "\n".join(texts) for name, texts in staged.items()},
        {draft.address: draft.found.key for draft in drafts},
    )


def _body_paths(drafts: Sequence[Draft], read: Read) -> dict[tuple[Address, str], str]:
    """dashboards/FOLDER/TITLE.json, or TITLE-UID.json where that is taken."""
    wanted: dict[tuple[Address, str], list[str]] = {}
    for draft in drafts:
        for number, key in enumerate(draft.files):
            one = draft.found
            top = [] if one.provider == _default(one) else [file_stem(one.provider)]
            way = "/".join([*top, f"{noun_of(one.type.name)}s", *map(file_stem, one.path)])
            stem = file_stem(one.title or one.uid)
            also = f".{key}" if number else ""
            wanted[draft.address, key] = [f"{way}/{stem}{also}", f"{way}/{stem}-{file_stem(one.uid)}{also}"]
    taken = {path for paths in wanted.values() for path in paths if read(f"{path}.json") is not None}
    return {key: f"{path}.json" for key, path in choose_names(wanted, taken).items()}


def _appended(before: str | None, blocks: str, name: str) -> str:
    """A file with more blocks at its end; what is in it stays as it is."""
    text = format_source(parse_source(blocks, name))
    if not before:
        return text
    line_end = "\r\n" if "\r\n" in before else "\n"
    return f"{before}{'' if before.endswith(line_end) else line_end}{line_end}" + text.replace("\n", line_end)
