"""A page for each command of the command line, made of what click knows of it, and one that lists them."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import click

from docs.site.made import Made, Section
from hcl_lite.cli.main import COMMANDS, cli

_SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:^|\s)hcl-lite (?:-C \S+ )?([a-z][a-z-]*)")
_MOST = 8

# Command lines, and the page that has each first.
Uses = Mapping[str, Mapping[str, str]]


def command_uses(texts: Mapping[str, str]) -> Uses:
    """The command lines in the shell blocks of documents, by the command, with the page that each is on."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for page, text in texts.items():
        for block in _SHELL.finditer(text):
            for line in block[1].splitlines():
                call = _CALL.search(line)
                if call is not None and call[1] in COMMANDS:
                    found[call[1]].setdefault(line.strip().removeprefix("$ "), page)
    return found


def command_pages(uses: Uses) -> Made:
    """All of them, in the order of `hcl-lite --help`; `uses` become the examples."""
    context = click.Context(cli, info_name="hcl-lite")
    texts = {"commands/index.md": _index(context)}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        texts[_path(name)] = _page(command, click.Context(command, info_name=name, parent=context), uses.get(name, {}))
    return Made(texts, (Section("Commands", {name: _path(name) for name in COMMANDS}),))


def _path(name: str) -> str:
    return f"commands/{name}.md"


def _index(context: click.Context) -> str:
    rows = [f"| [{name}]({name}.md) | {_escaped(doc)} |" for name, doc in COMMANDS.items()]
    return _joined(
        [
            "# Commands",
            "\n".join(["| command | |", "|---|---|", *rows]),
            "## Options of every command",
            "They stand before the command.",
            *_options(context),
            cli.epilog or "",
        ]
    )


def _page(command: click.Command, context: click.Context, uses: Mapping[str, str]) -> str:
    blocks = [f"# {command.name}", *_body(command, context)]
    for name, below in _below(command, context):
        inner = click.Context(below, info_name=name, parent=context)
        blocks += [f"## {command.name} {name}", *_body(below, inner)]
    if uses:
        blocks += ["## Examples"]
        pages = dict.fromkeys(uses.values())
        shown = list(uses)[:_MOST]
        blocks += ["```sh\n" + "\n".join(shown) + "\n```"]
        seen = [page for page in pages if page in {uses[line] for line in shown}]
        blocks += ["From " + ", ".join(f"[{_name(page)}](../{page})" for page in seen) + "."]
    return _joined(blocks)


def _name(page: str) -> str:
    return "the start" if page == "index.md" else page.removesuffix(".md").replace("/index", "")


def _below(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield name, below


def _body(command: click.Command, context: click.Context) -> list[str]:
    """What one command is called like, does and takes."""
    usage = " ".join(command.collect_usage_pieces(context))
    return [f"```text\n{context.command_path} {usage}\n```", _help(command), *_options(context)]


def _help(command: click.Command) -> str:
    """The help text; a paragraph after \\b is kept as it is written."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        f"```text\n{text.removeprefix(chr(8)).strip(chr(10))}\n```" if text.startswith("\b") else _escaped(text)
        for text in paragraphs
    )


def _options(context: click.Context) -> list[str]:
    records = [
        record
        for parameter in context.command.get_params(context)
        if isinstance(parameter, click.Option)
        and "--help" not in parameter.opts
        and (record := parameter.get_help_record(context)) is not None
    ]
    if not records:
        return []
    rows = [f"| `{_escaped(names, code=True)}` | {_escaped(doc)} |" for names, doc in records]
    return ["\n".join(["| option | |", "|---|---|", *rows])]


def _escaped(text: str, *, code: bool = False) -> str:
    """Text that is no Markdown, in a cell of a table or a paragraph."""
    text = text.replace("|", r"\|")
    return text if code else re.sub(r"([\[\]*_<>`])", r"\\\1", text)


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"
