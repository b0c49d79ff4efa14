"""How many lines and files each resource type is, now or at another commit.

    python -m tests.benchmarks.type_lines [COMMIT]

Counted are lines of the type's own files that are neither empty, comment, docstring nor import: those of its
declaration (the statement that makes the type), those of the tables beside it, and those of functions and classes.
What several types share (the kit, the generations of dashboards and of data sources, the models of dashboards) is none
of a type's own.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT = Path(__file__).parent.parent.parent
_GRAFANA: Final[Mapping[str, tuple[str, ...]]] = {
    "grafana_data_source": ("data_source", "data_source_api", "data_source_secrets"),
    "grafana_folder": ("folder", "folder_api"),
    "grafana_dashboard": ("dashboard", "dashboard_values", "dashboard_api"),
    "grafana_snapshot": ("snapshot", "snapshot_api"),
    "grafana_organization_preferences": ("preferences",),
    "grafana_folder_permission, grafana_dashboard_permission": ("permissions",),
    "grafana_folder_permission_item, grafana_dashboard_permission_item": ("permission_item",),
    "grafana_dashboard_public": ("dashboard_public",),
    "grafana_correlation": ("correlation",),
    "grafana_playlist": ("playlist",),
    "grafana_contact_point": ("contact_point",),
    "grafana_team": ("team",),
    "grafana_user": ("user",),
    "grafana_star": ("star",),
    "grafana_organization": ("organization",),
    "grafana_sso_settings": ("sso_settings", "sso_ldap"),
    "grafana_service_account": ("service_account",),
    "grafana_service_account_token": ("service_account_token",),
    "grafana_service_account_permission, grafana_service_account_permission_item": ("service_account_permission",),
    "grafana_annotation": ("annotation",),
    "grafana_library_panel": ("library_panel", "library_panel_api"),
    "grafana_message_template": ("message_template",),
    "grafana_mute_timing": ("mute_timing",),
    "grafana_notification_policy": ("notification_policy", "policy_tree"),
    "grafana_rule_group": ("rule_group", "rules"),
    "grafana_alert_rule": ("alert_rule",),
    "grafana_data_source_config": ("data_source_config",),
    "grafana_app_resource": ("app_resource", "app_resource_api", "app_resource_values", "platform_kinds"),
}
_HEADSPIN: Final[Mapping[str, tuple[str, ...]]] = {
    "headspin_grafana": ("account",),
    "headspin_dashboard": ("dashboard",),
}
FILES: Final[Mapping[str, Collection[str]]] = {
    **{name: [f"providers/grafana/{file}.py" for file in files] for name, files in _GRAFANA.items()},
    **{name: [f"providers/headspin/{file}.py" for file in files] for name, files in _HEADSPIN.items()},
}


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines of each kind there are."""

    declared: int = 0
    tables: int = 0
    code: int = 0

    def __add__(self, other: Lines) -> Lines:
        return Lines(self.declared + other.declared, self.tables + other.tables, self.code + other.code)


def count_lines(source: str) -> Lines:
    """The lines of a module."""
    tree, found = ast.parse(source), Lines()
    told = {number for number, line in enumerate(source.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    told -= {number for node in _docstrings(tree) for number in range(node.lineno, (node.end_lineno or 0) + 1)}
    for node in tree.body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        number = len(told.intersection(range(first, (node.end_lineno or first) + 1)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made = sum(len(told.intersection(range(one.lineno, (one.end_lineno or 0) + 1))) for one in _made_in(node))
            found += Lines(declared=made, code=number - made)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found += Lines(declared=number) if _makes(node.value) else Lines(tables=number)
    return found


def _docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    """Texts that stand alone, in whatever body."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node


def _made_in(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in a function that make types: for several of them that are alike."""
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and _makes(inner))


def _makes(value: ast.AST | None) -> bool:
    """Whether a call makes a resource type, or one by a function that makes several."""
    name = getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""
    return name in ("resource", "odd_resource", "_permission") or name.endswith("Type")


def _source(path: str, commit: str) -> str | None:
    """A file as it is, or at a commit; None where there is none."""
    if not commit:
        return (_ROOT / path).read_text(encoding="utf-8") if (_ROOT / path).exists() else None
    shown = subprocess.run(["git", "show", f"{commit}:{path}"], cwd=_ROOT, capture_output=True, text=True, check=False)
    return shown.stdout if shown.returncode == 0 else None


def main(commit: str = "") -> None:
    """Print the table."""
    print("| type | declared | tables | code | all | files |\n|---|---|---|---|---|---|")
    for name, paths in FILES.items():
        sources = [source for path in paths if (source := _source(path, commit)) is not None]
        lines = sum(map(count_lines, sources), Lines())
        total = lines.declared + lines.tables + lines.code
        if sources:
            print(f"| {name} | {lines.declared} | {lines.tables} | {lines.code} | {total} | {len(sources)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
