"""The documents: their TOML is valid, their expressions have the values they say, their lists are complete.

A fence of "toml whole" is loaded and checked, beside what _GIVEN declares. Whatever a reader may paste works as it is:
every fence of "toml" outside of terraform.md, which has parts beside parts of HCL. "toml test" is a file of tests, and
"toml taplo" one of Taplo's.
"""

from __future__ import annotations

import json
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hcl_lite.cli.main import COMMANDS
from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.lang.config.block_schemas import META_OF_RESOURCES, NAMED, REPEATED, SETTINGS
from hcl_lite.lang.config.check import LAZY_FUNCTIONS, check_config
from hcl_lite.lang.config.config import TOP_LEVEL, build_config, load_config
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FunctionContext, describe, make_functions
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from providers.embedded import create_app
from providers.embedded.serve import Listen
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl
from tests.whole.processes import serving

_ROOT = Path(__file__).parent.parent
_DOCS = _ROOT / "docs"
_FENCE = re.compile(r"^```toml(?: (whole|test|taplo))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]*)`")

# What the documents' configurations may speak of without declaring it.
_GIVEN = (
    "[variable.team]\n",
    "[variable.token]\n",
    "[variable.url]\n",
    "[variable.enabled]\n",
    '[resource.grafana_folder.team]\ntitle = "Team"\n',
    '[resource.grafana_folder.b]\ntitle = "B"\n',
    '[resource.grafana_folder.each]\nfor_each = ["a", "b"]\ntitle = "Each"\n',
    '[resource.grafana_folder.shard]\ncount = 2\ntitle = "Shard"\n',
    '[resource.grafana_dashboard.api.config]\ntitle = "API"\n',
    '[module.team]\nsource = "./team"\ninputs = { team = "a", title = "A" }\n',
)
_MODULE = """
[variable.team]

[variable.title]

[resource.grafana_folder.this]
title = "${var.title}"

[output.url]
value = "${grafana_folder.this.url}"
"""


def _snippets() -> Iterator[tuple[str, str, str]]:
    """Place, kind ("" for none that is said) and text of each."""
    for path in (*sorted(_DOCS.glob("*.md")), _ROOT / "README.md", _ROOT / "examples" / "README.md"):
        text = path.read_text()
        for match in _FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.name}:{line}", match[1] or "", match[2]


_SNIPPETS = {name: (kind, text) for name, kind, text in _snippets()}
_WHOLE = {name: text for name, (kind, text) in _SNIPPETS.items() if kind == "whole"}
_TESTS = {name: text for name, (kind, text) in _SNIPPETS.items() if kind == "test"}
_TO_PASTE = {
    name: text
    for name, (kind, text) in _SNIPPETS.items()
    if kind in ("", "whole") and not name.startswith("terraform.md")
}


@pytest.mark.parametrize("text", [text for _, text in _SNIPPETS.values()], ids=list(_SNIPPETS))
def test_every_snippet_is_toml(text: str) -> None:
    """As any TOML parser reads it."""
    parse_source(text, "snippet.toml")


@pytest.mark.parametrize("text", _WHOLE.values(), ids=list(_WHOLE))
def test_every_configuration_is_valid(tmp_path: Path, text: str) -> None:
    """By the checks of validate, and in the one style."""
    source = parse_source(text, "snippet.toml")
    problems: list[Diagnostic] = []
    declared = build_config(tmp_path, [source], problems).blocks
    given = [part for part in _GIVEN if not declared.keys() & _addresses(part, tmp_path)]
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "main.toml").write_text(_MODULE)
    (tmp_path / "snippet.toml").write_text(text)
    (tmp_path / "given.toml").write_text("\n".join(given))
    config = load_config(tmp_path)
    functions = make_functions(FunctionContext(tmp_path))
    assert problems + check_config(config, PROVIDER_TYPES, functions) == []
    assert format_source(source) == text


def _addresses(text: str, root: Path) -> set[Address]:
    return set(build_config(root, [parse_source(text, "given.toml")], []).blocks)


def test_there_are_configurations() -> None:
    """So that the test above cannot pass by finding none."""
    assert (len(_WHOLE) > 25, len(_TO_PASTE) > 40, len(_TESTS) > 0) == (True, True, True)


