"""The language on servers: instances, modules, lifecycle, moves and imports, as a person would use them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import plan_changes

_PANELS = [
    {"id": 1, "type": "text", "title": "CPU", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}},
    {"id": 2, "type": "text", "title": "Memory", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}},
]
_BOARDS = """
[resource.grafana_folder.team]
for_each = { api = "API", web = "Web" }
title = "Team ${each.value}"

[resource.grafana_dashboard.board]
for_each = "${fileset('boards', '*.json')}"
folder = "${grafana_folder.team[split('-', each.value)[0]].uid}"
config_json = "${file('boards/' ~ each.value)}"
"""


_EMBEDDED = '[provider.grafana]\nurl = "embedded:grafana.db"\n'


def _board(title: str, **more: Any) -> str:
    return json.dumps({"title": title, "panels": _PANELS, **more})


def _planned(hcl: Hcl) -> list[tuple[str, str]]:
    return [(change["address"], change["action"]) for change in plan_changes(hcl)]


def _apply(hcl: Hcl, *args: str) -> None:
    outcome = hcl("apply", "--auto-approve", *args)
    assert outcome.code == 0, outcome.err


@pytest.fixture
def boards(hcl: Hcl, server: Server, tmp_path: Path) -> Any:
    """Two folders, and three dashboards from files, on a server."""
    (tmp_path / "boards").mkdir()
    for name in ("api-one", "api-two", "web-one"):
        (tmp_path / "boards" / f"{name}.json").write_text(_board(name))
    (tmp_path / "main.toml").write_text(server.provider + _BOARDS)
    _apply(hcl)
    assert _planned(hcl) == []
    yield tmp_path
    (tmp_path / "main.toml").write_text(server.provider)
    _apply(hcl)


def test_a_file_that_comes_or_goes_is_a_dashboard_that_comes_or_goes(boards: Path, hcl: Hcl) -> None:
    """Nothing else is touched, and nothing else changes its place."""
    (boards / "boards" / "api-two.json").unlink()
    (boards / "boards" / "web-two.json").write_text(_board("new"))
    assert _planned(hcl) == [
        ('grafana_dashboard.board["web-two.json"]', "create"),
        ('grafana_dashboard.board["api-two.json"]', "delete"),
    ]
    _apply(hcl)
    assert _planned(hcl) == []


def test_each_dashboard_remembers_only_its_own_folder(boards: Path, hcl: Hcl) -> None:
    """The state grows with the objects, not with their product."""
    records = json.loads(hcl("show", "--json").out)["records"]
    needs = {record["address"]: record["dependencies"] for record in records if record["dependencies"]}
    assert needs == {
        'grafana_dashboard.board["api-one.json"]': ['grafana_folder.team["api"]'],
        'grafana_dashboard.board["api-two.json"]': ['grafana_folder.team["api"]'],
        'grafana_dashboard.board["web-one.json"]': ['grafana_folder.team["web"]'],
    }


def test_what_a_colleague_moves_stays_where_it_is_ignored(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """The place of one panel is left to people: no plan, and an update of another panel does not move it back."""
    (tmp_path / "b.json").write_text(_board("B", uid="ignoring"))
    text = server.provider + (
        "[resource.grafana_dashboard.b]\nconfig_json = '${file(\"b.json\")}'\n"
        'lifecycle = { ignore_changes = ["panels[title=CPU].gridPos"] }\n'
    )
    (tmp_path / "main.toml").write_text(text)
    _apply(hcl)
    live = server.call("GET", "/api/dashboards/uid/ignoring")["dashboard"]
    live["panels"][0]["gridPos"] = {"x": 12, "y": 8, "w": 6, "h": 4}
    server.call("POST", "/api/dashboards/db", {"dashboard": live, "overwrite": True})
    assert _planned(hcl) == []

    changed = [_PANELS[0], {**_PANELS[1], "title": "RAM"}]
    (tmp_path / "b.json").write_text(_board("B", uid="ignoring").replace(json.dumps(_PANELS), json.dumps(changed)))
    plan = hcl("plan").out
    assert "RAM" in plan
    assert "gridPos" not in plan
    _apply(hcl)
    panels = server.call("GET", "/api/dashboards/uid/ignoring")["dashboard"]["panels"]
    assert (panels[0]["gridPos"], panels[1]["title"]) == ({"x": 12, "y": 8, "w": 6, "h": 4}, "RAM")
    assert _planned(hcl) == []
    assert hcl("destroy", "--auto-approve").code == 0


_V2 = "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards/ignoring-v2"


@pytest.mark.parametrize("path", ["layout.spec.items[*].spec.height", "spec.layout", "title", "spec.title"])
def test_what_is_ignored_of_a_dashboard_that_the_server_rewrites_is_no_drift(
    hcl: Hcl, server: Server, tmp_path: Path, path: str
) -> None:
    """Such a dashboard is compared with what it was at the last apply; what is ignored of it may be otherwise."""
    item = {"x": 0, "y": 0, "width": 12, "height": 8, "element": {"kind": "ElementReference", "name": "panel-1"}}
    layout = {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": item}]}}
    data = {"kind": "QueryGroup", "spec": {"queries": [], "transformations": [], "queryOptions": {}}}
    config = {"kind": "VizConfig", "group": "text", "version": "", "spec": {"options": {}, "fieldConfig": {}}}
    config["spec"]["fieldConfig"] = {"defaults": {}, "overrides": []}  # type: ignore[index]
    panel = {"id": 1, "title": "CPU", "description": "", "links": [], "data": data, "vizConfig": config}
    spec = {"title": "V2", "elements": {"panel-1": {"kind": "Panel", "spec": panel}}, "layout": layout}
    form = {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "metadata": {"name": "ignoring-v2"}}
    (tmp_path / "b.json").write_text(json.dumps({**form, "spec": spec}))
    (tmp_path / "main.toml").write_text(
        server.provider + "[resource.grafana_dashboard.b]\nconfig_json = '${file(\"b.json\")}'\n"
        f'lifecycle = {{ ignore_changes = ["{path}"] }}\n'
    )
    _apply(hcl)
    live = server.call("GET", _V2)
    live["spec"]["layout"]["spec"]["items"][0]["spec"]["height"] = 3 if "layout" in path else 8
    live["spec"]["title"] = "Theirs" if "title" in path else "V2"
    changed = server.call("PUT", _V2, live)["spec"]
    assert _planned(hcl) == []
    (tmp_path / "b.json").write_text(json.dumps({**form, "spec": {**spec, "tags": ["new"]}}))
    assert _planned(hcl) == [("grafana_dashboard.b", "update")]
    _apply(hcl)
    assert server.call("GET", _V2)["spec"] == {**changed, "tags": ["new"]}
    assert _planned(hcl) == []
    assert hcl("destroy", "--auto-approve").code == 0


def test_moves_removals_and_imports_write_nothing_to_the_server(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """A folder is renamed into a module, another is given up, and both are taken over by a third configuration."""
    main = tmp_path / "main.toml"
    folders = (
        '[resource.grafana_folder.a]\ntitle = "A"\nuid = "fa"\n[resource.grafana_folder.b]\ntitle = "B"\nuid = "fb"\n'
    )
    main.write_text(server.provider + folders)
    _apply(hcl)
    before = server.call("GET", "/api/folders/fa")

    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text('[resource.grafana_folder.x]\ntitle = "A"\nuid = "fa"\n')
    main.write_text(
        server.provider
        + '[module.m]\nsource = "./m"\n[[moved]]\nfrom = "grafana_folder.a"\nto = "module.m.grafana_folder.x"\n'
        + '[[removed]]\nfrom = "grafana_folder.b"\ndestroy = false\n'
    )
    planned = hcl("plan")
    assert "It is known as grafana_folder.a until now." in planned.out
    assert "grafana_folder.b will be forgotten; the object stays on the server" in planned.out
    assert "0 to create, 0 to update, 0 to delete, 1 to forget." in planned.out
    _apply(hcl)
    assert hcl("state", "list").out == "module.m.grafana_folder.x\n"
    assert server.call("GET", "/api/folders/fa") == before

    imports = '[[import]]\nto = "grafana_folder.b"\nid = "fb"\n'
    main.write_text(server.provider + '[module.m]\nsource = "./m"\n' + folders.split("\n[", 1)[1].join(["[", imports]))
    assert _planned(hcl) == []
    _apply(hcl)
    assert hcl("state", "list").out == "grafana_folder.b\nmodule.m.grafana_folder.x\n"
    assert server.call("GET", "/api/folders/fa") == before
    assert hcl("destroy", "--auto-approve").code == 0


def test_for_each_follows_what_a_lookup_finds(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """The lookup is read before the instances are counted, for the plan and for a saved plan."""
    main = tmp_path / "main.toml"
    main.write_text(server.provider + '[resource.grafana_folder.top]\ntitle = "p,q"\nuid = "keys"\n')
    _apply(hcl)
    lookup = (
        '[data.grafana_folder.top]\nuid = "keys"\n'
        "[resource.grafana_folder.each]\nfor_each = \"${split(',', data.grafana_folder.top.title)}\"\n"
        'title = "Of ${each.key}"\n'
    )
    main.write_text(main.read_text() + lookup)
    assert _planned(hcl) == [('grafana_folder.each["p"]', "create"), ('grafana_folder.each["q"]', "create")]
    assert hcl("apply", "p").code == 0
    assert _planned(hcl) == []
    assert hcl("destroy", "--auto-approve").code == 0


def test_a_module_comes_from_a_git_repository(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """At a tag, below a directory; init fetches it, --upgrade once more, and nothing else does."""
    repository = tmp_path / "repository"
    (repository / "folders").mkdir(parents=True)
    module = repository / "folders" / "main.toml"
    git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]

    def commit(title: str, *commands: list[str]) -> None:
        module.write_text(f'[resource.grafana_folder.x]\ntitle = "{title}"\nuid = "from-git"\n')
        for command in [["init", "-q"], ["add", "."], ["commit", "-qm", title], *commands]:
            subprocess.run([*git, *command], check=True)

    commit("First", ["tag", "v1"])
    commit("Second")
    for ref, title in (("?ref=v1", "First"), ("", "Second")):
        source = f'source = "git::file://{repository}//folders{ref}"\n'
        (tmp_path / "main.toml").write_text(embedded.provider + f"[module.m]\n{source}")
        missing = hcl("plan")
        assert missing.code == 1
        assert "is not installed" in missing.err
        assert "main.toml:5:10" in missing.err
        assert hcl("init").code == 0
        assert f'title: "{title}"' in hcl("plan").out
    commit("Third")
    assert 'title: "Second"' in hcl("plan").out
    assert hcl("init", "--upgrade").code == 0
    assert 'title: "Third"' in hcl("plan").out
    (tmp_path / "main.toml").write_text(f'[module.m]\nsource = "git::file://{repository}?ref=nowhere"\n')
    failed = hcl("init")
    assert (failed.code, "Cannot check out" in failed.err, "nowhere" in failed.err) == (1, True, True)


def test_a_module_comes_from_an_installed_python_package(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory of the package; its files are read from there, and not from beside the configuration."""
    package = tmp_path / "site" / "grafana_modules_for_a_test"
    (package / "team").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('finding a module must not run the package')")
    (package / "team" / "main.toml").write_text(
        "[resource.grafana_folder.x]\ntitle = \"${trimspace(file('title.txt'))}\"\n"
    )
    (package / "team" / "title.txt").write_text("From a package\n")
    monkeypatch.syspath_prepend(str(package.parent))
    source = 'source = "python:grafana_modules_for_a_test//team"\n'
    (tmp_path / "main.toml").write_text(embedded.provider + f"[module.m]\n{source}")
    assert 'title: "From a package"' in hcl("plan").out
    (tmp_path / "main.toml").write_text(embedded.provider + f"[module.m]\n{source.replace('_test', '_text')}")
    assert "There is no Python package for" in hcl("plan").err


