"""The files that say what the world is to be."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.machine.marks import marked, replaced
from tests.reliability.machine.model import TYPES, Place, Thing, World

_SOURCE = {
    "name": "name",
    "type": "type",
    "url": "url",
    "database": "database_name",
    "user": "username",
    "basicAuth": "basic_auth_enabled",
    "basicAuthUser": "basic_auth_username",
    "withCredentials": "with_credentials",
}


def toml(value: Any) -> str:
    """A value as TOML, in which nothing is an expression."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml_key(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Expression):
        return _quoted("${" + value.text + "}")
    return _quoted(value.replace("${", "$${")) if isinstance(value, str) else json.dumps(value)


def toml_key(key: str) -> str:
    return _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass(frozen=True)
class Expression:
    """What stands in ${…}."""

    text: str


def has_null(value: Any) -> bool:
    """Whether TOML has no word for it."""
    if isinstance(value, Mapping):
        return any(map(has_null, value.values()))
    if isinstance(value, list):
        return any(map(has_null, value))
    return value is None or (isinstance(value, int) and abs(value) >= 2**63)


@dataclass
class Files:
    """Texts by path; and what modules take in and give out."""

    world: World
    blocks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    outputs: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    inputs: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    locals: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    others: dict[str, str] = field(default_factory=dict)

    def refer(self, module: str, to: Thing, attribute: str = "uid") -> Expression:
        """An attribute of a thing, as it is called in a module."""
        own = f"{Place('', to.place.name, to.place.key).address(to.kind)}.{attribute}"
        name = f"{to.tag}_{attribute}"
        there = to.place.module
        if there == module:
            return Expression(own)
        if there:
            self.outputs[there][f"out_{name}"] = own
            own = f"module.{there}.out_{name}"
        if not module:
            return Expression(own)
        self.inputs[module][f"in_{name}"] = own
        return Expression(f"var.in_{name}")

    def secret(self, module: str, name: str) -> Expression:
        """A sensitive variable, as it is called in a module."""
        if not module:
            return Expression(f"var.{name}")
        self.inputs[module][f"secret_{name}"] = f"var.{name}"
        return Expression(f"var.secret_{name}")

    def unmark(self, module: str, text: str) -> str:
        """TOML with an expression for each mark."""

        def expression(kind: str, name: str) -> str:
            what = (
                self.secret(module, name)
                if kind == "secret"
                else self.refer(module, self.world.things[int(name)], kind)
            )
            return _quoted("${" + what.text + "}")[1:-1]

        found: str = replaced(text, expression)
        return found


def render(world: World) -> dict[str, str]:
    """All files of a world, by path; without the provider."""
    files = Files(world)
    groups: dict[tuple[str, str, str], list[Thing]] = defaultdict(list)
    for thing in world.things.values():
        if thing.place.key is None:
            _render_single(files, thing)
        else:
            groups[thing.kind, thing.place.module, thing.place.name].append(thing)
    for (kind, module, name), members in groups.items():
        _render_group(files, kind, module, name, members)
    for module in ("", "m", "n"):
        files.blocks[module] = [files.unmark(module, block) for block in files.blocks[module]]
        files.locals[module] = {name: files.unmark(module, text) for name, text in files.locals[module].items()}
    for thing in world.things.values():
        if thing.takes == "import":
            files.blocks[""].append(f"[[import]]\nto = {_quoted(thing.address)}\nid = {_quoted(thing.live)}\n")
    for name, value in world.variables.items():
        files.blocks[""].append(f'[variable.{name}]\ntype = "string"\nsensitive = true\n')
        files.others["secret.auto.vars.toml"] = (
            files.others.get("secret.auto.vars.toml", "") + f"{name} = {toml(value)}\n"
        )
    for old, new in world.moved:
        files.blocks[""].append(f"[[moved]]\nfrom = {_quoted(old)}\nto = {_quoted(new)}\n")
    for address in world.removed:
        files.blocks[""].append(f"[[removed]]\nfrom = {_quoted(address)}\ndestroy = false\n")
    return {**_texts(files), **files.others}


def _texts(files: Files) -> dict[str, str]:
    modules = sorted({thing.place.module for thing in files.world.things.values()} - {""})
    for module in modules:
        passed = {name: Expression(text) for name, text in files.inputs[module].items()}
        files.blocks[""].append(f'[module.{module}]\nsource = "./{module}"\ninputs = {toml(passed)}\n')
        for name in passed:
            sensitive = "sensitive = true\n" if name.startswith("secret_") else ""
            files.blocks[module].append(f"[variable.{name}]\n{sensitive}")
        for name, text in files.outputs[module].items():
            files.blocks[module].append(f"[output.{name}]\nvalue = {toml(Expression(text))}\n")
    for module, given in files.locals.items():
        if not given:
            continue
        files.blocks[module].append(
            "\n".join(["[locals]", *(f"{name} = {text}" for name, text in given.items())]) + "\n"
        )
    return {
        f"{module}/main.toml" if module else "main.toml": "\n".join(files.blocks[module]) for module in ["", *modules]
    }


def _render_single(files: Files, thing: Thing) -> None:
    arguments = _arguments(files, thing)
    head = f"resource.{TYPES[thing.kind]}.{thing.place.name}"
    lines = [f"[{head}]", *(f"{key} = {value}" for key, value in arguments.items())]
    if thing.takes == "adopt" or thing.kind.endswith("permission"):
        lines.append('on_exists = "adopt"')
    if thing.on_drift:
        lines.append(f"on_drift = {toml(thing.on_drift)}")
    if thing.lifecycle:
        lines += [f"[{head}.lifecycle]", *(f"{key} = {toml(value)}" for key, value in thing.lifecycle.items())]
    files.blocks[thing.place.module].append("\n".join(lines) + "\n")


