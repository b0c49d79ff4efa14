"""Draws the files and records of a take-over for what was found. Only looks at which files there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hcl_lite.core.addrs import Address
from hcl_lite.core.files import read_file
from hcl_lite.core.packed import Packed
from hcl_lite.engine.plan import Action, Plan
from hcl_lite.operations.bulk_import.blocks import Draft, has_open_password, make_draft, referring
from hcl_lite.operations.bulk_import.known import Known, expressions_for
from hcl_lite.operations.bulk_import.layout import Layout, Read, lay_out, name_blocks
from hcl_lite.operations.bulk_import.model import Beside, Declaration, Found, Key, LeftOut, Update
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.updating import texts_of

_NOTHING = Beside()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The result of a drawing: `adopted` are the objects for which there are blocks already, `left` those that cannot
    be blocks, `plan` the plan with all of it. `updates` are made beside that; `texts` are the files that they change.
    `beside` goes with the blocks, `notes` are told of them."""

    drafts: Sequence[Draft]
    adopted: Mapping[Address, Key]
    layout: Layout
    left: Sequence[LeftOut] = ()
    plan: Plan | None = None
    updates: Sequence[Update] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
    notes: Sequence[LeftOut] = ()

    @property
    def files(self) -> Mapping[str, str]:
        """The texts of all files to be put in place, by path, in this order: blocks after what they read."""
        texts = Packed(self.texts, self.layout.files)
        return Packed.picked({path: (texts, path) for path in sorted(texts, key=lambda path: path.endswith(".toml"))})

    @property
    def objects(self) -> Mapping[Address, Key]:
        return {**self.layout.objects, **self.adopted}

    @property
    def waiting(self) -> Collection[Address]:
        """The blocks for what the next apply creates or updates."""
        changes = self.plan.changes if self.plan is not None else ()
        return [one.address for one in changes if one.address in self.objects and one.action is not Action.REFRESH]


def draw(
    root: Path,
    known: Known,
    found: Sequence[Found],
    style: Style,
    updates: Sequence[Update] = (),
    beside: Beside = _NOTHING,
) -> Drawn:
    """The blocks for `found`, as they would be written into the configuration in `root`, beside `updates`."""
    fresh = [one for one in found if one.key not in known.given]
    names = name_blocks(fresh, known.labels)
    exclusive = _exclusive(found)
    made = [
        make_draft(one, names[one.key], exclusive.get((one.provider, one.type.name), ())).without_bodies()
        for one in fresh
    ]
    open_ = {draft.address for draft in made if has_open_password(draft)}
    reason = "a URL among its settings has a password in it, which would stand in a file"
    left = [LeftOut(str(draft.found), reason) for draft in made if draft.address in open_]
    made = [draft for draft in made if draft.address not in open_]
    adopted = {known.given[one.key]: one.key for one in found if one.key in known.given}
    expressions = expressions_for(known, made, adopted, found)
    drafts = referring(
        made, lambda provider, mention: expressions.get((provider, mention)), style.references_data_sources
    )
    texts = texts_of(updates, reader_of(root))
    there = {str(address.collection) for address in (*adopted, *(draft.address for draft in drafts))}
    beside = replace(beside, declarations=_possible(beside.declarations, there, known.labels))
    layout = lay_out(drafts, style.templates, _over(texts, root), (), beside)
    return Drawn(drafts, adopted, layout, left, None, updates, texts, beside)


def _possible(
    declarations: Sequence[Declaration], there: Collection[str], labels: Collection[tuple[str, str]]
) -> Sequence[Declaration]:
    """The declarations for which all that they need is `there`, or in the configuration already."""
    known = {*there, *(f"{type_}.{name}" for type_, name in labels)}
    ours = {one.address for one in declarations}
    while True:
        kept = [
            one for one in declarations if all(need in known or need in ours or _is_given(need) for need in one.needs)
        ]
        if len(kept) == len(declarations):
            return kept
        declarations, ours = kept, {one.address for one in kept}


def _is_given(address: str) -> bool:
    """Whether an address is of what was there before: a variable."""
    return address.startswith("var.")


def with_imports(drawn: Drawn, root: Path, style: Style) -> Drawn:
    """The same with an [[import]] beside each block whose object is there and waits for an apply."""
    there = {draft.address for draft in drawn.drafts if draft.found.live is not None}
    waiting = there.intersection(drawn.waiting)
    if not waiting:
        return drawn
    return replace(
        drawn, layout=lay_out(drawn.drafts, style.templates, _over(drawn.texts, root), waiting, drawn.beside)
    )


def reader_of(root: Path) -> Read:
    """Returns a reader of the files of the configuration in `root`; half a surrogate pair stands for each byte of what
    is not UTF-8."""

    def read(path: str) -> str | None:
        try:
            data = read_file(root / path)
        except FileNotFoundError:
            return None
        try:
            return data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # no text that is written here
            return data.decode("utf-8", "surrogateescape")

    return read


def _over(texts: Mapping[str, str], root: Path) -> Read:
    """Returns a reader of `texts`, and of the files of the configuration beside them."""
    read = reader_of(root)
    return lambda path: texts[path] if path in texts else read(path)


def _exclusive(found: Iterable[Found]) -> Mapping[tuple[str, str], set[str]]:
    """The attributes that one object of its type has alone, where one of `found` has them, by provider and type."""
    held: dict[tuple[str, str], set[str]] = {}
    for one in found:
        keys = {key for key, attr in one.type.attrs.items() if attr.exclusive and one.values.get(key) is True}
        held.setdefault((one.provider, one.type.name), set()).update(keys)
    return held
