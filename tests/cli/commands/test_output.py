"""Outputs as they are printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl

_TEXT = (
    '[output.text]\nvalue = "a \\"b\\" ü"\n[output.list]\nvalue = [1, true]\n'
    '[output.s]\nvalue = "x"\nsensitive = true\n'
)


@pytest.mark.parametrize(
    ("args", "out"),
    [
        ([], 'list = [1, true]\ntext = "a \\"b\\" ü"\n'),
        (["--json"], '{\n  "list": [\n    1,\n    true\n  ],\n  "text": "a \\"b\\" ü"\n}\n'),
        (["text"], '"a \\"b\\" ü"\n'),
        (["--raw", "text"], 'a "b" ü\n'),
        (["-raw", "list"], "[1, true]\n"),
    ],
    ids=["all", "json", "one", "raw", "raw, but no text"],
)
def test_outputs_are_printed_as_asked(hcl: Hcl, tmp_path: Path, args: list[str], out: str) -> None:
    """All but sensitive ones, which are not in the state."""
    (tmp_path / "main.toml").write_text(_TEXT)
    applied = hcl("apply", "--auto-approve")
    assert applied.out.endswith('Outputs:\n\nlist = [1, true]\ns = (sensitive)\ntext = "a \\"b\\" ü"\n')
    outcome = hcl("output", *args)
    assert (outcome.code, outcome.out, outcome.err) == (0, out, "")


def test_an_output_that_is_not_there_is_named_with_its_like(hcl: Hcl, tmp_path: Path) -> None:
    """And why it may be missing."""
    (tmp_path / "main.toml").write_text(_TEXT)
    hcl("apply", "--auto-approve")
    outcome = hcl("output", "txt")
    assert outcome.code == 1
    assert 'The state has no output "txt"' in outcome.err
    assert 'Did you mean "text"?' in outcome.err


def test_raw_needs_a_name(hcl: Hcl) -> None:
    """There is no raw text of several."""
    assert hcl("output", "--raw").code == 3
