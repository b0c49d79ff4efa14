"""The schema that editors read: valid itself, and of one opinion with what validate says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft4Validator, Draft7Validator

from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.lang.config.config import is_configuration
from hcl_lite.lang.docs.json_schema import json_schema
from providers.registry import PROVIDER_TYPES
from state.backends import BACKENDS

_FILES = sorted((Path(__file__).parents[3] / "examples").glob("**/*.toml"))
_SETTINGS = {name: backend.settings for name, backend in BACKENDS.items()}
_EXAMPLES = [
    path for path in _FILES if is_configuration(path) and "plugin" not in path.parts
]  # a type that is not here


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    """For configurations."""
    return Draft7Validator(json_schema(PROVIDER_TYPES, _SETTINGS))


def _errors(validator: Draft7Validator, text: str) -> list[tuple[str, str]]:
    """Where something is wrong, and what the schema asks for there."""
    found = validator.iter_errors(tomli.loads(text))
    return sorted((".".join(map(str, error.absolute_path)), str(error.validator)) for error in found)


@pytest.mark.parametrize("draft", [Draft4Validator, Draft7Validator], ids=["draft 4", "draft 7"])
def test_it_is_a_schema(draft: type[Draft7Validator]) -> None:
    """Of draft 7, with nothing that draft 4 reads in another way: Taplo documents draft 4."""
    schema = json_schema(PROVIDER_TYPES, _SETTINGS)
    draft.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert set(_keywords(schema)) <= {
        "$schema", "title", "description", "type", "properties", "patternProperties", "additionalProperties", "items",
        "required", "enum", "anyOf", "pattern", "default",
    }  # fmt: skip


def _keywords(schema: Any) -> list[str]:
    found = list(schema) if isinstance(schema, dict) else []
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in ("properties", "patternProperties"):
            found += [word for below in value.values() for word in _keywords(below)]
        elif key != "default":
            found += [word for below in (value if isinstance(value, list) else [value]) for word in _keywords(below)]
    return found


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.parent.name)
def test_examples_are_valid(validator: Draft7Validator, path: Path) -> None:
    """Each file of them."""
    assert _errors(validator, path.read_text()) == []


_GOOD = {
    "nothing": "",
    "settings": '[hcl_lite]\nrequired_version = ">=0.1"\nread_from = ["a"]\n[hcl_lite.backend]\ntype = "local"\n',
    "a provider by its name": '[provider.grafana]\nurl = "x"\nretries = 1\n',
    "a provider by its type": '[provider.eu]\ntype = "grafana"\nfor_each = ["a"]\n',
    "a variable": (
        '[variable.a]\ntype = "list(string)"\ndefault = [1]\nnullable = false\n'
        '[[variable.a.validation]]\ncondition = "${var.a}"\nerror_message = "x"\n'
    ),
    "locals": "[locals]\na = 1\nb = { c = [2] }\n",
    "an output": (
        "[output.a]\nvalue = [1]\nsensitive = true\n[[output.a.precondition]]\ncondition = true\nerror_message = 'x'\n"
    ),
    "a resource": "[resource.grafana_folder.a]\ntitle = 'A'\nuid = 'a'\n",
    "expressions for everything": (
        "[resource.grafana_data_source.a]\nname = '${var.a}'\ntype = '${var.a}'\nis_default = '${var.a}'\n"
        "access_mode = '${var.a}'\njson_data = '${var.a}'\nsecure_json_data = '${var.a}'\n"
    ),
    "meta-arguments": (
        "[resource.grafana_folder.a]\ntitle = 'A'\nprovider = 'eu'\ndepends_on = ['grafana_folder.b']\n"
        "for_each = { a = 1 }\non_exists = 'adopt'\non_drift = 'keep'\n"
    ),
    "count": "[resource.grafana_folder.a]\ntitle = 'A'\ncount = 2\n[data.grafana_server.a]\ncount = '${var.a}'\n",
    "a lifecycle": (
        "[resource.grafana_folder.a]\ntitle = 'A'\n"
        "[resource.grafana_folder.a.lifecycle]\nprevent_destroy = '${var.a}'\n"
        "create_before_destroy = true\nignore_changes = ['title']\nreplace_triggered_by = ['grafana_folder.b']\n"
        "precondition = [{ condition = '${var.a}', error_message = 'x' }]\n"
    ),
    "all changes ignored": "[resource.grafana_folder.a]\ntitle = 'A'\nlifecycle.ignore_changes = 'all'\n",
    "a lookup": (
        "[data.grafana_folder.a]\ntitle = 'A'\n[[data.grafana_folder.a.lifecycle.postcondition]]\n"
        "condition = '${var.a}'\nerror_message = 'x'\n"
    ),
    "a module": (
        "[module.a]\nsource = './a'\nfor_each = '${var.a}'\ndepends_on = []\n"
        "[module.a.inputs]\nx = 1\n[module.a.providers]\ngrafana = 'eu'\n"
    ),
    "moved, removed, import, check": (
        "[[moved]]\nfrom = 'a.b'\nto = 'a.c'\n[[removed]]\nfrom = 'a.b'\ndestroy = false\n"
        "[[import]]\nto = 'a.b'\nid = 'x'\nfor_each = ['a']\n[[check]]\ncondition = '${var.a}'\nerror_message = 'x'\n"
    ),
}

_BAD = {
    "an unknown table": ("[resources.a.b]\n", [("", "additionalProperties")]),
    "an unknown type": ("[resource.grafana_foldr.a]\n", [("resource", "additionalProperties")]),
    "a name that is none": (
        "[resource.grafana_folder.a-b]\ntitle = 'A'\n",
        [("resource.grafana_folder", "additionalProperties")],
    ),
    "an unknown argument": (
        "[resource.grafana_folder.a]\ntitle = 'A'\ntitel = 'A'\n",
        [("resource.grafana_folder.a", "additionalProperties")],
    ),
    "a missing argument": ("[resource.grafana_folder.a]\n", [("resource.grafana_folder.a", "required")]),
    "what the server sets": (
        "[resource.grafana_folder.a]\ntitle = 'A'\nversion = 1\n",
        [("resource.grafana_folder.a", "additionalProperties")],
    ),
    "a wrong type": ("[resource.grafana_folder.a]\ntitle = 1\n", [("resource.grafana_folder.a.title", "type")]),
    "a number in words": ("[provider.grafana]\nretries = 'two'\n", [("provider.grafana.retries", "pattern")]),
    "a wrong item": (
        "[provider.grafana.http_headers]\na = 1\n",
        [("provider.grafana.http_headers.a", "type")],
    ),
    "a wrong choice": (
        "[resource.grafana_data_source.a]\nname = 'a'\ntype = 'b'\naccess_mode = 'c'\n",
        [("resource.grafana_data_source.a.access_mode", "anyOf")],
    ),
    "a wrong choice of the language": (
        "[resource.grafana_folder.a]\ntitle = 'A'\non_drift = 'adopt'\nlifecycle.ignore_changes = 'none'\n",
        [
            ("resource.grafana_folder.a.lifecycle.ignore_changes", "pattern"),
            ("resource.grafana_folder.a.on_drift", "enum"),
        ],
    ),
    "another provider without a type": ("[provider.eu]\nurl = 'x'\n", [("provider.eu", "anyOf")]),
    "a provider of no type": ("[provider.eu]\ntype = 'grafanna'\n", [("provider.eu", "anyOf")]),
    "drift of a lookup": (
        "[data.grafana_server.a]\non_drift = 'keep'\nlifecycle.prevent_destroy = true\n",
        [
            ("data.grafana_server.a", "additionalProperties"),
            ("data.grafana_server.a.lifecycle", "additionalProperties"),
        ],
    ),
    "an output without a value": ("[output.a]\n", [("output.a", "required")]),
    "a module from nowhere": ("[module.a]\n", [("module.a", "required")]),
    "one that should be many": ("[moved]\nfrom = 'a.b'\nto = 'a.c'\n", [("moved", "type")]),
    "a check without words": ("[[check]]\ncondition = '${var.a}'\n", [("check.0", "required")]),
}


@pytest.mark.parametrize("text", _GOOD.values(), ids=_GOOD)
def test_what_the_language_has_is_valid(validator: Draft7Validator, text: str) -> None:
    """One document for each table and kind of argument."""
    assert _errors(validator, text) == []


@pytest.mark.parametrize(("text", "errors"), _BAD.values(), ids=_BAD)
def test_what_it_does_not_have_is_found(validator: Draft7Validator, text: str, errors: list[tuple[str, str]]) -> None:
    """Where it stands."""
    assert _errors(validator, text) == errors


def test_what_is_declared_is_explained() -> None:
    """Descriptions, defaults, what another value does, and that secrets are not kept."""
    attrs = {
        "url": Attr(doc="Where.", replaces=True),
        "token": Attr("list(map(string))", secret=True),
        "mode": Attr(choices=("a", "b"), default="a"),
    }
    schema = json_schema({"one": ProviderType("one", "One.", attrs, {}, {}, open)})  # type: ignore[arg-type]
    block = schema["properties"]["provider"]["properties"]["one"]
    assert (block["description"], {key: block["properties"][key] for key in attrs}) == (
        "One.",
        {
            "url": {"description": "Where. Another value means another object.", "type": "string"},
            "token": {
                "description": "A secret: never stored.",
                "type": ["array", "string"],
                "items": {
                    "type": ["object", "string"],
                    "additionalProperties": {"type": "string"},
                    "pattern": r"\$\{",
                },
                "pattern": r"\$\{",
            },
            "mode": {"anyOf": [{"enum": ["a", "b"]}, {"type": "string", "pattern": r"\$\{"}], "default": "a"},
        },
    )


def test_providers_are_told_apart_by_their_type() -> None:
    """Where there are several, and the block has a name of its own."""
    one, two = (ProviderType(name, "", {name: Attr()}, {}, {}, open) for name in ("one", "two"))  # type: ignore[arg-type]
    validator = Draft7Validator(json_schema({"one": one, "two": two}))
    assert _errors(validator, "[provider.one]\none = ''\n[provider.x]\ntype = 'two'\ntwo = ''\n") == []
    assert _errors(validator, "[provider.one]\ntwo = ''\n[provider.x]\ntype = 'two'\none = ''\n") == [
        ("provider.one", "additionalProperties"),
        ("provider.x", "anyOf"),
    ]


@pytest.mark.parametrize(
    ("backend", "valid"),
    [
        ('path = "x.json"', True),
        ('type = "s3"\nbucket = "b"', True),
        ('type = "s3"', True),
        ('type = "s4"', False),
        ('type = "s3"\npath = "x.json"', False),
        ('bucket = "b"', False),
        ('type = "postgres"\nhistory = "many"', False),
    ],
)
def test_a_backend_has_the_settings_of_its_type(validator: Draft7Validator, backend: str, valid: bool) -> None:
    """What is left out may come from the environment."""
    assert (_errors(validator, f"[hcl_lite.backend]\n{backend}\n") == []) == valid
