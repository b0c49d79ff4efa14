"""The rounds of a watch: planned, or applied, at the beginning and after each change."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ProviderError
from hcl_lite.engine.applying.progress import ApplyResult
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.applying import apply
from hcl_lite.operations.caller import Caller, Notice, Planned, Progress
from hcl_lite.operations.operation import operation, without_secrets
from hcl_lite.operations.planning import plan
from hcl_lite.operations.project import load_project
from hcl_lite.operations.pulling.model import PullReport, PullRequest
from hcl_lite.operations.pulling.run import pull_changes
from hcl_lite.operations.requests import ApplyRequest
from hcl_lite.operations.states import read_state
from hcl_lite.operations.watching.model import Places, Round, Wait, WatchRequest
from hcl_lite.operations.watching.places import places_before, places_of

_EMBEDDED = "embedded"
_ECHOES, _ECHO_SECONDS = 2, 2.0


@operation
def watch(
    context: RunContext, request: WatchRequest, caller: Caller, wait: Wait, tell: Callable[[Round], None]
) -> None:
    """Plan now and after each change that `wait` returns, until it returns None; `tell` is given each round. Mistakes
    and servers that do not answer are told with their round, and end nothing."""
    changed: Collection[Path] | None = ()
    places, echoes = places_before(context, request.inputs), _Echoes()
    last: Round | None = None
    while changed is not None:
        now = _run(context, request, caller, tuple(changed))
        if last is None or _is_news(now, last, context):
            tell(without_secrets(now))
        for path in echoes.found(now):
            caller.told(Notice(f"{path.name} changes with each round, and nothing with it: it is watched no longer."))
        last = now
        places = _look(context, request) or places
        places = replace(places, own=(*places.own, *echoes.known))
        looks_again = request.pulls or any(map(_is_of_server, now.problems))
        changed = wait(places, request.retry_seconds if looks_again else None)


def _is_news(now: Round, last: Round, context: RunContext) -> bool:
    """Whether a round is worth a word: not one in which nothing came of what the last one has written itself."""
    own = {(context.directory / name).resolve() for name in _pulled(last)}
    return bool(_pulled(now)) or not own.issuperset(now.changed) or _outcome(now) != _outcome(last)


def _pulled(one: Round) -> Collection[str]:
    """The files that a round has written."""
    return one.pulled.files if one.pulled is not None else ()


def _is_of_server(problem: Diagnostic) -> bool:
    """Whether a problem may go away by itself: that of a call, or of the way to a server."""
    return bool(problem.request_id) or problem.address.startswith(f"{Kind.PROVIDER}.")


def _outcome(one: Round) -> tuple[object, ...]:
    """Returns the part of a round that is compared."""
    plan = (one.plan.changes, one.plan.outputs) if one.plan is not None else ()
    return plan, one.problems


class _Echoes:
    """Files that change because of a round, such as one that its output goes to: each round would cause the next."""

    def __init__(self) -> None:
        self.known: list[Path] = []
        self._last: tuple[object, ...] = ()
        self._count, self._ended = 0, 0.0

    def found(self, one: Round) -> Sequence[Path]:
        """Returns the files because of which the same round came again and again."""
        now, same = time.monotonic(), (tuple(one.changed), _outcome(one))
        is_echo = bool(one.changed) and same == self._last and now - self._ended < _ECHO_SECONDS
        self._count = self._count + 1 if is_echo else 0
        self._last, self._ended = same, now
        if self._count < _ECHOES:
            return ()
        self.known += one.changed
        return one.changed


def _look(context: RunContext, request: WatchRequest) -> Places | None:
    """The places of the configuration as it is now; None where it cannot be loaded."""
    try:
        return places_of(load_project(context, request.inputs), request.inputs)
    except HclError:
        return None


def _run(context: RunContext, request: WatchRequest, caller: Caller, changed: Sequence[Path]) -> Round:
    begun = time.monotonic()
    made: list[Plan] = []

    def told(progress: Progress) -> None:
        if isinstance(progress, Planned):
            made.append(progress.plan)
        caller.told(progress)

    pulled: PullReport | None = None
    result: ApplyResult | None = None
    problems: tuple[Diagnostic, ...] = ()
    try:
        if request.pulls:
            pulled = pull_changes(context, PullRequest(request.inputs), caller)
            raise_if_contested(pulled)
        if request.applies:
            result = _apply(context, request, replace(caller, told=told))
        else:
            made.append(plan(context, request.inputs, Options()).plan)
    except HclError as error:
        problems = tuple(error.diagnostics)
    except ProviderError as error:
        problems = (Diagnostic(redact(str(error)), hint=error.hint, request_id=error.request_id),)
    pages = _pages(context, made[-1]) if result is not None and made else ()
    return Round(changed, pulled, made[-1] if made else None, result, problems, pages, time.monotonic() - begun)


def raise_if_contested(report: PullReport) -> None:
    """Raises HclError where both sides have changed the same: an apply would undo what was changed on the server."""
    open_ = [f"{one.address}: {one.path}" for one in report.contested if one.taken is None]
    if open_:
        summary = "Both sides have changed the same, and nobody has decided"
        raise HclError(Diagnostic(summary, "\n".join(open_), hint="Decide with: hcl-lite pull --ours, or --theirs"))


def _apply(context: RunContext, request: WatchRequest, caller: Caller) -> ApplyResult | None:
    """Apply what is planned. Raises HclError where a server is not one to try things out on."""

    def approve(made: Plan) -> bool:
        raise_for_others(made, request.allowed)
        return True

    asked = ApplyRequest(request.inputs, parallelism=request.parallelism, command="watch")
    return apply(context, asked, replace(caller, approve=approve)).result


def raise_for_others(made: Plan, allowed: Collection[str]) -> None:
    """Raises HclError for a plan that writes to a server that is neither of this machine nor `allowed`."""
    for provider in sorted({change.provider for change in made.writes}):
        url = _server_of(made, provider)
        if not _is_local(url) and url.rstrip("/") not in {one.rstrip("/") for one in allowed}:
            detail = f"provider.{provider} is {url}, which others may work with."
            hint = (
                f"Apply it with: hcl-lite apply. If it is there to try things out: hcl-lite watch --apply --allow {url}"
            )
            raise HclError(Diagnostic("watch --apply applies to servers of this machine", detail, hint=hint))


def _server_of(made: Plan, provider: str) -> str:
    """The URL of a provider's server, without its organisation."""
    return str(made.given.get(f"provider.{provider}", "")).partition(" ")[0]


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == _EMBEDDED:
        return True
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _pages(context: RunContext, made: Plan) -> Sequence[str]:
    """The URLs of what was written and has a page of its own."""
    records = read_state(context).records
    found: list[str] = []
    for change in made.writes:
        record = records.get(change.address)
        path = record.attributes.get("url") if record is not None else None
        server = _server_of(made, change.provider)
        if isinstance(path, str) and path.startswith("/") and server.startswith("http"):
            found.append(urljoin(server, path))
    return found
