"""Keys of service accounts: who gets them, and nobody else."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.keys import Memory
from tests.whole.leaks import texts_below
from tests.whole.processes import start
from tests.whole.project import Project

_SYSTEM = os.environ.get("HCL_LITE_TEST_KEYRING")
_ON_DEMAND = "HCL_LITE_TEST_KEYRING=1 tries the keyring of this system"
_ACCOUNT = """
[resource.grafana_service_account.ci]
name = "Keys of CI"
role = "Editor"
"""
_TOKEN = """
[resource.grafana_service_account_token.ci]
name = "keys-of-ci"
service_account_id = "${grafana_service_account.ci.service_account_id}"
seconds_to_live = 86400
"""


def test_a_key_is_for_the_run_and_its_sink(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Another provider works with it at once and in later runs; it is rotated before its end, and written nowhere
    else."""
    project = Project(hcl, server, tmp_path)
    other = server.provider.replace("provider.grafana", "provider.ci").splitlines()
    other = [line for line in other if not line.startswith("auth")]
    text = "\n".join([_ACCOUNT, *other, 'type = "grafana"', 'auth = "${grafana_service_account_token.ci.key}"'])
    text += '\n[resource.grafana_folder.f]\nprovider = "ci"\nuid = "keys-of-ci"\ntitle = "By CI"\n'
    project.apply(f'{text}{_TOKEN}rotate_before = "1h"\nsink = "file:ci.token"\n')
    key = (tmp_path / "ci.token").read_text().strip()
    assert hcl("plan", "--detailed-exitcode").code == 0
    written = {tmp_path / "ci.token"}
    assert [name for name, there in texts_below(tmp_path, written) if key in there] == []
    due = f'{text}{_TOKEN}rotate_before = "23h59m59s999ms"\nsink = "file:ci.token"\n'
    (tmp_path / "main.toml").write_text(server.provider + due)
    assert 'and rotate_before is "23h59m59s999ms"' in hcl("apply", "--auto-approve").out
    assert (tmp_path / "ci.token").read_text().strip() != key
    project.destroy()


