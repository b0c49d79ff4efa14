"""No secret is in anything that a run writes: not in what it prints, logs or keeps, not when a server repeats it, not
when hcl-lite itself crashes or is killed."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.values import reveal
from providers.grafana import amazon, data_source
from providers.headspin.client import make_client
from tests.conftest import Figures, Hcl
from tests.contexts import BARE
from tests.http_servers import serve_http
from tests.whole.keys import Keys
from tests.whole.leaks import Echo, Planted, texts_below

_KILLED = """
import os, signal, sys
from state.store import Ledger
Ledger.finish = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from hcl_lite.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def echo() -> Iterator[str]:
    with serve_http(Echo) as url:
        yield url.removeprefix("http://")


class _Run:
    """Runs commands in a project at the highest verbosity, and keeps whatever they print."""

    def __init__(self, hcl: Hcl, home: Path) -> None:
        self.hcl = hcl
        self.home = home
        self.said: list[tuple[str, str]] = []
        self.given: set[Path] = set()

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.given.add(path)
        return path

    def __call__(self, *args: str, code: int | None = 0, where: str = ".") -> str:
        out = ""
        for logged in (("--log-file", "run.log"), ("--log-format", "json"), ()):
            if logged == () and "apply" in args:
                continue  # it would be done already
            outcome = self.hcl("-C", str(self.home / where), *args, "--log-level", "trace", *logged)
            self.said.append((f"{where}: {args[0]}", outcome.out + outcome.err))
            out += outcome.out + outcome.err
            if logged[:1] == ("--log-file",) and code is not None:
                assert outcome.code == code, outcome.out + outcome.err
        return out


