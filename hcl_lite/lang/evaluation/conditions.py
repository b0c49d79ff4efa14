"""Conditions that have to hold: preconditions, postconditions, validation of variables, and checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, Severity
from hcl_lite.core.values import UNKNOWN, Secret, reveal, shown
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.lifecycle import Rule
from hcl_lite.lang.evaluation.scope import Scope, Values


def broken_rules(
    scope: Scope, block: Block, rules: Iterable[Rule], own: Values | None = None, *, must_be_known: bool = False
) -> list[Diagnostic]:
    """A diagnostic for each rule that does not hold, or cannot be evaluated.

    What is not known yet holds for now, unless it `must_be_known`; `own` is what `self` means in the rules.
    """
    problems: list[Diagnostic] = []
    for rule in rules:
        try:
            problems.extend(_broken(scope, block, rule, own, must_be_known))
        except HclError as error:
            problems.extend(error.diagnostics)
    return problems


def broken_variables(scope: Scope) -> Iterator[Diagnostic]:
    """A diagnostic for each validation of a variable of the root module that does not hold; those of modules are looked
    at when their inputs are known."""
    for block in scope.config.of_kind(Kind.VARIABLE):
        if not block.address.module:
            yield from broken_rules(scope, block, block.rules)


def _broken(scope: Scope, block: Block, rule: Rule, own: Values | None, must_be_known: bool) -> Iterable[Diagnostic]:
    address = str(block.address)
    holds = scope.evaluate(block, rule.condition, (*rule.path, "condition"), own)
    if holds is UNKNOWN:
        if must_be_known:
            detail = "It rests on what only an apply can tell."
            place = block.value_place(*rule.path, "condition")
            yield Diagnostic("Whether this holds is not known", detail, place, 'Say command = "apply".', address)
        return
    if not isinstance(reveal(holds), bool):
        found = f"Expected true or false, found {shown(holds)}."
        place = block.value_place(*rule.path, "condition")
        yield Diagnostic("A condition must be true or false", found, place, "", address)
    elif not reveal(holds):
        message = scope.evaluate(block, rule.error_message, (*rule.path, "error_message"), own)
        text = "(the message is sensitive)" if isinstance(message, Secret) else str(message)
        yield Diagnostic(text, _WHAT[_kind(rule)], block.value_place(*rule.path, "condition"), "", address)


def check_rule(block: Block) -> Rule:
    """The rule of a [[check]] block."""
    return Rule(block.body["condition"], block.body["error_message"], ())


def as_warning(problem: Diagnostic) -> Diagnostic:
    """A check that does not hold stands in nobody's way."""
    return Diagnostic(problem.summary, problem.detail, problem.place, problem.hint, problem.address, Severity.WARNING)


def _kind(rule: Rule) -> str:
    return next((str(step) for step in reversed(rule.path) if isinstance(step, str)), "check")


_WHAT = {
    "precondition": "The precondition does not hold.",
    "postcondition": "The postcondition does not hold.",
    "validation": "The validation of the variable does not hold.",
    "check": "The check does not hold.",
    "assert": "The assertion does not hold.",
}
