"""Drift as Markdown: whatever a title is, it stays a text in its cell."""

from __future__ import annotations

import html
import re

import pytest

from hcl_lite.cli.views.drift_text import render_drift_markdown
from hcl_lite.core.addrs import Address
from hcl_lite.core.schema import Revision
from hcl_lite.engine.plan import Outside
from hcl_lite.operations.drifting.model import Drift, Drifted, Unmanaged

_HOSTILE = [
    "a | b",
    "a \\| b",
    "ends with \\",
    "`code` ``` x",
    "@everyone @org/team",
    "[x](javascript:alert(1)) ![i](http://evil.invalid/p.png)",
    "https://evil.invalid www.evil.invalid a@evil.invalid",
    "#1 GH-1 !2 org/repo#3",
    "<script>alert(1)</script> <!-- -->",
    "</code><b>x</b>",
    "&#64;everyone &amp;",
    "line\nfeed\r\n| x |\u2028y",
    "*a* _b_ ~~c~~ $x$ :smile:",
]


@pytest.mark.parametrize("text", _HOSTILE)
def test_no_text_leaves_its_cell(text: str) -> None:
    """One row for each object, with as many cells as the head; between tags only entities, letters and digits."""
    outside = Outside(Revision(text, text, text), 1, 2)
    changed = [Drifted(Address.parse("fake_box.a"), "p", "u", text, "it was changed", outside)]
    shown = render_drift_markdown(Drift(changed, [Unmanaged("p", "fake_box", text, text, (text,), Revision(by=text))]))
    rows = [line for line in shown.splitlines() if line.startswith("| <code>")]
    assert [row.count("|") for row in rows] == [8, 6]
    for cell in re.findall(r"<code>(.*?)</code>", shown):
        assert re.fullmatch(r"(?:[A-Za-z0-9 ,/\u00a0-\uffff-]|&#\d+;)*", cell), cell
    told = html.unescape(re.findall(r"<code>(.*?)</code>", rows[1])[1])
    assert told.replace("\\n", "\n").count("\n") == text.count("\n") * 2


def test_what_does_not_fit_is_counted() -> None:
    """Whole rows alone are left out, and the text stays within its size, in each of its parts."""
    changed = [Drifted(Address.parse(f"fake_box.b{at}"), "p", "u", "é" * 50, "it was changed") for at in range(300)]
    unmanaged = [Unmanaged("p", "fake_box", "u", "t", (), Revision()) for _ in range(300)]
    shown = render_drift_markdown(Drift(changed, unmanaged), max_size=8192)
    assert len(shown.encode()) <= 8192
    rows = [line for line in shown.splitlines() if line.startswith("| <code>")]
    left = [int(number) for number in re.findall(r"… and (\d+) more: `hcl-lite drift` has all of it\.", shown)]
    assert len(rows) + sum(left) == 600
    assert {row.count("|") for row in rows} <= {8, 6}
