"""One dashboard in the app platform's versions: v0alpha1 (as written), v1beta1 (with defaults), v2 (elements).

Defaults and outlines only: panels are carried over, not migrated, and variables of v2 are not translated.
"""

from collections.abc import Mapping
from typing import Any, Final

Spec = dict[str, Any]

_SCHEMA_VERSION = 42
_BUILT_IN_ANNOTATION: Final[Mapping[str, Any]] = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_REFRESH_INTERVALS = ("5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d")
_NEVER_NULL = frozenset(("links", "panels", "tags"))
_CURSOR_SYNC = ("Off", "Crosshair", "Tooltip")


def convert(spec: Spec, stored: str, wanted: str) -> Spec:
    """`spec`, stored as one version, as another."""
    is_v2, wants_v2 = stored.startswith("v2"), wanted.startswith("v2")
    if stored == wanted or (is_v2 and wants_v2):
        return spec
    if wants_v2:
        return to_elements(spec, wanted)
    if is_v2:
        return to_classic(spec)
    return with_defaults(spec) if wanted == "v1beta1" else spec


def with_defaults(spec: Spec) -> Spec:
    """A classic dashboard as 12.4.0 gives v1beta1: schemaVersion 42 and the keys a dashboard is never without."""
    known = {key: value for key, value in spec.items() if value is not None or key not in _NEVER_NULL}
    filled = {
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [],
        "refresh": "",
        "tags": [],
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "timezone": "",
        "title": "No Title",
        "weekStart": "",
    } | known
    templating = spec.get("templating")
    filled["templating"] = {"list": []} | (templating if isinstance(templating, dict) else {})
    filled["annotations"] = _with_built_in(spec.get("annotations"))
    filled["schemaVersion"] = _SCHEMA_VERSION
    if not isinstance(filled["refresh"], str):
        filled["refresh"] = ""
    return filled


def to_classic(spec: Spec) -> Spec:
    """A v2 dashboard as a classic one, as the classic routes and v1beta1 show it."""
    times = spec.get("timeSettings") or {}
    classic: Spec = {
        "annotations": {"list": []},
        "editable": spec.get("editable", True),
        "fiscalYearStartMonth": times.get("fiscalYearStartMonth", 0),
        "graphTooltip": _index(spec.get("cursorSync")),
        "preload": spec.get("preload", False),
        "refresh": times.get("autoRefresh", ""),
        "schemaVersion": _SCHEMA_VERSION,
        "time": {"from": times.get("from") or "now-6h", "to": times.get("to") or "now"},
        "title": spec.get("title", ""),
    }
    optional = {
        "description": spec.get("description"),
        "links": spec.get("links"),
        "panels": _panels(spec),
        "tags": spec.get("tags"),
        "timezone": times.get("timezone"),
    }
    return classic | {key: value for key, value in optional.items() if value}


def to_elements(spec: Spec, version: str) -> Spec:
    """A classic dashboard in the shape of v2: each panel an element, each place an item of a grid."""
    full = with_defaults(spec)
    panels = [panel for panel in full["panels"] if isinstance(panel, dict)] if isinstance(full["panels"], list) else []
    named = {f"panel-{panel.get('id', number)}": panel for number, panel in enumerate(panels, 1)}
    items = [_item(name, panel.get("gridPos") or {}) for name, panel in named.items()]
    return {
        "annotations": [_annotation(one, version) for one in full["annotations"]["list"] if isinstance(one, dict)],
        "cursorSync": _CURSOR_SYNC[full["graphTooltip"] if full["graphTooltip"] in (0, 1, 2) else 0],
        "editable": full["editable"],
        "elements": {name: _element(panel) for name, panel in named.items()},
        "layout": {"kind": "GridLayout", "spec": {"items": items}},
        "links": full["links"],
        "liveNow": bool(full.get("liveNow")),
        "preload": bool(full.get("preload")),
        "tags": full["tags"],
        "timeSettings": _time_settings(full),
        "title": full["title"],
        "variables": [],
    }


def fill_elements(spec: Spec) -> Spec:
    """A v2 dashboard as it is stored: every key of the schema there, no other key."""
    times = {
        "from": "",
        "to": "",
        "autoRefresh": "",
        "autoRefreshIntervals": None,
        "hideTimepicker": False,
        "fiscalYearStartMonth": 0,
    }
    known = ("description", "editable", "elements", "layout", "liveNow", "revision", "title")
    layout = spec.get("layout")
    filled: Spec = {
        "annotations": spec.get("annotations"),
        "cursorSync": spec.get("cursorSync", ""),
        "elements": None,
        "links": spec.get("links"),
        "preload": spec.get("preload", False),
        "tags": spec.get("tags"),
        "timeSettings": times | (spec.get("timeSettings") or {}),
        "title": "",
        "variables": spec.get("variables"),
    } | {key: spec[key] for key in known if key in spec}
    if not isinstance(layout, dict) or layout.get("kind") not in LAYOUTS:
        filled["layout"] = {"kind": "GridLayout", "spec": {"items": None}}
    return filled


# layout kind: (the list in its spec, the kind of what is listed)
LAYOUTS: Final[Mapping[str, tuple[str, str]]] = {
    "AutoGridLayout": ("items", "AutoGridLayoutItem"),
    "GridLayout": ("items", "GridLayoutItem"),
    "RowsLayout": ("rows", "RowsLayoutRow"),
    "TabsLayout": ("tabs", "TabsLayoutTab"),
}