# --- what readers paste -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _TO_PASTE.values(), ids=list(_TO_PASTE))
def test_every_snippet_can_be_pasted(hcl: Hcl, tmp_path: Path, text: str) -> None:
    """As main.toml, beside the module and the dashboards that it names: validate finds nothing to say."""
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "main.toml").write_text(_MODULE)
    (tmp_path / "dashboards").mkdir()
    for name in ("api.json", "example.json", "dashboards/example.json"):
        (tmp_path / name).write_text('{"title": "Example"}')
    (tmp_path / "main.toml").write_text(text)
    outcome = hcl("validate")
    assert (outcome.code, outcome.err) == (0, "")


def test_the_readme_s_five_minutes_work_when_pasted(hcl: Hcl, tmp_path: Path) -> None:
    """Each command, apply without its question; then the configuration below, on the server that they have made."""
    text = (_ROOT / "README.md").read_text().partition("\n## Five minutes\n")[2]
    commands = _COMMANDS.search(text)
    assert commands is not None
    lines = [line.partition("#")[0].split() for line in commands[1].splitlines()]
    ran = [words[1:] for words in lines if words[0] == "hcl-lite"]
    assert ran == [["init"], ["plan"], ["apply"], ["plan"], ["serve"]]
    for words in ran[:-1]:
        outcome = hcl(*words, *(["--auto-approve"] if words == ["apply"] else []))
        assert outcome.code == 0, outcome.err
    assert "No changes." in outcome.out
    with serving(create_app(tmp_path / "grafana.db"), Listen(port=0, open_pages=True)) as url:
        assert "Example" in httpx.get(url, trust_env=False).text
    configuration = _FENCE.search(text)
    assert configuration is not None
    pasted = configuration[2].replace("https://grafana.example.org", "embedded:grafana.db")
    (tmp_path / "main.toml").write_text(pasted)
    planned = hcl("plan", "--var", "token=admin:admin")
    assert (planned.code, planned.err) == (0, "")


def test_the_tour_says_what_its_commands_say(hcl: Hcl, tmp_path: Path) -> None:
    """Each of its commands in turn; "…" in what it shows stands for anything, and `sed` for the edit that it makes."""
    ran = []
    for block in re.findall(r"^```console\n(.*?)^```$", (_DOCS / "tour.md").read_text(), re.MULTILINE | re.DOTALL):
        for step in block.removeprefix("$ ").split("\n$ "):
            command, _, shown = step.partition("\n")
            program, *words = shlex.split(command)
            if program == "sed":
                _, old, new, _ = words[1].split("/")
                path = tmp_path / words[2]
                assert old in path.read_text()
                path.write_text(path.read_text().replace(old, new))
                continue
            outcome = hcl(*words)
            assert (outcome.code, outcome.err) == (0, "")
            expected = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
            assert re.fullmatch(expected, outcome.out.strip(), re.DOTALL), outcome.out
            ran.append(words[0])
    assert ran == ["init", "plan", "apply", "plan", "plan", "apply"]


@pytest.mark.parametrize("text", _TESTS.values(), ids=list(_TESTS))
def test_every_file_of_tests_runs(hcl: Hcl, tmp_path: Path, text: str) -> None:
    """On a configuration with what it speaks of."""
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nurl = "https://nowhere.invalid"\n[variable.team]\n[variable.title]\n'
        '[[variable.title.validation]]\ncondition = "${var.title != \'\'}"\nerror_message = "Empty."\n'
        '[resource.grafana_folder.api]\ntitle = "${var.title} of ${var.team}"\n'
    )
    (tmp_path / "main.test.toml").write_text(text)
    outcome = hcl("test")
    assert outcome.code == 0, outcome.out + outcome.err


# --- expressions ------------------------------------------------------------------------------------------------------


def _rows(text: str) -> Iterator[list[str]]:
    for match in _ROW.finditer(text):
        yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", match[1])]


def _expressions() -> Iterator[tuple[str, str]]:
    section = (_DOCS / "terraform.md").read_text().partition("\n## Expressions\n")[2].partition("\n## ")[0]
    for cells in _rows(section):
        value = _CODE.fullmatch(cells[-1])
        if value is not None:
            expression = _CODE.fullmatch(cells[1])
            assert expression is not None, cells
            yield expression[1], value[1]


