"""Exports for the Kubernetes operator, as it reads its resources."""

from __future__ import annotations

import json

import yaml

from hcl_lite.core.addrs import Address
from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.export.model import Export, Exported
from hcl_lite.operations.export.operator import write_operator


def test_a_library_panel_has_its_name_in_its_model() -> None:
    """The operator takes it from nowhere else."""
    panel = Exported(
        Address.parse("grafana_library_panel.clock"), "lib", 'The "clock"', text='{"title": "Now", "type": "text"}'
    )
    written = write_operator([panel], Export("operator", "out"))
    [told] = yaml.safe_load_all(written.files["grafanalibrarypanels.yaml"])
    assert json.loads(told["spec"]["json"]) == {"name": 'The "clock"', "title": "Now", "type": "text"}


def test_a_rule_group_without_a_folder_is_left_out() -> None:
    """Its resource has to name one."""
    group = Exported(Address.parse("grafana_rule_group.g"), ":G", "G", {"rules": []})
    written = write_operator([group], Export("operator", "out"))
    reason = "the operator makes a rule group in a folder alone, and it has none"
    assert (written.files, written.left) == ({}, [LeftOut("grafana_rule_group.g", reason)])
