"""The tree of notification policies: between its arguments and what Grafana calls them, to any depth. Pure.

An editor is told of so many levels; the policies below these are checked and compared by the same attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.blocks import Block, Blocks, Duration, Set
from hcl_lite.core.schema.fitting import mismatch
from hcl_lite.core.values import Value
from providers.kit.api import Json
from providers.kit.hooks import Needed
from providers.kit.wire import compared

_TOLD_LEVELS: Final = 4
_MENTIONED_LEVELS: Final = 16  # of policies whose contact points and timings are edges of the graph
_NESTED: Final = "policy"
_OPERATORS: Final = ("=", "!=", "=~", "!~")
_MATCHER: Final = re.compile(r'\s*(?P<label>[^=!~\s"]+|"[^"]*")\s*(?P<match>=~|!~|!=|=)\s*(?P<value>.*?)\s*', re.DOTALL)
_WIRE: Final[Mapping[str, str]] = {
    "contact_point": "receiver",
    "group_by": "group_by",
    "continue": "continue",
    "group_wait": "group_wait",
    "group_interval": "group_interval",
    "repeat_interval": "repeat_interval",
    "mute_timings": "mute_time_intervals",
    "active_timings": "active_time_intervals",
}
_LEGACY: Final[Mapping[str, str]] = {"match": "=", "match_re": "=~"}

_GROUPING: Final[Mapping[str, Attr]] = {
    "group_wait": Attr(Duration(), doc="How long a new group waits for more alerts. Default: 30s."),
    "group_interval": Attr(Duration(), doc="How long a group waits before it tells of new alerts. Default: 5m."),
    "repeat_interval": Attr(Duration(), doc="After which time it is told again. Default: 4h."),
}
_MATCHERS: Final[Mapping[str, Attr]] = {
    "label": Attr(required=True, doc="Name of a label."),
    "match": Attr(required=True, choices=_OPERATORS, doc="How its value is compared."),
    "value": Attr(required=True, doc="With what; a regular expression for =~ and !~."),
}
_OWN: Final[Mapping[str, Attr]] = {
    "contact_point": Attr(doc="Name of a contact point. Default: that of the policy above."),
    "matcher": Attr(Set(Block(_MATCHERS)), doc="Which alerts it is for: those that all of these fit."),
    "group_by": Attr("list(string)", doc='Labels by which alerts are grouped; "..." alone for all.'),
    "continue": Attr("bool", default=False, doc="Whether the policies after it are asked too."),
    "mute_timings": Attr(Set("string"), doc="Names of timings at which nobody is told."),
    "active_timings": Attr(Set("string"), doc="Names of timings at which alone somebody is told."),
    **_GROUPING,
}


def policies_below(policy: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    """The policies below one, at any depth, as far as they are known."""
    below = policy.get(_NESTED)
    for one in below if isinstance(below, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one
            yield from policies_below(one)


def _deeper(value: Value) -> Value:
    """The policies below those that are told of, in their normal form. Raises ValueError."""
    problem = mismatch(Blocks(_DEEPER), value)
    if problem:
        raise ValueError(problem)
    if not isinstance(value, list | tuple):
        return value
    return [compared(_DEEPER, one) if isinstance(one, Mapping) else one for one in value]


_DEEPEST: Final = Type("list", (Type("any"),), normal=_deeper)
_DEEPER: Final[Mapping[str, Attr]] = {
    **_OWN,
    _NESTED: Attr(_DEEPEST, default=[], doc="Policies below this one, and so on."),
}


def _level(below: int) -> Mapping[str, Attr]:
    """The attributes of a policy with so many levels below it."""
    if below == 0:
        return _DEEPER
    return {**_OWN, _NESTED: Attr(Blocks(_level(below - 1)), doc="Policies below this one, in their order.")}


ROOT_ATTRS: Final[Mapping[str, Attr]] = {
    "contact_point": Attr(required=True, doc="Name of the contact point for whatever no policy is for."),
    "group_by": Attr(
        "list(string)",
        required=True,
        example=["grafana_folder", "alertname"],
        doc='Labels by which alerts are grouped; "..." alone for all.',
    ),
    **_GROUPING,
    _NESTED: Attr(
        Blocks(_level(_TOLD_LEVELS - 1)), doc="Policies for some alerts, in their order; nested to any depth."
    ),
}

MENTIONED: Final[Mapping[str, Needed]] = {
    f"{f'{_NESTED}.' * depth}{key}": Needed(kind)
    for depth in range(_MENTIONED_LEVELS + 1)
    for key, kind in (
        ("contact_point", "contact point"),
        ("mute_timings", "mute timing"),
        ("active_timings", "mute timing"),
    )
    if depth or key == "contact_point"
}


def to_tree(policy: Mapping[str, Any]) -> Json:
    """A policy by attribute names as Grafana's route, without what says nothing."""
    tree = {wire: policy[key] for key, wire in _WIRE.items() if policy.get(key)}
    if policy.get("matcher"):
        tree["object_matchers"] = [[one["label"], one["match"], one["value"]] for one in policy["matcher"]]
    if policy.get(_NESTED):
        tree["routes"] = [to_tree(one) for one in policy[_NESTED]]
    return tree


def from_tree(tree: Mapping[str, Any]) -> Json:
    """Grafana's route by attribute names; matchers in their older forms too (9 to 12.4)."""
    policy = {key: tree[wire] for key, wire in _WIRE.items() if tree.get(wire)}
    matchers = [*_matchers(tree)]
    if matchers:
        policy["matcher"] = matchers
    if tree.get("routes"):
        policy[_NESTED] = [from_tree(one) for one in tree["routes"]]
    return policy


def with_points(policy: Json, names: Mapping[str, str]) -> Json:
    """A policy by attribute names, with other `names` of contact points."""
    point = str(policy.get("contact_point"))
    below = {_NESTED: [with_points(one, names) for one in policy[_NESTED]]} if policy.get(_NESTED) else {}
    return {**policy, **({"contact_point": names[point]} if point in names else {}), **below}


def _matchers(tree: Mapping[str, Any]) -> Iterator[Json]:
    for label, match, value in tree.get("object_matchers") or ():
        yield {"label": label, "match": match, "value": value}
    for key, operator in _LEGACY.items():
        for label, value in (tree.get(key) or {}).items():
            yield {"label": label, "match": operator, "value": value}
    for text in tree.get("matchers") or ():
        found = _MATCHER.fullmatch(text)
        if found is None:
            raise ValueError(f"matcher is {text!r}"[:200])
        yield {"label": _unquoted(found["label"]), "match": found["match"], "value": _unquoted(found["value"])}


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if is_quoted else text
