"""Whether a dashboard differs from what it was in nothing but what Grafana's editor makes of each that it saves. Pure.

The editor of 12 reads a dashboard in the form v1beta1, to which the server has migrated it, builds its scene of that,
and writes back what the scene says. So two things come without anybody's doing: what the server makes of the model in
that form, which it can be asked for by a dry run, and what the scene adds and leaves out, which is known by value
(`defaults`, `panels`). What is left out counts only in what has all the keys that this editor always writes. Beside
that, a panel tells the version of its plugin, the time zone "" becomes "browser", and a row has the size of all rows.
Whatever else differs somebody has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from hcl_lite.core.equality import same
from providers.grafana.editor.defaults import (
    ANNOTATION,
    CURRENT,
    DASHBOARD,
    FIELD,
    LIBRARY_PANEL,
    NO_QUERIES,
    OPTIONS,
    PANEL,
    ROW,
    SCHEMA_VERSION,
    STEP,
    TARGET,
    TIMEPICKER,
    VARIABLE,
    WITHOUT_QUERIES,
    WRITTEN,
    Known,
)
from providers.grafana.editor.panels import PANELS

Json = Mapping[str, Any]
Compare = Callable[[Any, Any], bool]


def is_filled_in(past: Json, there: Json, version: str) -> bool:
    """Whether `there` is `past` as the editor of a Grafana of `version`, such as "12.4.0", saves it unchanged."""
    return _Comparison(version, there.keys() >= WRITTEN).dashboard(past, there)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Each method tells whether the second of two is the first one as the editor saves it."""

    version: str
    is_editors: bool

    def dashboard(self, past: Json, there: Json) -> bool:
        return self._fits(
            DASHBOARD,
            past,
            there,
            annotations=self._within("list", partial(self._each, partial(self._fits, ANNOTATION))),
            panels=partial(self._each, self._panel),
            schemaVersion=_is_raised,
            templating=self._within("list", partial(self._each, self._variable)),
            timepicker=partial(self._fits, TIMEPICKER),
            timezone=lambda before, now: same(before, now) or (before, now) == ("", "browser"),
        )

    def _variable(self, past: Any, there: Any) -> bool:
        below: dict[str, Compare] = {"current": partial(self._fits, CURRENT)}
        if isinstance(there, Mapping) and there.get("type") == "constant":  # which nobody is shown
            below |= {"hide": partial(_becomes, 2), "skipUrlSync": partial(_becomes, True)}
            known = Known({**VARIABLE.added, "hide": 2, "skipUrlSync": True}, VARIABLE.left_out)
            return self._fits(known, past, there, **below)
        return self._fits(VARIABLE, past, there, **below)

    def _panel(self, past: Any, there: Any) -> bool:
        type_ = there.get("type") if isinstance(there, Mapping) else None
        if type_ == "row":
            place = self._within("h", partial(_becomes, 1), w=partial(_becomes, 24))
            return self._fits(ROW, past, there, panels=partial(self._each, self._panel), gridPos=place)
        if type_ == LIBRARY_PANEL.added["type"] or not isinstance(type_, str):
            return self._fits(LIBRARY_PANEL, past, there)
        added = {**PANEL.added, **PANELS.get(type_, {}), "pluginVersion": self.version}
        left_out = {**PANEL.left_out, **(NO_QUERIES if type_ in WITHOUT_QUERIES else {})}
        field = Known(added["fieldConfig"]["defaults"], FIELD)
        steps = self._within("steps", partial(self._each, self._step))
        return self._fits(
            Known(added, left_out),
            past,
            there,
            targets=partial(self._each, partial(self._fits, TARGET)),
            pluginVersion=lambda before, now: now in (before, self.version),
            options=partial(self._fits, Known(added["options"], OPTIONS.get(type_, {}))),
            fieldConfig=partial(
                self._fits, Known(added["fieldConfig"]), defaults=partial(self._fits, field, thresholds=steps)
            ),
        )

    def _step(self, past: Any, there: Any) -> bool:
        if isinstance(past, Mapping) and past.get("value", 0) is None:
            past = {key: value for key, value in past.items() if key != "value"}
        return self._fits(STEP, past, there)

    def _within(self, key: str, compare: Compare, **more: Compare) -> Compare:
        return partial(self._fits, Known(), **{key: compare, **more})

    def _each(self, compare: Compare, past: Any, there: Any) -> bool:
        if not isinstance(past, list) or not isinstance(there, list):
            return same(past, there)
        return len(past) == len(there) and all(map(compare, past, there))

    def _fits(self, known: Known, past: Any, there: Any, **below: Compare) -> bool:
        """`below` compares what is under some of the keys; under others there is but what is known to be added."""
        if not isinstance(past, Mapping) or not isinstance(there, Mapping):
            return same(past, there)
        gone = past.keys() - there.keys()
        if gone and not (self.is_editors and all(_is_left_out(known, key, past[key]) for key in gone)):
            return False
        return all(
            (below[key](past[key], value) if key in below else self._fits(_part(known, key), past[key], value))
            if key in past
            else key in known.added and _is_part(value, known.added[key])
            for key, value in there.items()
        )


def _part(known: Known, key: str) -> Known:
    """What is known of an object under a key of another one: parts of its default value."""
    default = known.added.get(key)
    return Known(default) if isinstance(default, Mapping) else Known()


def _is_left_out(known: Known, key: str, value: Any) -> bool:
    values = known.left_out.get(key, ())
    return values is None or any(same(value, one) for one in values)


def _becomes(value: Any, past: Any, there: Any) -> bool:
    """Whether what is there is as it was, or what it always is in such an object."""
    return same(past, there) or same(there, value)


def _is_part(value: Any, known: Any) -> bool:
    """Whether a value that was not there is the known one, or a part of it."""
    if isinstance(value, Mapping) and isinstance(known, Mapping):
        return all(key in known and _is_part(item, known[key]) for key, item in value.items())
    return same(value, known)


def _is_raised(past: Any, there: Any) -> bool:
    """Whether the version of a model's schema is as it was, or what this editor raises all to."""
    return same(past, there) or (there == SCHEMA_VERSION and type(past) is int and past < there)
