"""watch: rounds over a project whose files change, without a clock and without the system's notices."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from hcl_lite.cli.views import view
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.operations import watch
from hcl_lite.operations.caller import Caller, Notice, Progress
from hcl_lite.operations.watching.files import FileWatcher
from hcl_lite.operations.watching.model import Places, Round, WatchRequest
from hcl_lite.operations.watching.watch import raise_for_others
from providers.embedded import create_app
from tests.conftest import Server
from tests.whole.processes import serving

_MAIN = """\
[provider.grafana]
url = "embedded:g.db"

[resource.grafana_dashboard.d]
config_json = '${file("d.json")}'
"""


@dataclass
class Session:
    """A watch of `root` in which each of `edits` is made when the watch waits; afterwards it ends."""

    root: Path
    edits: Sequence[Callable[[], Collection[Path]]]
    request: WatchRequest = field(default_factory=WatchRequest)
    rounds: list[Round] = field(default_factory=list)
    told: list[Progress] = field(default_factory=list)
    waits: list[float | None] = field(default_factory=list)
    places: list[Places] = field(default_factory=list)

    def run(self) -> list[Round]:
        """All rounds."""
        edits = iter(self.edits)

        def wait(places: Places, seconds: float | None) -> Collection[Path] | None:
            self.places.append(places)
            self.waits.append(seconds)
            edit = next(edits, None)
            return None if edit is None else edit()

        caller = Caller(self.told.append)
        watch(RunContext(self.root, {}), self.request, caller, wait, self.rounds.append)
        return self.rounds


def _write(root: Path, name: str, text: str) -> Callable[[], Collection[Path]]:
    def edit() -> Collection[Path]:
        (root / name).write_text(text)
        return [root / name]

    return edit


def _board(title: str) -> str:
    return json.dumps({"uid": "d", "title": title, "panels": []})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one dashboard."""
    (tmp_path / "main.toml").write_text(_MAIN)
    (tmp_path / "d.json").write_text(_board("One"))
    return tmp_path


def _text(one: Round, before: Round | None, root: Path) -> list[str]:
    text = view("round")(one, before.plan if before else None, root, "12:00:00")
    return [line for line in click.unstyle(text).splitlines() if not line.startswith("──")]


def test_each_change_is_planned_and_only_what_is_new_is_shown(root: Path) -> None:
    """A file that the configuration reads, a mistake, and its mending."""
    more = f'{_MAIN}\n[resource.grafana_folder.f]\ntitle = "F"\nuid = "f"\n'
    edits = [_write(root, "d.json", _board("Two")), _write(root, "main.toml", "x = ["), _write(root, "main.toml", more)]
    rounds = Session(root, edits).run()
    assert [one.changed for one in rounds] == [(), (root / "d.json",), (root / "main.toml",), (root / "main.toml",)]
    assert _text(rounds[1], rounds[0], root) == [
        "+ grafana_dashboard.d will be created  (main.toml:4)",
        '    + title: "Two"',
        '    + uid: "d"',
        "    + panels: 0",
        "Plan: 1 to create, 0 to update, 0 to delete.",
    ]
    assert (rounds[2].plan, [one.summary for one in rounds[2].problems]) == (None, ["This is not TOML"])
    assert _text(rounds[3], rounds[1], root) == [
        "+ grafana_folder.f will be created  (main.toml:7)",
        '    + uid: "f"',
        '    + title: "F"',
        "Plan: 2 to create, 0 to update, 0 to delete.",
    ]


