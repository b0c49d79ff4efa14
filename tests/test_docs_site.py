"""The documentation site: a page for each type, command and example; links that lead to pages; nothing from elsewhere.

HCL_LITE_TEST_SITE=1 builds it (some six seconds, with the extra `docs`); .ci/run builds it in any case.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from docs.site.__main__ import build
from docs.site.command_pages import command_pages, command_uses
from docs.site.example_pages import example_pages
from docs.site.made import Section
from docs.site.staging import NavigationError, for_site, navigation
from docs.site.type_pages import type_pages
from hcl_lite import operations
from hcl_lite.cli.main import COMMANDS

_ROOT = Path(__file__).parent.parent
_PLACES = {"README.md": "index.md", "docs/a.md": "a.md", "docs/b.md": "b.md", "examples/README.md": "examples/index.md"}
_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
_IN_STYLES = re.compile(r"url\((?!data:)['\"]?(https?:)?//|@import\s+['\"]?(https?:)?//")


# --- the pages that are made ------------------------------------------------------------------------------------------


def test_each_type_command_and_example_has_a_page_in_the_navigation() -> None:
    """By what the declarations, the command line and the directory of examples say."""
    made = (type_pages(), command_pages({}), example_pages(_ROOT / "examples"))
    expected = {
        *(f"types/{name}.md" for name in operations.read_reference()),
        *(f"commands/{name}.md" for name in COMMANDS),
        *(f"examples/{path.name}.md" for path in (_ROOT / "examples").iterdir() if path.is_dir()),
    }
    listed = {path for one in made for section in one.sections for path in section.pages.values()}
    assert listed == expected
    assert {path for one in made for path in one.texts} - listed == {"types/index.md", "commands/index.md"}


def test_a_command_s_page_has_what_its_help_has() -> None:
    """Usage, text and options, those of its subcommands too, and command lines that the documents show."""
    uses = command_uses({"safety.md": "```sh\n$ hcl-lite state mv a.b a.c   # moved\nls\n```\n"})
    page = command_pages(uses).texts["commands/state.md"]
    assert page.startswith("# state\n\n```text\nhcl-lite state [OPTIONS] COMMAND [ARGS]...\n```\n\nLook at the state")
    assert "## state mv\n\n```text\nhcl-lite state mv [OPTIONS] SOURCE TARGET\n```\n" in page
    assert "| `--lock-timeout SECONDS` | How long to wait for another run. |" in page
    assert page.endswith("```sh\nhcl-lite state mv a.b a.c   # moved\n```\n\nFrom [safety](../safety.md).\n")


# --- documents on the site --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("README.md", "[a](docs/a.md#top)", "[a](a.md#top)"),
        ("docs/a.md", "[start](../README.md) ![it](b.md)", "[start](index.md) ![it](b.md)"),
        ("docs/a.md", "[one](../examples/teams/main.toml)", "[one](examples/teams.md)"),
        ("docs/a.md", "[all](../examples/README.md)", "[all](examples/index.md)"),
        ("examples/README.md", "[teams](teams/main.toml)", "[teams](teams.md)"),
        ("docs/a.md", "see [the cases](../tests/providers)", "see the cases"),
        ("docs/a.md", "[nowhere](none.md) [here](#top)", "[nowhere](none.md) [here](#top)"),
        ("docs/a.md", "[out](https://example.org/a.md)", "[out](https://example.org/a.md)"),
        ("docs/a.md", "```toml whole\na = '[x](b.md)'\n```\n", "```toml\na = '[x](b.md)'\n```\n"),
        ("README.md", "[![p](docs/a.md)](docs/b.md)", "[![p](a.md)](b.md)"),
    ],
)  # fmt: skip
def test_links_lead_to_pages_of_the_site(name: str, text: str, expected: str) -> None:
    """What has no page there is named; what is nowhere stays, so that the generator complains; code stays as it is."""
    assert for_site(text, name, _PLACES, _ROOT) == expected


def test_the_navigation_has_every_page() -> None:
    """Sections are filled by their titles; what is left out is named."""
    written = [{"Guide": [{"A": "a.md"}, {"Types": []}]}]
    types = Section("Types", {"t": "types/t.md"})
    assert navigation(written, [types], ["a.md", "types/t.md"]) == [
        {"Guide": [{"A": "a.md"}, {"Types": [{"t": "types/t.md"}]}]}
    ]
    with pytest.raises(NavigationError, match=r"no entry for Recipes, b\.md"):
        navigation(written, [types, Section("Recipes", {})], ["a.md", "b.md"])


# --- the site ---------------------------------------------------------------------------------------------------------


class _Loads(HTMLParser):
    """The addresses that a page loads by itself, unlike links that a reader follows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get(_LOADED.get(tag, ""))
        if address is not None and given.get("rel") not in ("canonical", "next", "prev"):
            self.addresses.append(address)


def _loaded(site: Path) -> Iterator[tuple[str, str]]:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        yield from ((path.relative_to(site).as_posix(), address) for address in _Loads(text).addresses)
        if 'class="mermaid"' in text:
            yield path.relative_to(site).as_posix(), "https://unpkg.com/mermaid"


def _file(site: Path, page: str, address: str) -> Path:
    """Only 404.html, which is shown at any path, has addresses from the root."""
    path = address.partition("?")[0]
    return site / path.removeprefix("/") if path.startswith("/") else (site / page).parent / path


@pytest.mark.skipif("HCL_LITE_TEST_SITE" not in os.environ, reason="HCL_LITE_TEST_SITE=1 builds the site")
def test_the_site_builds_and_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    """A broken link or anchor fails the build; scripts, styles, pictures and fonts are all files of the site."""
    assert build(tmp_path / "site") == 0
    site = tmp_path / "site"
    loaded = [*_loaded(site)]
    assert [one for one in loaded if re.match(r"(https?:)?//", one[1])] == []
    missing = [one for one in loaded if not one[1].startswith("data:") and not _file(site, *one).exists()]
    assert missing == []
    assert [path.name for path in site.rglob("*.css") if _IN_STYLES.search(path.read_text(encoding="utf-8"))] == []
    assert {(site / name).exists() for name in ("types/grafana_folder.html", "commands/plan.html", "search.json")} == {
        True
    }
