"""Functions for Python about whole servers: take one over, bring changes back, compare two, copy one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import hcl_lite.operations as operations
from hcl_lite.core.schema.objects import Search
from hcl_lite.operations.bulk_import.model import Selection, Start
from hcl_lite.operations.bulk_import.templates import Style, read_templates
from hcl_lite.operations.getting.model import Wanted
from hcl_lite.operations.promotion.model import Promotion
from hcl_lite.operations.pulling.model import PullRequest
from hcl_lite.operations.requests import LockOptions, Server
from hcl_lite.python.calls import Addresses, Directory, Events, Files, Operation, addresses_of, operate, side_of
from hcl_lite.python.conversions import pulled_of
from hcl_lite.python.reports import Comparison, Drift, FoundObject, Report, comparison_of, drift_of, found_of, report_of
from hcl_lite.python.results import Pulled

Texts = str | Sequence[str]


def import_all(
    directory: Directory,
    *,
    url: str = "",
    auth: str = "",
    types: Texts = (),
    folders: Texts = (),
    exclude: Texts = (),
    providers: Texts = (),
    tags: Texts = (),
    query: str = "",
    style: Literal["blocks", "fileset"] = "blocks",
    layouts: Texts = (),
    reference_data_sources: bool = False,
    update: bool = False,
    dry_run: bool = False,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> Report:
    """Take over what the servers of a configuration have and nobody manages there: blocks, files and the state are
    written, nothing is changed on a server. With `url`, and `auth` as env:NAME or file:PATH, the configuration begins
    with that Grafana.

    Raises HclError, and ProviderError: nothing was taken over then, or the next call goes on.
    """
    search = Search(query, _texts(tags))
    selection = Selection(_texts(types), _texts(folders), _texts(exclude), _texts(providers), search)
    begins = Start(url, auth) if url or auth else None

    def work(it: Operation) -> Report:
        written = Style(read_templates(_texts(layouts)), style == "fileset", reference_data_sources)
        if begins is not None:
            operations.check_start(it.context, begins)
        return report_of(
            operations.import_all(
                it.context,
                it.inputs(variables, var_files),
                selection,
                LockOptions(lock, lock_timeout),
                it.caller(),
                style=written,
                is_dry_run=dry_run,
                begins=None if dry_run else begins,
                updates=update,
            )
        )

    return operate(directory, environment, events, work)


def pull(
    directory: Directory,
    addresses: Addresses = (),
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    conflicts: str = "",
    literal: bool = False,
    new: bool = False,
    dry_run: bool = False,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> Pulled:
    """Brings what was changed on the servers into the files. `conflicts` is whose value is taken where both sides have
    changed: "ours", "theirs", or empty for the files as they are.

    Raises HclError, also for a file that has changed meanwhile, and ProviderError.
    """
    wanted = addresses_of(addresses)
    side = side_of(conflicts)

    def work(it: Operation) -> Pulled:
        options = LockOptions(lock, lock_timeout)
        inputs = it.inputs(variables, var_files)
        request = PullRequest(inputs, wanted, side, literal, new, dry_run, options)
        return pulled_of(operations.pull_changes(it.context, request, it.caller()))

    return operate(directory, environment, events, work)


def drift(
    directory: Directory,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    all_folders: bool = False,
) -> Drift:
    """Finds what has been changed outside since the last apply, what is gone, and what nobody manages in managed
    folders, or anywhere. Nothing is written, neither to a server nor to the state.

    Raises HclError, with everything that is wrong with the configuration.
    """

    def work(it: Operation) -> Drift:
        inputs = it.inputs(variables, var_files)
        return drift_of(operations.find_drift(it.context, inputs, it.caller(), takes_all=all_folders))

    return operate(directory, environment, events, work)


def diff(
    directory: Directory,
    source: str,
    target: str,
    *,
    types: Texts = (),
    folders: Texts = (),
    exclude: Texts = (),
    named: Mapping[str, str] | None = None,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
) -> Comparison:
    """Compares what the provider `source` has with what `target` has; nothing is written. `named` says which uid or
    title there is which one here. Raises HclError, and ProviderError."""
    asked = _promotion(source, target, types, folders, exclude, named)

    def work(it: Operation) -> Comparison:
        return comparison_of(operations.compare(it.context, it.inputs(variables, var_files), asked, it.caller()))

    return operate(directory, environment, events, work)


def copy(
    directory: Directory,
    source: str,
    target: str,
    *,
    types: Texts = (),
    folders: Texts = (),
    exclude: Texts = (),
    named: Mapping[str, str] | None = None,
    dry_run: bool = False,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
    lock: bool = True,
    lock_timeout: float = 0.0,
) -> Report:
    """Writes blocks that ask the provider `target` for what `source` has; the next apply brings it there. Raises
    HclError, and ProviderError: nothing was written then."""
    asked = _promotion(source, target, types, folders, exclude, named)
    options = LockOptions(lock, lock_timeout)

    def work(it: Operation) -> Report:
        inputs = it.inputs(variables, var_files)
        return report_of(operations.copy(it.context, inputs, asked, options, it.caller(), is_dry_run=dry_run))

    return operate(directory, environment, events, work)


def get(
    directory: Directory,
    type_: str = "",
    name: str = "",
    *,
    url: str = "",
    auth: str = "",
    provider: str = "",
    folders: Texts = (),
    tags: Texts = (),
    query: str = "",
    whole: bool = False,
    variables: Mapping[str, Any] | None = None,
    var_files: Files = (),
    environment: Mapping[str, str] | None = None,
    events: Events | None = None,
) -> tuple[FoundObject, ...]:
    """Lists what the server of a configuration, or the Grafana at `url`, has: all, the objects of a type such as
    "dashboards", or the one that `name` means, read whole. With `whole` each is read. Nothing is written.

    Raises HclError, also where there is no such object, and ProviderError.
    """
    wanted = Wanted(type_, name, _texts(folders), Search(query, _texts(tags)), whole)

    def work(it: Operation) -> tuple[FoundObject, ...]:
        server = Server(url or None, auth or None, provider, it.inputs(variables, var_files))
        return found_of(operations.get_objects(it.context, server, wanted))

    return operate(directory, environment, events, work)


def _promotion(
    source: str, target: str, types: Texts, folders: Texts, excluded: Texts, named: Mapping[str, str] | None
) -> Promotion:
    return Promotion(source, target, Selection(_texts(types), _texts(folders), _texts(excluded)), dict(named or {}))


def _texts(given: Texts) -> tuple[str, ...]:
    """One text, or several."""
    return (given,) if isinstance(given, str) else tuple(given)