_READS = (
    'file("F")',
    'upper(file("F"))',
    '["F"] | map("file") | first',
    'filebase64("F")',
    'filesha256("F")',
    'templatefile("F", {})',
    'templatefile("t.txt", {})',
)


def _output(expression: str) -> str:
    return f"[output.o]\nvalue = {json.dumps('${' + expression + '}')}\n"


@pytest.mark.parametrize("read", _READS)
def test_a_module_reads_its_own_files_and_what_its_call_names(hcl: Hcl, tmp_path: Path, read: str) -> None:
    """Not those beside it; and what the root keeps a secret in is sensitive to whoever reads it."""
    module = tmp_path / "module"
    module.mkdir()
    (tmp_path / "token.txt").write_text("hunter2-token\n")
    (module / "own.txt").write_text("hunter2-own\n")
    (module / "t.txt").write_text('x ${file("../token.txt")}')
    (module / "main.toml").write_text(_output(read.replace("F", "../token.txt")))
    call, shown = '[module.m]\nsource = "./module"\n', _output("module.m.o")
    given = call + 'readable = ["."]\n' + shown
    (tmp_path / "main.toml").write_text(call + shown)
    outside = hcl("plan")
    assert (outside.code, "is outside of the module" in outside.err) == (1, True)
    (tmp_path / "main.toml").write_text(given)
    assert hcl("plan").code == 0
    (tmp_path / "main.toml").write_text('[provider.grafana]\nurl = "embedded:g.db"\nauth = "file:token.txt"\n' + given)
    marked = hcl("plan")
    assert (marked.code, "must be sensitive" in marked.err, "hunter2" in marked.err + marked.out) == (1, True, False)
    (module / "main.toml").write_text(_output(read.replace("F", "own.txt").replace("t.txt", "own.txt")))
    (tmp_path / "main.toml").write_text(call + shown)
    assert hcl("plan").code == 0