@pytest.fixture
def run(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Run:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return _Run(hcl, tmp_path)


def _main(planted: Planted, home: Path) -> str:
    """A configuration that can be applied, with a secret wherever there can be one."""
    plant, toml = planted.plant, planted.toml
    (home / "secret.txt").write_text(plant("file reference") + "\n")
    (home / "key.pem").write_text(
        "-----BEGIN KEY-----\n" + plant("a line of a key", plain=True) + "\n-----END KEY-----\n"
    )
    (home / "print.py").write_text(f"print({plant('cmd reference')!r})\n")
    (home / "board.tpl").write_text('{"title": "Filled", "uid": "filled", "panels": [{"id": 1, "title": "${note}"}]}')
    (home / "board.json").write_text('{"title": "Board", "uid": "board", "note": "@NOTE@"}')
    return f"""
[variable.defaulted]
sensitive = true
default = {toml("variable: default")}

[variable.nested]
type = "object({{ inner = list(object({{ password = string }})) }})"
sensitive = true
default = {{ inner = [{{ password = {toml("variable: nested")} }}] }}

[variable.from_tf_var]
sensitive = true

[variable.from_environment]
sensitive = true

[variable.from_auto_file]
sensitive = true

[variable.from_file]
sensitive = true

[variable.from_option]
sensitive = true

[locals]
made = "made of ${{var.defaulted}}"
encoded = "${{base64encode(var.from_option)}}"

[provider.grafana]
url = "embedded:grafana.db"
auth = "admin:admin"
http_headers = {{ X-One = {json.dumps(plant("provider http_headers", plain=True))} }}

[provider.headspin]
url = "embedded:headspin.db"
auth = "embedded"

[provider.amazon]
type = "amazon_grafana"
workspace_endpoint = "embedded:amazon.db"
auth = "admin:admin"

[resource.headspin_grafana.org]

[resource.grafana_data_source.one]
name = "One"
type = "prometheus"
uid = "one"
url = "https://user:{plant("URL with a password", plain=True)}@prometheus.example.org"
http_headers = {{ Authorization = {toml("data source http_headers")} }}
json_data = {{ customer = "${{var.nested.inner[0].password}}" }}

[resource.grafana_data_source.one.secure_json_data]
literal = {toml("secure_json_data: literal")}
default = "${{var.defaulted}}"
tf = "${{var.from_tf_var}}"
env = "${{var.from_environment}}"
auto = "${{var.from_auto_file}}"
file = "${{var.from_file}}"
option = "${{local.encoded}}"
by_env = "env:PLANTED"
by_file = "file:secret.txt"
by_key = "file:key.pem"
by_program = 'cmd:"{sys.executable}" print.py'
by_keyring = "keyring:hcl-lite/planted"
headspin = "${{headspin_grafana.org.password}}"

[resource.grafana_data_source.two]
name = "Two"
type = "loki"
uid = "two"
url = "https://loki:${{urlencode(var.defaulted)}}@loki.example.org"
secure_json_data_encoded = '{{"password": "{plant("secure_json_data_encoded", plain=True)}"}}'

[resource.grafana_folder.secret]
uid = "secret"
title = "Team ${{var.from_tf_var}}"

[resource.grafana_folder.elsewhere]
provider = "amazon"
uid = "elsewhere"
title = "Team ${{var.from_environment}}"

[resource.grafana_dashboard.board]
folder = "${{grafana_folder.secret.uid}}"
config_json = '${{replace(file("board.json"), "@NOTE@", base64encode(local.made))}}'

[resource.grafana_dashboard.encoded]
folder = "${{grafana_folder.secret.uid}}"
message = "for ${{var.from_file}}"
config_json = '${{jsonencode({{"uid": "encoded", "title": var.from_environment, "tags": [upper(var.from_file)]}})}}'

[resource.grafana_dashboard.filled]
config_json = '${{templatefile("board.tpl", {{"note": base64encode(var.from_tf_var)}})}}'

[resource.grafana_dashboard.table]
config = {{ uid = "table", title = "T ${{var.defaulted}}", links = [{{ title = "${{var.from_option}}", url = "/" }}] }}

[data.grafana_folder.found]
title = "Team ${{var.from_tf_var}}"
depends_on = ["grafana_folder.secret"]

[resource.grafana_snapshot.shot]
dashboard = "${{grafana_dashboard.board.config_json}}"
delete_key = {json.dumps(plant("snapshot delete key", plain=True))}

[module.inner]
source = "./inner"
inputs = {{ password = {toml("module input: literal")}, other = "${{var.from_file}}" }}

[output.pages]
value = "${{grafana_folder.secret.url}} ${{grafana_dashboard.encoded.url}} ${{grafana_dashboard.table.url}}"

[output.found]
value = "${{data.grafana_folder.found.url}}"
sensitive = true

[output.hidden]
value = "${{local.made}} ${{module.inner.told}}"
sensitive = true

[[check]]
name = "speaks"
condition = "${{var.defaulted == 'x'}}"
error_message = "It is ${{var.defaulted}} and ${{var.nested.inner[0].password}}."
"""


_INNER = """
[variable.password]
sensitive = true

[variable.other]

[resource.grafana_data_source.inner]
name = "Inner"
type = "loki"
uid = "inner"
secure_json_data = { a = "${var.password}", b = "${var.other}" }

[output.told]
value = "${var.password} is told"
sensitive = true
"""


def _set_up(run: _Run, planted: Planted, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The project; the options that its commands need."""
    keyring = pytest.importorskip("keyring", reason="the extra keyring is not installed")
    keyring.set_keyring(Keys())
    monkeypatch.setenv("PLANTED_KEY", planted.plant("keyring reference"))
    run.write("main.toml", _main(planted, run.home))
    run.write("inner/main.toml", _INNER)
    run.write("auto.auto.vars.toml", f"from_auto_file = {planted.toml('variable: *.auto.vars.toml')}\n")
    run.write("more.vars.toml", f"from_file = {planted.toml('variable: --var-file')}\n")
    run.given |= {run.home / name for name in ("secret.txt", "key.pem", "print.py", "board.json", "board.tpl")}
    monkeypatch.setenv("TF_VAR_from_tf_var", planted.plant("variable: TF_VAR"))
    monkeypatch.setenv("HCL_LITE_VAR_from_environment", planted.plant("variable: HCL_LITE_VAR"))
    monkeypatch.setenv("PLANTED", planted.plant("env reference"))
    monkeypatch.setenv("HCL_LITE_FINGERPRINT_KEY", planted.plant("fingerprint key"))
    return "--var-file", "more.vars.toml", "--var", f"from_option={planted.plant('variable: --var')}"


def _every_command(run: _Run, planted: Planted, options: tuple[str, ...]) -> None:
    """A project from its first plan to its end, through everything that shows something of it."""
    run("validate", *options)
    run("plan", "--out", "plan", *options)
    run("show", "plan")
    run("show", "plan", "--json")
    run("apply", "--auto-approve", *options)
    planted.secrets["HeadSpin's password"] = _headspin_password(run.home)
    assert "No changes" in run("plan", *options)
    run("plan", "--destroy", *options)
    run("show")
    run("show", "--json")
    run("state", "show", "grafana_data_source.one")
    run("graph")
    run("output", "--json")
    run("providers")
    run("refresh", "--auto-approve", *options, code=None)


def _rotate(run: _Run, planted: Planted, options: tuple[str, ...]) -> None:
    """Other secrets, a killed run, a broken state."""
    run.write("secret.txt", planted.plant("file reference, rotated"))
    said = run("plan", *options)
    assert "by_file: (sensitive, rotated)" in said
    assert "literal: (sensitive, unchanged)" in said
    script = run.write("killed.py", _KILLED)
    backend = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHON_KEYRING_BACKEND": "tests.whole.keys.Keys"}
    killed = subprocess.run(
        [sys.executable, str(script), "--log-level", "trace", "apply", "--auto-approve", *options],
        cwd=run.home,
        env={**os.environ, **backend},
        capture_output=True,
        text=True,
        check=False,
    )
    run.said.append(("killed", killed.stdout + killed.stderr))
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    run("undo", "--auto-approve", *options, code=None)


def _headspin_password(home: Path) -> str:
    async def ask() -> Any:
        client = make_client({"url": f"embedded:{home / 'headspin.db'}", "auth": "embedded"}, True, BARE)
        try:
            return await client.get("/v0/grafana/info")
        finally:
            await client.close()

    return str(asyncio.run(ask())["password"])


def _refused(run: _Run, planted: Planted, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of every provider type that repeat what they are sent, in every encoding."""
    plant = planted.plant
    url = f"http://admin:{plant('provider url', plain=True)}@{host}"
    headers = {"X-Key": plant("echoed http_headers", plain=True)}
    of_all = f'name = "E"\ntype = "loki"\nuid = "refused"\nsecure_json_data = {{ a = {planted.toml("echoed")} }}\n'
    run.write(
        "echo/main.toml",
        f"""
[provider.grafana]
url = "{url}"
http_headers = {{ X-Key = "{headers["X-Key"]}" }}
retries = 0

[resource.grafana_data_source.e]
on_exists = "adopt"
{of_all}
""",
    )
    said = run("apply", "--auto-approve", code=1, where="echo")
    assert "answered 400" in said
    run.write(
        "login/main.toml",
        f"""
[provider.grafana]
url = "http://{host}"
auth = "admin:{plant("echoed user:password", plain=True)}"
retries = 0

[data.grafana_data_source.e]
uid = "refused"
""",
    )
    assert "answered 400" in run("plan", code=1, where="login")
    run.write(
        "amazon/main.toml",
        f"""
[provider.amazon_grafana]
workspace_endpoint = "http://{host}"
auth = "{plant("amazon auth", plain=True)}"
retries = 0

[data.grafana_data_source.e]
uid = "refused"
""",
    )
    assert "answered 400" in run("plan", code=1, where="amazon")
    run.write(
        "headspin/main.toml",
        f"""
[provider.headspin]
url = "http://{host}"
auth = "{plant("echoed headspin auth", plain=True)}"
retries = 0

[data.headspin_grafana.e]
""",
    )
    assert "answered 400" in run("plan", code=1, where="headspin")
    monkeypatch.setenv("GRAFANA_AUTH", plant("GRAFANA_AUTH", plain=True))
    monkeypatch.setenv("GRAFANA_HTTP_HEADERS", json.dumps({"X-Env": plant("GRAFANA_HTTP_HEADERS", plain=True)}))
    run.write(
        "environment/main.toml",
        f"""
[provider.grafana]
url = "http://{host}"
retries = 0

[data.grafana_data_source.e]
uid = "refused"
""",
    )
    assert "answered 400" in run("plan", code=1, where="environment")
    monkeypatch.delenv("GRAFANA_AUTH")
    monkeypatch.delenv("GRAFANA_HTTP_HEADERS")
    _minted(run, planted, host, monkeypatch)
    run("snapshot", "show", "refused", "--url", f"http://{host}", "--auth", plant("--auth", plain=True), code=1)
    run("snapshot", "show", "refused", "--url", f"http://{plant('token in a URL', plain=True)}@{host}", code=1)
    key = plant("snapshot delete --delete-key", plain=True)
    run("snapshot", "delete", "--url", f"http://{host}", "--delete-key", f"{key}-refused", code=1)


def _minted(run: _Run, planted: Planted, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that AWS makes for the run."""
    token = planted.plant("token made by AWS", plain=True)

    class Aws:
        def create_workspace_service_account_token(self, **_: Any) -> Any:
            return {"serviceAccountToken": {"id": "7", "key": token}}

        def delete_workspace_service_account_token(self, **_: Any) -> Any:
            return {}

    monkeypatch.setattr(amazon, "_connect", lambda region: Aws())
    run.write(
        "minted/main.toml",
        f"""
[provider.amazon_grafana]
workspace_endpoint = "http://{host}"
workspace_id = "g-0123456789"
region = "eu-west-1"
service_account_id = "3"
retries = 0

[data.grafana_data_source.e]
uid = "refused"
""",
    )
    assert "answered 400" in run("plan", code=1, where="minted")


_MISTAKES: tuple[tuple[str, Callable[[Planted], str]], ...] = (
    ("validation message", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("validation message")}

[[variable.v.validation]]
condition = "${{length(var.v) > 1000}}"
error_message = "It is ${{var.v}}."
"""),
    ("type of a variable", lambda p: f"""
[variable.v]
type = "number"
sensitive = true
default = {p.toml("type of a variable")}
"""),
    ("key of for_each", lambda p: f"""
[variable.v]
sensitive = true
default = [{p.toml("key of for_each")}]

[resource.grafana_folder.f]
for_each = "${{var.v}}"
title = "F"
"""),
    ("function's argument", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("function's argument")}

[locals]
a = "${{jsondecode(var.v)}}"
b = "${{parseint(var.v, 10)}}"
c = "${{var.v.nothing}}"
d = "${{file(var.v)}}"
"""),
    ("secret that is not JSON", lambda p: f"""
[resource.grafana_data_source.d]
name = "D"
type = "loki"
secure_json_data_encoded = {p.toml("secret that is not JSON")}
"""),
    ("secret in the middle of a URL that is none", lambda p: f"""
[provider.grafana]
url = "http://admin:{p.plant("secret in the middle of a URL that is none", plain=True)}@host:port"

[resource.grafana_folder.f]
title = "F"
"""),
    ("output that is not said to be sensitive", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("output that is not said to be sensitive")}

[output.o]
value = "${{var.v}}"
"""),
    ("file that is no TOML", lambda p: f"""
[provider.grafana]
auth = "{p.plant("file that is no TOML", plain=True)}
"""),
    ("name of what is looked up", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("name of what is looked up")}

[provider.grafana]
url = "embedded:grafana.db"

[data.grafana_data_source.d]
name = "${{var.v}}"
"""),
    ("external variable of Jsonnet", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("external variable of Jsonnet")}

[locals]
a = '${{jsonnet("../../fails.jsonnet", {{"s": var.v}})}}'
"""),
    ("argument of Python", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("argument of Python")}

