"""Updates of the files of a take-over to what has changed on a server since. A file or a block is written anew where it
is as this command writes it and its block still asks for what was applied; what people have changed is left to them,
and named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.values import reveal
from hcl_lite.engine.evaluate import evaluate_resource
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.lang.toml.write import Code, write_block
from hcl_lite.operations.bulk_import.blocks import Draft, by_name, laid_out, make_draft
from hcl_lite.operations.bulk_import.filesets import body_of
from hcl_lite.operations.bulk_import.inventory import read_object
from hcl_lite.operations.bulk_import.layout import Read
from hcl_lite.operations.bulk_import.model import Found, LeftOut, Update

_HEADER = re.compile(r"^\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$", re.MULTILINE)
_PULL = "take it over with: hcl-lite pull"


class Refused(Exception):
    """An object is left to the user, for this reason."""


@dataclass(frozen=True, slots=True)
class Updater:
    """Makes updates of a plan's changes. `refer` puts references where a draft names what there is a block for."""

    build: Build
    plan: Plan
    read: Read
    refer: Callable[[Draft], Draft]

    def changes(self) -> list[Change]:
        """The changes of objects that somebody has changed on their server; and the block asks for what was."""
        return [
            one for one in self.plan.changes if one.action is Action.UPDATE and one.record is not None and one.outside
        ]

    def make(self, change: Change, found: Found) -> Update | LeftOut:
        """Returns the update for an object as it is on its server, or the reason why it is left out."""
        try:
            return self._make(change, found)
        except Refused as refused:
            return LeftOut(f"{change.address}", f"it has changed on its server, and {refused}; {_PULL}")

    def _make(self, change: Change, found: Found) -> Update:
        address = change.address
        if address.module:
            raise Refused("its block is in a module")
        if change.record is None or not change.wanted or change.wanted != change.record.applied:
            raise Refused("its block or its file has been changed here too")
        block = self.build.config.blocks[address]
        given = reveal(evaluate_resource(self.build.scope, block, found.type).values)
        if given.get("inputs") or any(key != value for key, value in (given.get("data_sources") or {}).items()):
            raise Refused("its file is for other data sources than it has here")
        body = body_of(found)
        draft = self.refer(make_draft(found, address.name))
        arguments = {key: value for key, value in draft.arguments.items() if key != body}
        told = by_name(make_draft(found, address.name)).arguments
        plain = {key: value for key, value in told.items() if key != body}
        written = {key: value for key, value in block.body.items() if key != body}
        update = Update(address)
        if body and json.loads(given.get(body) or "null") != json.loads(found.values[body]):
            update = replace(update, bodies={self._file_of(change): laid_out(found.values[body])})
        kept = {key: _raw(value) for key, value in written.items() if _says(given.get(key), plain.get(key), key, found)}
        wanted = {key: kept.get(key, arguments.get(key)) for key in (*written, *arguments)}
        wanted = {key: value for key, value in wanted.items() if value is not None}
        if wanted == _raw_of(written):
            return update
        if address.key is not None:
            raise Refused("its block is also that of others")
        return self._rewritten(update, draft, block, wanted, body)

    def _file_of(self, change: Change) -> str:
        """The file of a body, which is as this command writes it."""
        if len(change.files) != 1:
            raise Refused("its body is read from no single file")
        (path,) = change.files
        text = self.read(path)
        try:
            is_ours = text is not None and laid_out(text) == text
        except ValueError:
            is_ours = False
        if not is_ours:
            raise Refused(f"{path} is not as this command writes it")
        return path

    def _rewritten(self, update: Update, draft: Draft, block: Block, wanted: Mapping[str, object], body: str) -> Update:
        """`update` with the block as it is in its file, which is as this command writes it, and as it is to be."""
        source, written = block.source, block.body
        name = f"resource.{draft.address.type}.{draft.address.name}"
        before = _segment(source.text, name)
        if self.read(source.name) != source.text or before != _block(draft, _raw_of(written)):
            raise Refused(f"its block in {source.name} is not as this command writes it")
        order = [key for key in (*draft.found.type.attrs, *wanted) if key in wanted or key == body]
        after = {key: _raw(written[key]) if key == body else wanted[key] for key in dict.fromkeys(order) if key != ""}
        return replace(update, file=source.name, before=before, after=_block(draft, after))


def _block(draft: Draft, arguments: Mapping[str, object]) -> str:
    text = write_block(("resource", draft.address.type, draft.address.name), arguments, draft.comments(arguments))
    return format_source(parse_source(text, "block"))


def _segment(text: str, name: str) -> str:
    """The text of a block with those below it, up to the next; empty where it is in several places."""
    starts = [(match.start(), match[1].replace('"', "")) for match in _HEADER.finditer(text)]
    own = [number for number, (_, header) in enumerate(starts) if header == name or header.startswith(f"{name}.")]
    if not own or own != list(range(own[0], own[-1] + 1)):
        return ""
    end = starts[own[-1] + 1][0] if own[-1] + 1 < len(starts) else len(text)
    return text[starts[own[0]][0] : end].rstrip("\n") + "\n"


def _raw(value: object) -> object:
    """An argument as it is written, expressions and all."""
    if isinstance(value, str):
        return Code(value)
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value.items()}
    return [_raw(item) for item in value] if isinstance(value, list | tuple) else value


def _raw_of(arguments: Mapping[str, object]) -> Mapping[str, object]:
    return {key: _raw(value) for key, value in arguments.items()}


def _says(given: object, there: object, key: str, found: Found) -> bool:
    """Whether an argument says what is there: also one that is no matter of the server, and a default."""
    attr = found.type.attrs.get(key)
    if attr is None or attr.client_only or attr.secret or given == there:
        return True
    return there is None and bool(
        found.type.attrs[key].body or given == attr.default or given == reveal(found.values.get(key))
    )


def texts_of(updates: Sequence[Update], read: Read) -> Mapping[str, str]:
    """The files that updates change, as they are to be."""
    texts: dict[str, str] = {}
    for one in updates:
        texts |= one.bodies
        if one.file:
            before = texts.get(one.file) or read(one.file) or ""
            texts[one.file] = before.replace(one.before, one.after, 1)
    return texts


async def find_updates(updater: Updater, session: Session) -> tuple[list[Update], list[LeftOut]]:
    """Returns the updates for what has changed on servers, and what is left to the user. Raises ProviderError."""
    updates: list[Update] = []
    left: list[LeftOut] = []
    for change in updater.changes():
        type_ = session.resource_type(change.provider, change.address.type)
        read = await read_object(session, Found(change.provider, type_, change.uid))
        made = updater.make(change, read) if isinstance(read, Found) else read
        updates += [made] if isinstance(made, Update) else []
        left += [made] if isinstance(made, LeftOut) else []
    return updates, left
