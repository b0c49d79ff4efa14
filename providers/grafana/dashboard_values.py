"""Arguments of dashboards, without a server: how they are completed, and which content is compared. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place, marked
from hcl_lite.core.schema import Described, Live, Mention, Reference, ValueProblem
from hcl_lite.core.values import (
    UNKNOWN,
    JsonValue,
    Secret,
    Value,
    first_given,
    is_secret,
    is_unknown,
    reveal,
)
from providers.grafana.generations.app_platform import GROUP, STORED_CLASSIC
from providers.grafana.generations.classic_answers import FOLDER
from providers.grafana.generations.uid_dashboards import folder_of
from providers.grafana.inputs import bind_inputs, unbound_inputs
from providers.grafana.limits import check_parent, check_uid
from providers.grafana.model import (
    CLASSIC,
    METADATA_PARTS,
    Model,
    content_of,
    content_of_flat,
    given_metadata,
    has_unknown_form,
    mentions_in,
    read_model,
)
from providers.grafana.scanning import scan_uid
from providers.grafana.sensitive import is_metadata_secret, is_uid_secret, secrets_in, texts_of
from providers.grafana.source_map import bind_sources, sources_in
from providers.grafana.uses import argument_of, uses_of
from providers.kit.hooks import name_aside
from providers.kit.resource import Resource
from providers.kit.wire import Json

Values = Mapping[str, Value]

_BODIES = ("config_json", "config")
_MOST_TITLE = 189  # characters of a title in Grafana's tables
_RESTORED = "As it was before, from a backup of hcl-lite"
# What the state has of a dashboard, by the key that a dashboard of a server has it at.
_TOLD: Final = {"dashboard_id": "id", "version": "version", "url": "url", "folder": "folder", "title": "title"}


class DashboardType(Resource):
    """Compared in canonical form; sent as the user wrote it, but for id, uid and version, which are the server's."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        given = [key for key in ("config_json", "config") if values.get(key) is not None]
        if len(given) != 1:
            summary = (
                "config_json and config cannot both be set" if given else "A dashboard needs config_json or config"
            )
            hint = "Leave one of them out." if given else "config_json = '${file(\"dashboard.json\")}'"
            raise ValueProblem(given[-1] if given else "", summary, "", hint)
        check_uid("uid", reveal(values.get("uid")))
        check_parent("folder", values.get("folder"))
        config, inputs = reveal(values[given[0]]), reveal(values.get("inputs"))
        sources = reveal(values.get("data_sources"))
        bindings = {key: values.get(key) for key in ("inputs", "data_sources")}
        rest = {key: value for key, value in values.items() if key != "config"}
        if has_unknown_form(config):  # also the uid that may be in it
            return {**rest, "uid": first_given(values.get("uid"), UNKNOWN), "config_json": UNKNOWN}
        written = read_model(given[0], config)
        uid = first_given(reveal(values.get("uid")), written.uid, uid)
        uid = self.new_uid(address, name) if uid is None else uid
        if is_unknown(inputs) or sources is UNKNOWN or (inputs and is_unknown(config)):
            return {**rest, "uid": uid, "config_json": UNKNOWN}
        model = _with_sources(_with_inputs(written, inputs), sources).with_uid(uid)
        secrets = secrets_in(model, values[given[0]], bindings)
        is_secret_too = is_metadata_secret(model, values[given[0]])
        model = replace(model, secrets=secrets, is_metadata_secret=is_secret_too)
        is_as_written = isinstance(config, str) and model.uid == written.uid and inputs is None and not sources
        text: Value = config if is_as_written else UNKNOWN if is_unknown((config, uid, sources)) else _as_text(model)
        folder = values.get("folder")
        if folder is None:
            check_parent(given[0], model.folder, "Take the annotation grafana.app/folder out of the JSON.")
            folder = model.folder
        if (model.secrets or model.is_metadata_secret) and text is not UNKNOWN:
            text = Secret(text, texts_of(values[given[0]], bindings))
        from_json = values.get("uid") is None and is_uid_secret(written, values[given[0]])
        identity = Secret(model.uid) if from_json or is_secret(values.get("uid")) else model.uid
        return {**rest, "uid": identity, "folder": folder, "config_json": text, "model": model, "title": _title(model)}

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        uid, config = values.get("uid"), reveal(next((values[k] for k in _BODIES if values.get(k) is not None), None))
        if uid is not None or has_unknown_form(config):
            return uid if isinstance(uid, str) else UNKNOWN
        scanned = scan_uid(config) if isinstance(config, str) else None
        try:
            return read_model("", config).uid if scanned is None else check_uid("", scanned)
        except ValueProblem:
            return UNKNOWN

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        model: Model = values["model"]
        title = name_aside(str(model.spec["title"]), model.uid, _MOST_TITLE)
        renamed = replace(model, spec={**model.spec, "title": title})
        return {**values, "config_json": _as_text(renamed), "model": renamed}

    def content(self, values: Mapping[str, Value]) -> Json:
        return content_of_values(values)

    def to_wire(self, values: Mapping[str, Value]) -> Json:
        """Returns the command of a save: the model as it is, with its folder and its message."""
        folder, message = reveal(values.get("folder") or ""), reveal(values.get("message") or "")
        overwrite = self.capabilities.overwrites(values)
        return {"model": values["model"], "folder": folder, "message": message, "overwrite": overwrite}

    def live(self, wire: Json) -> Live:
        return Live(
            wire["uid"],
            self.versioned(wire),
            {key: wire[name] for key, name in _TOLD.items()},
            self.content_of(wire),
            warnings=tuple(wire.get("warnings", ())),
            document=wire.get("document"),
            revision=self.revision(wire),
            fixed=wire["fixed"],
            owner=wire.get("owner", ""),
            precondition=wire.get("precondition", ""),
        )

    def content_of(self, wire: Json) -> Value:
        return content_of_flat(wire)

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        model = values.get("model")
        return [("metadata", *place) for place in model.declared] if isinstance(model, Model) else ()

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        model = values.get("model")
        if not isinstance(model, Model):
            return values
        left = model.without([(str(part), str(key)) for _, part, key in places])
        return values if left is model else {**values, "model": left}

    def told_values(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """`document` is an answer of the classic API, or a resource in the form in which it is stored."""
        found: Any = document
        if "apiVersion" in found:
            form = found["apiVersion"].rpartition("/")[2]
            folder = (found["metadata"].get("annotations") or {}).get(FOLDER, "")
            metadata = given_metadata(found["metadata"])
            is_classic = form == STORED_CLASSIC and not metadata  # the classic API takes none
            spec = _unnumbered(found["spec"]) if is_classic else found["spec"]
            model = Model(CLASSIC if is_classic else form, uid, spec, metadata=metadata)
        else:
            folder = folder_of(found["meta"])
            model = Model(CLASSIC, uid, _unnumbered(found["dashboard"]))
        return {"uid": uid, "folder": folder, "config_json": _as_text(model), "model": model, "message": _RESTORED}

    def in_document(self, place: Place) -> Iterable[Place]:
        yield place
        if place[:1] == ("dashboard",):
            yield ("spec", *place[1:])  # of a resource

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        model = values.get("model")
        shown = {"uid": values["uid"], "folder": first_given(values.get("folder"))}
        if not isinstance(model, Model):
            return {**shown, "config_json": UNKNOWN}
        return {"title": _title(model), **shown, "panels": model.panel_count, "form": model.form or None}

    def described(self, values: Mapping[str, Value]) -> Described:
        model = values.get("model")
        title = _title(model) if isinstance(model, Model) else values.get("title")
        texts = (one if isinstance(one, str) else "" for one in (title, first_given(values.get("folder"))))
        return Described(*texts)

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        from providers.grafana.outline import outline_of  # noqa: PLC0415 - only what has changed is outlined

        model = values.get("model")
        return dict(outline_of(model.marked)) if isinstance(model, Model) else {}

    def has_path(self, path: ObjectPath) -> bool:
        return True  # a dashboard's JSON may hold anything

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        model = values.get("model")
        where, *below = self.steps(values, path)
        if where == "folder":
            return {**values, "folder": live.get("folder")}
        if not isinstance(model, Model):
            return values  # nobody knows yet what is in it
        if where == "metadata":
            return {**values, "model": replace(model, metadata=keep(model.metadata, live.get("metadata", {}), below))}
        return {**values, "model": replace(model, spec=keep(model.spec, live["dashboard"], below))}

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        """A path begins at the dashboard's JSON, or is "folder"; config., config_json. or dashboard. may lead it, and
        spec. where the JSON has one, which has metadata. beside it."""
        steps = path.steps
        if steps == ("folder",):
            return steps
        steps = steps[1:] if steps[0] in ("config", "config_json", "dashboard") else steps
        model = values.get("model")
        has_spec = isinstance(model, Model) and model.form != CLASSIC
        if has_spec and steps[:1] == ("metadata",) and steps[1:2] and steps[1] in METADATA_PARTS:
            return steps
        return ("dashboard", *(steps[1:] if has_spec and steps[:1] == ("spec",) else steps))

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        config = reveal(values.get("config_json"))
        if config is None and values.get("config") is not None:
            config = json.dumps(reveal(values["config"]), ensure_ascii=False, default=repr)
        if isinstance(values.get("folder"), str):
            yield Mention("folder", values["folder"])
        if isinstance(config, str):
            yield from mentions_in(config)

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        model = values.get("model")
        yield from uses_of(model.spec) if isinstance(model, Model) else ()
        yield from argument_of("folder", "folder", values)

    def references(self, values: Mapping[str, Value]) -> Iterable[Reference]:
        yield from (Reference(one.place, one) for one in argument_of("folder", "folder", values))
        model = values.get("model")
        for name in sources_in(model.spec) if isinstance(model, Model) else ():
            for kind in ("data source", "data source name"):
                yield Reference(("data_sources", name), Mention(kind, name), offered=True)

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        model = values.get("model")
        text = str(reveal(values.get("config_json")))
        may_have = any(sign in text for sign in ("__inputs", "${DS_"))  # spares a walk
        names = unbound_inputs(model.spec) if may_have and isinstance(model, Model) else ()
        if names:
            detail = f"{', '.join(names)}: it was exported for sharing, and Grafana's import asks what they stand for."
            hint = f'inputs = {{ {names[0]} = "${{grafana_data_source.NAME.uid}}" }} in the block says it.'
            yield ValueProblem("config_json", "The dashboard has inputs that nothing binds", detail, hint)


def content_of_values(values: Mapping[str, Value]) -> Json:
    """Returns the content of completed values that is compared, with what came of secrets as Secret."""
    model, folder = values.get("model"), first_given(values.get("folder"))
    spec = marked(content_of(model.spec, model.form), model.secrets) if isinstance(model, Model) else UNKNOWN
    content: dict[str, Value] = {"folder": "" if folder is None else folder, "dashboard": spec}
    if isinstance(model, Model) and model.metadata:
        parts = {(part,) for part in model.metadata}
        content["metadata"] = marked(model.metadata, parts if model.is_metadata_secret else ())
    return content


def _with_inputs(model: Model, inputs: Mapping[str, str] | None) -> Model:
    """`model` with its inputs bound, where there are any given. Raises ValueProblem."""
    return model if inputs is None else replace(model, spec=bind_inputs(model.spec, inputs))


def _with_sources(model: Model, sources: Mapping[str, Value] | None) -> Model:
    """`model` with the data sources that its JSON names as `sources` says."""
    return replace(model, spec=bind_sources(model.spec, sources)) if sources else model


def _title(model: Model) -> Value:
    title = model.spec.get("title")
    return Secret(title) if {(), ("title",)} & model.secrets else title


def _unnumbered(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """A classic model without what its server counts."""
    return {key: value for key, value in spec.items() if key not in ("id", "version")}


def _as_text(model: Model) -> str:
    """The model as JSON text, with the uid that it has here."""
    if model.form == CLASSIC:
        return json.dumps({**model.spec, "uid": model.uid}, ensure_ascii=False)
    resource = {
        "apiVersion": f"{GROUP}/{model.form}",
        "kind": "Dashboard",
        "metadata": {"name": model.uid, **model.metadata},
        "spec": model.spec,
    }
    return json.dumps(resource, ensure_ascii=False)
