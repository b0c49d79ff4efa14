"""Keys of service accounts: who gets them, and nobody else."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.leaks import texts_below
from tests.whole.project import Project

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
    project.apply(f'{_ACCOUNT}{_TOKEN}sink = "file:ci.token"\n')
    assert (tmp_path / "ci.token").read_text().strip() not in ("", key)


@pytest.mark.parametrize("sink", ["ci.token", "env:TOKEN", "file:", "keyring:ci", "${upper('a')}"])
def test_what_is_no_sink_is_refused_by_the_plan(hcl: Hcl, embedded: Server, tmp_path: Path, sink: str) -> None:
    """At its place, with what was expected."""
    (tmp_path / "main.toml").write_text(f'{embedded.provider}{_ACCOUNT}{_TOKEN}sink = "{sink}"\n')
    refused = hcl("plan")
    assert (refused.code, "xpected" in refused.err, "main.toml:" in refused.err) == (1, True, True), refused.err
