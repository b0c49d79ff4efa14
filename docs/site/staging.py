"""The source of the site: the documents as they are in the repository, and pages made of the code, in one tree.

The documents are written for a reader of the repository; here their links lead to pages of the site, and what has no
page there is named without a link.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from docs.site.command_pages import command_pages, command_uses
from docs.site.example_pages import example_pages
from docs.site.made import Section
from docs.site.type_pages import type_pages

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
_FENCED = re.compile(r"^([ ]*)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_INFO = re.compile(r"^([ ]*```\w+) (?:whole|test|taplo)$", re.MULTILINE)
_PIPES = re.compile(r"`[^`\n]*`")
_DOCUMENT = re.compile(r"\bdocs/([\w-]+\.md)")
_CELLS = re.compile(r"<(table|tr|td)([ >])")
_ABOVE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "docs/reference.md": "types/index.md",
    "examples/README.md": "examples/index.md",
    "examples": "examples/index.md",
}
_COPIED = (".png", ".svg", ".html", ".json", ".txt", ".css")


class NavigationError(Exception):
    """A page that the navigation leaves out, or a section that it lacks."""


def stage(root: Path, target: Path) -> Path:
    """Write all pages to `target/docs`, and beside it the configuration, whose path it returns."""
    sources = _documents(root)
    places = {**_ABOVE, **{name: name.removeprefix("docs/") for name in sources if name not in _ABOVE}}
    texts = {name: (root / name).read_text(encoding="utf-8") for name in sources if name.endswith(".md")}
    pages = {
        places[name]: for_site(text, name, places, root) for name, text in texts.items() if name != "docs/reference.md"
    }
    uses = command_uses({places[name]: text for name, text in texts.items()})
    types, commands, examples = type_pages(), command_pages(uses), example_pages(root / "examples")
    config = tomllib.loads((root / "docs/site/zensical.toml").read_text(encoding="utf-8"))
    sections = (
        *types.sections,
        *commands.sections,
        *examples.sections,
        *_sections_of_documents(pages, [*_paths(config["project"]["nav"])]),
    )
    told = {name: _linked(text, pages) for name, text in commands.texts.items()}
    pages |= {**types.texts, **told, **examples.texts}
    for name, text in pages.items():
        _write(target / "docs" / name, _plain_pipes(text))
    for name in sources:
        if name.endswith(_COPIED):
            path = target / "docs" / places[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, path)
    config["project"]["nav"] = navigation(config["project"]["nav"], sections, pages)
    _write(target / "zensical.toml", tomlkit.dumps(config))
    return target / "zensical.toml"


def _sections_of_documents(pages: Mapping[str, str], named: Collection[str]) -> Iterable[Section]:
    """The decisions; and what the configuration has not named, at the end of the guide."""
    titles = {name: _title(text) for name, text in pages.items() if name not in named}
    yield Section("Decisions", {title: name for name, title in titles.items() if name.startswith("decisions/")})
    yield Section("Guide", {title: name for name, title in titles.items() if not name.startswith("decisions/")})


def _documents(root: Path) -> list[str]:
    """What the site has of the repository, by its path there."""
    found = [path.relative_to(root).as_posix() for path in sorted((root / "docs").rglob("*")) if path.is_file()]
    shown = [name for name in found if name.endswith((".md", *_COPIED)) and name != "docs/sbom.cdx.json"]
    return [*(name for name in _ABOVE if name.endswith(".md") and not name.startswith("docs/")), *shown]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


# --- links ------------------------------------------------------------------------------------------------------------


def for_site(text: str, name: str, places: Mapping[str, str], root: Path) -> str:
    """The document `name` (a path in the repository) as the site has it; `places` are the pages of such paths."""
    home = places[name]
    parts: list[str] = []
    end = 0
    for fence in _FENCED.finditer(text):
        parts += [_prose(text[end : fence.start()], name, home, places, root), _INFO.sub(r"\1", fence[0])]
        end = fence.end()
    return "".join([*parts, _prose(text[end:], name, home, places, root)])


def _prose(text: str, name: str, home: str, places: Mapping[str, str], root: Path) -> str:
    def relink(match: re.Match[str]) -> str:
        picture, label, target, anchor = match[1], match[2], match[3], match[4] or ""
        label = _LINK.sub(relink, label)
        if not target or "://" in target:
            return f"{picture}[{label}]({target}{anchor})"
        found = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        page = places.get(found) or _example(found)
        if page is None and (root / found).exists():
            return label
        # What is nowhere stays as it is, for the generator to complain of.
        path = target if page is None else posixpath.relpath(page, posixpath.dirname(home) or ".")
        return f"{picture}[{label}]({path}{anchor})"

    # Cells of HTML tables have Markdown in them, which GitHub reads as it is.
    return _CELLS.sub(r'<\1 markdown="block"\2', _LINK.sub(relink, text))


def _linked(text: str, pages: Collection[str]) -> str:
    """The text of a command's page, which names documents by their paths, with links to those that there are."""
    return _DOCUMENT.sub(lambda match: f"[{match[0]}](../{match[1]})" if match[1] in pages else match[0], text)


def _plain_pipes(text: str) -> str:
    """In a table GitHub wants pipes in code escaped, and Zensical shows the escape."""
    return "".join(
        _PIPES.sub(lambda match: match[0].replace(r"\|", "|"), line) if line.startswith("|") else line
        for line in text.splitlines(keepends=True)
    )


def _example(path: str) -> str | None:
    """The page of the example that a file, or its directory, belongs to."""
    parts = path.split("/")
    return f"examples/{parts[1]}.md" if parts[0] == "examples" and len(parts) > 1 else None


# --- navigation -------------------------------------------------------------------------------------------------------


def navigation(written: list[Any], sections: Iterable[Section], pages: Iterable[str]) -> list[Any]:
    """The navigation as the configuration has it, with the pages of each section at the end of the entry of its title.

    Raises NavigationError for a page that is nowhere in it, and for a section that has no entry.
    """
    left = {section.title: section for section in sections}
    filled = _filled(written, left)
    missing = sorted({*pages} - {*_paths(filled)})
    if left or missing:
        raise NavigationError(f"docs/site/zensical.toml has no entry for {', '.join([*left, *missing])}")
    return filled


def _filled(entries: list[Any], left: dict[str, Section]) -> list[Any]:
    result = []
    for entry in entries:
        ((title, below),) = entry.items()
        if isinstance(below, list):
            made = left.pop(title).pages if title in left else {}
            below = [*_filled(below, left), *({name: path} for name, path in made.items())]
        result.append({title: below})
    return result


def _paths(entries: list[Any]) -> Iterable[str]:
    for entry in entries:
        for below in entry.values():
            if isinstance(below, list):
                yield from _paths(below)
            else:
                yield below