def layout_conflicts(layout: Any, path: str = "DashboardSpec.layout") -> list[tuple[str, str]]:
    """(field, what is wrong) for every row, tab or item whose kind its layout does not take."""
    kind = str(layout.get("kind")) if isinstance(layout, dict) else ""
    if kind not in LAYOUTS:
        return []
    key, expected = LAYOUTS[kind]
    listed = (layout.get("spec") or {}).get(key) or []
    conflicts: list[tuple[str, str]] = []
    for number, one in enumerate(one for one in listed if isinstance(one, dict)):
        if one.get("kind") != expected:
            conflicts.append((f"{path}.spec.{key}.{number}.kind", _conflict(expected, one.get("kind"))))
        below = (one.get("spec") or {}).get("layout")
        conflicts += layout_conflicts(below, f"{path}.spec.{key}.{number}.spec.layout")
    others = [(f"{path}.kind", _conflict(other, kind)) for other in LAYOUTS if other != kind]
    return others + conflicts if conflicts else []


def _conflict(expected: str, found: object) -> str:
    return f'Invalid value: conflicting values "{expected}" and "{found}"'


def _with_built_in(annotations: Any) -> Spec:
    known: Spec = annotations if isinstance(annotations, dict) else {}
    listed = known.get("list")
    listed = list(listed) if isinstance(listed, list) else []
    if not any(isinstance(one, dict) and one.get("builtIn") for one in listed):
        listed = [dict(_BUILT_IN_ANNOTATION), *listed]
    return known | {"list": listed}


def _index(cursor_sync: Any) -> int:
    return _CURSOR_SYNC.index(cursor_sync) if cursor_sync in _CURSOR_SYNC else 0


def _time_settings(full: Spec) -> Spec:
    time = full["time"] if isinstance(full["time"], dict) else {}
    return {
        "timezone": full["timezone"],
        "from": time.get("from", "now-6h"),
        "to": time.get("to", "now"),
        "autoRefresh": full["refresh"] or "",
        "autoRefreshIntervals": list(_REFRESH_INTERVALS),
        "hideTimepicker": False,
        "fiscalYearStartMonth": full["fiscalYearStartMonth"],
    }


def _annotation(one: Spec, version: str) -> Spec:
    known = {key: one[key] for key in ("enable", "hide", "iconColor", "name") if key in one}
    given = one.get("datasource")
    source = given if isinstance(given, dict) else {}
    group = source.get("type", "")
    if version == "v2alpha1":
        query = {"datasource": source, "query": {"kind": group, "spec": {}}}
    else:
        named = {"name": source.get("uid", "")}
        query = {"query": {"kind": "DataQuery", "group": group, "version": "v0", "datasource": named, "spec": {}}}
    own = {"builtIn": bool(one.get("builtIn")), "legacyOptions": {"type": one.get("type", "")}}
    return {"kind": "AnnotationQuery", "spec": {**query, **known, **own}}


def _element(panel: Spec) -> Spec:
    config = {"options": panel.get("options") or {}, "fieldConfig": panel.get("fieldConfig") or {}}
    return {
        "kind": "Panel",
        "spec": {
            "id": panel.get("id", 0),
            "title": panel.get("title", ""),
            "description": panel.get("description", ""),
            "links": panel.get("links") or [],
            "data": {"kind": "QueryGroup", "spec": {"queries": panel.get("targets") or [], "transformations": []}},
            "vizConfig": {"kind": panel.get("type", ""), "spec": config},
        },
    }


def _item(name: str, place: Spec) -> Spec:
    size = {"x": place.get("x", 0), "y": place.get("y", 0), "width": place.get("w", 12), "height": place.get("h", 8)}
    return {"kind": "GridLayoutItem", "spec": {**size, "element": {"kind": "ElementReference", "name": name}}}


def _panels(spec: Spec) -> list[Spec]:
    """The panels of every grid in the layout, in order, however deep the rows and tabs."""
    elements = spec.get("elements") or {}
    panels = []
    for item in _items(spec.get("layout")):
        place = item.get("spec") or {}
        element = elements.get((place.get("element") or {}).get("name")) or {}
        inner = element.get("spec") or {}
        config = inner.get("vizConfig") or {}
        panels.append(
            {
                "id": inner.get("id", 0),
                "title": inner.get("title", ""),
                "type": config.get("group") or config.get("kind", ""),
                "gridPos": {
                    "x": place.get("x", 0),
                    "y": place.get("y", 0),
                    "w": place.get("width", 12),
                    "h": place.get("height", 8),
                },
                "options": (config.get("spec") or {}).get("options") or {},
                "fieldConfig": (config.get("spec") or {}).get("fieldConfig") or {},
                "targets": ((inner.get("data") or {}).get("spec") or {}).get("queries") or [],
            }
        )
    return panels


def _items(layout: Any) -> list[Spec]:
    if not isinstance(layout, dict) or layout.get("kind") not in LAYOUTS:
        return []
    key, kind = LAYOUTS[layout["kind"]]
    listed = [one for one in (layout.get("spec") or {}).get(key) or [] if isinstance(one, dict)]
    if kind.endswith("Item"):
        return listed
    return [item for one in listed for item in _items((one.get("spec") or {}).get("layout"))]