def test_each_change_is_applied_to_the_embedded_server(root: Path) -> None:
    """Without a question; the state has it."""
    rounds = Session(root, [_write(root, "d.json", _board("Two"))], WatchRequest(applies=True)).run()
    assert [one.result is not None and one.result.failures == () for one in rounds] == [True, True]
    server = Server(f"embedded:{root / 'g.db'}", "admin:admin")
    assert server.call("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == "Two"


def test_what_is_changed_in_grafana_comes_into_the_files(root: Path) -> None:
    """And what is changed in the files goes there; what the watch has written itself is no round's news."""
    server = Server(f"embedded:{root / 'g.db'}", "admin:admin")

    def colleague() -> Collection[Path]:
        board = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
        server.call("POST", "/api/dashboards/db", {"dashboard": {**board, "tags": ["hers"]}})
        return ()

    edits = [colleague, lambda: [(root / "d.json").resolve()], _write(root, "main.toml", f"{_MAIN}# ours\n")]
    rounds = Session(root, edits, WatchRequest(applies=True, pulls=True)).run()
    assert [[*one.pulled.files] if one.pulled else None for one in rounds] == [[], ["d.json"], []]
    assert [one.problems for one in rounds] == [(), (), ()]
    assert json.loads((root / "d.json").read_text()) == {**json.loads(_board("One")), "tags": ["hers"]}
    assert server.call("GET", "/api/dashboards/uid/d")["dashboard"]["tags"] == ["hers"]


def test_nothing_is_applied_where_both_sides_have_changed_the_same(root: Path) -> None:
    """Until somebody has decided."""
    server = Server(f"embedded:{root / 'g.db'}", "admin:admin")

    def both() -> Collection[Path]:
        board = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
        server.call("POST", "/api/dashboards/db", {"dashboard": {**board, "title": "Hers"}})
        return _write(root, "d.json", _board("Ours"))()

    rounds = Session(root, [both], WatchRequest(applies=True, pulls=True)).run()
    assert [[one.summary for one in each.problems] for each in rounds] == [
        [],
        ["Both sides have changed the same, and nobody has decided"],
    ]
    assert server.call("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == "Hers"
    assert json.loads((root / "d.json").read_text())["title"] == "Ours"


def test_the_page_of_what_was_written_is_told(root: Path) -> None:
    """Of a server of this machine, which needs no word to be applied to."""
    with serving(create_app(None)) as url:
        (root / "main.toml").write_text(
            _MAIN.replace("embedded:g.db", url).replace("[res", 'auth = "admin:admin"\n[res')
        )
        (one,) = Session(root, [], WatchRequest(applies=True)).run()
    assert (one.problems, list(one.pages)) == ((), [f"{url}/d/d/one"])


@pytest.mark.parametrize(
    ("url", "allowed", "is_refused"),
    [
        ("embedded:g.db", (), False),
        ("http://localhost:3000", (), False),
        ("http://127.0.0.7:3000 (organisation 2)", (), False),
        ("http://[::1]:3000", (), False),
        ("https://grafana.example.org", (), True),
        ("https://localhost.example.org", (), True),
        ("http://10.0.0.1:3000", (), True),
        ("https://dev.example.org/grafana", ("https://dev.example.org/grafana/",), False),
        ("https://grafana.example.org", ("https://dev.example.org",), True),
    ],
)
def test_only_servers_to_try_things_out_on_are_applied_to(url: str, allowed: tuple[str, ...], is_refused: bool) -> None:
    """Those of this machine, and those that are named."""
    change = Change(Address.parse("grafana_folder.f"), Action.CREATE, provider="grafana")
    plan = Plan((change,), given={"provider.grafana": url})
    if not is_refused:
        raise_for_others(plan, allowed)
        return
    with pytest.raises(HclError) as refused:
        raise_for_others(plan, allowed)
    (problem,) = refused.value.diagnostics
    assert problem.detail == f"provider.grafana is {url}, which others may work with."


def test_a_server_that_is_down_is_asked_again(root: Path) -> None:
    """After a while, also where no file changes; what is no news is not told again."""
    (root / "main.toml").write_text(
        _MAIN.replace("embedded:g.db", "http://127.0.0.1:9").replace("[res", "retries = 0\n[res")
    )
    session = Session(root, [tuple, _write(root, "main.toml", _MAIN)])
    rounds = session.run()
    assert [bool(one.problems) for one in rounds] == [True, False]
    assert session.waits == [5.0, 5.0, None]


def test_a_file_that_changes_with_each_round_is_left_alone(root: Path) -> None:
    """Such as one that the output goes to: it is said, and is then among the run's own."""
    session = Session(root, [_write(root, "out.txt", str(number)) for number in range(3)])
    session.run()
    notices = [one.text for one in session.told if isinstance(one, Notice)]
    assert notices == ["out.txt changes with each round, and nothing with it: it is watched no longer."]
    assert root / "out.txt" in session.places[-1].own


def test_what_a_watch_looks_at_is_what_is_read(root: Path) -> None:
    """Modules and directories of read_from, each once, also those elsewhere."""
    beside = root.parent / f"{root.name}-beside"
    for name in ("module", "read"):
        (beside / name).mkdir(parents=True)
    (beside / "module" / "main.toml").write_text("")
    call = f'[module.m]\nsource = "../{beside.name}/module"\n'
    (root / "main.toml").write_text(f'{_MAIN}\n{call}[hcl_lite]\nread_from = ["../{beside.name}/read"]\n')
    session = Session(root, [])
    session.run()
    (places,) = session.places
    assert set(places.directories) == {root.resolve(), (beside / "module").resolve(), (beside / "read").resolve()}


def test_the_system_tells_of_changes_and_not_of_what_runs_write(root: Path) -> None:
    """A save is news; the state, a database, a file that is only touched, and what an editor saves by way of are
    none."""
    watcher = FileWatcher()
    places = Places((root.resolve(),), (root.resolve() / "hcl-lite.state",))
    assert watcher(places, 0.0) == ()
    for name, text in (("hcl-lite.state.json", "{}"), ("g.db", "SQLite format 3\0"), ("g.db-wal", "x")):
        (root / name).write_text(text)
    (root / "d.json").write_text(_board("Two"))
    assert watcher(places, 5.0) == [root.resolve() / "d.json"]
    (root / "d.json").touch()
    assert watcher(places, 0.0) == ()
    (root / ".d.json.new").write_text(_board("Three"))
    (root / ".d.json.new").replace(root / "d.json")
    assert watcher(places, 5.0) == [root.resolve() / "d.json"]
    (root / "d.json").unlink()
    assert watcher(places, 5.0) == [root.resolve() / "d.json"]
    watcher.stop()
    assert watcher(places, None) is None
