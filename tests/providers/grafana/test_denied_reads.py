"""Reads that 12.4 denies to whoever may do what is planned all the same."""

from __future__ import annotations

from typing import Any

import pytest

from providers.transport.errors import Denied
from tests.providers.fakes import FakeGrafana

_GROUP = "GET /api/v1/provisioning/folder/f/rule-groups/g"
_RULES = "GET /api/folders/f/permissions"
_FOLDER = "GET /apis/folder.grafana.app/v1beta1/namespaces/default/folders/f"
_THERE = {"metadata": {"name": "f", "resourceVersion": "1", "generation": 1}, "spec": {"title": "F"}}
_RELOAD = "GET /api/access-control/user/actions"


def _read(type_: str, uid: str, **answers: Any) -> Any:
    return FakeGrafana(**answers).run(lambda provider: provider.read(type_, uid, None, {"digest": "x"}))


def test_a_rule_group_of_a_folder_that_is_missing_is_missing() -> None:
    """An editor is denied it, since nobody has given away that folder yet; that of a folder that is there is told."""
    assert _read("grafana_rule_group", "f:g", **{_GROUP: 403, _FOLDER: 404}) is None
    with pytest.raises(Denied):
        _read("grafana_rule_group", "f:g", **{_GROUP: 403, _FOLDER: _THERE})


def test_permissions_that_were_just_given_are_asked_for_again() -> None:
    """Once the server has looked up anew what the account may; what it may not even then is told."""
    view = [{"role": "Viewer", "permission": 1}]
    answers = {_FOLDER: _THERE, _RELOAD: {"folders.permissions:read": True}}
    live = _read("grafana_folder_permission", "f", **answers, **{_RULES: [403, view]})
    assert live.attributes["permissions"] == {"Viewer": "View"}
    with pytest.raises(Denied):
        _read("grafana_folder_permission", "f", **answers, **{_RULES: 403})
