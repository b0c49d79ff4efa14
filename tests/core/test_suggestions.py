"""What is suggested in place of a name that there is not."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import did_you_mean_type

_TYPES = ["grafana_folder", "grafana_dashboard", "grafana_data_source", "headspin_dashboard"]
_LISTED = "grafana_dashboard, grafana_data_source, grafana_folder"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("grafana_foldr", 'Did you mean "grafana_folder"?'),
        ("grafana_datasource", 'Did you mean "grafana_data_source"?'),
        ("grafana_team", f"There is no such type yet. There are: {_LISTED}."),
        ("grafana_contact_point", f"There is no such type yet. There are: {_LISTED}."),
        ("grafna_folder", 'Did you mean "grafana_folder"?'),
        ("aws_instance", "Known: grafana_dashboard, grafana_data_source, grafana_folder, headspin_dashboard."),
    ],
)
def test_a_type_is_near_by_what_comes_after_its_provider(word: str, hint: str) -> None:
    """A type that there is not yet is nothing that was misspelled."""
    assert did_you_mean_type(word, _TYPES) == hint
