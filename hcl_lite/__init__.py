"""hcl-lite: plan and apply Grafana from TOML files; from Python by plan(), apply() and the others of docs/python.md.

What is named is imported when it is used: `import hcl_lite` alone loads nothing else.
"""

import importlib

from hcl_lite.version import __version__ as __version__

# `python -m hcl_lite` comes here before it takes the user's directory off the path: what `typing` imports is not
# imported here (__main__).
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from hcl_lite import aio as aio
    from hcl_lite.api import apply as apply
    from hcl_lite.api import copy as copy
    from hcl_lite.api import destroy as destroy
    from hcl_lite.api import diff as diff
    from hcl_lite.api import drift as drift
    from hcl_lite.api import get as get
    from hcl_lite.api import import_ as import_
    from hcl_lite.api import import_all as import_all
    from hcl_lite.api import load_plan as load_plan
    from hcl_lite.api import outputs as outputs
    from hcl_lite.api import plan as plan
    from hcl_lite.api import pull as pull
    from hcl_lite.api import refresh as refresh
    from hcl_lite.api import restore as restore
    from hcl_lite.api import runs as runs
    from hcl_lite.api import state_forget as state_forget
    from hcl_lite.api import state_list as state_list
    from hcl_lite.api import state_move as state_move
    from hcl_lite.api import state_pull as state_pull
    from hcl_lite.api import state_push as state_push
    from hcl_lite.api import state_rollback as state_rollback
    from hcl_lite.api import state_show as state_show
    from hcl_lite.api import test as test
    from hcl_lite.api import undo as undo
    from hcl_lite.api import validate as validate
    from hcl_lite.core.diags import Diagnostic as Diagnostic
    from hcl_lite.core.diags import HclError as HclError
    from hcl_lite.core.diags import Place as Place
    from hcl_lite.core.diags import TooManyDeletions as TooManyDeletions
    from hcl_lite.core.schema import ProviderError as ProviderError
    from hcl_lite.python.reports import Comparison as Comparison
    from hcl_lite.python.reports import Differing as Differing
    from hcl_lite.python.reports import Drift as Drift
    from hcl_lite.python.reports import DriftedObject as DriftedObject
    from hcl_lite.python.reports import FoundObject as FoundObject
    from hcl_lite.python.reports import LeftOut as LeftOut
    from hcl_lite.python.reports import Report as Report
    from hcl_lite.python.reports import ServerObject as ServerObject
    from hcl_lite.python.results import Applied as Applied
    from hcl_lite.python.results import ApplyFailed as ApplyFailed
    from hcl_lite.python.results import Change as Change
    from hcl_lite.python.results import Event as Event
    from hcl_lite.python.results import Notice as Notice
    from hcl_lite.python.results import Plan as Plan
    from hcl_lite.python.results import Planned as Planned
    from hcl_lite.python.results import Pulled as Pulled
    from hcl_lite.python.results import Reached as Reached
    from hcl_lite.python.results import Run as Run
    from hcl_lite.python.results import StateObject as StateObject
    from hcl_lite.python.results import Step as Step
    from hcl_lite.python.results import TestRun as TestRun
    from hcl_lite.python.results import Validation as Validation

_NAMES: "Mapping[str, tuple[str, ...]]" = {
    "api": (
        *("apply", "copy", "destroy", "diff", "drift", "get", "import_", "import_all", "load_plan", "outputs", "plan"),
        *("pull", "refresh", "restore", "runs", "test", "undo", "validate"),
        *("state_forget", "state_list", "state_move", "state_pull", "state_push", "state_rollback", "state_show"),
    ),
    "core.diags": ("Diagnostic", "HclError", "Place", "TooManyDeletions"),
    "core.schema": ("ProviderError",),
    "python.reports": (
        *("Comparison", "Differing", "Drift", "DriftedObject", "FoundObject", "LeftOut", "Report", "ServerObject"),
    ),
    "python.results": (
        *("Applied", "ApplyFailed", "Change", "Event", "Notice", "Plan", "Planned", "Pulled", "Reached", "Run"),
        *("StateObject", "Step", "TestRun", "Validation"),
    ),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = ["__version__", "aio", *_MODULES]


def __getattr__(name: str) -> "Any":
    if name == "aio":
        return importlib.import_module("hcl_lite.aio")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
