"""HCL's expressions in hcl-lite's: what means the same here, and why something does not. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.write import NULL, Code, escaped
from hcl_lite.operations.migrate.terraform.syntax import (
    Call,
    Choice,
    Expression,
    For,
    Items,
    Literal,
    Name,
    Operation,
    Path,
    Splat,
    Table,
    Template,
    mentions,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = {"&&": "and", "||": "or"}
_COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_LISTS = frozenset({"fileset", "toset", "tolist", "keys", "values", "split", "concat", "distinct", "sort", "flatten"})
_MAPS = frozenset({"tomap", "merge", "zipmap"})
_OTHERWISE = frozenset({"type", "format_list"})  # functions that are none of Terraform's, or others
_FUNCTIONS = FUNCTION_NAMES | {"try", "can"}


class Untranslatable(Exception):
    """An expression that cannot be said here; the text says why."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that references may have: `resources` and `data` are those that blocks are for, by type and name, with
    the shape of their instances ("map", "list" or ""); `aliases` say what a block is called here that has another name;
    `attributes` are those that a type has here; `locals` are those of the root, `variables` the types of those that are
    declared."""

    resources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    data: Mapping[tuple[str, str], str] = field(default_factory=dict)
    attributes: Mapping[str, Collection[str]] = field(default_factory=dict)
    locals: Mapping[str, Expression] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def block(self, type_: str, name: str) -> str:
        """The name of a block here: Terraform's may have dashes."""
        return self.aliases.get((type_, label(name)), label(name))


def translate(value: Expression, names: Names) -> Any:
    """An expression as a value to be written: a literal as it is, with Code where it has to be computed. Raises
    Untranslatable."""
    if isinstance(value, Literal):
        return NULL if value.value is None else value.value
    if isinstance(value, Operation) and value.operator == "-" and len(value.operands) == 1:
        [operand] = value.operands
        if isinstance(operand, Literal) and isinstance(operand.value, int | float):
            return -operand.value
    if isinstance(value, Items):
        return [translate(item, names) for item in value.items]
    if isinstance(value, Table) and all(isinstance(key, Literal) for key, _ in value.items):
        return {str(key.value): translate(item, names) for key, item in value.items if isinstance(key, Literal)}
    if isinstance(value, Template):
        parts = [escaped(one) if isinstance(one, str) else f"${{{said(one, names)}}}" for one in value.parts]
        return Code("".join(parts))
    if isinstance(value, Call) and value.name in ("toset", "tolist", "tomap") and len(value.arguments) == 1:
        return translate(value.arguments[0], names)
    return Code(f"${{{said(value, names)}}}")


def said(value: Expression, names: Names) -> str:
    """An expression in Jinja2's syntax, to stand between braces. Raises Untranslatable."""
    match value:
        case Literal():
            return _literal(value.value)
        case Template():
            return " ~ ".join(_literal(one) if isinstance(one, str) else _operand(one, names) for one in value.parts)
        case Items():
            return f"[{', '.join(said(item, names) for item in value.items)}]"
        case Table():
            items = [f"{said(key, names)}: {said(item, names)}" for key, item in value.items]
            return f"{{{', '.join(items)}}}" if items else "{}"
        case Path():
            return _path(value, names)
        case Name():
            raise Untranslatable(f"{value.name} is a type of resources as a whole, or nothing that is known")
        case Call():
            return _call(value, names)
        case Operation():
            return _operation(value, names)
        case Choice():
            yes, condition, no = (_operand(one, names) for one in (value.yes, value.condition, value.no))
            return f"{yes} if {condition} else {no}"
        case For():
            return _for(value, names)
    raise Untranslatable(f"there is nothing here like {value.text[:60]}")


def _operand(value: Expression, names: Names) -> str:
    """An expression beside an operator."""
    text = said(value, names)
    if isinstance(value, Operation | Choice) or (isinstance(value, Template) and len(value.parts) > 1):
        return f"({text})"
    return f"({text})" if isinstance(value, For) or " | " in text else text


def _literal(value: str | int | float | bool | None) -> str:
    if isinstance(value, str):
        if "${" in value:
            raise Untranslatable("a text within an expression has ${ in it")
        return json.dumps(value, ensure_ascii=not value.isprintable())
    return "none" if value is None else json.dumps(value)


# --- references -------------------------------------------------------------------------------------------------------


