"""The three sides of one object, as the arguments of its block: what was applied last, what the files say now, what is
on the server. Pure.

What means the same as in the files is spelled as it is there: 60m for 1h, a default that is left out, a set in another
order. So nothing but what others have changed differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.pairing import pair
from hcl_lite.core.paths import ObjectPath, keep
from hcl_lite.core.schema import Attr, ResourceType, ValueProblem
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import Secret, Value, is_unknown
from hcl_lite.engine.edits import ABSENT
from hcl_lite.engine.planning.inputs import Inputs
from providers.kit.wire import comparable, without_redacted

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Sides:
    """One object: arguments by name, and what its body holds by the keys of its content (`hosted`), which is in the
    argument `host`. `base` is ABSENT where nobody knows what was applied last; `told` are all arguments as the server
    has them."""

    inputs: Inputs
    base: Value
    ours: Values
    theirs: Values
    host: str = ""
    hosted: tuple[str, ...] = ()
    told: Values | None = None

    @property
    def type(self) -> ResourceType:
        return self.inputs.type


def sides_of(inputs: Inputs) -> Sides | None:
    """Returns the sides of an object that is managed and there; None for all others, and while parts of it are known
    only after apply."""
    live, record, desired = inputs.live, inputs.record, inputs.desired
    if live is None or live.content is None or record is None or not inputs.is_same_object or not desired.is_known:
        return None
    if inputs.type.immutable or is_unknown(inputs.wanted.arguments.values):
        return None
    attrs, asked = inputs.type.attrs, desired.content
    there = without_unasked(attrs, live.content, asked)
    told = _told(inputs)
    host, inside = _host(inputs, asked)
    keys = (*asked, *(key for key in there if key not in asked))
    hosted = tuple(key for key in keys if key not in attrs or key == inside)
    compared = {key: attr for key, attr in attrs.items() if key in keys and key not in hosted}
    given = inputs.wanted.arguments.values
    ours: dict[str, Value] = {key: given[key] for key in compared if given.get(key) is not None}
    spelling = _Spelling(compared, ours, asked, inputs.values)
    sent = asked if inputs.observed.reading is None else inputs.observed.reading
    base = _base(inputs, there)
    sides = Sides(
        inputs,
        base if base is ABSENT else {**spelling.table(base, base), **_part(base, hosted)},
        {**ours, **_part(sent, hosted)},
        {**spelling.table(there, _as_told(compared, there, told or {})), **_part(there, hosted)},
        host,
        hosted,
        told,
    )
    return _by_name(_without_ignored(sides))


def _base(inputs: Inputs, there: Value) -> Value:
    """The content that was applied last."""
    record, observed = inputs.record, inputs.observed
    assert record is not None
    if observed.baseline is not None:
        return without_unasked(inputs.type.attrs, observed.baseline, inputs.desired.content)
    if record.content and inputs.remembered.hashes.is_of(record.content, hash_of(there)):
        return there
    return inputs.desired.content if inputs.is_unchanged else ABSENT


def _told(inputs: Inputs) -> Values | None:
    """The arguments that would make what is there."""
    assert inputs.live is not None
    if inputs.live.document is None:
        return None
    try:
        values = inputs.type.values_of(inputs.live.uid, inputs.live.document)
    except ValueProblem:
        return None
    attrs = inputs.type.attrs
    return {key: without_redacted(type_of(attrs[key]), value) for key, value in values.items() if key in attrs}


def _as_told(attrs: Mapping[str, Attr], content: Values, told: Values) -> Values:
    """The content as the server spells it, where that is all that is different."""
    alike = {
        key: told[key]
        for key in content
        if key in attrs and key in told and same(comparable(attrs[key], told[key]), content[key])
    }
    return {**content, **alike}


def _host(inputs: Inputs, content: Values) -> tuple[str, str]:
    """The argument whose value holds what the content has and no other argument says, with the key of that; both empty
    where there is no such."""
    for key, attr in inputs.type.attrs.items():
        if attr.body and key not in content and inputs.wanted.arguments.values.get(key) is not None:
            steps = inputs.type.steps(inputs.values, ObjectPath(key, (key,)))
            if len(steps) == 1 and steps[0] in content:
                return key, str(steps[0])
    return "", ""


def _part(content: Value, keys: Any) -> Values:
    return {key: content[key] for key in keys if key in content}


def _without_ignored(sides: Sides) -> Sides:
    """The sides, alike where ignore_changes leaves the object to others."""
    base, theirs = sides.base, sides.theirs
    for path in sides.inputs.block.lifecycle.ignore_changes:
        steps = sides.type.steps(sides.inputs.values, path)
        base = base if base is ABSENT else keep(base, sides.ours, steps)
        theirs = keep(theirs, sides.ours, steps)
    return Sides(sides.inputs, base, sides.ours, theirs, sides.host, sides.hosted, sides.told)


def _by_name(sides: Sides) -> Sides:
    """The sides with the names that the block writes."""
    spelled, type_ = sides.inputs.wanted.arguments.spelled, sides.type
    if not spelled:
        return sides
    base = sides.base if sides.base is ABSENT else type_.spelled(sides.base, spelled)
    return replace(
        sides, base=base, ours=type_.spelled(sides.ours, spelled), theirs=type_.spelled(sides.theirs, spelled)
    )


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Values spelled as `ours` has them: `asked` is the content that those ask for, `completed` are all arguments, with
    what follows from others."""

    attrs: Mapping[str, Attr]
    ours: Values
    asked: Values
    completed: Values

    def table(self, content: Values, value: Values) -> Values:
        """The arguments for `content`, which `value` says in its own spelling."""
        known: dict[str, Value] = {}
        for key in self.attrs:
            if key in content and key in self.asked and same(content[key], self.asked[key]):
                known |= {key: self.ours[key]} if key in self.ours else {}
            elif key in value and not self._is_completed(key, value[key]):
                known[key] = _without_derived(value[key], self.asked.get(key), self.ours.get(key))
        return _table(self.attrs, known, self.ours)

    def _is_completed(self, key: str, value: Value) -> bool:
        """Whether an argument that is left out says the same."""
        attr = self.attrs[key]
        return key not in self.ours and same(comparable(attr, value), comparable(attr, self.completed.get(key)))


