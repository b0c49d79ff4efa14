"""Permissions of folders and dashboards as 5.4.3 and 7.5.5 have them by documentation; they were not recorded."""

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.generations.dashboards import find_by_number
from providers.embedded.generations.folders import find_folder
from providers.embedded.generations.traits import Traits
from providers.embedded.grants import given_rules
from providers.embedded.objects import Entry
from providers.embedded.permissions import NEW, replace_rules, show_rule
from providers.embedded.routing import Call


def get_of_folder(traits: Traits, call: Call) -> Response:
    """GET /api/folders/:uid/permissions (5.4.3, 7.5.5)."""
    return _get(call, find_folder(traits, call))


def get_of_dashboard(traits: Traits, call: Call) -> Response:
    """GET /api/dashboards/id/:id/permissions (5.4.3, 7.5.5): those of its folder too, as inherited."""
    return _get(call, find_by_number(traits, call))


def replace_of_folder(traits: Traits, call: Call) -> Response:
    """POST /api/folders/:uid/permissions (5.4.3, 7.5.5): replaces them all."""
    return replace_rules(call, find_folder(traits, call))


def replace_of_dashboard(traits: Traits, call: Call) -> Response:
    """POST /api/dashboards/id/:id/permissions (5.4.3, 7.5.5): replaces all but what is inherited."""
    return replace_rules(call, find_by_number(traits, call))


def _get(call: Call, entry: Entry) -> Response:
    given = given_rules(call, entry.uid)
    if not entry.folder:
        return wire.answer([show_rule(call, entry, rule) for rule in (NEW if given is None else given)])
    folder = call.objects.get("folders", entry.folder)
    above = given_rules(call, folder.uid) if folder is not None else None
    inherited = [show_rule(call, entry, rule, inherited=True) for rule in (NEW if above is None else above)]
    return wire.answer([*inherited, *(show_rule(call, entry, rule) for rule in given or ())])
