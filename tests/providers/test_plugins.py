"""Providers and resource types of other packages: examples/plugin/package installed, and packages that are wrong."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.diags import HclError
from providers.plugins import Plugin, installed_plugins
from providers.registry import PROVIDER_TYPES, with_plugins
from tests.conftest import Hcl, Server
from tests.whole.project import Project

_EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "plugin" / "package"
_NOTE = """
[resource.grafana_note.n]
text = "Release 7"
tags = ["b", "a"]
time = 1700000000000
"""


def _wheel(source: Path, directory: Path) -> Path:
    """The wheel that a build of `source` would make, without the tools that make one."""
    project = tomllib.loads((source / "pyproject.toml").read_text())["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    described = f"{name}-{version}.dist-info"
    points = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for group, values in project["entry-points"].items()
    )
    path = directory / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file in sorted(source.rglob("*.py")):
            wheel.write(file, file.relative_to(source))
        wheel.writestr(f"{described}/METADATA", f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n")
        wheel.writestr(f"{described}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{described}/entry_points.txt", points)
        wheel.writestr(f"{described}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip has installed examples/plugin, without a network."""
    root = tmp_path_factory.mktemp("plugin")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(root / "site")]
    if subprocess.run([*pip[:3], "--version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("there is no pip")
    subprocess.run([*pip, str(_wheel(_EXAMPLE, root))], check=True, capture_output=True)
    return root / "site"


@pytest.fixture
def project(
    hcl: Hcl, server: Server, tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    monkeypatch.syspath_prepend(str(installed))
    yield Project(hcl, server, tmp_path)
    sys.modules.pop("hcl_lite_note", None)  # what looks for it later is to see that it is not installed


def test_the_type_of_a_plugin_is_one_like_any_other(project: Project) -> None:
    """Validated, documented, listed, planned, changed, imported and destroyed, also by the name of another provider."""
    project.write(_NOTE)
    assert "Valid" in project.run("validate")
    assert "grafana_note" in project.run("docs")
    assert "Milliseconds since 1970." in project.run("docs", "grafana_note")
    assert '"grafana_note"' in project.run("schema")
    assert "grafana_note" in project.run("providers")
    project.apply(_NOTE)
    project.write(_NOTE.replace("Release 7", "Release 8"))
    assert project.plan() == [("grafana_note.n", "update", ["text"])]
    project.apply()
    (record,) = project.state()["records"]
    project.run("state", "rm", "grafana_note.n")
    project.run("import", "grafana_note.n", record["uid"])
    project.run("plan", "--detailed-exitcode")
    project.destroy()
    assert [note for note in project.server.call("GET", "/api/annotations") if note["text"].startswith("Release")] == []


Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a made-up package: its entry point, and the text of its module."""

    def make(module: str, code: str, group: str = "resource_types", value: str = "THING") -> None:
        site = tmp_path / f"site-{module}"
        described = site / f"{module}-1.0.dist-info"
        described.mkdir(parents=True)
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (described / "entry_points.txt").write_text(f"[hcl_lite.{group}]\nthing = {module}:{value}\n")
        (site / f"{module}.py").write_text(code)
        monkeypatch.syspath_prepend(str(site))

    return make


_DECLARED = """
from hcl_lite.core.schema import Attr
from providers.kit.api import Rest
from providers.kit.resource import resource
def broken(values):
    raise ZeroDivisionError("of " + str(values.get("title")))
def misread(wire):
    return wire["no such key"]
THING = resource("TYPE", "A thing.", api=Rest("/api/folders"), MORE attrs={
    "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity."),
    "title": Attr(required=True, doc="What people see."),
})
"""


def _declared(type_: str = "grafana_thing", more: str = "") -> str:
    return _DECLARED.replace("TYPE", type_).replace("MORE", more)


@pytest.mark.parametrize(
    ("module", "code", "says"),
    [
        ("plug_import", "import no_such_library\n", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("plug_exits", "raise SystemExit(3)\n", "SystemExit: 3"),
        ("plug_empty", "", "AttributeError: module 'plug_empty' has no attribute 'THING'"),
        ("plug_wrong", "THING = 7\n", "Expected a Resource, found int."),
        ("plug_stray", _declared("other_thing"), "other_thing begins with the name of no provider"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_named(
    hcl: Hcl, tmp_path: Path, install: Install, module: str, code: str, says: str
) -> None:
    """With what to do, and without a traceback; commands that need no types go on."""
    install(module, code)
    (tmp_path / "main.toml").write_text('[locals]\nx = "1"\n')
    outcome = hcl("validate")
    assert outcome.code == 1
    assert f"Error: The plugin {module} 1.0 is broken" in outcome.err
    assert (says in outcome.err, f"pip uninstall {module}" in outcome.err) == (True, True), outcome.err
    assert "Traceback" not in outcome.err
    assert hcl("version").code == 0


def test_names_that_clash_are_refused(hcl: Hcl, tmp_path: Path, install: Install) -> None:
    """Both packages are named; ours is one of them at times."""
    (tmp_path / "main.toml").write_text('[locals]\nx = "1"\n')
    install("plug_one", _declared())
    assert hcl("validate").code == 0
    install("plug_two", _declared())
    refused = hcl("validate").err
    assert "grafana_thing is there twice" in refused
    assert "plug_one 1.0 has it, and so has the plugin plug_two 1.0." in refused


def test_a_type_of_ours_is_not_taken_over(hcl: Hcl, tmp_path: Path, install: Install) -> None:
    """Nor a provider."""
    (tmp_path / "main.toml").write_text('[locals]\nx = "1"\n')
    install("plug_ours", _declared("grafana_folder"))
    assert "hcl-lite has it, and so has the plugin plug_ours 1.0." in hcl("validate").err


@pytest.mark.parametrize(
    ("module", "more", "says"),
    [
        ("plug_bug", "check=broken,", "This is a bug in the plugin plug_bug 1.0: please report it to its authors"),
        ("plug_read", "from_wire=misread,", "It was read by the plugin plug_read 1.0: where the answer is right"),
    ],
)
def test_what_a_plugin_breaks_is_named_as_its_own(
    hcl: Hcl, embedded: Server, tmp_path: Path, install: Install, module: str, more: str, says: str
) -> None:
    """Without the secrets of the run."""
    install(module, _declared(more=more))
    title = "${var.title}"
    (tmp_path / "main.toml").write_text(
        f'{embedded.provider}[variable.title]\nsensitive = true\ndefault = "planted-1"\n'
        f'[resource.grafana_thing.t]\nuid = "t"\ntitle = "{title}"\n'
    )
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert says in outcome.err, outcome.err
    assert "planted" not in outcome.err


def test_a_provider_of_a_plugin_is_one_like_any_other() -> None:
    """With its own types; what another package adds to it, too."""
    provider = PROVIDER_TYPES["headspin"]
    mine = Plugin("mine", "2", "hcl_lite.providers", "mine", "mine:PROVIDER")
    with pytest.raises(HclError) as refused:
        with_plugins(PROVIDER_TYPES, [(mine, provider)])
    assert refused.value.diagnostics[0].summary == "headspin is there twice"
    made: Any = type(provider)("mine", "Mine.", {}, {}, {}, provider.open)
    assert with_plugins(PROVIDER_TYPES, [(mine, made)])["mine"] is made


def test_nothing_is_looked_for_where_no_types_are_needed(tmp_path: Path) -> None:
    """--help and version import neither the registry nor importlib.metadata."""
    code = (
        "import sys; from hcl_lite.cli.main import run\n"
        "for words in (['--help'], ['version']):\n    run(words)\n"
        "print([name for name in ('providers.registry', 'importlib.metadata') if name in sys.modules])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


def test_without_plugins_there_are_none() -> None:
    """None is installed beside the tests."""
    assert installed_plugins() == ()
