"""A machine that vanishes in the middle of an apply: kill -9, and its directory is gone. The next run, from a fresh
checkout, knows by the backend what was done.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_vanished.py      # each step; else a few
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from state.backend import Backend
from tests.conftest import Figures
from tests.reliability.conftest import APPLY, PLAN, Universe, World, undisturbed
from tests.reliability.scenario import SCENARIOS, Scenario
from tests.services import S3Server
from tests.state.backends.conftest import open_backend

_SIGKILL = 9
_ALL = os.environ.get("HCL_LITE_TEST_KILLS") == "1"
_SCENARIOS = SCENARIOS if _ALL else [next(s for s in SCENARIOS if s.name == "snapshots")]
_FEW = 3
# PostgreSQL sees a moment later that a process is gone that had its lock.
_APPLY = [*APPLY, "--lock-timeout", "20s"]


@dataclass(frozen=True)
class Place:
    """A backend for one world: its table in the configuration, what its process needs, and the backend itself."""

    table: str
    environment: Mapping[str, str]
    backend: Backend


def _on_postgres(request: pytest.FixtureRequest) -> Callable[[], Place]:
    conn_str: str = request.getfixturevalue("postgres")

    def place() -> Place:
        schema = f"w{uuid.uuid4().hex}"
        table = f'type = "postgres"\nconn_str = "{conn_str}"\nschema_name = "{schema}"\nbackups = true\n'
        return Place(table, {}, open_backend("postgres", conn_str=conn_str, schema_name=schema))

    return place


def _on_s3(request: pytest.FixtureRequest) -> Callable[[], Place]:
    server: S3Server = request.getfixturevalue("s3")
    bucket = server.make_bucket(f"b-{uuid.uuid4()}")
    keys = {"access_key_id": "key", "secret_access_key": "secret"}

    def place() -> Place:
        where = {"bucket": bucket, "endpoint": server.url, "region": "us-east-1", "key": f"{uuid.uuid4().hex}.json"}
        table = 'type = "s3"\nbackups = true\n' + "".join(f'{name} = "{value}"\n' for name, value in where.items())
        environment = {f"HCL_LITE_BACKEND_{name.upper()}": value for name, value in keys.items()}
        return Place(table, environment, open_backend("s3", **where, **keys))

    return place


_PLACES = {"postgres": _on_postgres, "s3": _on_s3}


def _moved_to(place: Place, world: World) -> None:
    """The state of `world`, which is a file so far, is in `place` from now on."""
    file = world.directory / "hcl-lite.state.json"
    storage = place.backend.storage("default")
    if file.exists():
        storage.write(file.read_bytes(), world.state()["serial"], "")
    world.kept = storage
    configuration = (world.directory / "main.toml").read_text()
    world.write(f"[hcl_lite.backend]\n{place.table}\n{configuration}")
    _checkout(world)


def _checkout(world: World) -> None:
    """Nothing is there but the configuration; the server's database is no file of the machine that ran."""
    for path in world.directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "main.toml" and not path.name.startswith("server.db"):
            path.unlink()


@pytest.mark.parametrize("kind", _PLACES)
@pytest.mark.parametrize("scenario", _SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_a_vanished_machine_did_is_known_elsewhere(
    universe: Universe,
    hands: ThreadPoolExecutor,
    figures: Figures,
    request: pytest.FixtureRequest,
    scenario: Scenario,
    kind: str,
) -> None:
    """No double, no orphan, no refusal, and an empty plan after one more apply: at each point of the run."""
    wanted, _, _ = undisturbed(universe, scenario)
    make = _PLACES[kind](request)

    def begin() -> tuple[World, Place]:
        world, place = universe.world(scenario), make()
        _moved_to(place, world)
        return world, place

    def check(number: int) -> str:
        world, place = begin()
        killed = world.run(_APPLY, environment=place.environment, services=True, kill=number)
        _checkout(world)
        again = world.run(_APPLY, PLAN, environment=place.environment, services=True)
        wrong = world.difference(again, wanted)
        universe.end(world)
        # How many lines share an append is a matter of chance, and with it how many points there are.
        if killed.get("killed") == _SIGKILL:
            vanished.append(number)
        return f"{number}: {points[number - 1]}: {wrong}" if wrong else ""

    world, place = begin()
    whole = world.run(_APPLY, environment=place.environment, services=True)
    points, problem, vanished = whole["points"], world.difference(whole, wanted), list[int]()
    universe.end(world)
    assert problem == ""
    numbers = range(1, len(points) + 1, 1 if _ALL else len(points) // _FEW)
    wrong = [said for said in hands.map(check, numbers) if said]
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n\n".join(wrong[:4])
    assert len(vanished) > len(numbers) * 0.8
    figures(f"points at which a machine with its state on {kind} vanished", len(vanished))
