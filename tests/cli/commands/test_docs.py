"""docs: the list, a page, and the document that is in the repository."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Kind
from hcl_lite.lang.docs.type_pages import make_reference
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl

_REFERENCE = Path(__file__).parents[3] / "docs" / "reference.md"
_PAGES = make_reference(PROVIDER_TYPES.values())


def test_the_list_has_every_type(hcl: Hcl) -> None:
    """With a line each, also as JSON."""
    lines = [line.split(maxsplit=1) for line in hcl("docs").out.splitlines() if re.match(r" {2}\S", line)]
    kinds = (Kind.PROVIDER, Kind.RESOURCE, Kind.DATA)
    assert [line[0] for line in lines] == [page.name for kind in kinds for page in _PAGES.values() if page.kind is kind]
    assert json.loads(hcl("docs", "--json").out) == [
        {"name": page.name, "kind": page.kind, "doc": page.doc} for page in _PAGES.values()
    ]


def test_a_page_for_people(hcl: Hcl) -> None:
    """What it is, an example, what it takes and gives, how it is imported."""
    text = hcl("docs", "grafana_folder").out
    assert text.startswith(
        "grafana_folder: A folder that holds dashboards, and other folders.\n\n"
        'Example:\n  [resource.grafana_folder.example]\n  title = "example"\n\n'
        "Arguments:\n  uid"
    )
    assert "  title              string, required. What people see.\n" in text
    assert "\nAttributes that the server fills in:\n  id       number. Number of the folder on its server.\n" in text
    assert '"fail" or "adopt", default "fail".' in text
    assert text.endswith("Import:\n  hcl-lite import grafana_folder.example UID\n")


@pytest.mark.parametrize("name", _PAGES)
def test_every_page_in_every_form(hcl: Hcl, name: str) -> None:
    """Text, Markdown and JSON speak of the same arguments."""
    page = _PAGES[name]
    text, markdown = hcl("docs", name).out, hcl("docs", "--markdown", name).out
    data = json.loads(hcl("docs", "--json", name).out)
    assert (data["name"], data["example"]) == (page.name, page.example)
    assert [item["name"] for item in data["arguments"]] == [argument.name for argument in page.arguments]
    for argument in (*page.arguments, *page.attributes, *page.meta_arguments):
        assert f"\n  {argument.name}" in text
        assert f"\n| `{argument.name}` | " in markdown


@pytest.mark.parametrize(
    ("type_", "near"),
    [
        ("grafana_foldr", "grafana_folder"),
        ("grafana_server", "data.grafana_server"),
        ("provider.grafanna", "provider.grafana"),
    ],
)
def test_an_unknown_type(hcl: Hcl, type_: str, near: str) -> None:
    """The nearest one is suggested."""
    outcome = hcl("docs", type_)
    assert (outcome.code, outcome.out) == (1, "")
    assert f'There is no type "{type_}"' in outcome.err
    assert f'Did you mean "{near}"?' in outcome.err


def test_one_form_at_a_time(hcl: Hcl) -> None:
    """Two are a mistake."""
    assert hcl("docs", "--json", "--markdown").code == 3


def test_the_reference_is_up_to_date(hcl: Hcl) -> None:
    """docs/reference.md is what the declarations say."""
    said = hcl("docs", "--markdown").out
    assert _REFERENCE.read_text() == said, "write it again: hcl-lite docs --markdown > docs/reference.md"
