"""One object taken over into the files that its block is made of: what was merged, in the places that it comes from."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.equality import same
from hcl_lite.core.labels import PathWriter
from hcl_lite.core.paths import ObjectPath
from hcl_lite.core.places import Place, at
from hcl_lite.core.redaction import redact
from hcl_lite.core.values import Value, conceal, reveal
from hcl_lite.engine.diff import Difference, diff
from hcl_lite.engine.edits import ABSENT
from hcl_lite.engine.planning.source_files import sources_of
from hcl_lite.operations.pulling.files import CannotEdit
from hcl_lite.operations.pulling.merge import merge
from hcl_lite.operations.pulling.model import Untaken
from hcl_lite.operations.pulling.sides import Sides
from hcl_lite.operations.pulling.trace import Failed, Spot, Tracer
from hcl_lite.operations.pulling.written import References, Untraced, parsed

Values = Mapping[str, Value]
_SHARED = "its block stands for several objects, and says the same for all of them"


@dataclass(frozen=True, slots=True)
class Taken:
    """`differences` is what came into files, `untaken` what did not."""

    differences: tuple[Difference, ...]
    untaken: tuple[Untaken, ...]


def take(tracer: Tracer, sides: Sides, merged: Values, refer: References) -> Taken:
    """Edit the files of a block so that it asks for `merged`, as far as its values can be followed."""
    return _Taking(tracer, sides, merged, refer, []).taken()


@dataclass(frozen=True, slots=True)
class _Taking:
    tracer: Tracer
    sides: Sides
    merged: Values
    refer: References
    untaken: list[Untaken]

    def taken(self) -> Taken:
        block, files = self.sides.inputs.block, self.tracer.files
        changed = [key for key in {**self.sides.ours, **self.merged} if not _same_at(self.sides.ours, self.merged, key)]
        try:
            file = self.tracer.file_of(block)
            written = files.table(file, block.path)
            new = self._rewritten(dict(written), changed)
            if new != written and self._is_shared(written, new):
                new = written
            if new != written:
                files.edit_toml(file, block.path, new)
        except CannotEdit as problem:
            self._leave(str(problem), changed)
        left = {one.path.split(".")[0] for one in self.untaken if one.address == block.address}
        left |= {*self.sides.hosted} if self.sides.host in left else set()
        got = {key: value for key, value in self.merged.items() if key not in left}
        kept = {key: self.sides.ours[key] for key in left if key in self.sides.ours}
        return Taken(diff(self.sides.ours, {**got, **kept}), tuple(self.untaken))

    def _rewritten(self, written: dict[str, Any], changed: list[str]) -> dict[str, Any]:
        """The table of the block as it is to be written."""
        block, new = self.sides.inputs.block, dict(written)
        for key in changed:
            if key in self.sides.hosted:
                continue
            before, wanted = self.sides.ours.get(key, ABSENT), self.merged.get(key, ABSENT)
            if wanted is ABSENT or self._is_emptied(key, wanted):
                new.pop(key, None)
                continue
            with_failures = len(self.tracer.failed)
            new[key] = self.tracer.rewritten(Spot(block, (key,)), written.get(key), before, wanted, self.refer)
            self._tell(self.tracer.failed[with_failures:])
        hosted = [key for key in changed if key in self.sides.hosted]
        if hosted:
            self._take_body(written, new, hosted)
        return new

    def _is_emptied(self, key: str, wanted: Value) -> bool:
        """Whether an argument that may be left out becomes empty."""
        attr = self.sides.type.attrs[key]
        return wanted in ("", None) and not attr.required and attr.implied is None

    def _is_shared(self, written: Values, new: Values) -> bool:
        """Whether the block is that of several objects, so that the change of one is none of the others'."""
        block = self.sides.inputs.block
        if len(self.tracer.users.of_block(block)) < 2:
            return False
        for key in {**written, **new}:
            if written.get(key, ABSENT) != new.get(key, ABSENT):
                self._leave(_SHARED, self.sides.hosted if key == self.sides.host else [key])
        return True

    # --- bodies -------------------------------------------------------------------------------------------------------

    def _take_body(self, written: Values, new: dict[str, Any], hosted: list[str]) -> None:
        host, block = self.sides.host, self.sides.inputs.block
        given = reveal(self.sides.inputs.wanted.arguments.values.get(host))
        spot = Spot(block, (host,))
        document, wanted = given, given
        failures = len(self.tracer.failed)
        try:
            if not host or host not in written:
                raise Untraced("no argument says it")
            document = parsed(given) if isinstance(given, str) else given
            wanted = self._document(document, hosted)
            if same(document, wanted):
                return
            if isinstance(given, str):
                new[host] = self.tracer.rewritten_text(spot, written[host], document, wanted)
                self._tell(self.tracer.failed[failures:])
            else:
                new[host] = self.tracer.rewritten(spot, written[host], document, wanted, self.refer)
                self._tell(self.tracer.failed[failures:])
        except (Untraced, CannotEdit) as problem:
            sources = ", ".join(sources_of(self.tracer.scope, block))
            self._leave(self._sourced(str(problem)), hosted, _patch(sources or host, document, wanted), host)

    def _document(self, document: Value, hosted: list[str]) -> Value:
        """The document with what was merged. What it says in another way than the object has it, since inputs or data
        sources are filled in, stays as it is, and is told where it would have to change."""
        steps = self.sides.type.steps(self.sides.inputs.values, ObjectPath(self.sides.host, (self.sides.host,)))
        for key in hosted:
            is_body = (key,) == tuple(steps)
            place = self._place_in(document, key) if is_body else (key,)
            before, wanted = self.sides.ours.get(key, {}), self.merged.get(key, {})
            there = at(document, place)
            found = merge(before, {} if there is None else there, wanted)
            for conflict in found.open:
                path = _path((key, *conflict.place), {key: wanted})
                self._say("it is filled in by other arguments of the block", path)
            document = _put(document, place, found.value)
        return document

    def _place_in(self, document: Value, key: str) -> Place:
        """Returns the place of the object itself in the document."""
        for place in self.sides.type.in_document((key,)):
            inner = at(document, place)
            if isinstance(inner, Mapping) and set(self.sides.ours[key]) <= set(inner):
                return place
        return ()

    def _sourced(self, reason: str) -> str:
        """A reason, with the files that the values of the block come from."""
        sources = ", ".join(sources_of(self.tracer.scope, self.sides.inputs.block))
        return reason if not sources or sources in reason else f"{reason}, from {sources}"

    # --- what is left -------------------------------------------------------------------------------------------------

    def _tell(self, failed: list[Failed], patch: str = "") -> None:
        for one in failed:
            path = ".".join(map(str, one.spot.keys))
            differences = diff({path: one.ours}, {path: one.wanted})
            self._say(self._sourced(one.reason), path, one.spot.keys, differences, patch)

    def _leave(self, reason: str, keys: Any, patch: str = "", argument: str = "") -> None:
        for key in keys:
            before = {key: self.sides.ours[key]} if key in self.sides.ours else {}
            after = {key: self.merged[key]} if key in self.merged else {}
            self._say(reason, key, (argument or key,), diff(before, after), patch)

    def _say(
        self, reason: str, path: str, keys: Place = (), differences: tuple[Difference, ...] = (), patch: str = ""
    ) -> None:
        block = self.sides.inputs.block
        place = block.value_place(*keys) if keys and keys[0] in block.body else block.place()
        self.untaken.append(Untaken(block.address, redact(reason), path, place, differences, redact(patch)))


def _patch(name: str, before: Value, after: Value) -> str:
    """Returns the change of a document as a unified diff of its JSON."""
    old, new = (json.dumps(conceal(one), indent=2, ensure_ascii=False, default=str) for one in (before, after))
    lines: Iterator[str] = difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm="")
    return "\n".join(lines)


def _path(place: Place, document: Value) -> str:
    try:
        return PathWriter(document).path(place)
    except (KeyError, IndexError, TypeError):
        return ".".join(map(str, place))


def _put(value: Value, place: Place, new: Value) -> Value:
    if not place:
        return new
    assert isinstance(value, Mapping)
    return {**value, place[0]: _put(value.get(place[0], {}), place[1:], new)}


def _same_at(left: Values, right: Values, key: str) -> bool:
    one, other = left.get(key, ABSENT), right.get(key, ABSENT)
    return one is other if ABSENT in (one, other) else same(one, other)
