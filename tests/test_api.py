"""hcl_lite as a library: from any directory, within an event loop, several at once, silent, and without secrets."""

from __future__ import annotations

import ast
import asyncio
import importlib
import logging
import os
import pickle
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hcl_lite
from tests.conftest import Hcl, Server

_ROOT = Path(__file__).parent.parent
_EXAMPLE = _ROOT / "examples" / "python"
_SECRET = "s3cr3t-t0ken"
_VARIABLES = {"team": "Search", "token": _SECRET}


@pytest.fixture
def grafana(tmp_path: Path) -> Path:
    """The example's configuration, in a directory that is not the current one."""
    directory = tmp_path / "grafana"
    directory.mkdir()
    shutil.copy(_EXAMPLE / "main.toml", directory)
    return directory


def test_importing_the_package_loads_nothing_else() -> None:
    """And what is named is there."""
    code = "import sys, hcl_lite; print(sorted(name for name in sys.modules if name.startswith('hcl_lite')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == ["hcl_lite", "hcl_lite.version"]
    assert [name for name in hcl_lite.__all__ if not hasattr(hcl_lite, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = hcl_lite.nonsense


def test_every_function_can_be_awaited() -> None:
    """By the same name."""
    api, aio = (importlib.import_module(f"hcl_lite.{name}") for name in ("api", "aio"))
    named = {name for name, module in hcl_lite._MODULES.items() if module == "api"}
    assert [name for name in sorted(named) if not asyncio.iscoroutinefunction(getattr(aio, name))] == []
    assert [name for name in sorted(named) if asyncio.iscoroutinefunction(getattr(api, name))] == []


def test_a_life_from_elsewhere(grafana: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Plan, apply, look, import, undo, destroy: nothing is printed, and all files are in the directory."""
    before = sorted(os.listdir())
    events: list[hcl_lite.Event] = []
    assert hcl_lite.validate(grafana).resources == 2
    plan = hcl_lite.plan(grafana, variables=_VARIABLES)
    assert (plan.summary, plan.is_empty) == ("Plan: 2 to create, 0 to update, 0 to delete.", False)
    assert {change.address: change.action for change in plan.changes} == {
        "grafana_folder.team": "create",
        "grafana_data_source.metrics": "create",
    }
    applied = hcl_lite.apply(grafana, variables=_VARIABLES, events=events.append)
    assert (applied.counts, applied.is_complete) == ({"create": 2}, True)
    assert events[:3] == [hcl_lite.Reached("Reading", done, 2) for done in range(3)]
    assert isinstance(events[3], hcl_lite.Planned)
    steps = sorted((event.phase, event.address) for event in events if isinstance(event, hcl_lite.Step))
    assert [step for step in steps if step[0] == "done"] == [
        ("done", "grafana_data_source.metrics"),
        ("done", "grafana_folder.team"),
    ]
    assert hcl_lite.outputs(grafana) == dict(applied.outputs)
    assert hcl_lite.plan(grafana, variables=_VARIABLES).is_empty
    folder = hcl_lite.state_show(grafana, "grafana_folder.team")
    hcl_lite.state_forget(grafana, "grafana_folder.team")
    assert hcl_lite.state_list(grafana) == ("grafana_data_source.metrics",)
    assert hcl_lite.import_(grafana, "grafana_folder.team", folder.uid, variables=_VARIABLES).uid == folder.uid
    hcl_lite.apply(grafana, variables={**_VARIABLES, "team": "Other"})
    assert [run.counts["updated"] for run in hcl_lite.runs(grafana)] == [1, 0]
    assert hcl_lite.undo(grafana, variables=_VARIABLES).counts == {"update": 1}
    saved = hcl_lite.state_pull(grafana)
    assert hcl_lite.state_push(grafana, saved, force=True) == hcl_lite.state_rollback(grafana, 1) - 1
    assert hcl_lite.refresh(grafana, variables=_VARIABLES).is_complete
    assert hcl_lite.destroy(grafana, variables=_VARIABLES).summary.startswith("Destroy complete: 2 deleted")
    assert sorted(os.listdir()) == before
    assert capfd.readouterr() == ("", "")


def test_the_command_line_goes_on_where_python_ended(hcl: Hcl, grafana: Path) -> None:
    """One state, one server, whatever they are called by: an empty plan, and an undo of the other's run."""
    hcl_lite.apply(grafana, variables=_VARIABLES)
    given = ("--var", "team=Search", "--var", f"token={_SECRET}")
    assert "No changes." in hcl("-C", str(grafana), "plan", *given).out
    assert hcl("-C", str(grafana), "undo", "--auto-approve", *given).code == 0
    assert hcl_lite.state_list(grafana) == ()


def test_a_plan_is_saved_and_carried_out(grafana: Path) -> None:
    """Relative to the directory; once."""
    hcl_lite.plan(grafana, variables=_VARIABLES, out="p", target="grafana_folder.team")
    assert (grafana / "p").exists()
    environment = {"HCL_LITE_VAR_token": _SECRET, **os.environ}
    assert hcl_lite.apply(grafana, plan_file="p", environment=environment).counts == {"create": 1}
    with pytest.raises(hcl_lite.HclError, match="plan"):
        hcl_lite.apply(grafana, plan_file="p", environment=environment)


def test_within_a_running_loop(grafana: Path) -> None:
    """As in a notebook; and two that are awaited together."""

    async def work() -> tuple[hcl_lite.Plan, list[hcl_lite.Plan]]:
        plain = hcl_lite.plan(grafana, variables=_VARIABLES)
        calls = [hcl_lite.aio.plan(grafana, variables={**_VARIABLES, "team": team}) for team in ("A", "B")]
        return plain, await asyncio.gather(*calls)

    plain, (a, b) = asyncio.run(work())
    titles = [next(d.after for c in plan.changes for d in c.differences if d.path == "title") for plan in (plain, a, b)]
    assert titles == ["Search", "A", "B"]


def test_two_directories_in_two_threads(grafana: Path, tmp_path: Path) -> None:
    """Each with its own variables and secrets; a third on the same directory is told of the lock."""
    other = shutil.copytree(grafana, tmp_path / "other")
    begun, go_on = threading.Event(), threading.Event()
    results: dict[str, Any] = {}

    def wait(event: hcl_lite.Event) -> None:
        if isinstance(event, hcl_lite.Planned):
            begun.set()
            assert go_on.wait(60)

    def run(name: str, directory: Path, events: Callable[[hcl_lite.Event], None]) -> None:
        results[name] = hcl_lite.apply(directory, variables={**_VARIABLES, "team": name}, events=events)

    first = threading.Thread(target=run, args=("First", grafana, wait))
    first.start()
    assert begun.wait(60)
    run("Second", other, lambda _: None)
    with pytest.raises(hcl_lite.HclError, match="The state is locked"):
        hcl_lite.apply(grafana, variables=_VARIABLES)
    go_on.set()
    first.join()
    assert {name: result.counts for name, result in results.items()} == {
        "First": {"create": 2},
        "Second": {"create": 2},
    }
    assert hcl_lite.state_show(grafana, "grafana_folder.team").attributes["title"] == "First"


def test_an_expression_is_bounded_in_whichever_thread(
    grafana: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several plans at once the one that takes too long is stopped, at its place; the others go on."""
    monkeypatch.setattr("hcl_lite.lang.expressions.sandbox.SECONDS", 0.3)
    (slow := tmp_path / "slow").mkdir()
    endless = "range(100000) | batch(1) | map('batch', 100000, 1) | map('list') | list"
    (slow / "main.toml").write_text(f'[locals]\nx = "${{{endless}}}"\n[output.x]\nvalue = "${{local.x}}"\n')

    async def work() -> list[object]:
        calls = [hcl_lite.aio.plan(grafana, variables=_VARIABLES) for _ in range(3)]
        return await asyncio.gather(hcl_lite.aio.plan(slow), *calls, return_exceptions=True)

    stopped, *plans = asyncio.run(work())
    assert [plan.summary for plan in plans if isinstance(plan, hcl_lite.Plan)] == [
        "Plan: 2 to create, 0 to update, 0 to delete."
    ] * 3
    assert isinstance(stopped, hcl_lite.HclError)
    assert "It takes more than 0.3 s, and was stopped." in f"{stopped.diagnostics[0]}"
    assert f"{stopped.diagnostics[0].place}".startswith("main.toml:2:")


def test_nothing_that_comes_back_has_a_secret(grafana: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Results, events, errors, their texts and what is logged: also where the server repeats what it was sent."""
    caplog.set_level(logging.DEBUG)
    text = (grafana / "main.toml").read_text()
    (grafana / "main.toml").write_text(
        f'{text}\n[variable.plain]\n[output.token]\nvalue = "${{var.token}}"\nsensitive = true\n[[check]]\nname = "c"\n'
        'condition = "${grafana_folder.team.title == \'?\'}"\nerror_message = "It is ${var.plain}."\n'
    )
    told: list[object] = []
    given = {**_VARIABLES, "plain": _SECRET}
    plan = hcl_lite.plan(grafana, variables=given, events=told.append)
    applied = hcl_lite.apply(grafana, variables=given, events=told.append)
    assert [warning.summary for warning in plan.warnings] == ["It is (sensitive)."]
    assert applied.outputs["token"] == "(sensitive)"
    with pytest.raises(hcl_lite.HclError) as caught:
        hcl_lite.plan(grafana, variables={"team": ["x"], "token": _SECRET, "other": _SECRET})
    with pytest.raises(hcl_lite.HclError) as wrong:
        hcl_lite.plan(grafana, variables={"token": [_SECRET]})
    (grafana / "main.toml").write_text(text.replace('title = "${var.team}"', 'title = "${var.token}x/../${nope}"'))
    with pytest.raises(hcl_lite.HclError) as broken:
        hcl_lite.plan(grafana, variables=_VARIABLES)
    errors = [error.value for error in (caught, wrong, broken)]
    everything = [plan, applied, told, *errors, *(e.diagnostics for e in errors), *(e.__notes__ for e in errors)]
    assert [one for one in everything if _SECRET in f"{one}{one!r}"] == []
    assert all(error.__cause__ is None and error.__context__ is None for error in errors)
    assert _SECRET not in plan.text(full=True) + caplog.text
    assert pickle.loads(pickle.dumps(errors[0])).diagnostics == errors[0].diagnostics


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda d: hcl_lite.plan(d / "nowhere"), "There is no directory"),
        (lambda d: hcl_lite.plan(d, variables={"nope": 1}), '"nope" is not a variable'),
        (lambda d: hcl_lite.plan(d, variables={"team": {1, 2}}), "The value of variable team cannot be used"),
        (lambda d: hcl_lite.plan(d, variables={"team": float("nan")}), "The value of variable team cannot be used"),
        (lambda d: hcl_lite.plan(d, variables={"team": [1]}), "The value of variable team does not fit"),
        (lambda d: hcl_lite.plan(d, target="a b"), "is not an address"),
        (lambda d: hcl_lite.plan(d, target="a.b", exclude="a.c"), "exclude each other"),
        (lambda d: hcl_lite.plan(d, out="nowhere/p"), "Cannot save the plan"),
        (lambda d: hcl_lite.apply(d, plan_file="p"), "Cannot read the plan"),
        (lambda d: hcl_lite.apply(d, plan_file="p", target="a.b"), "A saved plan is carried out as it is"),
        (lambda d: hcl_lite.apply(d, parallelism=0), "parallelism cannot be 0"),
        (lambda d: hcl_lite.state_show(d, "grafana_folder.x"), "The state has no grafana_folder.x"),
        (lambda d: hcl_lite.state_push(d, b"{"), "."),
        (lambda d: hcl_lite.undo(d), "There is nothing to undo"),
        (lambda d: hcl_lite.restore(d, "2026"), 'There is no run "2026"'),
        (lambda d: hcl_lite.test(d), "There are no tests"),
    ],
)
def test_mistakes_are_diagnostics(grafana: Path, call: Callable[[Path], object], says: str) -> None:
    """Never a traceback of ours."""
    with pytest.raises(hcl_lite.HclError, match=re.escape(says)) as caught:
        call(grafana)
    assert caught.value.diagnostics
    assert caught.value.__notes__


def test_a_mistake_in_a_file_of_json_has_its_place_from_anywhere(grafana: Path) -> None:
    """That of the JSON, in the directory of the configuration or of a module, whatever the current one is."""
    (grafana / "m").mkdir()
    (grafana / "calls.toml").write_text('[module.m]\nsource = "./m"\n')
    block = "[resource.grafana_dashboard.broken]\nconfig_json = '${file(\"broken.json\")}'\n"
    for directory in (grafana, grafana / "m"):
        (directory / "board.toml").write_text(block)
        (directory / "broken.json").write_text('{\n  "title": }')
    with pytest.raises(hcl_lite.HclError) as raised:
        hcl_lite.plan(grafana, variables=_VARIABLES)
    assert [(str(one.place), one.summary) for one in raised.value.diagnostics] == [
        ("broken.json:2:12", "broken.json is not JSON"),
        ("m/broken.json:2:12", "m/broken.json is not JSON"),
    ]


def test_a_server_that_is_not_there(grafana: Path) -> None:
    """Told at its block, without the frames and causes that it came of."""
    text = (grafana / "main.toml").read_text().replace("embedded:grafana.db", "http://user:s3cret@127.0.0.1:1")
    (grafana / "main.toml").write_text(text.replace('url = "http', 'retries = 0\nurl = "http'))
    with pytest.raises(hcl_lite.HclError, match=r"GET http://127.0.0.1:1/") as caught:
        hcl_lite.plan(grafana)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_what_fails_on_the_way_is_raised_or_returned(grafana: Path) -> None:
    """With what was done all the same: here somebody takes the name after the plan."""
    server = Server.embedded(grafana)

    def take(event: hcl_lite.Event) -> None:
        if isinstance(event, hcl_lite.Planned):
            server.call("POST", "/api/datasources", {"name": "Metrics", "type": "loki", "access": "proxy"})

    with pytest.raises(hcl_lite.ApplyFailed, match="metrics") as caught:
        hcl_lite.apply(grafana, events=take)
    assert caught.value.result.counts == {"create": 1}
    assert pickle.loads(pickle.dumps(caught.value)).result.failures == caught.value.result.failures
    server.call("DELETE", "/api/datasources/name/Metrics")
    returned = hcl_lite.apply(grafana, events=take, check=False)
    assert (returned.is_complete, len(returned.failures)) == (False, 1)


def test_who_does_not_approve_changes_nothing(grafana: Path) -> None:
    """And too many deletions are refused before anybody is asked."""
    asked: list[hcl_lite.Plan] = []

    def never(plan: hcl_lite.Plan) -> bool:
        asked.append(plan)
        return False

    declined = hcl_lite.apply(grafana, approve=never)
    assert (declined.is_declined, declined.is_complete, declined.summary) == (True, False, "Nothing was changed.")
    assert [plan.counts for plan in asked] == [{"create": 2}]
    hcl_lite.apply(grafana)
    with pytest.raises(hcl_lite.TooManyDeletions):
        hcl_lite.destroy(grafana, max_destroy=1, approve=never)
    assert len(asked) == 1


def test_what_a_callback_raises_is_the_callers(grafana: Path) -> None:
    """The run ends in good order, and the next one goes on."""

    def stumble(event: hcl_lite.Event) -> None:
        if isinstance(event, hcl_lite.Step):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        hcl_lite.apply(grafana, events=stumble, parallelism=1)
    assert hcl_lite.apply(grafana).is_complete
    with pytest.raises(ZeroDivisionError):
        hcl_lite.destroy(grafana, approve=lambda _: 1 // 0 == 0)
    assert len(hcl_lite.state_list(grafana)) == 2


_MANY = """
[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_folder.f]
count = 40
title = "F ${count.index}"
"""


_INTERRUPTED = """
import os, signal, sys
import hcl_lite

done = []


def interrupt(event):
    if isinstance(event, hcl_lite.Step) and event.phase == "done":
        done.append(event)
        if len(done) == 3:
            os.kill(os.getpid(), signal.SIGINT)


numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
before = [signal.getsignal(number) for number in numbers]
try:
    hcl_lite.apply(sys.argv[1], events=interrupt, parallelism=1)
except KeyboardInterrupt:
    print(len(done), before == [signal.getsignal(number) for number in numbers])
"""


def test_ctrl_c_stops_in_good_order(tmp_path: Path) -> None:
    """What is under way is saved, nothing more is begun; no handler of the process is another than before."""
    (tmp_path / "main.toml").write_text(_MANY)
    command = [sys.executable, "-c", _INTERRUPTED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    count, untouched = done.stdout.split()
    assert (len(hcl_lite.state_list(tmp_path)), untouched, done.stderr) == (int(count), "True", "")
    assert int(count) < 40
    assert hcl_lite.apply(tmp_path).is_complete


def test_a_cancelled_task_stops_in_good_order(tmp_path: Path) -> None:
    """Before it is told to be cancelled."""
    (tmp_path / "main.toml").write_text(_MANY)

    async def work() -> None:
        begun, loop = asyncio.Event(), asyncio.get_running_loop()
        task = asyncio.create_task(
            hcl_lite.aio.apply(tmp_path, events=lambda _: loop.call_soon_threadsafe(begun.set), parallelism=1)
        )
        await asyncio.wait_for(begun.wait(), 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert len(hcl_lite.state_list(tmp_path)) < 40
    assert hcl_lite.apply(tmp_path).is_complete


def test_the_environment_is_the_one_that_is_given(grafana: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the process counts where none is."""
    monkeypatch.setenv("HCL_LITE_VAR_team", "Process")

    def title(**given: Any) -> object:
        plan = hcl_lite.plan(grafana, **given)
        return next(d.after for change in plan.changes for d in change.differences if d.path == "title")

    assert (title(), title(environment={}), title(environment={"HCL_LITE_VAR_team": "Given"})) == (
        "Process",
        "Payments",
        "Given",
    )


def test_modules_and_files_are_those_of_the_directory(tmp_path: Path) -> None:
    """Named as they are from there, wherever Python is."""
    (tmp_path / "modules" / "team").mkdir(parents=True)
    (tmp_path / "modules" / "team" / "main.toml").write_text(
        '[variable.name]\n[resource.grafana_folder.f]\ntitle = "${var.nme}"\n'
    )
    (tmp_path / "secret").write_text("from-a-file")
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nurl = "embedded:grafana.db"\n[module.team]\nsource = "./modules/team"\n'
        "inputs = { name = \"${trimspace(file('secret'))} ${path.cwd}\" }\n"
    )
    with pytest.raises(hcl_lite.HclError) as caught:
        hcl_lite.plan(tmp_path)
    assert [str(problem.place) for problem in caught.value.diagnostics] == ["modules/team/main.toml:3:12"]
    text = (tmp_path / "modules" / "team" / "main.toml").read_text()
    (tmp_path / "modules" / "team" / "main.toml").write_text(text.replace("var.nme", "var.name"))
    plan = hcl_lite.plan(tmp_path)
    assert "from-a-file ." in str(plan)


_TESTS = """
[[run]]
name = "yes"
[[run.assert]]
condition = "${grafana_folder.team.title == 'Payments'}"
error_message = "no"

[[run]]
name = "no"
command = "plan"
[[run.assert]]
condition = "${1 == 2}"
error_message = "never"
"""


def test_tests_of_a_configuration_run_from_python(grafana: Path) -> None:
    """Those that pass, and those that do not."""
    (grafana / "a.test.toml").write_text(_TESTS)
    runs = hcl_lite.test(grafana)
    assert [(run.file, run.name, run.passed) for run in runs] == [
        ("a.test.toml", "yes", True),
        ("a.test.toml", "no", False),
    ]


def test_the_document_runs(grafana: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """docs/python.md, from its beginning to its end, beside the example's configuration."""
    monkeypatch.chdir(grafana.parent)
    names: dict[str, Any] = {}
    for code in re.findall(r"^```python\n(.*?)^```$", (_ROOT / "docs" / "python.md").read_text(), re.M | re.S):
        exec(code, names)
    printed = capsys.readouterr().out
    assert "Plan: 2 to create, 0 to update, 0 to delete.\n" in printed
    assert "('grafana_folder.search',)" in printed
    assert "The value of variable team does not fit" in printed
    assert "s3cr3t" not in printed


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its script, and its tests as pytest would run them."""
    spec = importlib.util.spec_from_file_location("deploy", _EXAMPLE / "deploy.py")
    assert spec is not None
    assert spec.loader is not None
    deploy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(deploy)
    shutil.copy(_EXAMPLE / "main.toml", tmp_path)
    assert deploy.deploy(tmp_path, "Search", _SECRET).is_complete
    printed = capsys.readouterr().out
    assert "grafana_folder.team: create" in printed
    assert _SECRET not in printed


def test_what_was_changed_comes_into_the_files(grafana: Path) -> None:
    """As `hcl-lite pull` does it, with what came of it as values."""
    hcl_lite.apply(grafana, variables=_VARIABLES)
    nothing = hcl_lite.pull(grafana, variables=_VARIABLES)
    assert (nothing.addresses, nothing.files, nothing.has_changes, nothing.is_whole) == ((), {}, False, True)
    assert str(nothing).startswith("Nothing to pull")
    with pytest.raises(hcl_lite.HclError, match="conflicts is wrong"):
        hcl_lite.pull(grafana, conflicts="both")
