"""Operations on a project: load, check, plan, apply, undo, test. Each is a function from explicit inputs to a result.

Whoever calls shows the result: the command line, Python, a test. Nothing here prints, asks, or knows of a terminal. An
operation is imported when it is named: what looks at the state loads no engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hcl_lite.operations.applying import apply as apply
    from hcl_lite.operations.bulk_import.generate import generate_config as generate_config
    from hcl_lite.operations.bulk_import.run import import_all as import_all
    from hcl_lite.operations.bulk_import.single import import_and_write as import_and_write
    from hcl_lite.operations.bulk_import.start import check_start as check_start
    from hcl_lite.operations.drifting.drift import find_drift as find_drift
    from hcl_lite.operations.evaluating import open_evaluator as open_evaluator
    from hcl_lite.operations.export.run import export_files as export_files
    from hcl_lite.operations.formatting import format_files as format_files
    from hcl_lite.operations.getting.run import get_objects as get_objects
    from hcl_lite.operations.getting.run import list_kinds as list_kinds
    from hcl_lite.operations.grafana_objects import call_source as call_source
    from hcl_lite.operations.grafana_objects import delete_source as delete_source
    from hcl_lite.operations.grafana_objects import describe_snapshot as describe_snapshot
    from hcl_lite.operations.grafana_objects import describe_snapshots as describe_snapshots
    from hcl_lite.operations.grafana_objects import describe_source as describe_source
    from hcl_lite.operations.grafana_objects import find_unmanaged_source as find_unmanaged_source
    from hcl_lite.operations.grafana_objects import list_dashboard_versions as list_dashboard_versions
    from hcl_lite.operations.grafana_objects import list_sources as list_sources
    from hcl_lite.operations.grafana_objects import list_trash as list_trash
    from hcl_lite.operations.grafana_objects import purge_dashboard as purge_dashboard
    from hcl_lite.operations.grafana_objects import query_source as query_source
    from hcl_lite.operations.grafana_objects import read_snapshot as read_snapshot
    from hcl_lite.operations.grafana_objects import read_snapshots as read_snapshots
    from hcl_lite.operations.grafana_objects import remove_snapshot as remove_snapshot
    from hcl_lite.operations.grafana_objects import remove_snapshot_by_delete_key as remove_snapshot_by_delete_key
    from hcl_lite.operations.grafana_objects import restore_dashboard_version as restore_dashboard_version
    from hcl_lite.operations.grafana_objects import restore_deleted_dashboard as restore_deleted_dashboard
    from hcl_lite.operations.importing import import_object as import_object
    from hcl_lite.operations.initializing import initialize as initialize
    from hcl_lite.operations.initializing import needs_starter_files as needs_starter_files
    from hcl_lite.operations.initializing import write_starter_files as write_starter_files
    from hcl_lite.operations.inspecting import list_dependencies as list_dependencies
    from hcl_lite.operations.inspecting import list_lint_rules as list_lint_rules
    from hcl_lite.operations.inspecting import list_providers as list_providers
    from hcl_lite.operations.inspecting import read_plan_graph as read_plan_graph
    from hcl_lite.operations.inspecting import read_reference as read_reference
    from hcl_lite.operations.inspecting import read_schema as read_schema
    from hcl_lite.operations.migrate.run import migrate_files as migrate_files
    from hcl_lite.operations.migrate.terraform.run import migrate_terraform as migrate_terraform
    from hcl_lite.operations.planning import check_deletions as check_deletions
    from hcl_lite.operations.planning import plan as plan
    from hcl_lite.operations.planning import save_plan as save_plan
    from hcl_lite.operations.profiling import measure_run as measure_run
    from hcl_lite.operations.promotion.copying import copy as copy
    from hcl_lite.operations.promotion.diffing import compare as compare
    from hcl_lite.operations.pulling.run import pull_changes as pull_changes
    from hcl_lite.operations.restoring import list_runs as list_runs
    from hcl_lite.operations.restoring import restore as restore
    from hcl_lite.operations.saved_plans import read_plan as read_plan
    from hcl_lite.operations.serving import serve as serve
    from hcl_lite.operations.states import decrypt as decrypt
    from hcl_lite.operations.states import encrypt as encrypt
    from hcl_lite.operations.states import find_place as find_place
    from hcl_lite.operations.states import find_record as find_record
    from hcl_lite.operations.states import forget as forget
    from hcl_lite.operations.states import history as history
    from hcl_lite.operations.states import list_addresses as list_addresses
    from hcl_lite.operations.states import move as move
    from hcl_lite.operations.states import pull as pull
    from hcl_lite.operations.states import push as push
    from hcl_lite.operations.states import read_outputs as read_outputs
    from hcl_lite.operations.states import read_state as read_state
    from hcl_lite.operations.states import rollback as rollback
    from hcl_lite.operations.states import unlock as unlock
    from hcl_lite.operations.testing import test as test
    from hcl_lite.operations.validating import validate as validate
    from hcl_lite.operations.watching.watch import watch as watch
    from hcl_lite.operations.workspaces import create_workspace as create_workspace
    from hcl_lite.operations.workspaces import delete_workspace as delete_workspace
    from hcl_lite.operations.workspaces import find_selected_workspace as find_selected_workspace
    from hcl_lite.operations.workspaces import list_workspaces as list_workspaces
    from hcl_lite.operations.workspaces import select_workspace as select_workspace

_MODULES: Mapping[str, tuple[str, ...]] = {
    "applying": ("apply",),
    "bulk_import.generate": ("generate_config",),
    "bulk_import.run": ("import_all",),
    "bulk_import.single": ("import_and_write",),
    "bulk_import.start": ("check_start",),
    "drifting.drift": ("find_drift",),
    "evaluating": ("open_evaluator",),
    "export.run": ("export_files",),
    "formatting": ("format_files",),
    "getting.run": ("get_objects", "list_kinds"),
    "grafana_objects": (
        *("call_source", "delete_source", "describe_snapshot", "describe_snapshots", "describe_source"),
        *("find_unmanaged_source", "list_dashboard_versions", "list_sources", "list_trash"),
        *("purge_dashboard", "query_source", "read_snapshot", "read_snapshots"),
        *("remove_snapshot", "remove_snapshot_by_delete_key"),
        *("restore_dashboard_version", "restore_deleted_dashboard"),
    ),
    "importing": ("import_object",),
    "initializing": ("initialize", "needs_starter_files", "write_starter_files"),
    "inspecting": (
        "list_dependencies",
        "list_lint_rules",
        "list_providers",
        "read_plan_graph",
        "read_reference",
        "read_schema",
    ),
    "migrate.run": ("migrate_files",),
    "migrate.terraform.run": ("migrate_terraform",),
    "planning": ("check_deletions", "plan", "save_plan"),
    "profiling": ("measure_run",),
    "promotion.copying": ("copy",),
    "promotion.diffing": ("compare",),
    "pulling.run": ("pull_changes",),
    "restoring": ("list_runs", "restore"),
    "saved_plans": ("read_plan",),
    "serving": ("serve",),
    "states": (
        *("decrypt", "encrypt", "find_place", "find_record", "forget", "history", "list_addresses", "move", "pull"),
        *("push", "read_outputs", "read_state", "rollback", "unlock"),
    ),
    "testing": ("test",),
    "validating": ("validate",),
    "watching.watch": ("watch",),
    "workspaces": (
        "create_workspace",
        "delete_workspace",
        "find_selected_workspace",
        "list_workspaces",
        "select_workspace",
    ),
}
_OPERATIONS = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _OPERATIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_OPERATIONS[name]}"), name)
