"""Dashboards without uids and folders, as 3.2.1 has them: the slug of its title is a dashboard's name."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from providers.embedded import ids
from providers.embedded.generations import binding
from providers.embedded.generations.dashboards import number, saved, shown_version, with_slug
from providers.embedded.generations.traits import Traits
from providers.embedded.objects import Draft, Entry
from providers.embedded.routing import Call


@dataclass(frozen=True, slots=True)
class _Target:
    """The dashboard that a save overwrites, and the version that the new one follows."""

    entry: Entry | None
    after: int


def save(traits: Traits, call: Call) -> Response:
    """POST /api/dashboards/db (3.2.1): 412 for a title in use, and for another version if `id` is sent.

    `uid`, `folderId`, `folderUid` and `message` mean nothing: a `uid` in the body is kept like any other key. Without
    `id` the `version` is not looked at either, so an overwriting save by title makes version 1, each time.
    """
    command = binding.read(call, "Dashboard")
    overwrite = binding.field(command, "overwrite", bool)
    model = command["dashboard"] if isinstance(command["dashboard"], dict) else {}
    target = _same_slug(traits, call, model, overwrite, _same_id(traits, call, model, overwrite))
    spec = {key: value for key, value in model.items() if key not in ("id", "version")}
    return saved(traits, _store(traits, call, target, Draft(spec)))


def _same_id(traits: Traits, call: Call, model: dict[str, Any], overwrite: bool) -> _Target:
    sent = number(model.get("id"))
    if sent <= 0:
        return _Target(None, 0)
    live = call.objects.by_id("dashboards", sent)
    if live is None:
        raise traits.refused("dashboard-id-unknown")
    if not overwrite and shown_version(traits, live) != number(model.get("version")):
        raise traits.refused("dashboard-stale")
    return _Target(live, shown_version(traits, live))


def _same_slug(traits: Traits, call: Call, model: dict[str, Any], overwrite: bool, target: _Target) -> _Target:
    """The dashboard that has the title already wins over the one whose id was sent, if it may be overwritten."""
    title = model.get("title")
    slug = traits.make_slug(title if isinstance(title, str) else "")
    same = next(iter(with_slug(traits, call, slug)), None)
    if same is None or (target.entry is not None and same.id == target.entry.id):
        return target
    if not overwrite:
        raise traits.refused("dashboard-name-taken")
    return _Target(same, target.after)


def _store(traits: Traits, call: Call, target: _Target, draft: Draft) -> Entry:
    if target.entry is None:
        return call.objects.create("dashboards", ids.new_old_uid(), draft, call.author, call.objects.next_id())
    generation = target.after + 1 + 1 - traits.first_version  # the store counts from 1 on
    return call.objects.update(target.entry, draft, call.author, generation)
