"""What is fuzzed: each target takes bytes, and raises for whatever a user must never see.

The first byte of an input says how the rest is meant: 0 for a document as it is, otherwise for a good document (a seed)
and what is to be broken in it.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.plan_text import render_plan
from hcl_lite.cli.views.state_text import render_state
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.engine.planning import plan_file
from hcl_lite.engine.planning.validate import check_values
from hcl_lite.engine.seals import Seal
from hcl_lite.lang.config.testfile import load_suite
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import decode_source
from hcl_lite.operations.project import load_project
from hcl_lite.operations.requests import Inputs
from hcl_lite.operations.validating import validate
from hcl_lite.version import __version__
from state import file as statefile
from state.file_log import FileLog
from state.journal import (
    arrange_line,
    depose_line,
    fail_line,
    intent_line,
    move_line,
    plan_line,
    put_line,
    remove_line,
    replay,
)
from state.model import Intent, Move, Record, State
from tests.contexts import BARE
from tests.fuzz.answers import Answers, spoil, spoil_plan
from tests.fuzz.mutation import Choices, as_toml, broken, mutated
from tests.fuzz.pictures import SEEDS, draw_pictures

_ROOT = Path(__file__).resolve().parent.parent.parent
_WRONG = _ROOT / "tests" / "golden" / "wrong"
_RAW = b"\x00"


@dataclass(frozen=True)
class Target:
    """One kind of input. `run` is given the document, and works in the current directory."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    mutate: Callable[[bytes, Choices], bytes] = broken
    words: Sequence[str] = field(default=())

    def __call__(self, data: bytes) -> bool:
        """Whether the input was taken for good. Raises what nobody should see."""
        document = self.document(data)
        try:
            self.run(document)
        except HclError as error:
            text = render_diagnostics(error.diagnostics)
            if not text or "Traceback" in text:
                raise AssertionError(f"no diagnostic: {text}") from error
            return False
        return True

    def document(self, data: bytes) -> bytes:
        """The document that an input of the fuzzer stands for."""
        if data[:1] in (b"", _RAW):
            return data[1:]
        choices = Choices(data[1:])
        seed = self.seeds[choices.below(len(self.seeds))]
        return self.mutate(seed, choices) if choices.left else seed

    def corpus(self) -> Iterator[bytes]:
        """Inputs to begin with: every seed as it is, and as one to mutate."""
        for number, seed in enumerate(self.seeds):
            yield _RAW + seed
            yield bytes([1, number % 256, number % 7, 3, 2, 1])


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A directory with the files that the seeds speak of, which is the current one inside."""
    with tempfile.TemporaryDirectory(prefix="hcl-lite-fuzz-") as name, contextlib.chdir(name):
        shutil.copytree(_WRONG / "files", name, dirs_exist_ok=True)
        for example in sorted((_ROOT / "examples").iterdir()):
            if example.is_dir():
                shutil.copytree(example, name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.toml"))
        yield Path(name)


# --- the language ----------------------------------------------------------------------------------------------------


def _check(document: bytes) -> None:
    """As `hcl-lite validate` does."""
    Path("main.toml").write_bytes(document)
    project = load_project(BARE, Inputs(missing=lambda *_: UNKNOWN))
    check_values(project.build(State("")), project.providers)


def _lint(document: bytes) -> None:
    """As `hcl-lite validate --lint` does of a dashboard in a file, with what tells of it shown."""
    Path("fuzzed.json").write_bytes(document)
    Path("main.toml").write_text(_DASHBOARD)
    render_diagnostics(validate(BARE, Inputs(missing=lambda *_: UNKNOWN), lint=True).warnings)


def _evaluate(document: bytes) -> None:
    """One expression, in a configuration that has something of everything."""
    text = json.dumps("${" + document.decode("utf-8", "replace") + "}", ensure_ascii=False).replace("\x7f", "\\u007f")
    _check(_AROUND.encode() + f"[output.fuzzed]\nvalue = {text}\n".encode())


def _format(document: bytes) -> None:
    """Formatting keeps every value, and has nothing to do a second time."""
    source = decode_source(document, "main.toml")
    formatted = format_source(source).encode()
    again = decode_source(formatted, "main.toml")
    assert again.data == source.data
    assert format_source(again).encode() == formatted


def _read_variables(document: bytes) -> None:
    Path("main.toml").write_text(_VARIABLES)
    Path("fuzzed.vars.toml").write_bytes(document)
    load_project(BARE, Inputs(files=(Path("fuzzed.vars.toml"),)))


def _read_suite(document: bytes) -> None:
    Path("fuzzed.test.toml").write_bytes(document)
    load_suite(Path(), Path("fuzzed.test.toml"))


def _mutated_toml(seed: bytes, choices: Choices) -> bytes:
    """Mutated as a document, where it is one; and as bytes."""
    if choices.below(4) == 0:
        return broken(seed, choices)
    return as_toml(_tree(seed, choices)).encode()


def _tree(seed: bytes, choices: Choices) -> Mapping[str, Any]:
    try:
        tree = json.loads(json.dumps(tomli.loads(seed.decode()), default=str))
    except ValueError:
        return {}
    found = mutated(tree, choices)
    return found if isinstance(found, dict) else {"resource": found}


def _configurations() -> list[bytes]:
    files = [*sorted(_ROOT.glob("examples/*/main.toml")), *sorted(_WRONG.glob("*.toml"))]
    return [path.read_bytes() for path in files]


def _expressions() -> list[bytes]:
    found = [text for seed in _configurations() for text in re.findall(rb"\$\{([^}\n]{1,200})\}", seed)]
    return list(dict.fromkeys(found))


_DASHBOARD = """
[resource.grafana_dashboard.d]
config_json = '${file("fuzzed.json")}'
[resource.grafana_data_source.p]
name = "Prometheus"
type = "prometheus"
url = "http://localhost:9090"
"""
_AROUND = """
[variable.names]
default = ["b", "a"]
[variable.secret]
default = "s"
sensitive = true
[variable.unknown]
[locals]
text = "x"
number = 7
map = { a = 1, b = { c = [1, 2] } }
[resource.grafana_folder.team]
title = "Team"
"""
_VARIABLES = """
[variable.text]
type = "string"
default = "x"
[variable.number]
type = "number"
default = 1
[variable.deep]
type = "map(list(object({a = number, b = optional(string)})))"
default = {}
[variable.secret]
type = "list(string)"
default = []
sensitive = true
[variable.any]
default = 1
"""
_VALUES = (
    b'text = "a"\nnumber = 2\nsecret = ["s"]\nany = { x = 1979-05-27 }\n',
    b'[[deep.k]]\na = 1\nb = "x"\n[[deep.k]]\na = 2\n',
)
_SUITES = (
    b'[variables]\ntext = "x"\n[[run]]\nname = "1"\n[[run.assert]]\ncondition = "${1 < 2}"\nerror_message = "no"\n',
    b'[[run]]\ncommand = "plan"\n[[run]]\ncontinues = true\nexpect_failures = ["check.x"]\nvariables = { text = 1 }\n',
)
_TOML_WORDS = (*"[]{}=\"'#,.", '"""', "'''", "[[", "]]", "true", "false", "inf", "nan", "1979-05-27T07:32:00Z", "\\u")
_WORDS = (
    *("resource", "data", "provider", "variable", "output", "module", "locals", "moved", "removed", "import", "check"),
    *("grafana_folder", "grafana_dashboard", "grafana_data_source", "grafana_snapshot", "headspin", "hcl_lite"),
    *("for_each", "count", "lifecycle", "depends_on", "precondition", "condition", "error_message", "default", "type"),
    *("${", "}", "each.key", "each.value", "count.index", "var.", "local.", "file(", "if", "else", "for", "in", "~}"),
    *("not ", " and ", " or ", "range(", "jsonencode(", "regex(", "format(", "templatefile(", "|", "**", "//", "=="),
)


