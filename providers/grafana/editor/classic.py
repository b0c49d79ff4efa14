"""A classic model, as the editor of 12 saves it.

The editor reads it in the form v1beta1, to which the server has migrated it, builds its scene of that, and writes back
what the scene says. So two things come without anybody's doing: what the server makes of the model in that form, which
it can be asked for by a dry run, and what the scene adds and leaves out, which is known by value (`defaults`,
`panels`). Beside that, a panel tells the version of its plugin, the time zone "" becomes "browser", and a row has the
size of all rows. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from hcl_lite.core.equality import same
from providers.grafana.editor.comparing import Compare, Comparison, Json, Known, becomes, turns
from providers.grafana.editor.defaults import (
    ANNOTATION,
    CURRENT,
    DASHBOARD,
    LIBRARY_PANEL,
    NO_QUERIES,
    PANEL,
    ROW,
    SCHEMA_VERSION,
    TARGET,
    TIMEPICKER,
    VARIABLE,
    WITHOUT_QUERIES,
)
from providers.grafana.editor.panels import PANELS, fields_of, options_of


class Classic(Comparison):
    """Each method tells whether the second of two is the first one as the editor saves it."""

    __slots__ = ()

    def dashboard(self, past: Json, there: Json) -> bool:
        return self.fits(
            DASHBOARD,
            past,
            there,
            annotations=self.within(list=partial(self.each, partial(self.fits, ANNOTATION))),
            panels=partial(self.each, self._panel),
            schemaVersion=_is_raised,
            templating=self.within(list=partial(self.each, self._variable)),
            timepicker=partial(self.fits, TIMEPICKER),
            timezone=turns("", "browser"),
        )

    def _variable(self, past: Any, there: Any) -> bool:
        below: dict[str, Compare] = {"current": partial(self.fits, CURRENT)}
        if isinstance(there, Mapping) and there.get("type") == "constant":  # which nobody is shown
            below |= {"hide": becomes(2), "skipUrlSync": becomes(True)}
            known = Known({**VARIABLE.added, "hide": 2, "skipUrlSync": True}, VARIABLE.left_out)
            return self.fits(known, past, there, **below)
        return self.fits(VARIABLE, past, there, **below)

    def _panel(self, past: Any, there: Any) -> bool:
        type_ = there.get("type") if isinstance(there, Mapping) else None
        if type_ == "row":
            place = self.within(h=becomes(1), w=becomes(24))
            return self.fits(ROW, past, there, panels=partial(self.each, self._panel), gridPos=place)
        if type_ == LIBRARY_PANEL.added["type"] or not isinstance(type_, str):
            return self.fits(LIBRARY_PANEL, past, there)
        added = {**PANEL.added, **PANELS.get(type_, {}), "pluginVersion": self.version}
        left_out = {**PANEL.left_out, **(NO_QUERIES if type_ in WITHOUT_QUERIES else {})}
        return self.fits(
            Known(added, left_out),
            past,
            there,
            targets=partial(self.each, partial(self.fits, TARGET)),
            pluginVersion=becomes(self.version),
            options=partial(self.fits, options_of(type_)),
            fieldConfig=partial(self.fits, Known(added["fieldConfig"]), defaults=fields_of(self, type_)),
        )


def _is_raised(past: Any, there: Any) -> bool:
    """Whether the version of a model's schema is as it was, or what this editor raises all to."""
    return same(past, there) or (there == SCHEMA_VERSION and type(past) is int and past < there)
