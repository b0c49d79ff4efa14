"""Tests of the messages of a run: each as the schema says, and the same of a plan as in its document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from hcl_lite.cli.views import messages
from hcl_lite.cli.views.json_text import render_plan
from hcl_lite.cli.views.standing import Running, Standing
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.progress import Retry
from hcl_lite.core.values import Secret
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.plan import Action
from hcl_lite.review.schema import read_schema
from tests.review.test_review import PLAN

_AT = "2026-11-27T10:00:00.000000Z"
_FOLDER = Address.resource("grafana_folder", "f", "a")
_INNER = Address.parse('module.m["x"].grafana_folder.f')
_WRONG = Diagnostic("no", "not so", Place("main.toml", 1, 2, "x = 1", 3), "Do it.", "grafana_team.ops", request_id="r")


_SCHEMA = read_schema()
_MESSAGE = jsonschema.Draft202012Validator({"$ref": "#/$defs/message", "$defs": _SCHEMA["$defs"]})
_HEAD = set(_SCHEMA["$defs"]["head"]["properties"])
_KINDS = [kind["allOf"][1]["properties"] for name, kind in _SCHEMA["$defs"].items() if name.startswith("message_")]


def parsed(lines: str) -> list[dict[str, Any]]:
    """Messages, each of which is as the schema says, without a key that it does not explain."""
    told = [json.loads(line) for line in lines.splitlines()]
    for message in told:
        _MESSAGE.validate(message)
        known = [kind for kind in _KINDS if message["type"] in (kind["type"].get("enum") or [kind["type"]["const"]])]
        assert any(message.keys() - _HEAD <= kind.keys() for kind in known), message
    return told


def test_a_stream_has_what_the_document_of_a_plan_has() -> None:
    """Objects in the same order, outputs, counts, risks, policies;
    what was changed outside is told once more, before."""
    told = parsed(messages.render_plan(PLAN, _AT))
    document = json.loads(render_plan(PLAN))
    assert [one["change"] for one in told if one["type"] == "planned_change"] == document["changes"]
    assert [one["change"] for one in told if one["type"] == "resource_drift"] == [
        change for change in document["changes"] if change["drifted"]
    ]
    assert [one["diagnostic"] for one in told if one["type"] == "diagnostic"] == document["diagnostics"]
    (outputs,) = [one for one in told if one["type"] == "outputs"]
    assert outputs["differences"] == document["outputs"]
    summary = told[-1]
    whole = ("summary", "id", "time", "mode", "is_empty", "is_partial", "skipped_servers", "risks", "policies")
    assert {key: summary[key] for key in document.keys() & summary.keys() - {"changes"}} == {
        key: document[key] for key in whole
    }
    assert summary["changes"] == {"add": 3, "change": 2, "remove": 2, "operation": "plan"}


_CASES: list[tuple[str, Callable[[], str], list[dict[str, Any]]]] = [
    ("version", lambda: messages.render_version("plan", _AT), [{"@level": "info", "command": "plan"}]),
    ("log", lambda: messages.render_log("a\nb", _AT), [{"type": "log", "@message": "a\\nb", "@timestamp": _AT}]),
    (
        "diagnostics",
        lambda: messages.render_problems([_WRONG, Diagnostic("odd", severity=Severity.WARNING)], _AT),
        [
            {"@level": "error", "@message": "Error: no", "type": "diagnostic"},
            {"@level": "warn", "diagnostic": {"severity": "warning", "summary": "odd"}},
        ],
    ),
    (
        "begun",
        lambda: messages.render_event(Event("begin", _INNER, Action.REPLACE), _AT),
        [
            {
                "type": "apply_start",
                "@message": 'module.m["x"].grafana_folder.f: replacing...',
                "hook": {
                    "resource": {
                        "addr": 'module.m["x"].grafana_folder.f',
                        "module": 'module.m["x"]',
                        "resource": "grafana_folder.f",
                        "resource_type": "grafana_folder",
                        "resource_name": "f",
                        "resource_key": None,
                    },
                    "action": "replace",
                },
            }
        ],
    ),
    (
        "failed",
        lambda: messages.render_event(Event("fail", _FOLDER, Action.CREATE, "u", 1.23456, problems=(_WRONG,)), _AT),
        [{"type": "apply_errored", "@level": "error"}, {"type": "diagnostic", "@level": "error"}],
    ),
    (
        "skipped, and not called for",
        lambda: "\n".join(messages.render_event(Event(p, _FOLDER, Action.UPDATE), _AT) for p in ("skip", "stay")),
        [{"type": "apply_skipped", "@level": "warn"}, {"type": "apply_unneeded", "@level": "info"}],
    ),
    (
        "the end",
        lambda: messages.render_result(
            ApplyResult({Action.CREATE: 2, Action.REPLACE: 1}, outputs={"a": [1], "b": Secret("x")}),
            1.5,
            _AT,
            operation="apply",
        ),
        [
            {"changes": {"add": 3, "change": 0, "remove": 1, "operation": "apply"}},
            {"outputs": {"a": {"sensitive": False, "value": [1]}, "b": {"sensitive": True}}},
        ],
    ),
    (
        "the end of nothing",
        lambda: messages.render_result(None, 0.0, _AT, operation="destroy"),
        [{"changes": {"add": 0, "change": 0, "remove": 0, "operation": "destroy"}}],
    ),
    (
        "a heartbeat",
        lambda: messages.render_progress(
            Standing("Applying", 10, 40, 5.0, (Running("grafana_folder.f", "create", 2.04, "429"),), left=29, rate=2.0),
            _AT,
        ),
        [
            {
                "@message": "Still applying: grafana_folder.f (2 s: 429), 10/40 done, about 15 s left",
                "progress": {
                    "phase": "Applying",
                    "done": 10,
                    "total": 40,
                    "elapsed_seconds": 5.0,
                    "objects_per_second": 2.0,
                    "seconds_left": 15.0,
                    "running": [
                        {"addr": "grafana_folder.f", "action": "create", "elapsed_seconds": 2.0, "retry": "429"}
                    ],
                    "waiting": 29,
                    "failed": 0,
                    "skipped": 0,
                    "retries": 0,
                },
            }
        ],
    ),
    (
        "a retry",
        lambda: messages.render_retry(Retry("GET", "http://x/api", "answered 429: slow down", 0.25), _AT),
        [{"type": "retry", "@message": "GET http://x/api answered 429: slow down; again in 0.25 s"}],
    ),
]


@pytest.mark.parametrize(("render", "parts"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES])
def test_messages_are_as_the_schema_says(render: Callable[[], str], parts: list[dict[str, Any]]) -> None:
    """Each a line, in Terraform's words where it has some."""
    told = parsed(render())
    assert len(told) == len(parts)
    for message, part in zip(told, parts, strict=True):
        assert {key: message[key] for key in part} == part