@pytest.mark.parametrize(("expression", "value"), list(_expressions()))
def test_every_expression_has_its_value(tmp_path: Path, expression: str, value: str) -> None:
    """With the locals that stand above the table."""
    text = next(text for text in _WHOLE.values() if "users = [" in text)
    config = build_config(tmp_path, [parse_source(text + "\n[output.it]\nvalue = 1\n", "main.toml")], [])
    scope = Scope(config, {}, lambda _: make_functions(FunctionContext(tmp_path)))
    block = config.blocks[Address(Kind.OUTPUT, "it")]
    assert scope.evaluate(block, f"${{{expression}}}", ("value",)) == json.loads(value)


# --- what has to be complete ------------------------------------------------------------------------------------------


def test_every_function_is_in_the_reference() -> None:
    """As describe() says it."""
    text = (_DOCS / "language.md").read_text()
    names = [*make_functions(FunctionContext(Path()))]
    for name in names:
        signature, doc = describe(name)
        assert f"| `{signature}` | {doc.replace('|', chr(92) + '|')} |" in text, name
    for name in LAZY_FUNCTIONS:
        assert f"| `{name}(" in text


def test_every_block_and_meta_argument_is_in_the_reference() -> None:
    """Tables with their arguments, and what every resource takes."""
    text = (_DOCS / "language.md").read_text()
    blocks = text.partition("\n## Blocks\n")[2].partition("\n#")[0]
    rows = {cells[0].strip("`[]").partition(".")[0]: cells for cells in _rows(blocks)}
    assert {*TOP_LEVEL} <= rows.keys()
    for name, table in {**NAMED, **REPEATED, "hcl_lite": SETTINGS}.items():
        for key in (*table.attrs, *table.tables):
            assert key in rows[name][2], f"{name}.{key}"
    lifecycle = META_OF_RESOURCES.tables["lifecycle"]
    for key in (*META_OF_RESOURCES.attrs, *(f"lifecycle.{name}" for name in (*lifecycle.attrs, *lifecycle.tables))):
        assert key in text, key


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    """`hcl-lite NAME`, or `NAME` in the list of commands."""
    assert re.search(rf"(hcl-lite |`){re.escape(command)}\b", (_ROOT / "README.md").read_text())


@pytest.mark.parametrize("path", [*_DOCS.glob("*.md"), _ROOT / "README.md", _ROOT / "examples" / "README.md"], ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    """Links to files of this repository."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


_VOCABULARY = [
    (columns[2].strip(), match[1])
    for row in _ROW.findall((_DOCS / "vocabulary.md").read_text())
    if (match := _CODE.fullmatch((columns := row.split("|"))[-1].strip()))
]


@pytest.mark.parametrize(("word", "name"), _VOCABULARY, ids=[word for word, _ in _VOCABULARY])
def test_each_word_is_where_the_vocabulary_says(word: str, name: str) -> None:
    """A module, or what it has; and no word is said twice."""
    assert pkgutil.resolve_name(name) is not None
    assert [said for said, _ in _VOCABULARY].count(word) == 1


_PLACES = sorted(
    {
        (path.name, text)
        for path in (_DOCS / "architecture.md", *sorted((_DOCS / "decisions").glob("*.md")))
        for text in _CODE.findall(path.read_text())
        if re.fullmatch(r"(core|lang|engine|operations|cli|providers|state)\.[\w.]+", text) and not text.endswith(".py")
    }
)


@pytest.mark.parametrize(("document", "name"), _PLACES)
def test_modules_that_are_named_are_there(document: str, name: str) -> None:
    """So that whoever reads how it is built finds it."""
    root = "" if name.startswith(("providers.", "state.")) else "hcl_lite."
    assert pkgutil.resolve_name(root + name) is not None


@pytest.mark.parametrize(("heading", "kind"), [("## Types", "resources"), ("Data sources (", "lookups")])
def test_terraform_s_types_stand_beside_ours(heading: str, kind: str) -> None:
    """Each type here is named once, and none that there is not; where there is none, it says why."""
    rows = (_DOCS / "terraform.md").read_text().partition(heading)[2].partition("\n|")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()[2:]]
    named = [name for _, ours, _ in cells for name in _CODE.findall(ours)]
    assert sorted(named) == sorted(getattr(PROVIDER_TYPES["grafana"], kind))
    assert [theirs for theirs, ours, why in cells if ours == "—" and not why] == []
