"""Where the values of variables come from, and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.values import Secret
from hcl_lite.lang.config.config import load_config
from hcl_lite.lang.config.variables import load_variables

_DECLARED = """
[variable.name]
type = "string"
default = "default"
[variable.tags]
type = "list(string)"
default = []
[variable.token]
type = "string"
default = "t"
sensitive = true
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "main.toml").write_text(_DECLARED)
    return tmp_path


def test_the_later_source_wins(root: Path) -> None:
    """default, TF_VAR, HCL_LITE_VAR, auto file, --var-file, --var, saved plan."""
    config = load_config(root)
    sources: list[tuple[dict[str, str], bool, bool, list[str], dict[str, str]]] = [
        ({}, False, False, [], {}),
        ({"TF_VAR_name": "tf"}, False, False, [], {}),
        ({"TF_VAR_name": "tf", "HCL_LITE_VAR_name": "env"}, False, False, [], {}),
        ({"HCL_LITE_VAR_name": "env"}, True, False, [], {}),
        ({"HCL_LITE_VAR_name": "env"}, True, True, [], {}),
        ({"HCL_LITE_VAR_name": "env"}, True, True, ["name=arg=1"], {}),
        ({"HCL_LITE_VAR_name": "env"}, True, True, ["name=arg"], {"name": "saved"}),
    ]
    found = []
    for environment, auto, file, arguments, saved in sources:
        if auto:
            (root / "x.auto.vars.toml").write_text('name = "auto"\n')
        (root / "given.toml").write_text('name = "file"\n')
        files = [root / "given.toml"] if file else []
        found.append(load_variables(config, environment, files, arguments, saved)["name"])
    assert found == ["default", "tf", "env", "auto", "file", "arg=1", "saved"]


def test_a_list_is_read_from_text_and_a_secret_is_marked(root: Path) -> None:
    """Text from outside is a TOML value where the type is not a string."""
    values = load_variables(load_config(root), {"HCL_LITE_VAR_tags": '["a", "b"]'})
    assert values == {"name": "default", "tags": ["a", "b"], "token": Secret("t")}


@pytest.mark.parametrize(
    ("more", "arguments", "says"),
    [
        ("", ["nmae=x"], '"nmae" is not a variable of this configuration'),
        ("", ["name"], "--var name gives no value"),
        ("", ["tags=x"], "The value of variable tags does not fit"),
        ("[variable.x]\n", [], "Variable x has no value"),
        ("", ["tags=[]\n[x]"], "The value of variable tags does not fit"),
        ('[variable.n]\ntype = "number"\n', ["n=nan"], "The value of variable n does not fit"),
        ('[variable.n]\ntype = "number"\n', ["n=" + "9" * 5000], "The value of variable n does not fit"),
    ],
)
def test_what_is_wrong_is_said(root: Path, more: str, arguments: list[str], says: str) -> None:
    """As a diagnostic."""
    (root / "more.toml").write_text(more)
    with pytest.raises(HclError) as caught:
        load_variables(load_config(root), {}, (), arguments)
    assert [d.summary for d in caught.value.diagnostics] == [says]


def test_dates_from_outside_are_texts(root: Path) -> None:
    """As they are in files."""
    (root / "more.toml").write_text('[variable.d]\ntype = "list(any)"\n')
    assert load_variables(load_config(root), {}, (), ["d=[1979-05-27]"])["d"] == ["1979-05-27"]
