"""Exports as files of Grafana's own provisioning, as it reads them."""

from __future__ import annotations

import yaml

from hcl_lite.core.addrs import Address
from hcl_lite.operations.export.model import Export, Exported
from hcl_lite.operations.export.provisioning import write_provisioning


def _group(folder: str, *path: str) -> Exported:
    return Exported(Address.parse("grafana_rule_group.g"), f"{folder}:G", "G", {"rules": []}, folder=folder, path=path)


def test_a_rule_group_goes_by_the_titles_of_its_folders() -> None:
    """With a / between them, and another sign for the / of a title. Without titles it is left out: what stood there
    would become the title of a new folder."""
    written = write_provisioning([_group("f", "Team", "On/off")], Export("provisioning", "out"))
    assert written.left == []
    told = yaml.safe_load(written.files["alerting/hcl-lite-rules.yaml"])
    assert [group["folder"] for group in told["groups"]] == ["Team/On\\/off"]
    for unseen in (_group(""), _group("f")):
        written = write_provisioning([unseen], Export("provisioning", "out"))
        assert (written.files, [one.what for one in written.left]) == ({}, ["grafana_rule_group.g"])
