"""Which keys a dashboard of v2alpha1 or v2beta1 has, as deep as its schema reaches: 12.4.0 drops all others at a write.

Tried on 12.4.0 with a key too many in each object. Free are the options of panels, of transformations and of matchers,
`custom`, the `spec` of queries, `legacyOptions`, values of overrides and data links of fields.
"""

from collections.abc import Mapping
from typing import Any, Final

Spec = dict[str, Any]

# shape: its keys. `key:shape` has an object of that shape below it, `key:shape[]` a list of them, `key:shape{}` an
# object of named ones. `*` is the shape that the object's own kind names; what has a kind has its keys in
# its `spec`.
_KEYS: Final[Mapping[str, str]] = {
    "dashboard": "annotations:AnnotationQuery[] cursorSync description editable elements:*{} layout:* links:link[] "
    "liveNow preload revision tags timeSettings:times title variables:*[]",
    "link": "title type icon tooltip url tags asDropdown targetBlank includeVars keepTime placement",
    "times": "timezone from to autoRefresh autoRefreshIntervals quickRanges:range[] hideTimepicker weekStart "
    "fiscalYearStartMonth nowDelay",
    "range": "display from to",
    "AnnotationQuery": "query:DataQuery enable hide iconColor name builtIn filter:filter placement mappings:mapping{} "
    "legacyOptions",
    "filter": "exclude ids",
    "mapping": "source value regex",
    "DataQuery": "",
    "source": "name",
    "Panel": "id title description links:panelLink[] data:QueryGroup vizConfig:VizConfig transparent",
    "panelLink": "title url targetBlank",
    "QueryGroup": "queries:PanelQuery[] transformations:Transformation[] queryOptions:queryOptions",
    "PanelQuery": "query:DataQuery refId hidden",
    "Transformation": "id disabled filter:matcher topic options",
    "matcher": "id options",
    "queryOptions": "timeFrom maxDataPoints timeShift queryCachingTTL interval cacheTimeout hideTimeOverride "
    "timeCompare",
    "VizConfig": "options fieldConfig:fieldConfig",
    "fieldConfig": "defaults:fields overrides:override[]",
    "fields": "displayName displayNameFromDS description path writeable filterable unit decimals min max "
    "mappings:valueMapping[] thresholds:thresholds color:color links actions noValue custom fieldMinMax nullValueMode",
    "valueMapping": "type options",
    "thresholds": "mode steps:step[]",
    "step": "value color",
    "color": "mode fixedColor seriesBy",
    "override": "__systemRef matcher:matcher properties:property[]",
    "property": "id value",
    "LibraryPanel": "id title libraryPanel:libraryPanel",
    "libraryPanel": "name uid",
    "GridLayout": "items:GridLayoutItem[]",
    "GridLayoutItem": "x y width height element:element repeat:repeat",
    "element": "kind name",
    "repeat": "mode value direction maxPerRow",
    "RowsLayout": "rows:RowsLayoutRow[]",
    "RowsLayoutRow": "title collapse hideHeader fillScreen conditionalRendering:ConditionalRenderingGroup "
    "repeat:repeatPart layout:*",
    "repeatPart": "mode value",
    "AutoGridLayout": "maxColumnCount columnWidthMode columnWidth rowHeightMode rowHeight fillScreen "
    "items:AutoGridLayoutItem[]",
    "AutoGridLayoutItem": "element:element repeat:repeatPart conditionalRendering:ConditionalRenderingGroup",
    "TabsLayout": "tabs:TabsLayoutTab[]",
    "TabsLayoutTab": "title layout:* conditionalRendering:ConditionalRenderingGroup repeat:repeatPart",
    "ConditionalRenderingGroup": "visibility condition items:*[]",
    "ConditionalRenderingVariable": "variable operator value",
    "ConditionalRenderingData": "value",
    "ConditionalRenderingTimeRangeSize": "value",
    "option": "selected text value properties",
    "QueryVariable": "name current:option label hide refresh skipUrlSync description query:DataQuery regex "
    "regexApplyTo sort definition options:option[] multi includeAll allValue placeholder allowCustomValue "
    "staticOptions:option[] staticOptionsOrder",
    "TextVariable": "name current:option query label hide skipUrlSync description",
    "ConstantVariable": "name query current:option label hide skipUrlSync description",
    "DatasourceVariable": "name pluginId refresh regex current:option options:option[] multi includeAll allValue label "
    "hide skipUrlSync description allowCustomValue",
    "IntervalVariable": "name query current:option options:option[] auto auto_min auto_count refresh label hide "
    "skipUrlSync description",
    "CustomVariable": "name query current:option options:option[] multi includeAll allValue label hide skipUrlSync "
    "description allowCustomValue valuesFormat",
    "GroupByVariable": "name defaultValue:option current:option options:option[] multi label hide skipUrlSync "
    "description",
    "AdhocVariable": "name baseFilters:adhoc[] filters:adhoc[] defaultKeys:adhocKey[] label hide skipUrlSync "
    "description allowCustomValue",
    "adhoc": "key operator value values keyLabel valueLabels forceEdit origin condition",
    "adhocKey": "text value group expandable",
    "SwitchVariable": "name current enabledValue disabledValue label hide skipUrlSync description",
}
_BESIDE: Final[Mapping[str, str]] = {
    "DataQuery": "group version datasource:source",
    "VizConfig": "group version",
    "GroupByVariable": "group datasource:source",
    "AdhocVariable": "group datasource:source",
}
"""The keys of v2beta1 beside `kind` and `spec`."""
_OF_ALPHA: Final[Mapping[str, str]] = {
    **{"VizConfig": "pluginVersion", "source": "type uid"},
    **dict.fromkeys(("AnnotationQuery", "PanelQuery", "QueryVariable"), "datasource:source"),
    **dict.fromkeys(("GroupByVariable", "AdhocVariable"), "datasource:source"),
}
"""The keys that v2alpha1 has instead."""
_NOT_OF_ALPHA: Final = frozenset(
    {("AnnotationQuery", "placement"), ("queryOptions", "timeCompare"), ("source", "name")}
)