# --- what is remembered -----------------------------------------------------------------------------------------------


def _decode_state(document: bytes) -> None:
    """What is taken for a state can be shown and written again, and stays the same."""
    state = statefile.decode(document, "s")
    render_state(state)
    assert statefile.decode(statefile.encode(state), "s") == state


def _replay(document: bytes) -> None:
    path = Path("fuzzed.journal")
    path.write_bytes(document)
    state = replay(_STATE, path.read_bytes(), FileLog(path))
    assert statefile.decode(statefile.encode(state), "s") == state
    assert path.read_bytes() == document


def _decode_plan(document: bytes) -> None:
    plan = plan_file.decode(document, "p")
    render_plan(plan)
    assert plan_file.decode(plan_file.encode(plan), "p") == plan


def _mutated_json(seed: bytes, choices: Choices) -> bytes:
    if choices.below(4) == 0:
        return broken(seed, choices)
    return _json(mutated(json.loads(seed), choices))


def _mutated_lines(seed: bytes, choices: Choices) -> bytes:
    if choices.below(4) == 0:
        return broken(seed, choices)
    lines = mutated([json.loads(line) for line in seed.splitlines()], choices)
    return b"".join(_json(line) + b"\n" for line in lines) if isinstance(lines, list) else _json(lines)


def _json(document: Any) -> bytes:
    """A document, of which some keys may come twice."""
    return json.dumps(document).encode()