def test_a_key_that_its_sink_does_not_take_goes_with_its_token(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """The apply says why, without the key; the next one makes another, and hands it on."""
    project = Project(hcl, embedded, tmp_path)
    program = "import sys; text = sys.stdin.read(); open('got', 'w').write(text); sys.exit(1)"
    failing = shlex.join([sys.executable, "-c", program])
    (tmp_path / "main.toml").write_text(f"{embedded.provider}{_ACCOUNT}{_TOKEN}sink = '''cmd:{failing}'''\n")
    failed = hcl("apply", "--auto-approve")
    key = (tmp_path / "got").read_text().strip()
    assert (failed.code, "did not take the secret" in failed.err, key in failed.out + failed.err) == (1, True, False)
    assert "because its key was not delivered: nobody has got it" in hcl("plan").out
    project.apply(f'{_ACCOUNT}{_TOKEN}sink = "file:ci.token"\n')
    assert (tmp_path / "ci.token").read_text().strip() not in ("", key)


def test_a_key_that_a_killed_run_was_told_goes_with_its_token(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """The next plan says that the token is there, and that nobody has got its key."""
    project = Project(hcl, embedded, tmp_path)
    program = shlex.join([sys.executable, "-c", "import os; os.kill(os.getppid(), 9)"])
    (tmp_path / "main.toml").write_text(f"{embedded.provider}{_ACCOUNT}{_TOKEN}sink = '''cmd:{program}'''\n")
    with start(tmp_path, "apply", "--auto-approve") as process:
        assert process.wait() == -signal.SIGKILL
    project.write(f'{_ACCOUNT}{_TOKEN}sink = "file:ci.token"\n')
    assert re.search(r"token.ci \(\S+\) was being created: it is there, and nobody has got its key", hcl("plan").out)
    project.apply()
    assert (tmp_path / "ci.token").read_text().startswith("glsa_")


@pytest.mark.parametrize(
    "keyring", ["memory", pytest.param("system", marks=pytest.mark.skipif(not _SYSTEM, reason=_ON_DEMAND))]
)
def test_a_keyring_is_a_sink(hcl: Hcl, embedded: Server, tmp_path: Path, keyring: str) -> None:
    """What a run has put there another provider reads there, in that run and in later ones, also after a rotation."""
    library = pytest.importorskip("keyring", reason="the extra keyring is not installed")
    library.core.init_backend()
    if keyring == "memory":
        library.set_keyring(Memory())
    url = f'type = "grafana"\nurl = "{embedded.url}"\n'
    other = f'[provider.ci]\n{url}auth = "${{grafana_service_account_token.ci.key}}"\n'
    later = f'[provider.later]\n{url}auth = "keyring:hcl-lite-tests/ci"\n'
    text = f'{other}{_ACCOUNT}{_TOKEN}sink = "keyring:hcl-lite-tests/ci"\n{_folder("ci")}'
    project = Project(hcl, embedded, tmp_path)
    project.apply(text)
    first = library.get_password("hcl-lite-tests", "ci")
    assert hcl("plan", "--detailed-exitcode").code == 0
    project.apply(f"{later}{text}{_folder('later')}")
    project.run("apply", "--auto-approve", "--replace", "grafana_service_account_token.ci")
    assert library.get_password("hcl-lite-tests", "ci") not in (None, first)
    assert hcl("plan", "--detailed-exitcode").code == 0


def _folder(provider: str) -> str:
    return f'[resource.grafana_folder.{provider}]\nprovider = "{provider}"\ntitle = "By {provider}"\n'


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ("keyring:hcl-lite-tests/ci", "The keyring cannot be opened"),
        ("cmd:./none", 'The program "./none" cannot be run'),
        ("file:none/ci.token", 'The secret cannot be written to "none/ci.token"'),
    ],
)
def test_no_token_is_made_or_replaced_whose_key_nobody_could_take(
    hcl: Hcl, embedded: Server, tmp_path: Path, sink: str, said: str
) -> None:
    """The apply says so at the place of the sink, and the token that is there stays."""
    library = pytest.importorskip("keyring", reason="the extra keyring is not installed")
    locked = Memory()
    locked.is_locked = True
    library.set_keyring(locked)
    project = Project(hcl, embedded, tmp_path)
    for last_sink, count in ((sink, 0), ("file:ci.token", 1), (sink, 1)):
        project.write(f'{_ACCOUNT}{_TOKEN}sink = "{last_sink}"\n')
        done = hcl("apply", "--auto-approve")
        refused = (done.code, said in done.err, "main.toml:" in done.err)
        assert (refused == (1, True, True)) == (last_sink == sink), done.err
        assert embedded.call("GET", "/api/serviceaccounts/search")["serviceAccounts"][0]["tokens"] == count


def test_a_token_is_shown_as_a_block(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Without its key and its time to live, which no server tells."""
    Project(hcl, embedded, tmp_path).apply(f"{_ACCOUNT}{_TOKEN}")
    shown = hcl("get", "grafana_service_account_token", "keys-of-ci", "--format", "toml")
    assert (shown.code, shown.out) == (
        0,
        "[resource.grafana_service_account_token.keys_of_ci]\n"
        'name               = "keys-of-ci"\n'
        "service_account_id = 2\n",
    )


@pytest.mark.parametrize("sink", ["ci.token", "env:TOKEN", "file:", "keyring:ci", "${upper('a')}"])
def test_what_is_no_sink_is_refused_by_the_plan(hcl: Hcl, embedded: Server, tmp_path: Path, sink: str) -> None:
    """At its place, with what was expected."""
    (tmp_path / "main.toml").write_text(f'{embedded.provider}{_ACCOUNT}{_TOKEN}sink = "{sink}"\n')
    refused = hcl("plan")
    assert (refused.code, "xpected" in refused.err, "main.toml:" in refused.err) == (1, True, True), refused.err