def without_unknown(spec: Spec, version: str) -> Spec:
    """A dashboard of v2 without the keys that 12.4.0 drops."""
    kept: Spec = _keep(spec, "dashboard", version == "v2alpha1")
    return kept


def _keep(value: Any, shape: str, is_alpha: bool) -> Any:
    if not isinstance(value, dict):
        return value
    name = str(value.get("kind")) if shape == "*" else shape
    if name not in _KEYS:
        return value
    if name[0].islower():
        return _fields(value, name, is_alpha)
    known = {"kind": "", "spec": ""} | ({} if is_alpha else _read(_BESIDE.get(name, "")))
    return {
        key: _fields(item, name, is_alpha) if key == "spec" else _below(item, known[key], is_alpha)
        for key, item in value.items()
        if key in known
    }


def _fields(value: Any, name: str, is_alpha: bool) -> Any:
    """`value` with the keys of a shape; as it is where it is free."""
    if not isinstance(value, dict) or name == "DataQuery":
        return value
    known = _read(_KEYS[name])
    if is_alpha:
        known = {key: known[key] for key in known if (name, key) not in _NOT_OF_ALPHA} | _read(_OF_ALPHA.get(name, ""))
    return {key: _below(item, known[key], is_alpha) for key, item in value.items() if key in known}


def _below(value: Any, shape: str, is_alpha: bool) -> Any:
    name = shape.rstrip("[]{}")
    if not name:
        return value
    if shape.endswith("[]"):
        return [_keep(one, name, is_alpha) for one in value] if isinstance(value, list) else value
    if shape.endswith("{}"):
        return {key: _keep(one, name, is_alpha) for key, one in value.items()} if isinstance(value, dict) else value
    return _keep(value, name, is_alpha)


def _read(keys: str) -> dict[str, str]:
    """The shape below each key, empty for what is free."""
    return {key: shape for key, _, shape in (one.partition(":") for one in keys.split())}
