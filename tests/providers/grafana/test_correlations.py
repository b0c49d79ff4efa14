"""Correlations of a server whose database is busy."""

from __future__ import annotations

import pytest

from providers.grafana.correlation import CORRELATION
from providers.transport.errors import NotFound
from tests.providers.fakes import FakeGrafana

_LIST = "GET /api/datasources/correlations"
_PATCH = "PATCH /api/datasources/uid/s/correlations/c"
_OLD = {"uid": "c", "sourceUID": "s", "targetUID": "s", "label": "Old", "type": "query", "config": {"field": "line"}}
_NEW = {**_OLD, "label": "New"}
_ARGUMENTS = {"source_uid": "s", "target_uid": "s", "label": "New", "type": "query", "config": {"field": "line"}}


@pytest.mark.parametrize(("answers", "writes"), [([_NEW], 1), ([404, _NEW], 2)])
def test_a_correlation_that_a_busy_server_has_not_found_is_written_once_more(
    answers: list[object], writes: int
) -> None:
    """12.4 answers 404 where it has had to begin again; one that is gone is told."""
    old, new = ({"correlations": [one]} for one in (_OLD, _NEW))
    grafana = FakeGrafana(**{_LIST: [old, new], _PATCH: answers})
    values = CORRELATION.complete("a", "n", _ARGUMENTS, "")
    seen = CORRELATION.live(_OLD).version
    live = grafana.run(lambda provider: provider.update("grafana_correlation", "c", values, seen))
    assert (live.attributes["label"], [call for call, _ in grafana.writes()]) == ("New", [_PATCH] * writes)
    grafana = FakeGrafana(**{_LIST: [old] * 9})
    with pytest.raises(NotFound):
        grafana.run(lambda provider: provider.update("grafana_correlation", "c", values, seen))
