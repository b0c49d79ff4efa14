"""Whether a dashboard differs from what it was in nothing but what Grafana's editor makes of each that it saves. Pure.

What is left out counts only in what has all the keys that this editor always writes. Whatever differs beside what is
known of its form and its editor (`classic`, `elements`, `before`) somebody has changed.
"""

from __future__ import annotations

from providers.grafana.editor.before import END, FIRST, Before
from providers.grafana.editor.before import WRITTEN as WRITTEN_BEFORE
from providers.grafana.editor.classic import Classic
from providers.grafana.editor.comparing import Json
from providers.grafana.editor.defaults import WRITTEN
from providers.grafana.editor.elements import WRITTEN as WRITTEN_ELEMENTS
from providers.grafana.editor.elements import Elements


def is_filled_in(past: Json, there: Json, version: str) -> bool:
    """Whether `there` is `past` as the editor of a Grafana of `version`, such as "12.4.0", saves it unchanged."""
    if has_elements(there):
        return Elements(version, there.keys() >= WRITTEN_ELEMENTS).dashboard(past, there)
    return Classic(version, there.keys() >= WRITTEN).dashboard(past, there)


def was_filled_in(past: Json, there: Json, version: tuple[int, ...]) -> bool:
    """The same of a Grafana before 12, where the editor of its version is known."""
    if not FIRST <= version < END:
        return False
    return Before(".".join(map(str, version)), there.keys() >= WRITTEN_BEFORE).dashboard(past, there)


def has_elements(spec: Json) -> bool:
    """Whether a dashboard has the shape of v2: elements, and a layout that they stand in."""
    return "elements" in spec and "layout" in spec
