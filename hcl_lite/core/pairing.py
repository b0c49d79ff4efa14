"""Pairs the items of two lists that are the same item. Pure.

1. Items that are equal at both ends of the lists, then equal ones anywhere.

2. Items with the same uid, then those with the same name, which no other item of their list has.

3. Items with the same names, or equal in everything or most of the rest: an item whose name has changed. Of several
candidates the most similar.

4. What is left between the same neighbours: items without names by their position, and items with another name whose
rest is too small to tell more than that half of it is equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hcl_lite.core.equality import frozen, same
from hcl_lite.core.labels import names_of

Pairs = Sequence[tuple[int, int]]
Features = Mapping[int, Counter[Hashable]]

_ALIKE = 0.6  # of the leaves, where one name is another one
_MOSTLY = 0.75  # where every name is another one, or there is none
_HALF, _LITTLE = 0.5, 4  # of the leaves, and how many of them are so few that no more can be asked for
_NAMED = 0.2
_IDENTITIES = ("uid", "name")  # by which Grafana's API and its dashboards know one of a list: rules, variables
_STAYS = 0.1  # of two that are about as much alike, the one that stands where it stood
# As long as each can be held against each other; beyond, only those that share a name or a rare leaf.
_FEW = 2500
_RARE = 8
_LEAVES = 400


def pair(before: Sequence[Any], after: Sequence[Any]) -> Pairs:
    """Returns the positions of paired items, in the order of `before`; each position at most once."""
    matching = _Matching(before, after)
    matching.match_ends()
    if matching.is_open:
        matching.match_equal()
    if matching.is_open:
        matching.match_identities()
    if matching.is_open:
        matching.match_alike()
    if matching.is_open:
        matching.match_by_position()
    return sorted(matching.found.items())


def unmoved(pairs: Pairs) -> frozenset[int]:
    """Returns the positions in `before` of a largest set of pairs that have the same order in both lists."""
    tails: list[int] = []
    chain: list[tuple[int, int]] = []  # position, and where in `chain` the one before it is
    ends: list[int] = []
    # From behind, so that of two that have changed places the first is the one that has stayed.
    for old, new in reversed(pairs):
        at = bisect_left(tails, -new)
        chain.append((old, ends[at - 1] if at else -1))
        tails[at : at + 1] = [-new]
        ends[at : at + 1] = [len(chain) - 1]
    kept, link = set(), ends[-1] if ends else -1
    while link >= 0:
        old, link = chain[link]
        kept.add(old)
    return frozenset(kept)


def likeness(old: Any, new: Any) -> float:
    """Returns how similar two objects are apart from their names: 0 to 1."""
    return _likeness(_leaves(old), _leaves(new))


def is_same_item(old: Mapping[str, Any], new: Mapping[str, Any], alike: float) -> bool:
    """Whether two objects of similarity `alike` are the same item: the more names differ, the more has to be equal."""
    mine, others = names_of(old), names_of(new)
    shared = [key for key in mine if key in others]
    equal = sum(1 for key in shared if mine[key] == others[key])
    if shared and equal == len(shared):
        return True
    return alike >= (_ALIKE if equal else _MOSTLY)


class _Matching:
    """`found` has the position in `after` of each item of `before` that is paired."""

    def __init__(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        self.before, self.after = before, after
        self.found: dict[int, int] = {}
        self.old, self.new = list(range(len(before))), list(range(len(after)))

    @property
    def is_open(self) -> bool:
        return bool(self.old and self.new)

    def match_ends(self) -> None:
        most = min(len(self.old), len(self.new))
        head = next((i for i in range(most) if not same(self.before[i], self.after[i])), most)
        tail = next((i for i in range(most - head) if not same(self.before[-1 - i], self.after[-1 - i])), most - head)
        self._take((i, i) for i in range(head))
        self._take((len(self.before) - 1 - i, len(self.after) - 1 - i) for i in range(tail))

    def match_equal(self) -> None:
        places = defaultdict[Hashable, list[int]](list)
        for new in reversed(self.new):
            places[frozen(self.after[new])].append(new)
        keys = ((old, places.get(frozen(self.before[old]))) for old in self.old)
        self._take((old, place.pop()) for old, place in keys if place)

    def match_identities(self) -> None:
        """Objects with the same uid, and then those with the same name, where no other one of their list has it."""
        for key in _IDENTITIES:
            mine, others = _alone(self.before, key), _alone(self.after, key)
            open_old, open_new = {*self.old}, {*self.new}
            self._take(
                (old, others[value]) for value, old in mine.items() if old in open_old and others.get(value) in open_new
            )

    def match_alike(self) -> None:
        """The objects among the rest, those first that are most alike; of equals those that stand nearest."""
        old = {i: _leaves(self.before[i]) for i in self.old if isinstance(self.before[i], Mapping)}
        new = {j: _leaves(self.after[j]) for j in self.new if isinstance(self.after[j], Mapping)}
        scored = []
        for i, j in self._candidates(old, new):
            mine, other = self.before[i], self.after[j]
            alike = _likeness(old[i], new[j])
            if is_same_item(mine, other, alike):
                stays = _STAYS if i == j else 0
                scored.append((-alike - _score_of_names(mine, other) - stays, abs(i - j), i, j))
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for _, _, i, j in sorted(scored):
            if i not in pairs and j not in taken:
                pairs[i] = j
                taken.add(j)
        self._take(pairs.items())

    def _candidates(self, old: Features, new: Features) -> Iterator[tuple[int, int]]:
        """Pairs that are worth being held against each other."""
        if len(old) * len(new) <= _FEW:
            yield from ((i, j) for i in old for j in new)
            return
        left, right = _by_feature(old, self.before), _by_feature(new, self.after)
        seen: set[tuple[int, int]] = set()
        for feature, mine in left.items():
            others = right.get(feature, [])
            if len(mine) <= _RARE and len(others) <= _RARE:
                seen.update((i, j) for i in mine for j in others)
            elif others and feature[0] == "name":  # one that many have: in their order
                seen.update(zip(mine, others, strict=False))
        yield from seen

    def match_by_position(self) -> None:
        """Matches the items left over between two matched neighbours, in their order."""
        for old, new in self._gaps():
            alone = len(old) == len(new) == 1
            self._take([(i, j) for i, j in zip(old, new, strict=False) if self._may_be(i, j, alone=alone)])

    def _may_be(self, i: int, j: int, *, alone: bool) -> bool:
        """Whether nothing but its position can tell what has become of an item."""
        old, new = self.before[i], self.after[j]
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            mine, others = _leaves(old), _leaves(new)
            is_little = alone and max(mine.total(), others.total()) <= _LITTLE
            return (is_little and _likeness(mine, others) >= _HALF) or not (names_of(old) and names_of(new))
        return alone or _kind(old) == _kind(new)

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """The open positions of both lists between each two that are paired and have not moved."""
        pairs = sorted(self.found.items())
        kept = unmoved(pairs)
        fixed = [pair for pair in pairs if pair[0] in kept]
        olds, news = [old for old, _ in fixed], [new for _, new in fixed]
        gaps = defaultdict[int, tuple[list[int], list[int]]](lambda: ([], []))
        for old in self.old:
            gaps[bisect_left(olds, old)][0].append(old)
        for new in self.new:
            gaps[bisect_left(news, new)][1].append(new)
        yield from gaps.values()

    def _take(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.found.update(pairs)
        taken = set(self.found.values())
        self.old = [i for i in self.old if i not in self.found]
        self.new = [j for j in self.new if j not in taken]


def _alone(items: Sequence[Any], key: str) -> Mapping[str, int]:
    """The positions of objects by the text that they have at `key`, where no other one has it."""
    found = [
        (item[key], index)
        for index, item in enumerate(items)
        if isinstance(item, Mapping) and isinstance(item.get(key), str)
    ]
    counts = Counter(value for value, _ in found)
    return {value: index for value, index in found if value and counts[value] == 1}


def _by_feature(leaves: Features, items: Sequence[Any]) -> Mapping[tuple[str, Hashable], list[int]]:
    found = defaultdict[tuple[str, Hashable], list[int]](list)
    for index, values in leaves.items():
        for name in names_of(items[index]).items():
            found["name", name].append(index)
        for leaf in values:
            found["leaf", leaf].append(index)
    return found


def _likeness(left: Counter[Hashable], right: Counter[Hashable]) -> float:
    most = max(left.total(), right.total())
    return (left & right).total() / most if most else 1.0


def _score_of_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    mine, others = names_of(old), names_of(new)
    return sum(_NAMED if mine[key] == others[key] else -_NAMED for key in mine if key in others)


def _leaves(item: Mapping[str, Any]) -> Counter[Hashable]:
    """Returns the values of an item without its names, each with its path; of a large item the first ones."""
    names = names_of(item)
    leaves: Counter[Hashable] = Counter()
    waiting: list[tuple[tuple[str, ...], Any]] = [((), item)]
    while waiting and len(leaves) < _LEAVES:
        path, value = waiting.pop()
        if isinstance(value, Mapping) and value:
            waiting += [((*path, key), value[key]) for key in sorted(value)]
        elif isinstance(value, list | tuple) and value:
            waiting += [((*path, "[]"), below) for below in value]
        else:
            leaf = frozen(value)
            if not path or names.get(path[-1]) != leaf or "[]" in path:
                leaves[path, leaf] += 1
    return leaves


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "object"
    return "list" if isinstance(value, list | tuple) else "value"
