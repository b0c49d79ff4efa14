"""The modules that a command line loads: few for what answers at once, and for a plan just those that it uses."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from hcl_lite.core.lazy_table import LazyTable
from providers.grafana.lookups import LOOKUPS
from providers.grafana.provider import RESOURCE_TYPES
from providers.headspin import provider as headspin
from state.backends import BACKENDS
from tests.whole.processes import served

_RUN = """
import sys
from hcl_lite.__main__ import main
try:
    main()
finally:
    loaded = (name for name, module in sys.modules.items() if module is not None)
    print("LOADED", *loaded, file=sys.stderr)
"""
_OURS = ("hcl_lite", "providers", "state")
# Slow, or the beginning of much that is: of the standard library, of others, of our own.
_HEAVY = frozenset(
    {
        *("asyncio", "decimal", "email", "http.client", "sqlite3", "ssl", "subprocess", "tempfile", "xml.etree"),
        *("anyio", "httpcore", "httpx", "jinja2", "msgspec", "networkx", "packaging", "pygments", "rich", "starlette"),
        *("tomli", "tomlkit", "uvicorn", "watchfiles", "yaml"),
        *(
            "hcl_lite.engine.graph",
            "hcl_lite.engine.open_providers",
            "hcl_lite.engine.plan",
            "hcl_lite.lang.config",
            "hcl_lite.lang.expressions.functions",
            "hcl_lite.review",
        ),
        *("hcl_lite.core.schema", "providers", "providers.grafana", "state"),
    }
)


def _loaded(directory: Path, *args: str) -> set[str]:
    """The names of all modules that there are at the end of a command line."""
    command = [sys.executable, "-c", _RUN, *args]
    outcome = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    return set(outcome.stderr.rpartition("LOADED")[2].split())


def _write(root: Path, text: str) -> None:
    (root / "main.toml").write_text(text)


_STATE = "asyncio hcl_lite.core.schema hcl_lite.lang.config ssl state subprocess tempfile tomli"
_VALIDATE = (
    "asyncio email hcl_lite.core.schema hcl_lite.engine.graph hcl_lite.lang.config "
    "hcl_lite.lang.expressions.functions providers providers.grafana ssl state subprocess tempfile tomli"
)
_LIGHT = [
    ("--help", ""),
    ("version", ""),
    ("plan --help", ""),
    ("fmt", "tempfile tomli"),
    ("state list", _STATE),
    ("workspace list", _STATE),
    ("output", _STATE),
    ("show", _STATE),
    ("validate", _VALIDATE),
]


@pytest.mark.parametrize(("line", "heavy"), _LIGHT, ids=[line for line, _ in _LIGHT])
def test_a_light_command_loads_nothing_heavy_but_what_it_rests_on(tmp_path: Path, line: str, heavy: str) -> None:
    """Text is read, a state is read, a configuration is checked: no server is called, no plan made, nothing drawn."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n')
    assert sorted(_loaded(tmp_path, *line.split()) & _HEAVY) == heavy.split()


_PROJECT = """
[provider.grafana]
url = "{url}"
auth = "admin:admin"
[resource.grafana_folder.f]
title = "F"
[resource.grafana_data_source.d]
name = "d"
type = "prometheus"
[resource.grafana_dashboard.b]
folder = "${{grafana_folder.f.uid}}"
config_json = '{{"title": "B"}}'
"""
_LIBRARIES = [
    *("anyio", "certifi", "click", "h11", "httpcore", "httpx", "idna", "msgspec", "orjson", "sniffio", "tomli"),
    "typing_extensions",
]
_PACKAGES = [
    *("hcl_lite", "hcl_lite.cli", "hcl_lite.cli.commands", "hcl_lite.cli.views", "hcl_lite.core"),
    *("hcl_lite.core.schema", "hcl_lite.engine", "hcl_lite.engine.planning", "hcl_lite.lang", "hcl_lite.lang.config"),
    *("hcl_lite.lang.evaluation", "hcl_lite.lang.expressions", "hcl_lite.lang.expressions.functions"),
    *("hcl_lite.lang.toml", "hcl_lite.operations", "hcl_lite.review", "providers", "providers.grafana"),
    *(
        "providers.grafana.editor",
        "providers.grafana.generations",
        "providers.grafana.linting",
        "providers.grafana.lookups",
    ),
    *("providers.headspin", "providers.kit", "providers.transport", "state", "state.backends"),
]
_TYPES = ["providers.grafana.dashboard", "providers.grafana.data_source", "providers.grafana.folder"]


def test_a_plan_loads_the_libraries_packages_and_types_that_it_uses(tmp_path: Path) -> None:
    """Of a server that is there, without changes: what is not in these lists would be paid for by every plan."""
    with served(tmp_path / "g.db") as (server, _):
        _write(tmp_path, _PROJECT.format(url=server.url))
        _loaded(tmp_path, "apply", "--auto-approve")
        loaded = _loaded(tmp_path, "plan", "--detailed-exitcode")
    tops = {name.partition(".")[0] for name in loaded} - {*_OURS}
    theirs = {library for top, libraries in packages_distributions().items() if top in tops for library in libraries}
    assert sorted(theirs - {"setuptools"}) == _LIBRARIES  # which Python itself loads where it is installed
    ours = {name for name in loaded if name.partition(".")[0] in _OURS}
    assert sorted(name for name in ours if hasattr(import_module(name), "__path__")) == _PACKAGES
    assert sorted(ours & set(map(RESOURCE_TYPES.module_of, RESOURCE_TYPES))) == _TYPES


def test_a_plan_without_servers_loads_no_client(tmp_path: Path) -> None:
    """Nor what draws: nobody sees it in a pipe."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n')
    assert _loaded(tmp_path, "apply", "--auto-approve") & {"httpx", "jinja2", "networkx", "rich", "pygments"} == set()


_TABLES = {
    "resource types": RESOURCE_TYPES,
    "lookups": LOOKUPS,
    "types of HeadSpin": headspin.RESOURCE_TYPES,
    "lookups of HeadSpin": headspin.LOOKUPS,
    "backends": BACKENDS,
}


@pytest.mark.parametrize("table", _TABLES.values(), ids=list(_TABLES))
def test_each_is_where_its_table_says_under_its_own_name(table: LazyTable[object]) -> None:
    """And is known before it is loaded."""
    assert {name: getattr(value, "name", "") for name, value in table.items()} == {name: name for name in table}
    assert "nothing" not in table
    with pytest.raises(KeyError):
        _ = table["nothing"]
