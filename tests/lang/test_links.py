"""Links among the files of a configuration: they end below it, and what is elsewhere is not quoted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.files import LeadsOut, read_file
from hcl_lite.lang.config.config import load_config
from hcl_lite.lang.config.testfile import find_suites, load_suite
from hcl_lite.lang.config.variables import load_variables

_SECRET = "hunter2-of-another"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A configuration with a module, beside a file with one line that nobody is to see."""
    (tmp_path / "elsewhere").mkdir()
    for name in ("secret", "main.toml"):
        (tmp_path / "elsewhere" / name).write_text(f"{_SECRET}\n")
    (tmp_path / "root" / "module").mkdir(parents=True)
    (tmp_path / "root" / "main.toml").write_text('[module.m]\nsource = "./module"\n[variable.v]\ndefault = 1\n')
    (tmp_path / "root" / "module" / "main.toml").write_text("[locals]\nx = 1\n")
    return tmp_path / "root"


def _as_root_file(root: Path, target: str) -> None:
    (root / "x.toml").symlink_to(target)
    load_config(root)


def _as_module_file(root: Path, target: str) -> None:
    (root / "module" / "x.toml").symlink_to(f"../{target}" if target.startswith("..") else target)
    load_config(root)


def _as_module_directory(root: Path, target: str) -> None:
    (root / "linked").symlink_to(root / target if target.startswith("..") else target)
    (root / "main.toml").write_text('[module.m]\nsource = "./linked"\n')
    (root / "linked").unlink()
    (root / "linked").symlink_to("../elsewhere")
    load_config(root)


def _as_variables(root: Path, target: str) -> None:
    (root / "x.auto.vars.toml").symlink_to(target)
    load_variables(load_config(root), {})


def _as_tests(root: Path, target: str) -> None:
    (root / "x.test.toml").symlink_to(target)
    for path, directory in find_suites(root, [Path()]):
        load_suite(root, path, directory)


_WAYS = (_as_root_file, _as_module_file, _as_module_directory, _as_variables, _as_tests)


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("target", ["../elsewhere/secret", "/proc/self/environ", "/dev/zero", "chain"])
def test_a_link_that_leads_out_is_refused_and_not_quoted(
    root: Path, way: Callable[[Path, str], None], target: str
) -> None:
    """Whatever it leads to, in one step or several."""
    if target == "chain":
        (root / "step").symlink_to("../elsewhere/secret")
        (root / "module" / "step").symlink_to("../../elsewhere/secret")
        target = "step"
    with pytest.raises(HclError, match="is a link that leads out") as caught:
        way(root, target)
    said = "".join(f"{d.summary}{d.detail}{d.hint}{d.place.text if d.place else ''}" for d in caught.value.diagnostics)
    assert _SECRET not in said


def test_links_inside_and_to_what_is_named_are_followed(root: Path, tmp_path: Path) -> None:
    """To another place of the configuration, from a module to the root, and to what read_from names."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "common").write_text("[locals]\ncommon = 1\n")
    (root / "files").mkdir()
    (root / "files" / "inner").write_text("[locals]\ninner = 1\n")
    (root / "a.toml").symlink_to("../shared/common")
    (root / "b.toml").symlink_to("files/inner")
    (root / "module" / "c.toml").symlink_to("../files/inner")
    (root / "module" / "d.toml").symlink_to("../../shared/common")
    (root / "z.toml").write_text('[hcl_lite]\nread_from = ["../shared"]\n')
    found = {str(block.address) for block in load_config(root).blocks.values()}
    inside = {f"module.m.local.{name}" for name in ("x", "common", "inner")}
    assert found == {"local.common", "local.inner", "module.m", "var.v", *inside}


def test_a_root_that_is_a_link_is_that_directory(root: Path, tmp_path: Path) -> None:
    """What lies in it lies below it."""
    (tmp_path / "linked").symlink_to("root")
    assert [str(address) for address in load_config(tmp_path / "linked").blocks] == [
        "var.v",
        "module.m",
        "module.m.local.x",
    ]


@pytest.mark.parametrize("fast", [True, False], ids=["linux", "elsewhere"])
def test_where_a_file_lies_is_asked_of_what_was_opened(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    """Who puts a link in the place of a file in the meantime gets nothing."""
    opened, inner = os.open, root / "inner"
    inner.write_text("inner")

    def swapping(path: Path, flags: int) -> int:
        inner.unlink()
        inner.symlink_to("../elsewhere/secret")
        descriptor = opened(path, flags)
        inner.unlink()
        inner.write_text("inner")
        return descriptor

    monkeypatch.setattr(os, "open", swapping)
    if not fast:
        monkeypatch.setattr(os, "readlink", lambda *_: (_ for _ in ()).throw(OSError()))
    with pytest.raises(LeadsOut):
        read_file(inner, below=[root])
