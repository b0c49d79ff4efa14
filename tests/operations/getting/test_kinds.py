"""Types as people name them."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.operations.getting.kinds import Kind, find_kind
from providers.registry import PROVIDER_TYPES


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("folder", Kind("grafana_folder")),
        ("folders", Kind("grafana_folder")),
        ("grafana_folder", Kind("grafana_folder")),
        ("data-sources", Kind("grafana_data_source")),
        ("datasource", Kind("grafana_data_source")),
        ("ContactPoints", Kind("grafana_contact_point")),
        ("notification_policies", Kind("grafana_notification_policy")),
        ("organization_preferences", Kind("grafana_organization_preferences")),
        ("server", Kind("grafana_server", is_lookup=True)),
        ("headspin_dashboards", Kind("headspin_dashboard")),
    ],
)
def test_a_type_is_known_by_its_nouns(text: str, kind: Kind) -> None:
    """Of one and of many, with and without the provider's name, with _, - or nothing between words."""
    assert find_kind(text, PROVIDER_TYPES) == kind


def test_dashboards_are_those_of_grafana() -> None:
    """Another provider's are called by their whole name."""
    assert find_kind("dashboards", PROVIDER_TYPES) == Kind("grafana_dashboard")


def test_what_is_no_type_is_told_with_the_nearest() -> None:
    """A typing mistake."""
    with pytest.raises(HclError) as raised:
        find_kind("fodlers", PROVIDER_TYPES)
    told = raised.value.diagnostics[0]
    assert (told.summary, told.detail) == ('There is no type "fodlers"', 'Did you mean "folders"?')
