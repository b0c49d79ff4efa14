"""Tests of a plan as Markdown: what it says, what is left out of a short one, and texts that stay texts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hcl_lite.cli.views.look import SHORT, Detail, Look
from hcl_lite.cli.views.plan_markdown import render_failure, render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, OutputChange, Plan
from state.model import Record


def _change(name: str, action: Action, type_: str = "dashboard", **more: Any) -> Change:
    address = Address.resource(f"grafana_{type_}", name)
    return Change(address, action, "grafana", name, Record(address, "grafana", name, {}), **more)


_PLAN = Plan(
    (
        _change("team", Action.NOOP, "folder", title="Team"),
        _change("svc", Action.CREATE, "folder", title="Services", folder="team"),
        _change(
            "api",
            Action.UPDATE,
            title="API",
            folder="svc",
            place=Place("main.toml", 3, 1),
            differences=(
                Difference("refresh", "5s", "10s"),
                Difference("description", "a\nb", "a\nc"),
                Difference("tags", ABSENT, ["x"]),
            ),
        ),
        _change("ops", Action.UPDATE, "team", title="Ops", access=Access.OPENS),
        _change("old", Action.DELETE, title="Old", folder="team", reason="it is no longer declared"),
    ),
    (OutputChange("url", ABSENT, "https://x.org"),),
    warnings=(Diagnostic("Careful", "Really.", hint="Look.", severity=Severity.WARNING),),
)


def test_what_is_risky_comes_first_and_the_rest_is_folded() -> None:
    """All of a plan, in a form that GitHub and GitLab render."""
    assert (
        render_plan(_PLAN, SHORT)
        == """\
<!-- hcl-lite plan -->

### hcl-lite: 1 to create, 2 to update, **1 to delete**

| Folder | to create | to update | to delete |
|---|---|---|---|
| <code>Team</code> | 1 |  | 1 |
| <code>Team/Services</code> |  | 1 |  |

<details><summary>⚠️ <code>Careful</code></summary>

```text
Really.
→ Look.
```

</details>

**Look twice at:**

| Object | Title | Folder | What |
|---|---|---|---|
| <code>grafana&#95;dashboard&#46;old</code> | <code>Old</code> | <code>Team</code> | 🔴 <code>deleted</code> |
| <code>grafana&#95;team&#46;ops</code> | <code>Ops</code> |  | 🟡 <code>more is allowed</code> |

- <code>+</code> <code>grafana&#95;folder&#46;svc</code> <code>Services</code> in <code>Team</code> will be created

<details><summary><code>~</code> <code>grafana&#95;dashboard&#46;api</code> <code>API</code> in \
<code>Team/Services</code> will be updated (<code>main&#46;toml&#58;3</code>)</summary>

```diff
! refresh: "5s" → "10s"
! description:
-     b
+     c
+ tags: ["x"]
```

</details>

- <code>~</code> <code>grafana&#95;team&#46;ops</code> <code>Ops</code> will be updated

<details><summary><code>-</code> <code>grafana&#95;dashboard&#46;old</code> <code>Old</code> in <code>Team</code> \
will be deleted</summary>

```diff
  because it is no longer declared
  uid: "old"
```

</details>

<details><summary>Outputs</summary>

```diff
+   url: "https://x.org"
```

</details>"""
    )


def test_nothing_to_do_is_said_in_the_words_of_the_terminal() -> None:
    """And in one line."""
    assert render_plan(Plan(()), SHORT) == (
        "<!-- hcl-lite plan -->\n\n### hcl-lite: No changes. Grafana is as the configuration says."
    )


def test_counts_and_risks_alone_are_shown_where_that_is_asked_for() -> None:
    """No object but those that are risky."""
    text = render_plan(_PLAN, Look(Detail.NONE))
    assert "main&#46;toml" not in text
    assert text.count("<details>") == 2  # the warning and the outputs


def _many(number: int) -> Plan:
    def differences(name: int) -> tuple[Difference, ...]:
        return tuple(Difference(f"panels[{i}].title", "a" * 30, f"b{name}") for i in range(3))

    updates = [_change(f"d{i:04}", Action.UPDATE, differences=differences(i)) for i in range(number)]
    gone = _change("gone", Action.DELETE, title="Gone", reason="it is no longer declared")
    return Plan((*updates, gone))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (20, ""),
        (100, r"✂️ To keep this short, \d+ objects are told in a line only\. All of it: <https://ci/1>\."),
        (2000, r"✂️ To keep this short, (\d+ objects are told in a line only and )?\d+ objects are left out\. All .*"),
    ],
)
def test_a_plan_fits_into_its_size(number: int, said: str) -> None:
    """Cut by importance and never in the middle: what goes is told wholly, and how much is left out."""
    text = render_plan(_many(number), SHORT, max_size=20_000, link="https://ci/1")
    assert len(text.encode()) <= 20_000
    assert bool(re.fullmatch(said, text.rpartition("\n\n")[2])) == (said != "")
    assert "it is no longer declared" in text
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```diff\n") == text.count("\n```\n")


_HOSTILE = "@everyone <b>x</b> | [l](https://x) `code` ```\n</code></details> #1 www.x.org & *a* _b_ ~c~ <!--"


def test_a_hostile_title_stays_a_text() -> None:
    """It breaks out of no cell, no fence and no head, mentions nobody and is no link."""
    change = _change(
        "api",
        Action.DELETE,
        title=_HOSTILE,
        folder=_HOSTILE,
        reason=_HOSTILE,
        differences=(Difference(f"a{_HOSTILE}", _HOSTILE, "```` x"),),
    )
    text = render_plan(Plan((change,), warnings=(Diagnostic(_HOSTILE, _HOSTILE),)), SHORT)
    fences = re.findall(r"^(`{3,})(diff|text)\n(.*?)\n\1$", text, re.DOTALL | re.MULTILINE)
    assert len(fences) == 2
    outside = re.sub(r"^(`{3,})(diff|text)\n(.*?)\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"&#\d+;", "", outside)
    for mark in ("@", "<b>", "[l]", "`", "</code></details>", "#1", "www.", "*a*", "_b_", "~c~"):
        assert mark not in outside.replace("### hcl-lite", "").replace("**", "")
    assert all(line.count("|") == 5 for line in outside.splitlines() if line.startswith("| "))


def test_each_title_has_a_comment_of_its_own() -> None:
    """The marker has no text that would end it; a mention in the headline is none."""
    lines = render_plan(Plan(()), SHORT, title="eu--> @ops").splitlines()
    assert (lines[0], lines[2]) == (
        "<!-- hcl-lite plan: eu__ _ops -->",
        "### hcl-lite <code>eu--&#62; &#64;ops</code>: No changes. Grafana is as the configuration says.",
    )


def test_why_there_is_no_plan_is_told_in_its_comment() -> None:
    """Under the same marker as a plan, so that it takes the place of an older one; why one is refused likewise."""
    problem = Diagnostic("Not there", "The server says so.", place=Place("main.toml", 3, 1))
    told = "<details><summary>❌ <code>Not there</code> at <code>main&#46;toml&#58;3&#58;1</code></summary>"
    failed = render_failure([problem], title="eu", link="https://ci.example/1")
    assert failed.splitlines()[:5] == ["<!-- hcl-lite plan: eu -->", "", failed.splitlines()[2], "", told]
    assert failed.splitlines()[2] == "### hcl-lite <code>eu</code>: **there is no plan**"
    assert failed.endswith("<https://ci.example/1>")
    assert told in render_plan(_PLAN, SHORT, refused=[problem])
    assert len(render_failure([problem] * 500, max_size=4096).encode()) <= 4096