def _without_derived(value: Value, asked: Value, ours: Value) -> Value:
    """A value without what follows from other arguments in the same way as in what is asked for."""
    if not (isinstance(value, Mapping) and isinstance(asked, Mapping) and isinstance(ours, Mapping)):
        return value
    return {
        key: _without_derived(item, asked.get(key), ours.get(key))
        for key, item in value.items()
        if key in ours or key not in asked or not same(item, asked[key])
    }


def _table(attrs: Mapping[str, Attr], value: Values, ours: Values) -> Values:
    """A block. What is left to the server, and what no answer tells, is as in `ours`."""
    found: dict[str, Value] = {}
    for key in [*ours, *(key for key in value if key not in ours)]:
        attr, mine, there = attrs.get(key), ours.get(key), value.get(key)
        if attr is None or _is_untold(attr) or same(comparable(attr, there), comparable(attr, mine)):
            found |= {key: mine} if key in ours else {}
        elif there is not None and not (attr.computed and mine is None):
            found[key] = _spelled(type_of(attr), there, ours.get(key, ABSENT))
    return found


def _is_untold(attr: Attr) -> bool:
    """Whether no answer tells an argument."""
    return attr.secret or attr.client_only or attr.write_only or not attr.settable


def _spelled(type_: Type, value: Value, ours: Value) -> Value:
    if ours is ABSENT:
        return _without_defaults(type_, value)
    if same(_normal(type_, value), _normal(type_, ours)):
        return ours
    if isinstance(value, Mapping) and isinstance(ours, Mapping):
        if type_.name == "object":
            return _table(type_.attributes, value, ours)
        inner = type_.items[0] if type_.items else Type("any")
        kept = {key: item for key, item in ours.items() if key not in value and isinstance(item, Secret)}
        there = {key: item for key, item in value.items() if key in ours or key not in type_.server_keys}
        return {**{key: _spelled(inner, item, ours.get(key, ABSENT)) for key, item in there.items()}, **kept}
    if isinstance(value, list | tuple) and isinstance(ours, list | tuple):
        return _list(type_, value, ours)
    return value


def _list(type_: Type, value: Sequence[Value], ours: Sequence[Value]) -> Value:
    """A list; a set in the order of `ours`."""
    inner = type_.items[0] if type_.items else Type("any")
    alike = dict(pair([_normal(inner, item) for item in value], [_normal(inner, item) for item in ours]))
    spelled = [
        _spelled(inner, item, ours[alike[index]] if index in alike else ABSENT) for index, item in enumerate(value)
    ]
    if type_.name != "set":
        return spelled
    return [spelled[index] for index in sorted(range(len(value)), key=lambda index: alike.get(index, len(ours)))]


def _without_defaults(type_: Type, value: Value) -> Value:
    """A new value without what its blocks need not say."""
    if type_.name == "object" and isinstance(value, Mapping):
        given = {key: item for key, item in value.items() if key in type_.attributes and item is not None}
        return {
            key: _without_defaults(type_of(attr), given[key])
            for key, attr in type_.attributes.items()
            if key in given and not (attr.client_only or attr.write_only or _is_idle(attr, given[key]))
        }
    if type_.name in ("list", "set") and isinstance(value, list | tuple) and type_.items:
        return [_without_defaults(type_.items[0], item) for item in value]
    return value


def _is_idle(attr: Attr, value: Value) -> bool:
    """Whether leaving it out says the same."""
    return not attr.required and not attr.computed and same(comparable(attr, value), comparable(attr, None))


def _normal(type_: Type, value: Value) -> Value:
    return comparable(Attr(type_), value)
