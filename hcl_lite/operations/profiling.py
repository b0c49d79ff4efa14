"""The profile of a run: where its time went, by stage, by route and by object."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from hcl_lite.core.measuring import Call, Measure, Stage, measuring
from providers.transport.routes import route_of

_MOST_OBJECTS = 10


@dataclass(frozen=True, slots=True)
class StageProfile:
    """One stage: `seconds` are divided into those in which calls waited for a `server` or for the `network`, and those
    in which none was under way (`us`). `cpu` is that of this process, also beside calls."""

    name: str
    seconds: float
    server: float
    network: float
    us: float
    cpu: float
    requests: int


@dataclass(frozen=True, slots=True)
class RouteProfile:
    """All requests of one route; `failed` are those without an answer or with an error. Times are in seconds, `sent`
    and `received` in bytes."""

    route: str
    requests: int
    failed: int
    sent: int
    received: int
    total: float
    longest: float
    server: float
    network: float

    @property
    def mean(self) -> float:
        """The mean time of a request."""
        return self.total / self.requests


@dataclass(frozen=True, slots=True)
class ObjectProfile:
    """All requests that were made for one object."""

    address: str
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A run: its `seconds`, the CPU time of this process, and the most memory that it had, in bytes (None where the
    system does not tell)."""

    seconds: float
    cpu: float
    memory: int | None
    stages: tuple[StageProfile, ...] = ()
    routes: tuple[RouteProfile, ...] = ()
    objects: tuple[ObjectProfile, ...] = ()

    @property
    def us(self) -> float:
        """Seconds in which no call was under way."""
        return sum(one.us for one in self.stages)


@dataclass
class Profiler:
    """Collects what a run measures of itself."""

    begun: float = field(default_factory=time.monotonic)
    calls: list[Call] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)

    def note(self, measure: Measure) -> None:
        """Takes in one measure."""
        if isinstance(measure, Call):
            self.calls.append(measure)
        else:
            self.stages.append(measure)

    def profile(self) -> Profile:
        """Returns the profile of the run so far."""
        return make_profile(self.begun, time.monotonic(), time.process_time(), self.stages, self.calls, _peak_memory())


@contextmanager
def measure_run() -> Iterator[Profiler]:
    """Context manager: measures what runs inside."""
    profiler = Profiler()
    with measuring(profiler.note):
        yield profiler


def make_profile(
    begun: float, ended: float, cpu: float, stages: Sequence[Stage], calls: Sequence[Call], memory: int | None
) -> Profile:
    """Makes a profile of measures: stages in their order, with the rest of the run as the last; routes and objects by
    the time that they took. Pure."""
    order = list(dict.fromkeys(one.name for one in sorted(stages, key=lambda one: one.begun)))
    parts: list[StageProfile] = []
    left = calls
    for name in order:
        spans = [one for one in stages if one.name == name]
        inside = [call for call in left if any(one.begun <= call.begun < one.ended for one in spans)]
        left = [call for call in left if not any(one.begun <= call.begun < one.ended for one in spans)]
        parts.append(_stage(name, sum(one.ended - one.begun for one in spans), sum(one.cpu for one in spans), inside))
    seconds = ended - begun
    rest = max(0.0, seconds - sum(one.seconds for one in parts))
    parts.append(_stage("the rest", rest, max(0.0, cpu - sum(one.cpu for one in parts)), left))
    return Profile(seconds, cpu, memory, tuple(parts), tuple(_routes(calls)), tuple(_objects(calls)))


def _stage(name: str, seconds: float, cpu: float, calls: Sequence[Call]) -> StageProfile:
    called = min(seconds, _covered((call.begun, call.ended) for call in calls))
    server, network = sum(call.server for call in calls), sum(call.network for call in calls)
    share = server / (server + network) if server + network else 0.0
    return StageProfile(name, seconds, called * share, called * (1 - share), seconds - called, cpu, len(calls))


def _covered(spans: Iterable[tuple[float, float]]) -> float:
    """Returns the time that is covered by spans, which may overlap."""
    covered, until = 0.0, float("-inf")
    for begun, ended in sorted(spans):
        covered += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return covered


def _routes(calls: Iterable[Call]) -> Iterator[RouteProfile]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        found[f"{call.method} {route_of(call.path)}"].append(call)
    for route, made in sorted(found.items(), key=lambda item: (-sum(call.seconds for call in item[1]), item[0])):
        yield RouteProfile(
            route,
            len(made),
            sum(not 0 < call.status < 400 for call in made),
            sum(call.sent for call in made),
            sum(call.received for call in made),
            sum(call.seconds for call in made),
            max(call.seconds for call in made),
            sum(call.server for call in made),
            sum(call.network for call in made),
        )


def _objects(calls: Iterable[Call]) -> list[ObjectProfile]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.step:
            found[call.step].append(call)
    told = [ObjectProfile(step, len(made), sum(call.seconds for call in made)) for step, made in found.items()]
    return sorted(told, key=lambda one: (-one.seconds, one.address))[:_MOST_OBJECTS]


def _peak_memory() -> int | None:
    """Returns the largest resident set of this process in bytes."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
