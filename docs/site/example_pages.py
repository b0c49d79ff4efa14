"""A page for each example, with its files: main.toml first, whose head says what can be tried."""

from __future__ import annotations

from pathlib import Path

from docs.site.made import Made, Section

_LANGUAGES = {
    ".toml": "toml",
    ".py": "python",
    ".jsonnet": "jsonnet",
    ".libsonnet": "jsonnet",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_TEXTS = (*_LANGUAGES, ".csv", ".md", ".tftpl", ".txt", "")
# What a run in the directory leaves there.
_LEFT = (".hcl-lite", "__pycache__")
_LONGEST = 8_000


def example_pages(directory: Path) -> Made:
    """All of them; a file that is longer than a page bears is named alone."""
    topics = sorted(path for path in directory.iterdir() if path.is_dir() and _files(path))
    texts = {f"examples/{topic.name}.md": _page(topic) for topic in topics}
    return Made(texts, (Section("Recipes", {topic.name: f"examples/{topic.name}.md" for topic in topics}),))


def _page(topic: Path) -> str:
    blocks = [f"# {topic.name}", f"In `examples/{topic.name}` of the repository."]
    long: list[str] = []
    for path in _files(topic):
        name, text = path.relative_to(topic).as_posix(), path.read_text(encoding="utf-8")
        if len(text) > _LONGEST:
            long.append(f"`{name}`")
        else:
            blocks += [f"## {name}", f"````{_LANGUAGES.get(path.suffix, 'text')}\n{text.rstrip()}\n````"]
    if long:
        blocks.append(f"And {', '.join(long)}.")
    return "\n\n".join(blocks) + "\n"


def _files(topic: Path) -> list[Path]:
    found = (path for path in topic.rglob("*") if path.is_file() and path.suffix in _TEXTS)
    shown = [path for path in found if not {*path.parts} & {*_LEFT} and ".state.json" not in path.name]
    return sorted(shown, key=lambda path: (path.name != "main.toml", path.relative_to(topic).as_posix()))
