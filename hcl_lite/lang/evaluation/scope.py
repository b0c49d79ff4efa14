"""The meaning of names at one moment of a run, and the evaluation of blocks with it.

Addresses are those of instances: a block in a module, or with for_each, is evaluated once for each. Locals, inputs and
outputs of modules (named_values.py), and keys of for_each, are evaluated on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hcl_lite.core.addrs import Address, Key, Kind, without_keys
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.expression_diagnostics import expression_problem
from hcl_lite.lang.config.variables import settle
from hcl_lite.lang.evaluation.built_ins import BuiltIns
from hcl_lite.lang.evaluation.instances import counted, each_of
from hcl_lite.lang.evaluation.named_values import NAMED, NamedValues
from hcl_lite.lang.evaluation.references import Here, References
from hcl_lite.lang.evaluation.secret_references import SecretReader, UnreadSecrets
from hcl_lite.lang.expressions.functions import FunctionError, Functions
from hcl_lite.lang.expressions.interpolation import join
from hcl_lite.lang.expressions.jinja import missing, run
from hcl_lite.lang.expressions.limits import Together
from hcl_lite.lang.expressions.marks import Tracker
from hcl_lite.lang.expressions.model import Expression, ExpressionError, Path
from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.expressions.traversal import put

Values = Mapping[str, Value]


class Scope:
    """Names to values.

    `objects` are the attributes of the data and resource instances that are known by now; one that is missing is
    unknown as a whole. `expose` alone adds to them. Each run has one writer at a time: the reading of what for_each and
    count need (engine.prerequisites), then the walk of the plan (engine.planning.block_walk), or the walk of the apply
    (engine.applying.applier), which begins with none. Each exposes a block once, before any block that refers to it.

    `reload` gives an attribute that is too large to be kept. `functions` are those of a module, by the way to it.
    `secrets` reads what references such as env:NAME stand for; without it, nothing is read. `workspace` is
    hcl_lite.workspace.
    """

    def __init__(
        self,
        config: Config,
        variables: Values,
        functions: Callable[[tuple[str, ...]], Functions],
        reload: Callable[[Address], Values] | None = None,
        secrets: SecretReader | None = None,
        workspace: str = "default",
    ) -> None:
        self.config = config
        self.secrets = secrets or UnreadSecrets()
        self._objects: dict[Address, Values] = {}
        self._exposures = 0
        self.objects: Mapping[Address, Values] = MappingProxyType(self._objects)
        self._variables = variables
        self._functions = functions
        self._together = Together()
        self._spent: Diagnostic | None = None
        self._named = NamedValues(config, self._named_value, lambda: self._exposures)
        self._references = References(self, BuiltIns(config, workspace, self._collection), reload)
        self._instances: dict[Address, tuple[Any, Mapping[Key, Address]]] = {}
        self._outputs_in: dict[tuple[str, ...], list[str]] = {}
        for block in config.of_kind(Kind.OUTPUT):
            self._outputs_in.setdefault(block.address.module, []).append(block.address.name)

    # --- objects ------------------------------------------------------------------------------------------------------

    def expose(self, address: Address, values: Values) -> None:
        """Lets expressions refer to the attributes of a data or resource instance. Unknown values are evaluated
        again afterwards."""
        self._exposures += 1
        self._objects[address] = values

    def hide_all(self) -> None:
        """Forgets the attributes of all objects."""
        self._exposures += 1
        self._objects.clear()

    @contextmanager
    def supposing(self) -> Iterator[None]:
        """Context manager: what is exposed inside is a guess, and is forgotten at the end with all values computed
        from it."""
        before = set(self._objects)
        self._named.is_guess = True
        try:
            yield
        finally:
            self._named.is_guess = False
            for address in set(self._objects) - before:
                self._exposures += 1
                del self._objects[address]

    # --- blocks -------------------------------------------------------------------------------------------------------

    def evaluate_block(self, block: Block, but: Collection[str] = ()) -> Values:
        """Returns all arguments of `block`, `but` these. Raises HclError with the errors of all expressions."""
        problems: list[Diagnostic] = []
        here = Here(block)
        values = {
            key: self._evaluate(value, here, (key,), problems) for key, value in block.body.items() if key not in but
        }
        if problems:
            raise HclError(*problems)
        return values

    def evaluate_parts(self, block: Block, key: str) -> Sequence[Value]:
        """Returns the parts of a text argument, each evaluated by itself. Raises ExpressionError and HclError."""
        here = Here(block)
        return [part if isinstance(part, str) else self._run(part, here) for part in parse_template(block.body[key])]

    def evaluate_argument(self, block: Block, *path: str | int) -> Value:
        """Returns one argument of `block`, or the value at `path` in it. Raises HclError."""
        value: Any = block.body
        for step in path:
            value = value[step]
        return self.evaluate(block, value, path)

    def evaluate(self, block: Block, value: Any, path: Path, own: Values | None = None) -> Value:
        """Returns a value at `path` in `block`, evaluated; `own` is what `self` means. Raises HclError."""
        problems: list[Diagnostic] = []
        found = self._evaluate(value, Here(block, own), path, problems)
        if problems:
            raise HclError(*problems)
        return found

    def instance(self, address: Address) -> Block:
        """Returns the block of `address` as that instance."""
        return replace(self.config.blocks[address.written], address=address)

    def instances(self, collection: Address) -> Mapping[Key, Address] | None:
        """Returns the instances of a block by key: {None: itself} for one that does not repeat, None where they are not
        known yet.

        `collection` is an address without a key of its own. Raises HclError.
        """
        block = self.config.blocks.get(collection.written)
        if block is None or not block.repeats:
            return {None: collection}
        found = self._collection(collection)
        if found is UNKNOWN:
            return None
        of, instances = self._instances.get(collection, (None, {}))
        if of is not found:
            instances = {key: collection.at(key) for key in found}
            self._instances[collection] = found, instances
        return instances

    def outputs_of(self, module: Address) -> Sequence[str]:
        """Returns the names of the outputs of a module instance."""
        return self._outputs_in.get(without_keys(module.inner), ())

    def touched(self, block: Block, expression: Expression) -> set[Address] | None:
        """Returns the instances of collections that an expression reads; None where that depends on unknown values."""
        tracker = Tracker()
        if expression.plain:
            return None
        try:
            self._run_in_sandbox(expression, Here(block), tracker)
        except (ExpressionError, HclError):
            return None
        return None if tracker.unknown else tracker.instances

    # --- values with a name -------------------------------------------------------------------------------------------

    def value(self, address: Address) -> Value:
        """Returns the value of a local, a variable, or an output. Raises HclError."""
        if address.kind is Kind.VARIABLE and not address.module:
            return self._variables[address.name]
        return self._named.value(address)

    def call_of(self, variable: Address) -> tuple[Block, Any]:
        """Returns the module block that calls the module of `variable`, and its input for it as written; None for
        none."""
        call = self.instance(variable.caller)
        return call, call.body.get("inputs", {}).get(variable.name)

    def _named_value(self, address: Address) -> Value:
        block = self.instance(address)
        if address.kind not in NAMED:
            return self._by_key(block)
        if address.kind is Kind.VARIABLE:
            return self._input(block)
        value = self.evaluate_argument(block, "value")
        return Secret(value) if block.body.get("sensitive") is True and not isinstance(value, Secret) else value

    def _input(self, block: Block) -> Value:
        """The value of a variable of a module: what its call says, or its default."""
        call = self.instance(block.address.caller)
        name = block.address.name
        inputs = call.body.get("inputs", {})
        if name not in inputs:
            return settle(block, block.body.get("default"), lambda *keys: block.value_place("default", *keys))
        value = self.evaluate_argument(call, "inputs", name)
        return settle(block, value, lambda *keys: call.value_place("inputs", name, *keys))

    def _collection(self, address: Address) -> Any:
        """Returns the values of for_each or count by key; UNKNOWN where the keys are known only after apply. Raises
        HclError."""
        return self._named.value(address)

    def _by_key(self, block: Block) -> Any:
        if block.count is not None:
            return counted(block, self.evaluate(block, block.count, ("count",)))
        return each_of(block, self.evaluate(block, block.for_each, ("for_each",)))

    # --- expressions --------------------------------------------------------------------------------------------------

    def _evaluate(self, value: Any, here: Here, path: Path, problems: list[Diagnostic]) -> Value:
        if isinstance(value, str):
            return self._evaluate_text(value, here, path, problems) if "${" in value else value
        if isinstance(value, dict):
            return {key: self._evaluate(item, here, (*path, key), problems) for key, item in value.items()}
        if isinstance(value, list):
            return [self._evaluate(item, here, (*path, index), problems) for index, item in enumerate(value)]
        return value

    def _evaluate_text(self, text: str, here: Here, path: Path, problems: list[Diagnostic]) -> Value:
        self._check_memory(here, path)
        try:
            template = parse_template(text)
            values = [part if isinstance(part, str) else self._run(part, here) for part in template]
            return values[0] if len(template) == 1 else join(template, values)
        except ExpressionError as error:
            problems.append(expression_problem(here.block, path, "This expression has no value", error))
        except HclError as error:
            problems.extend(error.diagnostics)
        return UNKNOWN

    def _check_memory(self, here: Here, path: Path) -> None:
        """Raises HclError where all expressions together take too much, from then on always the same one."""
        if self._spent is None and self._together.is_spent:
            detail = "What was computed so far takes more than 2 GiB. Each value is kept for as long as the run takes."
            place = here.block.value_place(*path)
            self._spent = Diagnostic("The values of the configuration need too much memory", detail, place)
        if self._spent is not None:
            raise HclError(self._spent)

    def _run(self, expression: Expression, here: Here) -> Value:
        """The value of one expression. Raises ExpressionError with its place in the text, and HclError."""
        try:
            if expression.plain:
                return self._references.value(expression.references[0], here)
            argument = expression.literal if expression.literal is not None else self._joined(expression, here)
            if argument is not None:
                return self._call(expression, argument, here.block)
            return self._run_in_sandbox(expression, here, Tracker())
        except ExpressionError as error:
            whole = error.at < 0
            error.at = expression.at if whole else expression.at + error.at
            error.width = len(expression.source) if whole else error.width
            raise

    def _joined(self, expression: Expression, here: Here) -> str | None:
        """The argument of file("directory/" ~ each.value) where its parts are texts; None where they are not, which
        the expression engine knows more of."""
        try:
            parts = [
                part if isinstance(part, str) else self._references.value(part, here) for part in expression.joined
            ]
        except ExpressionError:
            return None
        return "".join(parts) if parts and all(type(part) is str for part in parts) else None

    def _call(self, expression: Expression, argument: str, block: Block) -> Value:
        """f("literal")"""
        call = expression.calls[0]
        function = self._functions(block.address.module).get(call.name)
        if function is None:
            return self._run_in_sandbox(expression, Here(block), Tracker())
        try:
            return function(argument)
        except FunctionError as error:
            explained = ExpressionError(str(error), call.at, len(call.name))
            explained.hint = error.hint
            raise explained from error

    def _run_in_sandbox(self, expression: Expression, here: Here, tracker: Tracker) -> Value:
        names: dict[str, Any] = {}
        for reference in sorted(expression.references, key=lambda reference: len(reference.path)):
            try:
                value = self._references.value(reference, here, tracker)
            except ExpressionError as error:
                value = missing(str(error))  # an error only where it is used: try() and `is defined` may ask for it
            put(names, reference, value)
        return run(expression.source, expression.calls, names, self._functions(here.block.address.module), tracker)
