"""A Terraform or OpenTofu state as text: format 4, or what `terraform show -json` prints. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError

_STEP = re.compile(r'module\.(?P<name>[\w-]+)(?:\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\])?\.?')
_ALIAS = re.compile(r'provider\["(?P<source>[^"]*)"\](?:\.(?P<alias>[\w-]+))?\Z')
_PULL = "Write it with: terraform state pull > terraform.tfstate"


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a state: `module` is the way of module calls to its block, such as ("web",), `module_keys` are the
    keys of those that have several instances; `key` is that of for_each or count; `alias` that of its provider's
    block."""

    type: str
    name: str
    key: str | int | None = None
    module: tuple[str, ...] = ()
    module_keys: tuple[str, ...] = ()
    alias: str = ""
    is_data: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        way = "".join(f"module.{name}." for name in self.module)
        key = "" if self.key is None else f"[{json.dumps(self.key)}]"
        return f"{way}{'data.' if self.is_data else ''}{self.type}.{self.name}{key}"


def read_state(text: str, name: str) -> Sequence[Instance]:
    """The objects of a state. Raises HclError for what is none, or none that can be read here."""
    try:
        found = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, json.JSONDecodeError) else "It is nested too deeply, or no JSON."
        raise HclError(Diagnostic(f"{name} is no state of Terraform", detail, hint=_PULL)) from None
    if not isinstance(found, Mapping):
        raise HclError(Diagnostic(f"{name} is no state of Terraform", "Expected a table.", hint=_PULL))
    try:
        if "format_version" in found:
            return [*_shown(found)]
        _check_version(found, name)
        return [*_stored(found)]
    except _Wrong as wrong:
        raise HclError(Diagnostic(f"{name} is no state of Terraform", f"{wrong}.", hint=_PULL)) from None
    except RecursionError:
        raise HclError(Diagnostic(f"{name} is no state of Terraform", "It is nested too deeply.")) from None


class _Wrong(Exception):
    """A value that is not what the format says."""


def _no_number(text: str) -> Any:
    raise ValueError(f"JSON has no {text}")


def _check_version(found: Mapping[str, Any], name: str) -> None:
    if "encrypted_data" in found or "encryption_version" in found:
        hint = "Write it in the open with: tofu state pull > terraform.tfstate"
        raise HclError(Diagnostic(f"{name} is encrypted", "OpenTofu has the key to it.", hint=hint))
    if "backend" in found and "resources" not in found:
        raise HclError(Diagnostic(f"{name} says where a state is, and is none", hint=_PULL))
    version = found.get("version")
    if isinstance(version, int) and 0 < version < 4:
        hint = "Terraform 0.12 or later writes it anew with: terraform apply -refresh-only"
        raise HclError(Diagnostic(f"{name} has format {version}", "Expected 4.", hint=hint))
    if version != 4:
        raise _Wrong(f"Expected version 4, found {json.dumps(version)[:40]}")


# --- format 4 ---------------------------------------------------------------------------------------------------------


def _stored(found: Mapping[str, Any]) -> Iterator[Instance]:
    for resource in _tables(found, "resources"):
        type_, name = _text(resource, "type"), _text(resource, "name")
        module, keys = _module(resource.get("module", ""))
        provider = _ALIAS.search(_text(resource, "provider", ""))
        for instance in _tables(resource, "instances"):
            if instance.get("deposed"):  # what waits for its deletion
                continue
            yield Instance(
                type_,
                name,
                _key(instance.get("index_key")),
                module,
                keys,
                (provider["alias"] or "") if provider else "",
                resource.get("mode") == "data",
                _table(instance, "attributes"),
            )


# --- terraform show -json ---------------------------------------------------------------------------------------------


def _shown(found: Mapping[str, Any]) -> Iterator[Instance]:
    if "planned_values" in found:
        raise _Wrong("It is a plan: expected what terraform show -json prints without one")
    root = _table(_table(found, "values"), "root_module")
    open_ = [root]
    while open_:
        module = open_.pop(0)
        way, keys = _module(module.get("address", ""))
        open_ += _tables(module, "child_modules")
        for one in _tables(module, "resources"):
            yield Instance(
                _text(one, "type"),
                _text(one, "name"),
                _key(one.get("index")),
                way,
                keys,
                is_data=one.get("mode") == "data",
                attributes=_table(one, "values"),
            )


# --- what is in tables ------------------------------------------------------------------------------------------------


def _module(address: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of module calls in an address, and the keys of those that have one."""
    if not isinstance(address, str):
        raise _Wrong("A module's address is no text")
    steps = [*_STEP.finditer(address)]
    return tuple(step["name"] for step in steps), tuple(step["key"].strip('"') for step in steps if step["key"])


def _key(value: Any) -> str | int | None:
    if value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _Wrong("The key of an instance is neither a text nor a number")


def _text(table: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise _Wrong(f"A resource has no {key}")
    return value


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key) or {}
    if not isinstance(value, Mapping):
        raise _Wrong(f"{key} is no table")
    return value


def _tables(table: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    value = table.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise _Wrong(f"{key} is no list of tables")
    return value
