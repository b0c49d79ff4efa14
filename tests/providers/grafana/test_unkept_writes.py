"""Writes that are answered with success and not kept, or not known yet to the server that is asked next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from providers.grafana.data_source import DATA_SOURCE
from providers.transport.errors import NotKept
from tests.providers.fakes import FakeGrafana

_PATH = "/api/datasources/uid/s"
_OLD = {"id": 7, "uid": "s", "name": "S", "type": "loki", "url": "http://old", "access": "proxy", "version": 4}
_NEW = {**_OLD, "url": "http://new", "version": 5}
_SEEN = {"id": 7, "version": 4}
_RULES = "/api/folders/f/permissions"
_VIEW, _EDIT = ([{"role": "Viewer", "permission": level}] for level in (1, 2))


def _source() -> Any:
    given = {"uid": "s", "name": "S", "type": "loki", "url": "http://new", "is_default": False}
    return DATA_SOURCE.complete("a", "n", given, "")


def _change_source(gets: list[Any]) -> tuple[FakeGrafana, Callable[[Any], Any]]:
    grafana = FakeGrafana(**{f"GET {_PATH}": gets, f"PUT {_PATH}": {"datasource": _OLD, "message": "updated"}})
    return grafana, lambda provider: provider.update("grafana_data_source", "s", _source(), _SEEN)


def _change_rules(gets: list[Any]) -> tuple[FakeGrafana, Callable[[Any], Any]]:
    grafana = FakeGrafana(**{f"GET {_RULES}": gets, f"POST {_RULES}": {"message": "updated"}})
    expected_version = grafana.run(
        lambda provider: provider.read("grafana_folder_permission", "f", None, {"digest": "x"})
    )
    values = {"folder_uid": "f", "permissions": {"Viewer": "Edit"}}
    return grafana, lambda provider: provider.update("grafana_folder_permission", "f", values, expected_version.version)


def test_a_replica_that_knows_of_a_write_a_moment_later_is_asked_again() -> None:
    """So that what is remembered is what was written, and the next plan takes it for nobody else's."""
    grafana, change = _change_source([_OLD, _OLD, _OLD, _NEW])
    assert grafana.run(change).version == {"id": 7, "version": 5}
    assert len(grafana.writes()) == 1
    grafana, change = _change_rules([_VIEW, _VIEW, _VIEW, _VIEW, _EDIT])
    assert grafana.run(change).attributes["permissions"] == {"Viewer": "Edit"}
    assert len(grafana.writes()) == 1


@pytest.mark.parametrize(
    ("make", "call", "write"),
    [
        (lambda: _change_source([_OLD] * 9), f"GET http://g.test{_PATH}", f"PUT {_PATH}"),
        (lambda: _change_rules([_VIEW] * 9), f"GET http://g.test{_RULES}", f"POST {_RULES}"),
    ],
    ids=["data source", "permissions"],
)
def test_what_is_there_is_as_before_the_write(make: Any, call: str, write: str) -> None:
    """Both calls are named; nothing is written once more, and the next run looks again."""
    grafana, change = make()
    with pytest.raises(NotKept) as caught:
        grafana.run(change)
    said = f"{call} answered 200: what is there is as it was before {write}, which was answered with success"
    assert (str(caught.value), caught.value.unclear, len(grafana.writes())) == (said, True, 1)


@pytest.mark.parametrize("answer", [{}, None, ""], ids=repr)
def test_a_deletion_that_is_answered_with_nothing_is_looked_after(answer: Any) -> None:
    """Grafana says what it has done: what says nothing may be a proxy, and the object stays in the state then."""
    grafana = FakeGrafana(**{f"GET {_PATH}": _OLD, f"DELETE {_PATH}": answer})
    with pytest.raises(NotKept, match=f"before DELETE {_PATH}, which was answered with success"):
        grafana.run(lambda provider: provider.delete("grafana_data_source", "s", {}))
    gone = FakeGrafana(**{f"GET {_PATH}": 404, f"DELETE {_PATH}": answer})
    gone.run(lambda provider: provider.delete("grafana_data_source", "s", {}))
    hidden = FakeGrafana(**{f"GET {_PATH}": 403, f"DELETE {_PATH}": answer})  # as of a folder that is gone (12.4)
    hidden.run(lambda provider: provider.delete("grafana_data_source", "s", {}))


def test_a_deletion_with_grafanas_own_words_costs_one_call() -> None:
    """It is believed."""
    grafana = FakeGrafana(**{f"DELETE {_PATH}": {"message": "Data source deleted"}})
    grafana.run(lambda provider: provider.delete("grafana_data_source", "s", {}))
    assert [call for call, _ in grafana.sent if "frontend" not in call] == [f"DELETE {_PATH}"]


@pytest.mark.parametrize("there", [True, False])
def test_an_object_that_goes_by_another_uid_in_the_answer_is_looked_for_under_its_own(there: bool) -> None:
    """A server that answers in other letters, and one that has made it under another uid."""
    made = {**_OLD, "uid": "S"}
    grafana = FakeGrafana(**{f"GET {_PATH}": _NEW if there else 404, "POST /api/datasources": {"datasource": made}})
    live = grafana.run(lambda provider: provider.create("grafana_data_source", _source()))
    assert live.uid == ("s" if there else "S")
