"""The table of views."""

from __future__ import annotations

import pytest

from hcl_lite.cli.views import _VIEWS, view


@pytest.mark.parametrize(("what", "form"), _VIEWS)
def test_every_view_is_there(what: str, form: str) -> None:
    """Under the name that the table has."""
    assert callable(view(what, form))