def test_a_module_passes_on_what_it_may_read(hcl: Hcl, tmp_path: Path) -> None:
    """To the modules that it calls: what it was given, or what is below it, and nothing else."""
    for directory in ("a/b", "given/below", "other"):
        (tmp_path / directory).mkdir(parents=True)
        (tmp_path / directory / "x.txt").write_text(directory)
    (tmp_path / "a" / "x.txt").write_text("a")
    (tmp_path / "main.toml").write_text('[module.a]\nsource = "./a"\nreadable = ["given"]\n' + _output("module.a.o"))
    (tmp_path / "a" / "b" / "main.toml").write_text(_output('file("../../given/below/x.txt") ~ file("../x.txt")'))
    for readable, code in (('["../given/below", "."]', 0), ('["../given/below"]', 1), ("[]", 1), ('["../other"]', 1)):
        text = f'[module.b]\nsource = "./b"\nreadable = {readable}\n'
        (tmp_path / "a" / "main.toml").write_text(text + _output("module.b.o"))
        assert hcl("plan").code == code, readable
    assert '"../other" is outside of the module\n  at a/main.toml:3:13' in hcl("validate").err


def test_secrets_stay_secret_on_every_way_through_expressions(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Through locals, functions, modules, for_each values, outputs: in no output, state, plan or error."""
    secret = "pl4nted-s3cret"
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text(
        '[variable.token]\n[output.header]\nvalue = "Bearer ${var.token}"\nsensitive = true\n'
        '[resource.grafana_data_source.inner]\nname = "Inner"\ntype = "prometheus"\n'
        'secure_json_data = { password = "${upper(var.token)}" }\n'
    )
    (tmp_path / "main.toml").write_text(
        embedded.provider
        + '[variable.token]\nsensitive = true\n[locals]\ntokens = { a = "${var.token}", b = "x${var.token}" }\n'
        + '[module.m]\nsource = "./m"\ninputs = { token = "${local.tokens.b}" }\n'
        + '[resource.grafana_data_source.each]\nfor_each = "${local.tokens}"\nname = "DS ${each.key}"\n'
        + 'type = "prometheus"\nsecure_json_data = { password = "${each.value}" }\n'
        + '[output.out]\nvalue = "${module.m.header}"\nsensitive = true\n'
    )
    variable = f"token={secret}"
    seen = ""
    for args in (
        ["plan", "--out", "p"],
        ["apply", "--auto-approve"],
        ["plan"],
        ["show", "--json", "p"],
        ["show"],
        ["output"],
    ):
        more = ["--var", variable] if args[0] in ("plan", "apply") else []
        outcome = hcl(*args, *more)
        assert outcome.code == 0, outcome.err
        seen += outcome.out + outcome.err
    good = (tmp_path / "main.toml").read_text()
    for broken in (
        "jsondecode(var.token)",
        "tonumber(var.token)",
        "{}[var.token].x",
        "regex(var.token, 'x')",
        "var.token.x",
    ):
        (tmp_path / "main.toml").write_text(good + f'[output.broken]\nsensitive = true\nvalue = "${{{broken}}}"\n')
        failed = hcl("plan", "--var", variable)
        assert failed.code == 1, broken
        seen += failed.err
    seen += "".join(
        path.read_text(errors="replace") for path in tmp_path.iterdir() if path.is_file() and path.suffix != ".db"
    )
    assert re.findall(f"(?i).*{secret}.*", seen) == []
    assert (tmp_path / "hcl-lite.state.json").is_file()


def test_a_change_of_a_body_triggers_a_replacement(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """It is compared as the dashboard's JSON, and not under the name of its argument."""
    text = server.provider + (
        '[resource.grafana_dashboard.d]\nconfig_json = \'{"title": "T", "panels": []}\'\n'
        '[resource.grafana_folder.f]\ntitle = "F"\n'
        'lifecycle = { replace_triggered_by = ["grafana_dashboard.d.config_json"] }\n'
    )
    (tmp_path / "main.toml").write_text(text)
    _apply(hcl)
    (tmp_path / "main.toml").write_text(text.replace('"T"', '"U"'))
    assert _planned(hcl) == [("grafana_dashboard.d", "update"), ("grafana_folder.f", "replace")]
    assert hcl("destroy", "--auto-approve").code == 0


def test_an_object_that_changes_its_server_and_its_uid_is_found_on_the_old_one(hcl: Hcl, tmp_path: Path) -> None:
    """It was taken for one that is gone: forgotten, though it was there, and though it was protected."""
    providers = '[provider.grafana]\nfor_each = ["a", "b"]\nurl = "embedded:${each.key}.db"\n'
    folder = (
        '[resource.grafana_folder.f]\nprovider = \'grafana["%s"]\'\nuid = "%s"\ntitle = "F"\n'
        "lifecycle = { prevent_destroy = %s }\n"
    )
    main = tmp_path / "main.toml"
    main.write_text(providers + folder % ("a", "fa", "true"))
    _apply(hcl)
    main.write_text(providers + folder % ("b", "fb", "true"))
    assert "grafana_folder.f is protected" in hcl("plan").err
    main.write_text(providers + folder % ("b", "fb", "false"))
    assert _planned(hcl) == [("grafana_folder.f", "replace")]
    _apply(hcl)
    assert _planned(hcl) == []


def test_keys_may_rest_on_an_object_that_is_there(hcl: Hcl, tmp_path: Path) -> None:
    """What is known only after its apply is known then: with a target first, as the message says."""
    (tmp_path / "main.toml").write_text(
        _EMBEDDED + '[resource.grafana_folder.a]\ntitle = "A"\n[resource.grafana_folder.free]\ntitle = "Free"\n'
        '[resource.grafana_folder.b]\nfor_each = "${[grafana_folder.a.url]}"\ntitle = "B ${each.key}"\n'
        '[resource.grafana_folder.c]\ntitle = "C ${length(grafana_folder.b)}"\n'
    )
    assert "The instances of grafana_folder.b are known only after apply" in hcl("plan").err
    assert "The instances of grafana_folder.b" in hcl("plan", "--target", "grafana_folder.b").err
    assert "The instances of grafana_folder.b" in hcl("plan", "--target", "grafana_folder.c").err
    assert hcl("plan", "--target", "grafana_folder.free").code == 0
    _apply(hcl, "--target", "grafana_folder.a")
    _apply(hcl)
    assert _planned(hcl) == []
    assert hcl("apply", "p").code == 0
    assert len(hcl("state", "list").out.splitlines()) == 4
    assert hcl("destroy", "--auto-approve", "--target", "grafana_folder.a").code == 0
    assert hcl("destroy", "--auto-approve").code == 0
    assert hcl("state", "list").out == ""


def test_a_provider_is_opened_by_what_is_to_be_destroyed(hcl: Hcl, tmp_path: Path) -> None:
    """Its settings come from an object and from a lookup of an object that go in the same run, as a saved plan too."""
    (tmp_path / "main.toml").write_text(
        '[provider.first]\ntype = "grafana"\nurl = "embedded:first.db"\n'
        '[resource.grafana_folder.name]\nprovider = "first"\ntitle = "second"\n'
        '[data.grafana_folder.name]\nprovider = "first"\nuid = "${grafana_folder.name.uid}"\n'
        '[provider.grafana]\nurl = "embedded:${grafana_folder.name.title}.db"\n'
        '[provider.third]\ntype = "grafana"\nurl = "embedded:${data.grafana_folder.name.title}.db"\n'
        '[resource.grafana_folder.two]\ntitle = "2"\n'
        '[resource.grafana_folder.three]\nprovider = "third"\ntitle = "3"\n'
    )
    _apply(hcl, "--target", "grafana_folder.name")
    _apply(hcl)
    assert _planned(hcl) == []
    assert hcl("refresh").code == 0
    assert hcl("plan", "--destroy", "--out", "d").code == 0
    outcome = hcl("apply", "d")
    assert (outcome.code, outcome.err, hcl("state", "list").out) == (0, "", "")


def test_what_keys_rest_on_may_be_gone_when_all_is_destroyed(hcl: Hcl, tmp_path: Path) -> None:
    """No instance has to be known for that."""
    text = _EMBEDDED + '[resource.grafana_folder.a]\nuid = "a"\ntitle = "A"\n'
    lookup = _EMBEDDED + (
        '[data.grafana_folder.a]\nuid = "a"\n'
        '[resource.grafana_folder.b]\nfor_each = "${[data.grafana_folder.a.title]}"\ntitle = "B"\n'
    )
    (tmp_path / "main.toml").write_text(text)
    _apply(hcl)
    (tmp_path / "main.toml").write_text(lookup + '[[removed]]\nfrom = "grafana_folder.a"\ndestroy = false\n')
    _apply(hcl)
    (tmp_path / "main.toml").write_text(text)
    assert hcl("import", "grafana_folder.a", "a").code == 0
    assert hcl("destroy", "--auto-approve", "--target", "grafana_folder.a").code == 0
    (tmp_path / "main.toml").write_text(lookup)
    assert hcl("plan").code == 1
    assert hcl("destroy", "--auto-approve").code == 0
    assert hcl("state", "list").out == ""


def test_an_instance_of_a_provider_can_be_named_before_its_keys_are_known(hcl: Hcl, tmp_path: Path) -> None:
    """They come from a lookup of another provider, which is read first."""
    seed = '[provider.seed]\ntype = "grafana"\nurl = "embedded:seed.db"\n'
    (tmp_path / "main.toml").write_text(
        seed + '[resource.grafana_folder.s]\nprovider = "seed"\nuid = "s"\ntitle = "one"\n'
    )
    _apply(hcl)
    text = seed + (
        '[[removed]]\nfrom = "grafana_folder.s"\ndestroy = false\n'
        '[data.grafana_folder.s]\nprovider = "seed"\nuid = "s"\n'
        '[provider.grafana]\nfor_each = "${[data.grafana_folder.s.title]}"\nurl = "embedded:${each.key}.db"\n'
        '[resource.grafana_folder.f]\nprovider = \'grafana["one"]\'\nuid = "f"\ntitle = "F"\n'
    )
    (tmp_path / "main.toml").write_text(text)
    _apply(hcl)
    chained = text + (
        '[data.grafana_folder.f]\nprovider = \'grafana["one"]\'\nuid = "${grafana_folder.f.uid}"\n'
        '[resource.grafana_folder.g]\nprovider = \'grafana["one"]\'\ntitle = "G"\n'
        'for_each = "${[data.grafana_folder.f.title]}"\n'
    )
    (tmp_path / "main.toml").write_text(chained)
    _apply(hcl)
    assert _planned(hcl) == []
    (tmp_path / "main.toml").write_text(chained.replace('[\\"one\\"]', '[\\"two\\"]').replace('["one"]', '["two"]'))
    assert 'There is no provider "grafana["two"]"' in hcl("plan").err


def test_a_provider_that_has_got_instances_is_not_taken_from_the_environment(hcl: Hcl, tmp_path: Path) -> None:
    """What the state has of it was made with settings that are gone."""
    (tmp_path / "main.toml").write_text(_EMBEDDED + '[resource.grafana_folder.f]\ntitle = "F"\n')
    _apply(hcl)
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nfor_each = ["eu"]\nurl = "embedded:grafana.db"\n'
        '[resource.grafana_folder.f]\nprovider = \'grafana["eu"]\'\ntitle = "F"\n'
    )
    assert 'The state has objects of provider "grafana", which is no longer declared' in hcl("plan").err


@pytest.mark.parametrize("target", [(), ("--target", "grafana_folder.f")])
def test_a_saved_plan_is_of_the_instances_that_there_were(hcl: Hcl, tmp_path: Path, target: tuple[str, ...]) -> None:
    """A key that has come or gone since: nothing is begun."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("")
    (tmp_path / "main.toml").write_text(
        _EMBEDDED + "[resource.grafana_folder.f]\nfor_each = \"${fileset('.', '*.txt')}\"\ntitle = \"F\"\n"
        '[resource.grafana_folder.g]\ntitle = "G"\n'
    )
    assert hcl("plan", "--out", "p", *target).code == 0
    (tmp_path / "b.txt").rename(tmp_path / "c.txt")
    outcome = hcl("apply", "p")
    assert outcome.code == 1
    assert 'grafana_folder.f["c.txt"]: it was not in the plan.' in outcome.err
    assert 'grafana_folder.f["b.txt"]: it is no longer declared.' in outcome.err
    assert hcl("state", "list").out == ""
    assert hcl("plan", "--out", "p", *target).code == 0
    assert hcl("apply", "p").code == 0
