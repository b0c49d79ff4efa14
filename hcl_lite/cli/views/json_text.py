"""Results as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from hcl_lite.cli.views.diagnostics import diagnostic_json, diagnostics_json
from hcl_lite.core.diags import Diagnostic
from hcl_lite.engine.plan import Plan
from hcl_lite.lang.docs.type_pages import Page
from hcl_lite.review.build import review
from hcl_lite.review.document import document
from state.file import encode as encode_state
from state.model import State


def render_value(value: Any) -> str:
    """Any value of JSON, in the order that it has."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def render_sorted(value: Any) -> str:
    """Any value of JSON, by its keys."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def render_diagnostics(diagnostics: Iterable[Diagnostic]) -> str:
    """Renders diagnostics in the form of `terraform validate -json`."""
    return render_value(diagnostics_json(diagnostics))


def render_plan(plan: Plan) -> str:
    """Renders a plan in the format of hcl_lite/review/schema.json."""
    made = review(plan)
    return render_value({**document(made), "diagnostics": [*map(diagnostic_json, made.diagnostics)]})


def render_state(state: State) -> str:
    """Renders a state in the form of its file."""
    return encode_state(state).decode().rstrip()


def render_index(pages: Iterable[Page]) -> str:
    """Renders the list of types, each with a line of documentation."""
    return render_value([{"name": page.name, "kind": page.kind, "doc": page.doc} for page in pages])


def render_dataclass(value: Any) -> str:
    """Its fields."""
    return render_value(asdict(value))