def _path(path: Path, names: Names) -> str:
    if not isinstance(path.base, Name):
        return _stepped(f"({said(path.base, names)})", path.steps, names)
    root, steps = path.base.name, list(path.steps)
    first = steps[0] if steps and isinstance(steps[0], str) else ""
    if root == "var":
        if first not in names.variables:
            raise Untranslatable(f"var.{first} is not carried over")
    elif root == "local":
        if first not in names.locals:
            raise Untranslatable(f"local.{first} is not carried over")
    elif root == "data":
        return _object(path, steps, "data.", names.data, names)
    elif root == "terraform" and first == "workspace":
        root, steps = "hcl_lite", ["workspace"]
    elif root == "module":
        raise Untranslatable(f"module.{first} is flattened: its blocks stand in the root module")
    elif root not in ("each", "count", "path", "self"):
        return _object(path, [root, *steps], "", names.resources, names)
    return _stepped(root, steps, names)


def _object(path: Path, steps: list[Any], prefix: str, known: Mapping[tuple[str, str], str], names: Names) -> str:
    """A reference to an object: TYPE.NAME, the key of an instance, an attribute."""
    if len(steps) < 2 or not all(isinstance(step, str) for step in steps[:2]):
        raise Untranslatable("it names no object")
    type_, name, *rest = steps
    name = names.block(type_, name)
    if (type_, name) not in known:
        raise Untranslatable(f"{prefix}{type_}.{name} is not carried over")
    attribute = next((step for step in rest if isinstance(step, str)), "")
    there = names.attributes.get(prefix + type_, ())
    renamed = _RENAMED.get(type_, {}).get(attribute, attribute)
    if attribute and renamed not in there:
        raise Untranslatable(f"{prefix}{type_} has no {attribute} here")
    rest = [renamed if step == attribute else step for step in rest]
    return _stepped(f"{prefix}{type_}.{name}", rest, names)


_RENAMED: Mapping[str, Mapping[str, str]] = {
    # the provider's ids are ORGANISATION:UID, and taken for uids wherever one is asked for
    "grafana_folder": {"id": "uid"},
    "grafana_dashboard": {"id": "uid"},
    "grafana_data_source": {"id": "uid"},
    "grafana_library_panel": {"id": "uid"},
    # or for numbers
    "grafana_team": {"id": "team_id"},
    "grafana_user": {"id": "user_id"},
    "grafana_organization_user": {"id": "user_id"},
    "grafana_service_account": {"id": "service_account_id"},
    "grafana_organization": {"id": "org_id"},
}


def label(name: str) -> str:
    """A name of Terraform's, without dashes."""
    return name.replace("-", "_")


def _stepped(text: str, steps: Sequence[Any], names: Names) -> str:
    for number, step in enumerate(steps):
        if isinstance(step, Splat):
            rest = steps[number + 1 :]
            if not rest:
                return text
            if not all(isinstance(one, str) for one in rest):
                raise Untranslatable("[*] goes on with more than names")
            return f'{text} | map(attribute="{".".join(rest)}")'
        if isinstance(step, str) and _NAME.fullmatch(step):
            text += f".{step}"
        elif isinstance(step, str):
            text += f"[{_literal(step)}]"
        else:
            text += f"[{said(step, names)}]"
    return text


# --- calls and operators ----------------------------------------------------------------------------------------------


def _call(call: Call, names: Names) -> str:
    if call.name not in _FUNCTIONS or call.name in _OTHERWISE:
        raise Untranslatable(f"there is no function {call.name}() here")
    arguments = [said(one, names) for one in call.arguments]
    if call.expands:
        arguments[-1] = f"*{_operand(call.arguments[-1], names)}"
    if call.name in ("file", "templatefile", "filebase64", "fileset") and call.arguments:
        arguments[0] = _file_path(call.arguments[0], names)
    return f"{call.name}({', '.join(arguments)})"


def _file_path(value: Expression, names: Names) -> str:
    """A path, without path.module at its beginning: that is where paths start here."""
    if isinstance(value, Template) and len(value.parts) > 1 and _is_module_path(value.parts[0]):
        second, *rest = value.parts[1:]
        parts = [second.lstrip("/") if isinstance(second, str) else second, *rest]
        parts = [part for part in parts if part != ""]
        return said(Literal(parts[0]) if len(parts) == 1 and isinstance(parts[0], str) else Template(parts), names)
    return said(value, names)


def _is_module_path(value: object) -> bool:
    return (
        isinstance(value, Path)
        and value.base == Name("path")
        and value.steps in (["module"], ("module",), ["root"], ("root",))
    )


def _operation(operation: Operation, names: Names) -> str:
    operands = [_operand(one, names) for one in operation.operands]
    if len(operands) == 1:
        return f"not {operands[0]}" if operation.operator == "!" else f"{operation.operator}{operands[0]}"
    if operation.operator in ("==", "!=") and Literal(None) in operation.operands:
        other = operands[0] if operation.operands[1] == Literal(None) else operands[1]
        return f"{other} is {'not ' if operation.operator == '!=' else ''}none"
    return f"{operands[0]} {_OPERATORS.get(operation.operator, operation.operator)} {operands[1]}"


