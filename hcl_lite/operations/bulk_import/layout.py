"""Places of blocks and files: dashboards.toml for all blocks of a type, dashboards/FOLDER/TITLE.json for what they
read. Pure but for asking which files there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.packed import Packed
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.operations.bulk_import.blocks import Draft, block_text, declaration_texts
from hcl_lite.operations.bulk_import.model import Beside, Found, Key
from hcl_lite.operations.bulk_import.names import choose_names, default_provider, file_stem, label_of, noun_of
from hcl_lite.operations.bulk_import.templates import Templates

_NOTHING = Beside()
Read = Callable[[str], str | None]
"""The text of a file of the configuration; None where there is none."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`files` are the texts of all files to be put in place, by path, in this order: those that blocks read, then the
    blocks, after what is in such a file already; `counts` is how many blocks are new in each, and `added` are these
    alone. `objects` are what the blocks are for."""

    files: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[Address, Key] = field(default_factory=dict)


def name_blocks(found: Sequence[Found], taken: Collection[tuple[str, str]]) -> dict[Key, str]:
    """The name of each block, beside those that are `taken`, each with its type: as it is wished for, or by title, or
    else also by folder, by all folders, or by uid; what is part of an object has its name. Instances of a block share
    it."""
    names: dict[Key, str] = {}
    for type_ in dict.fromkeys(one.type.name for one in found):
        blocks: dict[tuple[str, ...], list[Found]] = {}
        for one in found:
            if one.type.name == type_ and one.wish.is_instance:
                names[one.key] = one.wish.name
            elif one.type.name == type_:
                blocks.setdefault(one.key if one.wish.key is None else (one.provider, one.wish.name), []).append(one)
        wanted = {block: _labels(members[0], names) for block, members in blocks.items()}
        chosen = choose_names(wanted, {name for other, name in taken if other == type_})
        names |= {one.key: chosen[block] for block, members in blocks.items() for one in members}
    return names


def _labels(one: Found, named: Mapping[Key, str]) -> list[str]:
    noun = noun_of(one.type.name)
    owner = named.get((one.provider, one.type.part_of, one.uid))
    title = one.title or one.uid
    texts = (title, " ".join([*one.path[-1:], title]), " ".join([*one.path, title]), f"{title} {one.uid}")
    labels = [*([owner] if owner is not None else []), *(label_of(text, noun) for text in texts)]
    prefix = _prefix(one)
    if one.wish.name:
        return [one.wish.name, *([] if one.wish.key is not None else [prefix + label for label in labels])]
    return [prefix + label.removeprefix(prefix) for label in labels]


def _prefix(one: Found) -> str:
    """Returns the prefix of names of objects of a provider that blocks have to name."""
    return "" if one.provider == default_provider(one.type.name) else f"{label_of(one.provider, 'on')}_"


def lay_out(
    drafts: Sequence[Draft],
    templates: Templates,
    read: Read,
    waiting: Collection[Address] = (),
    beside: Beside = _NOTHING,
) -> Layout:
    """The files of `drafts`, and of what goes `beside` them; none that is there is written over. Those that are
    `waiting` for an apply have their [[import]] beside them."""
    paths = _body_paths(drafts, templates, read)
    bodies = Packed.picked({paths[draft.address, key]: (draft.files, key) for draft in drafts for key in draft.files})
    blocks: dict[Address, list[Draft]] = {}
    for draft in drafts:
        blocks.setdefault(draft.address.collection, []).append(draft)
    bodies = Packed(beside.texts, bodies)
    _refuse_others(bodies, read)
    tables = {file: [*texts] for file, texts in declaration_texts(beside.declarations).items()}
    counts = Counter({file: len(texts) for file, texts in tables.items()})
    for members in blocks.values():
        one = members[0].found
        name = one.wish.file or templates.blocks_of(one)
        own = [{key: paths[draft.address, key] for key in draft.files} for draft in members]
        named = "" if one.provider == default_provider(one.type.name) else one.provider
        blocks_there = [] if one.wish.is_instance else [block_text(members, named, own)]
        texts = [*blocks_there, *(draft.import_statement for draft in members if draft.address in waiting)]
        if texts:
            tables.setdefault(name, []).extend(texts)
            counts[name] += len(blocks_there)
    files = {name: "\n".join(texts) for name, texts in tables.items()}
    return Layout(
        Packed(bodies, {name: _appended(read(name), text, name) for name, text in files.items()}),
        counts,
        files,
        {draft.address: draft.found.key for draft in drafts},
    )


def _refuse_others(bodies: Mapping[str, str], read: Read) -> None:
    """Raises HclError for a file that is there with something else in it, and for one out of the configuration."""
    outside = [path for path in bodies if path.startswith("/") or ".." in path.split("/")]
    if outside:
        raise HclError(Diagnostic(f"{outside[0]} is outside of the configuration", "Nothing is written there."))
    others = [path for path in bodies if (there := read(path)) is not None and there != bodies[path]]
    if others:
        hint = "Have it written to another file, or move that one."
        raise HclError(Diagnostic(f"{others[0]} is there already", "It is not written over.", hint=hint))


def _body_paths(drafts: Sequence[Draft], templates: Templates, read: Read) -> dict[tuple[Address, str], str]:
    """Returns the path of each body: the wished one, or else that of the template, with the uid where that is taken."""
    wished = {(d.address, key): path for d in drafts for key, path in d.found.wish.bodies.items() if key in d.files}
    wanted: dict[tuple[Address, str], list[str]] = {}
    for draft in drafts:
        for number, key in enumerate(draft.files):
            if (draft.address, key) in wished:
                continue
            path, also = templates.body_of(draft.found), f".{key}" if number else ""
            wanted[draft.address, key] = [f"{path}{also}", f"{path}-{file_stem(draft.found.uid)}{also}"]
    taken = {path for paths in wanted.values() for path in paths if read(f"{path}.json") is not None}
    taken |= {path.removesuffix(".json") for path in wished.values()}
    return {**wished, **{key: f"{path}.json" for key, path in choose_names(wanted, taken).items()}}


def _appended(before: str | None, blocks: str, name: str) -> str:
    """A file with more blocks at its end; what is in it stays as it is."""
    text = format_source(parse_source(blocks, name))
    if not before:
        return text
    line_end = "\r\n" if "\r\n" in before else "\n"
    return f"{before}{'' if before.endswith(line_end) else line_end}{line_end}" + text.replace("\n", line_end)
