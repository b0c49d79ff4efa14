"""A page for each example: what its main.toml says at its head, and its files."""

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
    ".csv": "text",
    ".tmpl": "text",
    ".tftpl": "text",
}
_LONGEST = 8_000


def example_pages(directory: Path) -> Made:
    """All of them; a file that is longer than a page bears is named alone."""
    topics = sorted(path.parent for path in directory.glob("*/main.toml"))
    texts = {f"examples/{topic.name}.md": _page(topic) for topic in topics}
    return Made(texts, (Section("Recipes", {topic.name: f"examples/{topic.name}.md" for topic in topics}),))


def _page(topic: Path) -> str:
    blocks = [f"# {topic.name}", f"In `examples/{topic.name}` of the repository."]
    long: list[str] = []
    files = (path for path in topic.rglob("*") if path.suffix in _LANGUAGES and ".hcl-lite" not in path.parts)
    for path in sorted(files, key=lambda path: (path.name != "main.toml", path.relative_to(topic).as_posix())):
        name, text = path.relative_to(topic).as_posix(), path.read_text(encoding="utf-8")
        if len(text) > _LONGEST:
            long.append(f"`{name}`")
        else:
            blocks += [f"## {name}", f"````{_LANGUAGES[path.suffix]}\n{text.rstrip()}\n````"]
    if long:
        blocks.append(f"And {', '.join(long)}.")
    return "\n\n".join(blocks) + "\n"
