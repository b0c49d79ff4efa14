"""The reference: examples that are valid, and pages that say what is declared."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.core.values import JsonValue
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.docs.json_schema import json_schema
from hcl_lite.lang.docs.type_pages import Argument, Page, make_reference
from hcl_lite.lang.expressions.functions import make_functions
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from providers.registry import PROVIDER_TYPES

_PAGES = make_reference(PROVIDER_TYPES.values())


def _provider(**settings: Attr) -> ProviderType:
    return ProviderType("one", "One.", settings, {}, {}, open)  # type: ignore[arg-type]


@pytest.mark.parametrize("page", _PAGES.values(), ids=_PAGES)
def test_every_example_is_valid(tmp_path: Path, page: Page) -> None:
    """By validate's own checks, by the schema for editors, and in the one style."""
    source = parse_source(page.example, "example.toml")
    problems: list[Diagnostic] = []
    config = build_config(tmp_path, [source], problems)
    assert problems + check_config(config, PROVIDER_TYPES, make_functions(tmp_path)) == []
    assert list(Draft7Validator(json_schema(PROVIDER_TYPES)).iter_errors(source.data)) == []
    assert format_source(source) == page.example


def test_every_type_has_a_page() -> None:
    """By its name in an address; one that several providers have is there once."""
    expected = {
        name
        for provider in PROVIDER_TYPES.values()
        for name in (
            f"provider.{provider.name}",
            *provider.resources,
            *(f"data.{lookup}" for lookup in provider.lookups),
        )
    }
    assert _PAGES.keys() == expected


def test_a_page_says_what_is_declared() -> None:
    """Arguments apart from what only the server fills in; secrets and identities in words."""
    page = make_reference(
        [
            _provider(
                url=Attr(doc="Where.", required=True, replaces=True),
                mode=Attr(choices=("a", "b"), default="a"),
                token=Attr(secret=True),
                id=Attr("number", computed=True, doc="Number."),
            )
        ]
    )["provider.one"]
    assert (page.kind, page.doc, page.example, page.import_command) == (
        Kind.PROVIDER,
        "One.",
        '[provider.one]\nurl = "example"\n',
        "",
    )
    assert page.arguments == (
        Argument("url", "string", "Where. Another value means another object.", required=True),
        Argument("mode", "string", "", default="a", choices=("a", "b")),
        Argument("token", "string", "A secret: never stored."),
    )
    assert page.attributes == (Argument("id", "number", "Number."),)
    assert [argument.name for argument in page.meta_arguments] == ["type", "for_each"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("grafana_folder", "hcl-lite import grafana_folder.example UID"),
        ("grafana_snapshot", "hcl-lite import grafana_snapshot.example KEY"),
        ("data.grafana_folder", ""),
    ],
)
def test_how_to_import(name: str, command: str) -> None:
    """By the attribute that tells objects apart."""
    assert _PAGES[name].import_command == command


@pytest.mark.parametrize(
    ("attr", "value"),
    [
        (Attr(), "example"),
        (Attr("number"), 1),
        (Attr("bool"), True),
        (Attr("any"), "example"),
        (Attr("list(number)"), [1]),
        (Attr("map(list(string))"), {"example": ["example"]}),
        (Attr(body=True), '${file("example.json")}'),
        (Attr("number", default=5), 5),
        (Attr(choices=("a", "b")), "a"),
        (Attr(choices=("a", "b"), default="b"), "b"),
        (Attr(default="b", example='a "b"'), 'a "b"'),
    ],
    ids=lambda value: repr(value) if not isinstance(value, Attr) else "",
)
def test_samples_are_of_their_type(attr: Attr, value: JsonValue) -> None:
    """An example that is declared, else a default, else a choice, else something of the type."""
    page = make_reference([_provider(x=attr)])["provider.one"]
    assert parse_source(page.example, "").data == {"provider": {"one": {"x": value}}}
