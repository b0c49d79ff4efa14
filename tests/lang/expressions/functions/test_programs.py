"""Dashboards that programs make: Jsonnet and Python, each in a process of its own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from hcl_lite.lang.expressions.functions import Functions
from tests.lang.expressions.functions.calling import call, failure, functions_of, same

_ALLOWED = {"HCL_LITE_ALLOW_PYTHON": "1", "HCL_LITE_PROGRAM_TIMEOUT": "20", "GRAFANA_AUTH": "s3cret", "SHOWN": "yes"}


def _functions(directory: Path, text: str, name: str) -> Functions:
    (directory / "c").mkdir(exist_ok=True)
    (directory / "c" / name).write_text(text)
    return functions_of(directory / "c", environment=_ALLOWED)


@pytest.mark.parametrize(
    ("program", "arguments", "value"),
    [
        ("{a: 1, b: [x for x in std.range(1, 2)], c:: 3}", "", {"a": 1, "b": [1, 2]}),
        ("std.extVar('x')", ", {'x': {'y': [1, 'z']}}", {"y": [1, "z"]}),
        ("function(a, b='c') a + b", ", {}, {'a': 'x'}", "xc"),
        ("(import 'lib.libsonnet') + importstr 'd/text'", "", "vendored text\n"),
    ],
    ids=["value", "external variable", "top-level argument", "imports"],
)
def test_jsonnet(tmp_path: Path, program: str, arguments: str, value: object) -> None:
    """The value of the program, as JSON."""
    for name, text in (("vendor/lib.libsonnet", "import 'other.libsonnet'"), ("lib/other.libsonnet", "'vendored '")):
        (tmp_path / "c" / name).parent.mkdir(parents=True)
        (tmp_path / "c" / name).write_text(text)
    (tmp_path / "c/d").mkdir()
    (tmp_path / "c/d/text").write_text("text\n")
    assert same(call(f"jsonnet('a.jsonnet'{arguments})", _functions(tmp_path, program, "a.jsonnet")), value)


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("{\n  a: error 'no'\n}", "runtime error: no\n    a.jsonnet:2:6-17: error statement"),
        ("{\n  a: }", "a.jsonnet:2:"),
        ("import '../outside.libsonnet'", 'cannot import "../outside.libsonnet": no such file that may be read'),
        ("import 'link.libsonnet'", 'cannot import "link.libsonnet": no such file that may be read'),
        ("local f(x) = f(x + 1) + 1; f(1)", "stack overflow"),
        ("[" * 100_000, "was ended by SIGSEGV before it gave a value."),
    ],
    ids=["error", "syntax", "import", "link", "endless recursion", "nested too deeply"],
)
def test_jsonnet_fails(tmp_path: Path, program: str, says: str) -> None:
    """With the place that Jsonnet names."""
    functions = _functions(tmp_path, program, "a.jsonnet")
    (tmp_path / "outside.libsonnet").write_text("1")
    (tmp_path / "c/link.libsonnet").symlink_to(tmp_path / "outside.libsonnet")
    message, _ = failure("jsonnet('a.jsonnet')", functions)
    assert message.startswith('"a.jsonnet" ')
    assert says in message
    assert str(tmp_path) not in message.partition(" in ")[0]


def test_an_endless_jsonnet_program_is_stopped(tmp_path: Path) -> None:
    """After the time that is allowed."""
    (tmp_path / "a.jsonnet").write_text("std.foldl(function(a, b) a + b, std.range(1, 1000000000), 0)")
    functions = functions_of(tmp_path, environment={"HCL_LITE_PROGRAM_TIMEOUT": "0.5"})
    assert failure("jsonnet('a.jsonnet')", functions)[0] == '"a.jsonnet" gave no value within 0.5 seconds.'


def test_jsonnet_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    message = "jsonnet() needs a library that is not installed."
    assert failure("jsonnet('a')", functions_of(tmp_path)) == (message, "pip install 'hcl-lite[jsonnet]'")


def test_programs_are_files_that_may_be_read(tmp_path: Path) -> None:
    """Like all others."""
    functions = _functions(tmp_path, "", "a.py")
    for name in ("jsonnet", "python_dashboard"):
        assert failure(f"{name}('../x')", functions)[0] == '"../x" is outside of what the configuration may read.'
        assert failure(f"{name}('x')", functions)[0] == 'Cannot read "x": No such file or directory.'


_GRAFANALIB = "from grafanalib.core import Dashboard\ndashboard = Dashboard(title='T', rows=[])\n"
_BUILDER = """
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.timeseries import Panel
def dashboard(title):
    return Dashboard(title).with_panel(Panel().title("P"))
