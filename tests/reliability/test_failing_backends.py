"""Backends that fail in the middle of an apply, at each moment at which a run needs them.

What passes is waited for, what does not ends the run with a word, and nothing is lost.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_failing_backends.py      # each at each moment, 5 s long; else ten
"""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Figures, Hcl, Server
from tests.reliability.places import ALL, PLACES, Place

_BEFORE = '[resource.grafana_folder.f]\ncount = 3\ntitle = "Old ${count.index}"\nuid = "f-${count.index}"\n'
_AFTER = (
    '[resource.grafana_folder.f]\ncount = 2\ntitle = "New ${count.index}"\nuid = "f-${count.index}"\n'
    '[resource.grafana_folder.in]\ntitle = "In"\nuid = "in"\nparent_folder_uid = "${grafana_folder.f[0].uid}"\n'
    '[resource.grafana_folder.in2]\ntitle = "In 2"\nuid = "in-2"\nparent_folder_uid = "${grafana_folder.in.uid}"\n'
)
_TITLES = ["In", "In 2", "New 0", "New 1"]


_FAILURES = {
    "postgres": ["killed, and back", "killed", "cut off", "password changed", "too slow"],
    "s3": ["down, and back", "down", "slows down", "answer lost", "write refused once", "writes refused"],
    "http": ["down, and back", "down", "out of order for a moment", "answer lost", "token expired", "locked by others"],
    "gcs": ["cut off for a moment", "cut off", "too many requests", "answer lost", "credentials expired"],
    "azure": ["cut off for a moment", "cut off", "too many requests", "answer lost", "credentials expired"],
    "local": ["read-only", "full"],
}
_FAILURES["s3"] += ["credentials expired", "clock skew"]
_WITHOUT = {"http": {"journal", "backups"}, "local": {"backups", "read"}}
# Ending a lock is no such write.
_UNMET = {("writes refused", "unlock"), ("locked by others", "unlock")}
_MOMENTS = ("lock", "read", "journal", "backups", "state", "unlock")


_FEW = [
    ("postgres", "killed, and back", "journal"),
    ("postgres", "password changed", "state"),
    ("s3", "down, and back", "state"),
    ("s3", "credentials expired", "journal"),
    ("s3", "write refused once", "backups"),
    ("http", "down, and back", "unlock"),
    ("http", "token expired", "state"),
    ("gcs", "too many requests", "journal"),
    ("azure", "answer lost", "lock"),
    ("local", "read-only", "journal"),
]


def _cases() -> Iterator[tuple[str, str, str]]:
    """Each failure of each backend at each moment at which it can be met."""
    for kind, failures in _FAILURES.items():
        for failure, moment in itertools.product(failures, _MOMENTS):
            if moment not in _WITHOUT.get(kind, ()) and (failure, moment) not in _UNMET:
                yield kind, failure, moment


def _begin_at(moment: str, place: Place, meet: Callable[[], None], patch: pytest.MonkeyPatch) -> list[str]:
    """Let the failure begin right before that; what has begun."""
    owner, name = {
        "lock": (place.storage, "acquire"),
        "read": (place.storage, "read"),
        "journal": (place.log, "append"),
        "backups": (place.log, "append"),
        "state": (place.storage, "write"),
        "unlock": (place.storage, "release"),
    }[moment]
    assert owner is not None
    original: Any = getattr(owner, name)
    begun: list[str] = []
    appended: list[str] = []

    def call(self: Any, *args: Any, **more: Any) -> Any:
        appended.append(self.name)
        is_it = not begun and {
            "journal": [one for one in appended if one.endswith("journal")][1:] != [] and self.name.endswith("journal"),
            "backups": "backups" in self.name,
        }.get(moment, True)
        if is_it:
            begun.append(moment)
            meet()
        return original(self, *args, **more)

    patch.setattr(owner, name, call)
    return begun


@pytest.mark.parametrize(("kind", "failure", "moment"), [*_cases()] if ALL else _FEW)
def test_a_backend_that_fails_in_the_middle_loses_nothing(
    hcl: Hcl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    embedded: Server,
    figures: Figures,
    kind: str,
    failure: str,
    moment: str,
) -> None:
    """What passes is waited for. What does not: it is said which backend, what the server said and what to do, the lock
    is not stuck, and the next run elsewhere ends with what was wanted and an empty plan."""
    with contextlib.contextmanager(PLACES[kind])(request) as place:
        _check(place, failure, moment, hcl, tmp_path, monkeypatch, embedded)
    figures(f"failures of backends in the middle of a run: {kind}", 1)


def _check(
    place: Place,
    failure: str,
    moment: str,
    hcl: Hcl,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: Server,
) -> None:
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    head, main = f"[hcl_lite.backend]\n{place.table}{server.provider}", directory / "main.toml"
    main.write_text(head + _BEFORE)
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 0, outcome.err
    main.write_text(head + _AFTER)
    meet, says = place.failures[failure]
    with monkeypatch.context() as patch:
        patch.setattr("state.patience.LASTS", 0.3 if says else 30.0)
        patch.setattr("state.patience._UNTOLD", 0.2)
        begun = _begin_at(moment, place, meet, patch)
        outcome = hcl("apply", "--auto-approve")
        assert begun == [moment]
    place.mend()
    said = outcome.out + outcome.err
    if says:
        assert says in said
        assert outcome.code == (0 if moment == "unlock" or "Apply complete" in said else 1), said
    else:
        assert outcome.code == 0, said
        if failure.endswith(", and back"):
            assert "Waiting for " in said
            assert "answers again" in said
    assert "Traceback" not in said
    _ends_well(hcl, directory, server, said, elsewhere=place.is_elsewhere)


def _ends_well(hcl: Hcl, directory: Path, server: Server, said: str, *, elsewhere: bool) -> None:
    """The next run ends with what was wanted, once the lock is ended where the message says so."""
    again = directory / uuid.uuid4().hex if elsewhere else directory
    if elsewhere:
        again.mkdir()
        shutil.copy(directory / "main.toml", again)
    outcome = hcl("-C", str(again), "apply", "--auto-approve")
    if outcome.code and "The state is locked" in outcome.err:
        unlock = re.search(r"force-unlock ([0-9a-f-]{36})", outcome.err)
        assert unlock, outcome.err
        assert hcl("-C", str(again), "force-unlock", "--force", unlock[1]).code == 0
        outcome = hcl("-C", str(again), "apply", "--auto-approve")
    assert outcome.code == 0, f"{outcome.err}\n--- after ---\n{said}"
    assert hcl("-C", str(again), "plan", "--detailed-exitcode").code == 0
    folders = server.call("GET", "/apis/folder.grafana.app/v1beta1/namespaces/default/folders")["items"]
    assert sorted(item["spec"]["title"] for item in folders) == _TITLES
