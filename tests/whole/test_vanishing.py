"""Whole runs with all that they leave in a bucket: the next one is in another directory, as on another machine."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest

from hcl_lite.core.diags import Diagnostic, HclError
from state.backends.object_log import ObjectLog
from state.backends.objects import ObjectStorage
from tests.conftest import Hcl, Server
from tests.services import S3Server


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: S3Server, embedded: Server) -> Path:
    """A directory with four folders that are to be made, and nothing else; state and backups are in a bucket."""
    bucket = s3.make_bucket(f"b-{uuid.uuid4()}")
    monkeypatch.setenv("HCL_LITE_BACKEND_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("HCL_LITE_BACKEND_SECRET_ACCESS_KEY", "secret")
    (tmp_path / "main.toml").write_text(
        f'[hcl_lite.backend]\ntype = "s3"\nbucket = "{bucket}"\nendpoint = "{s3.url}"\nregion = "us-east-1"\n'
        f"backups = true\n{embedded.provider}"
        '[resource.grafana_folder.f]\ncount = 4\ntitle = "Old ${count.index}"\nuid = "f-${count.index}"\n'
    )
    return tmp_path


def _elsewhere(checkout: Path) -> str:
    """Another directory with the configuration alone."""
    directory = checkout / uuid.uuid4().hex
    directory.mkdir()
    shutil.copy(checkout / "main.toml", directory)
    return str(directory)


def _titles(server: Server) -> list[str]:
    return sorted(item["title"] for item in server.call("GET", "/api/folders"))


def test_a_run_is_undone_from_another_machine(hcl: Hcl, checkout: Path, embedded: Server) -> None:
    """And from a third one it is seen that it was."""
    assert hcl("apply", "--auto-approve").code == 0
    main = checkout / "main.toml"
    main.write_text(main.read_text().replace("Old", "New").replace("count = 4", "count = 3"))
    assert hcl("apply", "--auto-approve").code == 0
    assert not (checkout / ".hcl-lite" / "backups").exists()
    outcome = hcl("-C", _elsewhere(checkout), "undo", "--auto-approve")
    assert outcome.code == 0, outcome.err
    assert _titles(embedded) == ["Old 0", "Old 1", "Old 2", "Old 3"]
    outcome = hcl("-C", _elsewhere(checkout), "undo", "--auto-approve")
    assert "is undone already" in outcome.err
    listed = hcl("-C", _elsewhere(checkout), "restore").out.splitlines()
    assert [line.split()[1:] for line in listed[1:]] == [["undo", "1", "3"], ["apply", "3", "1", "yes"], ["apply", "4"]]


@pytest.mark.parametrize("writable", [True, False], ids=["state can be written", "nothing can"])
def test_a_backend_that_fails_in_the_middle_ends_the_run(
    hcl: Hcl, checkout: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    """What cannot be noted is not done, and it says why; the next run elsewhere finds what was, and refuses nothing."""
    main = checkout / "main.toml"
    main.write_text(
        main.read_text()
        + '[resource.grafana_folder.in]\ntitle = "In"\nuid = "in"\nparent_folder_uid = "${grafana_folder.f[0].uid}"\n'
    )
    append, count = ObjectLog.append, [0]

    def second_fails(log: ObjectLog, data: bytes, *, synced: bool = True) -> None:
        count[0] += log.name.endswith(".journal")
        (_unwritable if count[0] > 1 else append)(log, data)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectLog, "append", second_fails)
        if not writable:
            patch.setattr(ObjectStorage, "write", _unwritable)
        outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert "Cannot write the journal s3://" in outcome.err
    assert "The bucket is on fire. No write is sent to a server unless it is noted there first." in outcome.err
    assert ("The state of this run was not written" in outcome.err) == (not writable)
    made = embedded.inventory()["folders"]  # those whose intents came along with the first one
    assert made == ["f-0", "f-1", "f-2", "f-3"][: len(made)] != []
    checked_out = _elsewhere(checkout)
    outcome = hcl("-C", checked_out, "apply", "--auto-approve")
    assert outcome.code == 0, outcome.err
    assert ("was being created: it is there, and is taken over" in outcome.out + outcome.err) == (not writable)
    assert embedded.inventory()["folders"] == ["f-0", "f-1", "f-2", "f-3", "in"]
    assert hcl("-C", _elsewhere(checkout), "plan", "--detailed-exitcode").code == 0


def test_the_lock_of_a_vanished_machine_leads_on(hcl: Hcl, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message names the command; that says that there is a journal, and the next run tells what it found."""
    with monkeypatch.context() as patch:
        patch.setattr(ObjectStorage, "release", lambda *_: None)
        patch.setattr(ObjectStorage, "write", _unwritable)
        patch.setattr("state.lock._place", lambda: "")
        assert hcl("apply", "--auto-approve").code == 1
    outcome = hcl("-C", _elsewhere(checkout), "apply", "--auto-approve")
    assert outcome.code == 1
    unlock = outcome.err.partition("hcl-lite force-unlock ")[2].split()[0]
    assert "The run has left its journal: " in hcl("-C", _elsewhere(checkout), "force-unlock", "--force", unlock).out
    assert "The state of an earlier run could not be written: " in hcl("-C", _elsewhere(checkout), "plan").out
    assert hcl("-C", _elsewhere(checkout), "apply", "--auto-approve").code == 0
    assert hcl("-C", _elsewhere(checkout), "plan", "--detailed-exitcode").code == 0


def _unwritable(*_: object) -> str:
    raise HclError(Diagnostic("Cannot write it", "The bucket is on fire."))