"""
_MODEL = """
from grafana_foundation_sdk.models.dashboard import Dashboard
dashboard = Dashboard(title="T")
"""


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("dashboard = {'title': 'T'}", ""),
        ("def dashboard(title='T'):\n    return {'title': title}", ""),
        ("from beside import dashboard", ", {'title': 'T'}"),
        (_GRAFANALIB, ""),
        (_BUILDER, ", {'title': 'T'}"),
        (_MODEL, ""),
    ],
    ids=["dict", "function", "module beside", "grafanalib", "builder", "model"],
)
def test_python_dashboard(tmp_path: Path, script: str, arguments: str) -> None:
    """Every form that the libraries give."""
    functions = _functions(tmp_path, script, "a.py")
    (tmp_path / "c/beside.py").write_text("def dashboard(title):\n    return {'title': title}\n")
    found = call(f"python_dashboard('a.py'{arguments})", functions)
    assert (type(found), found["title"]) == (dict, "T")


def test_a_script_sees_no_secrets_and_prints_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It runs in its own directory."""
    script = (
        "import os, sys\nprint('printed', flush=True)\nos.system('echo by a child')\n"
        "dashboard = {'names': sorted(n for n in os.environ if n.isupper() and n[0] in 'GHS'), 'cwd': os.getcwd()}"
    )
    found = call("python_dashboard('a.py')", _functions(tmp_path, script, "a.py"))
    assert found == {"names": ["SHLVL", "SHOWN"] if "SHLVL" in found["names"] else ["SHOWN"], "cwd": f"{tmp_path}/c"}
    assert capfd.readouterr() == ("", "printed\nby a child\n")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "def f():\n    return 1 / 0\nf()",
            "failed: ZeroDivisionError: division by zero\n  a.py:3: in <module>: f()\n  a.py:2: in f: return 1 / 0",
        ),
        ("x = (", "failed: SyntaxError: '(' was never closed\n  a.py:1: x = ("),
        (
            "x = 1",
            "failed: LookupError: the script has no `dashboard`: give it a dashboard, or a function that returns one",
        ),
        ("dashboard = 5", "failed: TypeError: `dashboard` is no dashboard, but int"),
        ("dashboard = {'a': {1}}", "failed: TypeError: set has no form in JSON"),
        ("dashboard = {'a': float('nan')}", "failed: ValueError: nan has no form in JSON"),
        ("import sys\nsys.exit(3)", "failed: SystemExit: 3\n  a.py:2: in <module>: sys.exit(3)"),
        ("import os\nos._exit(3)", "ended with exit code 3 before it gave a value."),
        ("import os\nos.abort()", "was ended by SIGABRT before it gave a value."),
    ],
    ids=["error", "syntax", "none", "no dashboard", "no JSON", "nan", "exit", "hard exit", "abort"],
)
def test_a_script_fails(tmp_path: Path, script: str, message: str) -> None:
    """With the place in the script."""
    assert failure("python_dashboard('a.py')", _functions(tmp_path, script, "a.py"))[0] == f'"a.py" {message}'


def test_python_runs_only_where_it_is_allowed(tmp_path: Path) -> None:
    """It is code, and a configuration alone may not run any."""
    (tmp_path / "a.py").write_text("open('ran', 'w')")
    assert failure("python_dashboard('a.py')", functions_of(tmp_path)) == (
        'python_dashboard() would run the code in "a.py", which is not allowed.',
        "Whoever runs hcl-lite and trusts the script sets HCL_LITE_ALLOW_PYTHON=1.",
    )
    assert not (tmp_path / "ran").exists()


def test_the_interpreter_and_the_time_can_be_chosen(tmp_path: Path) -> None:
    """Dashboards may have an environment of their own."""
    (tmp_path / "a.py").write_text("import time, subprocess\nsubprocess.run(['sleep', '60'])")
    chosen = {"HCL_LITE_ALLOW_PYTHON": "1", "HCL_LITE_PYTHON": sys.executable, "HCL_LITE_PROGRAM_TIMEOUT": "0.5"}
    functions = functions_of(tmp_path, environment={"PATH": "/usr/bin:/bin", **chosen})
    assert failure("python_dashboard('a.py')", functions)[0] == '"a.py" gave no value within 0.5 seconds.'
    functions = functions_of(tmp_path, environment={**chosen, "HCL_LITE_PYTHON": "/nowhere/python"})
    message = 'python_dashboard() cannot start "/nowhere/python": No such file or directory.'
    assert failure("python_dashboard('a.py')", functions)[0] == message
