"""Views of results, as text for people, as JSON or a stream of messages for programs: one table, and pure functions.

A view is imported when it is asked for, so that what prints a line loads no engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

_HERE = "hcl_lite.cli.views."
_VIEWS: Mapping[tuple[str, str], str] = {
    ("diagnostics", "text"): "diagnostics.render_diagnostics",
    ("diagnostics", "json"): "json_text.render_diagnostics",
    ("diagnostics", "sarif"): "sarif_text.render_sarif",
    ("plan", "text"): "plan_text.render_plan",
    ("plan", "json"): "json_text.render_plan",
    ("plan", "html"): "plan_html.render_plan",
    ("plan", "markdown"): "plan_markdown.render_plan",
    ("failed plan", "markdown"): "plan_markdown.render_failure",
    ("summary", "text"): "plan_text.render_summary",
    ("partial", "text"): "plan_text.render_partial",
    ("question", "text"): "plan_text.render_question",
    ("event", "text"): "apply_text.render_event",
    ("version", "messages"): "messages.render_version",
    ("log", "messages"): "messages.render_log",
    ("diagnostics", "messages"): "messages.render_problems",
    ("plan", "messages"): "messages.render_plan",
    ("event", "messages"): "messages.render_event",
    ("applied", "messages"): "messages.render_result",
    ("progress", "messages"): "messages.render_progress",
    ("retry", "messages"): "messages.render_retry",
    ("profile", "messages"): "messages.render_profile",
    ("profile", "text"): "profile_text.render_profile",
    ("progress", "text"): "progress_text.render_standing",
    ("progress", "table"): "progress_table.render_table",
    ("applied", "text"): "apply_text.render_result",
    ("skipped", "text"): "apply_text.render_skipped",
    ("applied outputs", "text"): "apply_text.render_outputs",
    ("imported", "text"): "import_text.render_report",
    ("exported", "text"): "export_text.render_export",
    ("drift", "text"): "drift_text.render_drift",
    ("drift", "json"): "drift_text.render_drift_json",
    ("drift", "markdown"): "drift_text.render_drift_markdown",
    ("comparison", "text"): "comparison_text.render_comparison",
    ("comparison", "json"): "comparison_text.render_comparison_json",
    ("got", "text"): "get_text.render_got",
    ("got", "table"): "get_text.render_got_table",
    ("got", "json"): "get_text.render_got_json",
    ("got", "toml"): "get_text.render_got_toml",
    ("round", "text"): "watch_text.render_round",
    ("pulled", "text"): "pull_text.render_pull",
    ("contested", "text"): "pull_text.render_contested",
    ("validation", "text"): "validation_text.render_validation",
    ("validation", "junit"): "junit_text.render_diagnostics_junit",
    ("state", "text"): "state_text.render_state",
    ("state", "json"): "json_text.render_state",
    ("record", "text"): "state_text.render_record",
    ("outputs", "text"): "output_text.render_outputs",
    ("outputs", "json"): "json_text.render_sorted",
    ("runs", "text"): "runs_text.render_runs",
    ("runs", "json"): "runs_text.render_runs_json",
    ("workspaces", "text"): "workspaces_text.render_workspaces",
    ("starter files", "text"): "init_text.render_starter_files",
    ("init event", "text"): "init_text.render_init_event",
    ("formatted", "text"): "format_text.render_formatted",
    ("formatted", "diff"): "format_text.render_formatted_diff",
    ("serving", "text"): "serving_text.render_serving",
    ("table", "text"): "table_text.render_table",
    ("table", "json"): "json_text.render_value",
    ("columns", "text"): "table_text.render_columns",
    ("value", "json"): "json_text.render_value",
    ("graph", "dot"): "graph_text.render_dot",
    ("graph", "mermaid"): "graph_text.render_mermaid",
    ("graph", "html"): "graph_html.render_html",
    ("graph", "svg"): "graph_svg.render_svg",
    ("graph", "json"): "graph_text.render_json",
    ("test", "text"): "test_text.render_outcome",
    ("test totals", "text"): "test_text.render_totals",
    ("tests", "junit"): "junit_text.render_outcomes_junit",
    ("providers", "text"): "providers_text.render_providers",
    ("reference", "text"): "docs_text.render_index",
    ("reference", "markdown"): "docs_text.render_markdown",
    ("reference", "json"): "json_text.render_index",
    ("type", "text"): "docs_text.render_page",
    ("type", "markdown"): "docs_text.render_markdown_page",
    ("type", "json"): "json_text.render_dataclass",
}


def view(what: str, form: str = "text") -> Callable[..., str]:
    """The function that shows `what` in one form."""
    module, _, name = _VIEWS[what, form].partition(".")
    function: Callable[..., str] = getattr(importlib.import_module(f"{_HERE}{module}"), name)
    return function


def form(as_json: bool) -> str:
    """Returns the format that --json asks for."""
    return "json" if as_json else "text"