[locals]
a = '${{python_dashboard("../../fails.py", {{"s": var.v}})}}'
"""),
    ("unknown word in an encryption key", lambda p: f"""
[hcl_lite.encryption]
key = {p.toml("unknown word in an encryption key")}
"""),
    ("id of an import", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("id of an import")}

[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_folder.f]
title = "F"

[[import]]
to = "grafana_folder.f"
id = "${{var.v}}"
"""),
    ("precondition", lambda p: f"""
[variable.v]
sensitive = true
default = {p.toml("precondition")}

[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_folder.f]
title = "F"

[[resource.grafana_folder.f.lifecycle.precondition]]
condition = "${{var.v == 'x'}}"
error_message = "It is ${{var.v}}."
"""),
)  # fmt: skip


def _typed(run: _Run, planted: Planted, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person types: expressions, values of variables that there are none of, or that do not fit."""
    asked = ("var.defaulted", "local.encoded", "[var.defaulted, var.nested.inner[0]]", "jsondecode(var.defaulted)")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(asked)))
    run("console", *options, code=None)
    run("plan", "--var", f"no_such={planted.plant('value of no variable')}", code=1)
    run("plan", f"--var=no_such={planted.plant('value of no variable, with =')}", code=1)
    number = '[variable.n]\ntype = "number"\nsensitive = true\n'
    run.write("numbers/main.toml", number)
    monkeypatch.setenv("TF_VAR_n", planted.plant("TF_VAR that is no number"))
    run("plan", code=1, where="numbers")
    run.write("tests/main.toml", "[variable.v]\nsensitive = true\n")
    run.write(
        "tests/v.test.toml",
        f"""
[[run]]
name = "fails"
command = "plan"
variables = {{ v = {planted.toml("variable of a test")} }}

[[run.assert]]
condition = "${{var.v == 'x'}}"
error_message = "It is ${{var.v}}."
""",
    )
    assert "(the message is sensitive)" in run("test", code=1, where="tests")


def _encrypted(run: _Run, planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of an encrypted state: the right one, a wrong one, one that is too short."""
    run.write(
        "sealed/main.toml",
        """
[hcl_lite.encryption]
key = "env:STATE_KEY"

[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_folder.f]
uid = "only-in-the-state"
title = "F"
""",
    )
    monkeypatch.setenv("STATE_KEY", planted.plant("encryption key"))
    run("apply", "--auto-approve", where="sealed")
    run("state", "encrypt", where="sealed")
    run("state", "show", "grafana_folder.f", where="sealed")
    kept = [path for path in (run.home / "sealed").rglob("*") if ".db" not in path.name and path not in run.given]
    assert [path for path in kept if path.is_file() and b"only-in-the-state" in path.read_bytes()] == [], (
        "not encrypted"
    )
    monkeypatch.setenv("STATE_KEY", planted.plant("wrong encryption key"))
    assert "another key" in run("plan", code=1, where="sealed")
    monkeypatch.setenv("STATE_KEY", planted.secrets["wrong encryption key"][:8])
    assert "too short" in run("plan", code=1, where="sealed")


def test_no_secret_is_in_anything_that_a_run_writes(
    run: _Run,
    echo: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    figures: Figures,
) -> None:
    """At least 50 of them, in every kind of place, at the highest verbosity, in every encoding."""
    planted = Planted()
    options = _set_up(run, planted, monkeypatch)
    _every_command(run, planted, options)
    _rotate(run, planted, options)
    _refused(run, planted, echo, monkeypatch)
    monkeypatch.setenv("HCL_LITE_ALLOW_PYTHON", "1")
    run.write("fails.jsonnet", 'error "no " + std.extVar("s")')
    run.write("fails.py", "def dashboard(s):\n    raise ValueError(f'no {s}')\n")
    for name, text in _MISTAKES:
        run.write(f"mistakes/{name}/main.toml".replace("'", ""), text(planted))
        run("plan", code=1, where=f"mistakes/{name}".replace("'", ""))

    _typed(run, planted, options, monkeypatch)
    _encrypted(run, planted, monkeypatch)
    where = run.home / "mistakes" / "program"
    run.write(
        "mistakes/program/fails.py", f"print({planted.plant('what a failing program prints')!r}); exit('no luck')"
    )
    run.write(
        "mistakes/program/main.toml",
        f"""
[provider.grafana]
url = "embedded:grafana.db"
auth = 'cmd:"{sys.executable}" fails.py'

[resource.grafana_folder.f]
title = "F"
""",
    )
    assert "exit code 1, and said:\n  no luck" in run("plan", code=1, where=str(where))

    def crash(_: Any, values: Any) -> Any:
        raise LookupError(f"cannot send {reveal(dict(values))}")

    monkeypatch.setattr(data_source.DataSourceType, "content", crash)
    said = run("plan", *options, code=1)
    assert "This is a bug in hcl-lite" in said
    leaks = {name: found for name, text in run.said if (found := planted.found_in(text))}
    leaks |= {name: found for name, text in texts_below(tmp_path, run.given) if (found := planted.found_in(text))}
    assert leaks == {}
    assert len(planted.secrets) >= 50
    figures("secrets that were planted", len(planted.secrets))
    figures("commands whose output and files were searched for them", len(run.said))
    figures("characters of that output", sum(len(text) for _, text in run.said))


def test_a_secret_in_any_form_would_be_found() -> None:
    """So that the test above cannot pass by finding nothing."""
    planted = Planted()
    secret = planted.plant("here")
    for text in (secret, json.dumps({"a": secret}), repr(secret), secret[:18], f"x {json.dumps(json.dumps(secret))}"):
        assert planted.found_in(text) == ["here"]
    assert planted.found_in("nothing") == []