# --- for --------------------------------------------------------------------------------------------------------------


def _for(one: For, names: Names) -> str:
    """A for as filters, where its parts are names, attributes, and functions of them."""
    if one.groups:
        raise Untranslatable("it groups its values by ...")
    source = _operand(one.source, names)
    shape = shape_of(one.source, names)
    if shape not in ("list", "map"):
        raise Untranslatable("whether it goes through a list or a map is not known before")
    if shape == "list" and len(one.names) == 2:
        raise Untranslatable("it names the positions of a list")
    if shape == "map" and len(one.names) == 2:
        return _for_map(one, source, names)
    items = source if shape == "list" else f"values({source})"
    items += _condition(one.condition, one.names[-1], names)
    if one.key is None and isinstance(one.value, Template):
        return _formatted(one.value, one.names[-1], items)
    if one.key is None:
        return items + _mapped(one.value, one.names[-1], names)
    return f"zipmap({items}{_mapped(one.key, one.names[-1], names)}, {items}{_mapped(one.value, one.names[-1], names)})"


def _formatted(value: Template, name: str, items: str) -> str:
    """A text of each item."""
    if [part for part in value.parts if not isinstance(part, str)] != [Name(name)]:
        raise Untranslatable("it puts more than the item into a text")
    text = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in value.parts)
    return f"formatlist({_literal(text)}, {items})"


def _for_map(one: For, source: str, names: Names) -> str:
    """A for through the keys and values of a map: one of them only in each of its parts."""
    key, value = one.names
    if one.condition is not None:
        raise Untranslatable("it chooses among keys and values")

    def through(part: Expression) -> str:
        name = key if mentions(part, key) else value
        if mentions(part, key) and mentions(part, value):
            raise Untranslatable("it puts keys and values together")
        items = f"keys({source})" if name == key else f"values({source})"
        return items + _mapped(part, name, names)

    if one.key is None:
        return through(one.value)
    return f"zipmap({through(one.key)}, {through(one.value)})"


def _mapped(value: Expression, name: str, names: Names) -> str:
    """Filters that make each item what `value` is of `name`."""
    match value:
        case Name() if value.name == name:
            return ""
        case Path() if value.base == Name(name) and all(isinstance(step, str) for step in value.steps):
            return f' | map(attribute="{".".join(map(str, value.steps))}")'
        case Call() if value.arguments and not value.expands and value.name in FUNCTION_NAMES - _OTHERWISE:
            first, *others = value.arguments
            if any(mentions(other, name) for other in others) or not mentions(first, name):
                raise Untranslatable("a function of each item has it elsewhere than first")
            given = [f'"{value.name}"', *(said(other, names) for other in others)]
            return f"{_mapped(first, name, names)} | map({', '.join(given)})"
    raise Untranslatable("what it makes of each item is more than a name, an attribute or a function of it")


def _condition(condition: Expression | None, name: str, names: Names) -> str:
    """Filters that choose the items for which a condition holds."""
    match condition:
        case None:
            return ""
        case Path() if condition.base == Name(name) and all(isinstance(step, str) for step in condition.steps):
            return f' | selectattr("{".".join(map(str, condition.steps))}")'
        case Operation() if condition.operator in _COMPARISONS and len(condition.operands) == 2:
            left, right = condition.operands
            if not mentions(right, name):
                test = f'"{_COMPARISONS[condition.operator]}", {said(right, names)}'
                if left == Name(name):
                    return f" | select({test})"
                if isinstance(left, Path) and left.base == Name(name):
                    return f' | selectattr("{".".join(map(str, left.steps))}", {test})'
    raise Untranslatable("its condition is more than a comparison")


def shape_of(value: Expression, names: Names) -> str:
    """Whether an expression gives a "list" or a "map"; empty where that is not known."""
    match value:
        case Items() | For(key=None):
            return "list"
        case Table() | For():
            return "map"
        case Call():
            return "list" if value.name in _LISTS else "map" if value.name in _MAPS else ""
        case Path(base=Name(name="local"), steps=[str() as name]) if name in names.locals:
            return shape_of(names.locals[name], names)
        case Path(base=Name(name="var"), steps=[str() as name]):
            type_ = names.variables.get(name, "").lstrip()
            is_list, is_map = type_.startswith(("list(", "set(", "tuple(")), type_.startswith(("map(", "object("))
            return "list" if is_list else "map" if is_map else ""
        case Path(base=Name(name=type_), steps=[str() as name]):
            return names.resources.get((type_, names.block(type_, name)), "")
    return ""
