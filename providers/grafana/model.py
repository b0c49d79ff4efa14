"""Dashboard JSON: its form, its identity, what of it is compared, and what it mentions. Pure.

Three forms are accepted: a classic model, a resource (apiVersion, kind, metadata, spec), and the bare spec of a v2
resource, which has elements and a layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.core.places import Place, marked
from hcl_lite.core.schema import Mention, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value, is_deeper, read_levelled_json, spell_json
from providers.grafana.limits import check_title, check_uid

CLASSIC = ""
METADATA_PARTS = ("labels", "annotations")
MOST_LEVELS = 200
"""How deeply lists and objects of a dashboard may stand in each other; those of Grafana have about ten."""

Json = Mapping[str, Any]

_FORMING = ("apiVersion", "kind", "metadata", "spec", "elements", "layout", "dashboard")
# The second is what GET …/dashboards/UID/dto answers, also to Grafana's own pages: the resource, and beside it what the
# account may do with it (12.4).
_KINDS = ("Dashboard", "DashboardWithAccessInfo")
_OF_GRAFANA = "grafana.app/"

# Which dashboard it is, and how often it was saved: given by the server, whatever is sent.
_SERVER_KEYS = frozenset({"id", "uid", "version"})

_NAMED = re.compile(r'"(uid|datasource(?:Uid)?|name)"\s*:\s*("(?!")[^"\\\n]*+(?:\\.[^"\\\n]*+)*")')
_INPUT = re.compile(r'"(?:pluginId|label)"\s*:\s*("(?:[^"\\\n]|\\.)+")')


@dataclass(frozen=True, slots=True)
class Model:
    """A dashboard as the user wrote it; UNKNOWN may be in it. `form` is CLASSIC or the app platform's: "v2beta1";
    `secrets` are the places of its spec that came of secrets. `metadata` has the labels and annotations of a resource
    form, as far as they are not the server's; `is_metadata_secret` is whether something of them came of secrets;
    `dropped` are the places of those that were declared before and are to go."""

    form: str
    uid: Value
    spec: Json
    folder: Value = ""
    secrets: frozenset[Place] = frozenset()
    metadata: Json = field(default_factory=dict)
    is_metadata_secret: bool = False
    dropped: frozenset[Place] = frozenset()

    @property
    def marked(self) -> Json:
        """The spec with what came of secrets as such."""
        found: Json = marked(self.spec, self.secrets)
        return found

    @property
    def panel_count(self) -> int:
        """Panels with those in rows, as people count them: a row is none."""
        if isinstance(self.spec.get("elements"), dict):
            return len(self.spec["elements"])
        return _count_panels(self.spec)

    @property
    def declared(self) -> Sequence[Place]:
        """Returns the places of declared labels and annotations; none where even their keys came of secrets."""
        known = {} if self.is_metadata_secret else self.metadata
        return [(part, key) for part, items in known.items() if items is not UNKNOWN for key in items]

    def without(self, places: Collection[tuple[str, str]]) -> Model:
        """The model, which takes away what was declared at `places` and is not any more."""
        there = {part: self.metadata.get(part, {}) for part in METADATA_PARTS}
        dropped = {(part, key) for part, key in places if there[part] is not UNKNOWN and key not in there[part]}
        return self if dropped <= self.dropped else replace(self, dropped=self.dropped | dropped)

    def with_uid(self, uid: Value) -> Model:
        return replace(self, uid=uid)


def given_metadata(metadata: Json, attribute: str = "") -> Json:
    """The labels and annotations that people have given to a resource: all but those of Grafana, which has each for a
    purpose of its own. Raises ValueProblem for `attribute` where one is no string."""
    found: dict[str, Value] = {}
    for part in METADATA_PARTS:
        items = metadata.get(part)
        if items is UNKNOWN:
            found[part] = items
        elif items is not None and not isinstance(items, dict):
            raise ValueProblem(attribute, f"metadata.{part} is no object", f"Found {_kind(items)}.")
        elif own := {key: item for key, item in (items or {}).items() if not key.startswith(_OF_GRAFANA)}:
            for key, item in own.items():
                if not isinstance(item, str) and item is not UNKNOWN:
                    raise ValueProblem(attribute, f'metadata.{part}["{key}"] is no string', f"Found {_kind(item)}.")
            found[part] = own
    return found


def declared_of(metadata: Json, model: Model) -> Json:
    """Returns those labels and annotations in `metadata`, of a resource on a server, that `model` declares or drops."""
    found: dict[str, Value] = {}
    for part in METADATA_PARTS:
        items, there = model.metadata.get(part, {}), metadata.get(part) or {}
        if items is UNKNOWN:
            continue
        own = {key: item for key, item in there.items() if key in items or (part, key) in model.dropped}
        if own or part in model.metadata:
            found[part] = own
    return found


def has_unknown_form(config: Any) -> bool:
    """Whether only an apply can tell which of the three forms a document has, and where its parts are."""
    return config is UNKNOWN or (isinstance(config, dict) and any(config.get(key) is UNKNOWN for key in _FORMING))


def read_model(attribute: str, config: Any) -> Model:
    """The model of JSON text or of a decoded document. Raises ValueProblem for `attribute`."""
    document = _decode(attribute, config) if isinstance(config, str) else config
    if not isinstance(document, dict):
        raise ValueProblem(attribute, "A dashboard is a JSON object", f"Found {_kind(document)}.")
    if is_deeper(document, MOST_LEVELS):
        raise ValueProblem(attribute, "The dashboard is nested too deeply", f"At most {MOST_LEVELS} levels are taken.")
    if "spec" in document and "apiVersion" in document:
        return _read_resource(attribute, document)
    if isinstance(document.get("elements"), dict) and "layout" in document:
        check_title(attribute, document.get("title"), "dashboard")
        return Model(_version_of_bare_spec(document), "", document)
    if isinstance(document.get("dashboard"), dict) and "title" not in document:
        raise ValueProblem(
            attribute,
            "This is not a dashboard but an answer of the API",
            'It has the dashboard under "dashboard".',
            "Keep only what is under that key.",
        )
    if "apiVersion" in document and isinstance(document.get("items"), list):
        raise ValueProblem(
            attribute,
            f"This is not a dashboard but a {document.get('kind')}",
            'It has dashboards under "items".',
            "Keep one item of it in a file, and give each a block of its own: for_each with fileset.",
        )
    check_title(attribute, document.get("title"), "dashboard")
    return Model(CLASSIC, check_uid(attribute, document.get("uid")), document)


def _count_panels(spec: Json) -> int:
    own = spec.get("panels")
    panels = [panel for panel in own if isinstance(panel, dict)] if isinstance(own, list) else []
    rows = spec.get("rows")
    nested = sum(_count_panels(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else 0
    return nested + sum(_count_panels(panel) if panel.get("type") == "row" else 1 for panel in panels)


def spelled(body: dict[str, Any]) -> dict[str, Any] | bytes:
    """Returns the body of a call that has a dashboard in it as JSON; itself where only the client can spell it.

    No dashboard has NaN in it: JSON has none, and TOML's is refused in a configuration.
    """
    try:
        return spell_json(body)
    except TypeError:
        return body


def content_of(spec: Json, form: str) -> Json:
    """Returns the content of a dashboard that is compared: all but what the server gives it."""
    if form != CLASSIC and not form.startswith(("v0", "v1")):
        return spec
    return {key: value for key, value in spec.items() if key not in _SERVER_KEYS}


def content_of_flat(found: Json) -> dict[str, Value]:
    """Returns the content that is compared of a dashboard of a server, which has all keys at one level."""
    content: dict[str, Value] = {"folder": found["folder"], "dashboard": content_of(found["spec"], found["form"])}
    return {**content, "metadata": found["metadata"]} if "metadata" in found else content


def mentions_in(text: str) -> Iterable[Mention]:
    """Whatever in the JSON text of a dashboard may name a data source, a library panel or a dashboard.

    Found by pattern, not by structure, since every schema version and plugin has its own: {"type", "uid"}, the name as
    a string, the group's {"name"} of v2, and the inputs of files that were exported for sharing.
    """
    for key, quoted in set(_NAMED.findall(text)):
        name = _unquoted(quoted)
        if key in ("uid", "datasourceUid"):
            yield Mention("data source", name)
            yield Mention("library panel", name)
        elif key == "datasource":
            yield Mention("data source name", name)
            yield Mention("data source", name)
        else:
            yield Mention("data source", name)
    if '"__inputs"' in text:
        for quoted in set(_INPUT.findall(text)):
            yield Mention("data source type", _unquoted(quoted))
            yield Mention("data source name", _unquoted(quoted))


def _unquoted(quoted: str) -> str:
    """Returns the text of a JSON string; of what is none, what stands between its quotes: a parser refuses that."""
    try:
        text: str = json.loads(quoted) if "\\" in quoted else quoted[1:-1]
    except ValueError:
        return quoted[1:-1]
    return text


def _decode(attribute: str, text: str) -> Any:
    try:
        return read_levelled_json(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg} at line {error.lineno}, column {error.colno}."
        raise ValueProblem(attribute, f"{attribute} is not JSON", detail, offset=error.pos) from error
    except (ValueError, RecursionError) as error:
        detail = "It is nested too deeply." if isinstance(error, RecursionError) else f"{error}."
        raise ValueProblem(attribute, f"{attribute} is not JSON", detail) from error


def _read_resource(attribute: str, document: Json) -> Model:
    group, _, version = str(document["apiVersion"]).rpartition("/")
    kind = document.get("kind")
    if group != "dashboard.grafana.app" or kind not in _KINDS or not isinstance(document["spec"], dict):
        raise ValueProblem(
            attribute,
            f"This is a {kind} of {document['apiVersion']}, not a dashboard",
            "Expected kind Dashboard of dashboard.grafana.app with a spec.",
        )
    check_title(attribute, document["spec"].get("title"), "dashboard")
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    annotations = metadata.get("annotations")
    folder = annotations.get("grafana.app/folder", "") if isinstance(annotations, dict) else ""
    return Model(
        version,
        check_uid(attribute, metadata.get("name")),
        document["spec"],
        folder if folder is UNKNOWN else str(folder),
        metadata=given_metadata(metadata, attribute),
    )


def _version_of_bare_spec(spec: Json) -> str:
    """v2alpha1 names the plugin of a query by its kind; from v2beta1 on the kind is DataQuery."""
    kinds = re.findall(r'"query": \{"kind": "([^"]*)"', json.dumps(spec, default=repr))
    return "v2alpha1" if any(kind != "DataQuery" for kind in kinds) else "v2beta1"


def _kind(document: Any) -> str:
    """Returns the JSON name of the type of a document."""
    if document is None or isinstance(document, bool):
        return json.dumps(document)
    return "a list" if isinstance(document, list) else "a string" if isinstance(document, str) else "a number"