_TEAM = Record(
    Address.resource("grafana_folder", "team"),
    "grafana",
    "team",
    {"id": 1, "version": 2},
    "a" * 32,
    "c" * 32,
    {"title": "Team", "url": "/f/team", "id": 1, "tags": ["x", None, {"deep": 1.5}]},
)
_API = Record(
    Address.resource("grafana_data_source", "db", 'k"ey'),
    "grafana",
    "db",
    {"id": 2, "version": 1},
    secrets={"password": f"scrypt${'0' * 32}${'1' * 64}"},
    dependencies=(_TEAM.address,),
    protected=True,
)
_STATE = State(
    "6f0d5a5e-5bd6-5c5c-9d3b-8a9f6f0a7c11",
    3,
    {_TEAM.address: _TEAM, _API.address: _API},
    (_TEAM,),
    (Intent("update", _API),),
    {"url": "/f/team", "list": [1, {"a": None}]},
)
_NEW = Record(Address.parse("module.m[0].grafana_dashboard.new"), "grafana", "new", {})
_JOURNAL = (
    {"lineage": _STATE.lineage, "serial": _STATE.serial},
    plan_line("4f1f"),
    intent_line(Intent("create", _NEW)),
    put_line(_TEAM),
    fail_line(_NEW.identity),
    move_line(_TEAM.address, Address.resource("grafana_folder", "renamed")),
    arrange_line([Move(_TEAM.address, _API.address), Move(_API.address, _API.address, deposed=True)]),
    depose_line(_API),
    remove_line(_API.identity),
)
_PLAN = Plan(
    changes=(
        Change(_TEAM.address, Action.UPDATE, "grafana", "team", _TEAM, {"version": 2}, "a" * 32, reason="it drifted",
               differences=(Difference("title", "a", "b\nc"), Difference("x", ABSENT, [1])), drifted=True),
        Change(_API.address, Action.REPLACE, "grafana", "db", _API, create_first=True, secrets={"password": "set"}),
        Change(_NEW.address, Action.CREATE, dependencies=(_TEAM.address,), moved_from=_TEAM.address),
    ),
    lineage=_STATE.lineage,
    serial=3,
    targets=(_TEAM.address,),
    id="4f1f",
    version=__version__,
    files={"main.toml": "0" * 64},
    seals={str(_API.address): Seal("0" * 32, "hmac$00$11")},
    inputs={"names": ["a"]},
    time="2026-01-01T00:00:00+00:00",
)  # fmt: skip

TARGETS: Mapping[str, Target | Answers] = {
    "language": Target(_check, _configurations(), _mutated_toml, (*_TOML_WORDS, *_WORDS)),
    "expressions": Target(_evaluate, _expressions(), broken, _WORDS),
    "lint": Target(
        _lint, [path.read_bytes() for path in sorted(_ROOT.glob("examples/*/dashboards/*.json"))], _mutated_json
    ),
    "format": Target(_format, _configurations(), _mutated_toml, _TOML_WORDS),
    "variables": Target(_read_variables, _VALUES, _mutated_toml, _TOML_WORDS),
    "suites": Target(_read_suite, _SUITES, _mutated_toml, _TOML_WORDS),
    "state": Target(_decode_state, (statefile.encode(_STATE),), _mutated_json),
    "journal": Target(_replay, (b"".join(_json(line) + b"\n" for line in _JOURNAL),), _mutated_lines),
    "plan": Target(_decode_plan, (plan_file.encode(_PLAN),), _mutated_json),
    "pictures": Target(draw_pictures, SEEDS, _mutated_json, ("<script>", "</svg>", "gridPos", "snapshot", "NaN")),
    "answers": Answers(spoil),
    "applied-plan": Answers(spoil_plan),
}
