"""Values of locals, variables and outputs: computed on demand, and kept once they are known.

They may depend on each other in any order, in long chains, in cycles, and on objects that are not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.values import Value, is_unknown, size
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.expression_diagnostics import circle_problem
from hcl_lite.lang.expressions.parse import expressions_in

NAMED = frozenset({Kind.VARIABLE, Kind.LOCAL, Kind.OUTPUT})

_MOST_VALUES = 5_000_000
_STEPS = 40  # of names that rest on names; each takes a dozen of Python's frames


class NamedValues:
    """Values by address. `compute` returns one, and may ask for others.

    `changes` counts changes of objects: unknown values are computed again after one, and so are values computed while
    `is_guess` was set.
    """

    is_guess = False

    def __init__(self, config: Config, compute: Callable[[Address], Value], changes: Callable[[], int]) -> None:
        self._config = config
        self._compute = compute
        self._changes = changes
        self._known: dict[Address, Value] = {}
        # What was not known, is a guess or had mistakes, and after how many changes: asked for again and again, a chain
        # of n names that each name the one before twice would be computed 2**n times.
        self._unsettled: dict[Address, tuple[int, Value | HclError]] = {}
        self._under_way: list[Address] = []

    def value(self, address: Address) -> Value:
        """Returns the value of a name. Raises HclError."""
        if address in self._known:
            return self._known[address]
        now = self._changes()
        changes, value = self._unsettled.get(address, (-1, None))
        if changes == now and isinstance(value, HclError):
            raise HclError(*value.diagnostics)
        if changes == now:
            return value
        try:
            with self.entering(address):
                if len(self._under_way) == _STEPS:
                    self._evaluate_ahead(address)
                value = self._bounded(address, self._compute(address))
        except HclError as error:
            self._unsettled[address] = (self._changes(), HclError(*dict.fromkeys(error.diagnostics)))
            raise HclError(*dict.fromkeys(error.diagnostics)) from error
        if self.is_guess or is_unknown(value):
            self._unsettled[address] = (self._changes(), value)
        else:
            self._known[address] = value
        return value

    @contextmanager
    def entering(self, address: Address) -> Iterator[None]:
        """Context manager around the evaluation of `address`. Raises HclError for a cycle."""
        if address in self._under_way:
            raise HclError(circle_problem(self._config, self._under_way[self._under_way.index(address) :]))
        self._under_way.append(address)
        try:
            yield
        finally:
            self._under_way.pop()

    def _bounded(self, address: Address, value: Value) -> Value:
        """`value` where it has not too many values; lists that hold each other twice soon have."""
        if size(value, _MOST_VALUES) <= _MOST_VALUES:
            return value
        place = self._config.blocks[address.written].place()
        raise HclError(Diagnostic(f"{address} is too large", f"It has more than {_MOST_VALUES} values.", place))

    def _evaluate_ahead(self, address: Address) -> None:
        """Evaluate the locals that `address` rests on, the last first: a chain may be longer than Python's stack."""
        seen = {address, *self._known}
        waiting = [(address, self._locals_of(address))]
        while waiting:
            here, needed = waiting[-1]
            following = next((each for each in needed if each not in seen), None)
            if following is not None:
                seen.add(following)
                waiting.append((following, self._locals_of(following)))
            else:
                waiting.pop()
                if here != address:
                    self.value(here)

    def _locals_of(self, address: Address) -> Iterator[Address]:
        """The locals that the value of `address` names."""
        for _, expression in expressions_in(self._config.blocks[address.written].body.get("value")):
            for reference in expression.references:
                if reference.address is not None and reference.address.kind is Kind.LOCAL:
                    local = reference.address.within(address.module)
                    if local.written in self._config.blocks:
                        yield local
