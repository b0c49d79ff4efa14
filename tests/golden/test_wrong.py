"""Wrong configurations, and exactly what hcl-lite says of each: `wrong/CASE.toml` and, beside it, `wrong/CASE.txt`.

A case is run as main.toml in a directory of its own, with all of `wrong/files` around it. Its first line says what is
wrong; `# command: plan` and `# env: NAME=text` lines may follow. `CASE.NAME` beside it is copied as NAME; a
`CASE.before.toml` is applied first. With HCL_LITE_GOLDEN=write in the environment the expected texts are written anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.conftest import Hcl

_WRONG = Path(__file__).parent / "wrong"
_CASES = sorted(path for path in _WRONG.glob("*.toml") if "." not in path.stem)
_STATE = Path("hcl-lite.state.json")
# What only Python calls so; users have maps, lists, null, true and false.
_PYTHON = re.compile(
    r"Traceback|NoneType|\b\w+Error\b:|\bTrue\b|\bFalse\b|\bNone\b|\bdict\b|\bstr\b|\b(?:int|float)\b|\w'>"
)


def _settings(text: str, name: str) -> list[str]:
    return re.findall(rf"^# {name}: (.*)$", text, re.MULTILINE)


def _prepare(case: Path, directory: Path, hcl: Hcl) -> None:
    shutil.copytree(_WRONG / "files", directory, dirs_exist_ok=True)
    main = directory / "main.toml"
    for path in _WRONG.glob(f"{case.stem}.*.*"):
        name = path.name.removeprefix(f"{case.stem}.")
        if name == "before.toml":
            shutil.copy(path, main)
            outcome = hcl("apply", "--auto-approve")
            assert outcome.code == 0, outcome.err
        else:
            shutil.copy(path, directory / name)
    shutil.copy(case, main)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.stem)
def test_what_is_said_of_a_wrong_configuration(
    case: Path, hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole text, exit code 1, a state as it was; no word of Python's, and no path of this machine."""
    text = case.read_text()
    if "jsonnet(" in text:
        pytest.importorskip("rjsonnet")
    monkeypatch.setenv("HOME", "/home/user")
    for setting in _settings(text, "env"):
        monkeypatch.setenv(*setting.split("=", 1))
    _prepare(case, tmp_path, hcl)
    before = _STATE.read_bytes() if _STATE.exists() else None

    outcome = hcl(*shlex.split(next(iter(_settings(text, "command")), "validate")))

    expected = case.with_suffix(".txt")
    if os.environ.get("HCL_LITE_GOLDEN") == "write":
        expected.write_text(outcome.err)
    assert outcome.err == expected.read_text()
    assert outcome.code == 1
    assert _PYTHON.findall(outcome.err) == []
    assert str(tmp_path) not in outcome.err
    assert (_STATE.read_bytes() if _STATE.exists() else None) == before


def test_the_cases_are_a_hundred_different_ones() -> None:
    """Each begins by saying what is wrong, and none says again what another has said."""
    assert len(_CASES) >= 100
    assert [case.name for case in _CASES if not re.match(r"# \w.*\.\n", case.read_text())] == []
    said = [case.with_suffix(".txt").read_text() for case in _CASES]
    assert len(set(said)) == len(said)
    assert {path.stem for path in _WRONG.glob("*.txt")} == {case.stem for case in _CASES}
