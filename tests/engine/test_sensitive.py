"""What a server makes of what is sensitive."""

from __future__ import annotations

import pytest

from hcl_lite.core.schema import Attr
from hcl_lite.engine.sensitive import without_slugs
from tests.engine.world import FakeType


@pytest.mark.parametrize(
    ("url", "uid", "cut"),
    [
        ("/d/abc/hunter2", "abc", "/d/abc"),
        ("/d/d/hunter2", "d", "/d/d"),
        ("/dashboards/f/f/hunter2", "f", "/dashboards/f/f"),
        ("/sub/d/sub/hunter2", "sub", "/sub/d/sub"),
        ("/d/abc", "abc", "/d/abc"),
        ("/dashboards/f/f", "f", "/dashboards/f/f"),
        ("/d/abc/", "abc", "/d/abc"),
        ("/dashboard/db/hunter2", "abc", None),
        ("hunter2", "abc", None),
        ("hunter2/abc", "abc", None),
    ],
)
def test_a_path_ends_before_the_slug(url: str, uid: str, cut: str | None) -> None:
    """Whatever the uid is: that of a folder may be called as a part of the path is; one that is cut stays so."""
    type_ = FakeType("fake_item", attrs={"url": Attr(computed=True, slug_of=("title",))})
    assert without_slugs(type_, {"url": url}, [("title",)], uid) == {"url": cut}
    assert without_slugs(type_, {"url": url}, [("other",)], uid) == {"url": url}
