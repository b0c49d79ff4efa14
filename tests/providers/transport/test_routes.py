"""Tests of the routes that paths are told by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from providers.embedded import create_app
from providers.transport.routes import route_of


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/dashboards/uid/search", "/api/dashboards/uid/:uid"),
        ("/api/folders/Team-A?accesscontrol=true", "/api/folders/:uid"),
        ("/api/teams/12/members", "/api/teams/:id/members"),
        (
            "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/board-1",
            "/apis/dashboard.grafana.app/v1beta1/namespaces/:namespace/dashboards/:uid",
        ),
        ("/v0/grafana/dashboard/info", "/v0/grafana/dashboard/info"),
        ("", ""),
    ],
)
def test_names_of_objects_are_no_part_of_a_route(path: str, route: str) -> None:
    """As Grafana's documents write it."""
    assert route_of(path) == route


def test_every_word_of_grafanas_routes_is_known(tmp_path: Path) -> None:
    """Of all routes that the embedded server answers: nothing but what they leave open is taken for a name."""
    app = create_app(tmp_path / "g.db")
    paths = {route.path for route in app.generation.routes}
    app.close()
    assert len(paths) > 100
    for path in paths:
        steps = path.split("/")
        made = [re.sub(r"{[^}]*}", "Xy_1", step) for step in steps]
        for step, told in zip(steps, route_of("/".join(made)).split("/"), strict=True):
            is_open = step.startswith("{") and step != "{plural}"  # a kind is no name of an object
            assert told == step or (told.startswith(":") and is_open) or step == "{plural}", path
