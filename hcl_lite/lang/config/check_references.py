"""Checks references and calls in expressions: whether they name something that is declared, and of which type it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, did_you_mean, did_you_mean_type
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.fitting import fits, with_article
from hcl_lite.lang.config.block import Block, texts_of
from hcl_lite.lang.config.declared import Known, attributes_of, noun
from hcl_lite.lang.config.expression_diagnostics import expression_problem
from hcl_lite.lang.expressions.model import BUILT_IN_ROOTS, Expression, ExpressionError, Path, Reference
from hcl_lite.lang.expressions.parse import parse_template

PLAN_MEMBERS = ("changes", "objects", "mode", "counts", "deleted", "outputs")
_ROOTS = ("var", "local", "data", "module", *BUILT_IN_ROOTS)


def check_reference_types(
    block: Block, body: Mapping[str, object], attrs: Mapping[str, Attr], known: Known
) -> Iterator[Diagnostic]:
    """Returns an error for each argument that refers to an attribute of another type."""
    for key, value in body.items():
        if key not in attrs or not isinstance(value, str):
            continue
        try:
            template = parse_template(value)
        except ExpressionError:
            continue
        part = template[0]
        if len(template) > 1 or not isinstance(part, Expression) or not part.plain:
            continue
        given = _type_of(block, part.references[0], known)
        if given and not fits(given, attrs[key].type):
            reference = part.references[0]
            place = block.text_place((key,), part.at + reference.at, part.at + reference.at + len(reference.text))
            expected, found = with_article(str(attrs[key].type)), with_article(str(given))
            detail = f'Expected {expected}; "{reference.text}" is {found}.'
            hint = f"{key}: {attrs[key].doc}" if attrs[key].doc else ""
            yield Diagnostic(f'"{key}" has the wrong type', detail, place, hint, str(block.address))


def _type_of(block: Block, reference: Reference, known: Known) -> str | Type:
    """The declared type of what `reference` names; empty where nothing declares it."""
    address = reference.address.within(block.address.module) if reference.address else None
    target = known.config.blocks.get(address) if address else None
    if target is None or target.address.kind not in (Kind.RESOURCE, Kind.DATA):
        return ""
    below = reference.path[1:] if target.repeats else reference.path
    attr = (attributes_of(target, known.config, known.providers) or {}).get(str(below[0])) if len(below) == 1 else None
    return attr.type if attr else ""


def check_expressions(block: Block, known: Known) -> Iterator[Diagnostic]:
    """Returns an error for each expression that cannot be parsed, and for references and calls that name nothing."""
    for path, text in texts_of(block):
        try:
            template = parse_template(text)
        except ExpressionError as error:
            yield expression_problem(block, path, "This is not an expression", error)
            continue
        for part in template:
            if isinstance(part, Expression):
                yield from _check_expression(block, path, part, known)


def _check_expression(block: Block, path: Path, expression: Expression, known: Known) -> Iterator[Diagnostic]:
    for call in expression.calls:
        if call.name not in known.functions:
            hint = did_you_mean(call.name, known.functions)
            error = ExpressionError(hint, expression.at + call.at, len(call.name))
            yield expression_problem(block, path, f'There is no function "{call.name}"', error)
    for reference in expression.references:
        problem = _check_reference(block, path, reference, known)
        if problem:
            summary, detail = problem
            if expression.source[reference.at + len(reference.text) :].lstrip().startswith(":"):
                detail = f'The keys of a map stand in quotes: {{"{reference.text}": …}}.'
            error = ExpressionError(detail, expression.at + reference.at, len(reference.text))
            yield expression_problem(block, path, summary, error)


def _check_reference(block: Block, path: Path, reference: Reference, known: Known) -> tuple[str, str] | None:
    if reference.address is None:
        return _check_root(block, path, reference, known)
    if reference.address.kind is Kind.OUTPUT and block.address.kind is not Kind.CHECK:
        return (
            f'"{reference.text}" means nothing here',
            "Outputs are for those outside; only checks and tests see them.",
        )
    address = reference.address.within(block.address.module)
    target = known.config.blocks.get(address)
    if target is None:
        if address.type and address.type not in known.types(address.kind):
            if address.kind is Kind.RESOURCE and address.type in known.types(Kind.DATA):
                return f'"{reference.text}" refers to nothing', f'Did you mean "data.{reference.text}"?'
            hint = did_you_mean_type(address.type, [*known.types(address.kind), *_ROOTS])
            return f'"{reference.text}" refers to nothing', hint
        return f"{reference.address} is not declared", did_you_mean(address.name, known.names(address))
    below = reference.path[1:] if target.repeats else reference.path
    if not below:
        return None
    if address.kind is Kind.MODULE:
        outputs = [b.address.name for b in known.config.of_kind(Kind.OUTPUT) if b.address.module == address.inner]
        if below[0] not in outputs:
            return f'{reference.address} has no output "{below[0]}"', did_you_mean(str(below[0]), outputs)
    if address.type:
        attrs = attributes_of(target, known.config, known.providers) or {}
        if below[0] not in attrs:
            return f'{noun(target)} has no attribute "{below[0]}"', did_you_mean(str(below[0]), attrs)
    return None


def _check_root(block: Block, path: Path, reference: Reference, known: Known) -> tuple[str, str] | None:
    """A reference that names no block: each, count, self, path, or nothing at all."""
    text = reference.text
    if not reference.path:
        roots = [*_ROOTS, *known.types(Kind.RESOURCE)]
        root = text.partition(".")[0]
        if root in roots:
            return f'"{text}" is not a whole reference', f"Expected {root}.NAME and what is below it."
        if root in known.functions:
            return f'"{text}" refers to nothing', f"It is a function, which is called: {text}(…)."
        for kind in (Kind.VARIABLE, Kind.LOCAL):
            if Address(kind, root).within(block.address.module) in known.config.blocks:
                return f'"{text}" refers to nothing', f'Did you mean "{Address(kind, text)}"?'
        return f'"{text}" refers to nothing', did_you_mean(root, roots)
    root = str(reference.path[0])
    members = {
        "each": ("key", "value"),
        "count": ("index",),
        "path": ("module", "root", "cwd"),
        "hcl_lite": ("workspace",),
        "plan": PLAN_MEMBERS,
    }.get(root)
    if root == "self" and "postcondition" not in path:
        return f'"{text}" means nothing here', "self is the object of a postcondition's own block."
    if root == "plan" and block.address.kind is not Kind.POLICY:
        return f'"{text}" means nothing here', "The plan is for policies: [[policy]]."
    if (root == "each" and block.for_each is None) or (root == "count" and block.count is None):
        which = "for_each" if root == "each" else "count"
        instead = " With count, each instance has its count.index." if block.count is not None else ""
        instead = " With for_each, each instance has its each.key and each.value." if block.for_each else instead
        return f'"{text}" means nothing here', f"The block has no {which}.{instead}"
    if path[:1] in (("for_each",), ("count",)) and root in ("each", "count"):
        return f'"{text}" means nothing here', f"{path[0]} says what it will be."
    if members and (len(reference.path) < 2 or reference.path[1] not in members):
        return f'"{text}" refers to nothing', "Known: " + ", ".join(f"{root}.{name}" for name in members) + "."
    return None