def _arguments(files: Files, thing: Thing) -> dict[str, str]:
    module = thing.place.module
    world = files.world
    own: dict[str, Any] = {}
    match thing.kind:
        case "folder":
            own = {"title": thing.values["title"]}
            own |= {"uid": thing.uid} if thing.uid else {}
            own |= (
                {"parent_folder_uid": files.refer(module, world.things[thing.inside])}
                if thing.inside is not None
                else {}
            )
        case "dashboard":
            return _dashboard(files, thing)
        case "source":
            own = {name: thing.values[key] for key, name in _SOURCE.items()}
            own |= {"uid": thing.uid} if thing.uid else {}
            own |= {"secure_json_data": thing.secrets} if thing.secrets else {}
            data = thing.values["jsonData"]
            own |= (
                {"json_data_encoded": json.dumps(data)}
                if thing.style == "json" or has_null(data)
                else {"json_data": data}
            )
        case "folder_permission" | "dashboard_permission":
            assert thing.of is not None
            holder = thing.kind.partition("_")[0]
            own = {
                f"{holder}_uid": files.refer(module, world.things[thing.of]),
                "permissions": thing.values["permissions"],
            }
        case "snapshot":
            assert thing.of is not None
            of = world.things[thing.of]
            own = {"dashboard": json.dumps(thing.values["model"] | {"uid": of.uid}), "name": thing.values["name"]}
            own |= {"key": thing.uid} if thing.uid else {}
    return {key: toml(value) for key, value in own.items()}


def _dashboard(files: Files, thing: Thing) -> dict[str, str]:
    """One of the ways in which the JSON of a dashboard is given."""
    document = document_of(thing)
    own: dict[str, Any] = {}
    if thing.inside is not None:
        own["folder"] = files.refer(thing.place.module, files.world.things[thing.inside])
    if thing.uid and thing.style.endswith("-uid"):
        own["uid"] = thing.uid
    style = thing.style.partition("-")[0]
    if style in ("table", "encoded") and has_null(document):
        style = "json"
    if style == "file" and marked(document):
        style = "json"
    if style == "table":
        own["config"] = document
    elif style == "encoded":
        name = f"board_{thing.tag}"
        files.locals[thing.place.module][name] = toml(document)
        own["config_json"] = Expression(f"jsonencode(local.{name})")
    elif style == "file":
        path = f"boards/{thing.tag}.json"
        files.others[f"{thing.place.module}/{path}".lstrip("/")] = json.dumps(
            document, indent=thing.values.get("indent", 1)
        )
        own["config_json"] = Expression(f'file("{path}")')
    else:
        own["config_json"] = json.dumps(document)
    return {key: toml(value) for key, value in own.items()}


def document_of(thing: Thing) -> dict[str, Any]:
    """The JSON of a dashboard: the model with its uid, or the resource with its name."""
    form = thing.values.get("form", "")
    uid = "" if thing.style.endswith("-uid") else thing.uid
    model: dict[str, Any] = thing.values["model"]
    if not form:
        return {**model, "uid": uid} if uid else model
    metadata = {"metadata": {"name": uid}} if uid else {"metadata": {}}
    return {"apiVersion": f"dashboard.grafana.app/{form}", "kind": "Dashboard", **metadata, "spec": model}


def _render_group(files: Files, kind: str, module: str, name: str, members: list[Thing]) -> None:
    """One block for all of them: for_each over a table, or count over a list of the locals."""
    items = [_item(files, thing) for thing in sorted(members, key=lambda thing: str(thing.place.key).zfill(4))]
    keyed = isinstance(members[0].place.key, str)
    each = "each.value" if keyed else f"local.list_{kind}_{name}[count.index]"
    head = f"[resource.{TYPES[kind]}.{name}]"
    lines = [head]
    if keyed:
        table = {str(thing.place.key): item for thing, item in zip(_ordered(members), items, strict=True)}
        lines.append(f"for_each = {toml(table)}")
    else:
        files.locals[module][f"list_{kind}_{name}"] = toml(items)
        lines.append(f"count = {len(items)}")
    lines += [f"{key} = {toml(Expression(f'{each}.{key}'))}" for key in items[0]]
    files.blocks[module].append("\n".join(lines) + "\n")


def _ordered(members: list[Thing]) -> list[Thing]:
    return sorted(members, key=lambda thing: str(thing.place.key).zfill(4))


def _item(files: Files, thing: Thing) -> dict[str, Any]:
    """The attributes of one instance; all of a group have the same."""
    parent: Any = files.refer(thing.place.module, files.world.things[thing.inside]) if thing.inside is not None else ""
    match thing.kind:
        case "folder":
            own: dict[str, Any] = {"title": thing.values["title"], "parent_folder_uid": parent}
            return own | ({"uid": thing.uid} if thing.uid else {})
        case "dashboard":
            return {"config_json": json.dumps(document_of(thing)), "folder": parent}
    own = {name: thing.values[key] for key, name in _SOURCE.items()} | {
        "json_data_encoded": json.dumps(thing.values["jsonData"])
    }
    return own | ({"uid": thing.uid} if thing.uid else {})
