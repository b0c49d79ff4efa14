"""Evaluates one block: checks arguments against their types, completes identity and defaults."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError, Place, raise_if_errors
from hcl_lite.core.files import read_file
from hcl_lite.core.places import at, changed, without
from hcl_lite.core.redaction import has_password
from hcl_lite.core.schema import Attr, Bound, Mention, ResourceType, ValueProblem
from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.values import UNKNOWN, Secret, Value, content_hash, is_secret, is_unknown, reveal, text_hash
from hcl_lite.engine.desired import Desired, Values
from hcl_lite.engine.sensitive import sensitive_in, without_slugs
from hcl_lite.engine.sinks import read_sinks
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.check import check_value
from hcl_lite.lang.evaluation.partly_known import read_partly
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.evaluation.secret_references import ReferenceProblem, scheme_of, split_command
from hcl_lite.lang.expressions.model import Call, Expression
from hcl_lite.lang.expressions.model import Path as KeyPath
from hcl_lite.lang.expressions.parse import parse_template, texts_in
from state.model import Record


@dataclass(frozen=True, slots=True)
class Arguments:
    """The evaluated arguments of a resource block.

    `hash` is empty where parts of them are unknown, or hold a secret that only a comparison with the server can tell
    from another one. Names in `values` are bound, once their server was asked; `spelled` says how they are written.
    """

    values: Values
    hash: str
    has_secrets: bool
    spelled: Mapping[Mention, str] = field(default_factory=dict)

    def without_bodies(self, type_: ResourceType) -> Arguments:
        """Returns the arguments without those that are bodies, with the hash of all."""
        return replace(self, values=_split(type_, self.values)[0])

    def made(self, record: Record) -> bool:
        """Whether the object of `record` is the result of these arguments."""
        return self.asked(record) and not record.drifted

    def asked(self, record: Record) -> bool:
        """Whether the last write of the object of `record` was made with these arguments, whatever is there now."""
        return self.hash != "" and self.hash == record.applied


def evaluate_arguments(scope: Scope, block: Block, attrs: Mapping[str, Attr], but: Collection[str] = ()) -> Values:
    """Returns the arguments of any block, `but` these, checked against `attrs`; secret attributes as Secret. Raises
    HclError."""
    values = dict(scope.evaluate_block(block, but))
    values = dict(read_references(scope, block, attrs, values))
    problems = [
        problem
        for key, value in values.items()
        if key in attrs and not _is_literal(block.body[key])
        for problem in check_value(block, key, attrs[key], value)
    ]
    raise_if_errors(problems)
    for key, value in values.items():
        if value is UNKNOWN and key in attrs and attrs[key].json and isinstance(block.body[key], str):
            values[key] = read_partly(scope.evaluate_parts(block, key))
    return mark_secrets(attrs, values)


def read_references(scope: Scope, block: Block, attrs: Mapping[str, Attr], values: Values) -> Values:
    """Returns `values` with secret references in secret arguments replaced by their secrets, at any depth.

    Raises HclError at the place of a reference that cannot be read.
    """
    places = [place for place in declared_secrets(attrs, values) if scheme_of(at(block.body, place))]
    read: Values = changed(values, places, lambda place, value: _read_reference(scope, block, value, place))
    return read


def _read_reference(scope: Scope, block: Block, value: Value, path: KeyPath) -> Value:
    written = at(block.body, path)
    scheme = scheme_of(written)
    if value is UNKNOWN:
        return value
    try:
        if block.address.module:
            hint = "Give it to the module as an input: a variable with sensitive = true."
            raise ReferenceProblem("Only the root module may say where a secret is kept", "", hint)
        if scheme == "cmd":
            texts = [scope.evaluate(block, word, path) for word in split_command(written.partition(":")[2])]
        else:
            texts = [str(reveal(value)).partition(":")[2]]
        found = scope.secrets.read(scheme, tuple(str(reveal(text)) for text in texts))
    except ReferenceProblem as problem:
        place = block.value_place(*path)
        raise HclError(
            Diagnostic(problem.summary, problem.detail, place, problem.hint, str(block.address))
        ) from problem
    return found if found is UNKNOWN else Secret(found)


def mark_secrets(attrs: Mapping[str, Attr], values: Values) -> Values:
    """Returns `values` with values of secret attributes, and URLs that contain a password, as Secret."""
    places = [*declared_secrets(attrs, values)]
    bodies = {key for key, attr in attrs.items() if attr.body}
    open_ = {key: value if key in bodies else _without_password(value) for key, value in values.items()}
    marked: Values = changed(open_, places, lambda _, value: _mark(value))
    return marked


def _without_password(value: Value) -> Value:
    """A URL with a password in it as a secret."""
    return Secret(value) if isinstance(value, str) and has_password(value) else value


def evaluate_resource(scope: Scope, block: Block, type_: ResourceType, bodies: str = "") -> Arguments:
    """Returns the arguments of a resource block with their hash; with the hash of its `bodies`, which are known then,
    without these. Raises HclError."""
    but = [key for key in block.body if type_.attrs[key].body] if bodies else ()
    values = read_sinks(scope, block, type_.attrs, evaluate_arguments(scope, block, type_.attrs, but))
    return arguments_of(type_, Bound(values), bodies)


def arguments_of(type_: ResourceType, bound: Bound, bodies: str = "") -> Arguments:
    """Returns evaluated arguments with their hash; `bodies` is that of bodies which are not among them."""
    values = bound.values
    has_secrets = is_secret(values)
    wholly = [(key,) for key in values if type_.attrs[key].secret]
    open_ = without(values, [*wholly, *declared_secrets(type_.attrs, values)])
    is_open = not is_unknown(values) and not is_secret(open_)
    return Arguments(values, _hash_of(type_, reveal(open_), bodies) if is_open else "", has_secrets, bound.spelled)


def _hash_of(type_: ResourceType, values: Values, bodies: str) -> str:
    """The hash of arguments: of their bodies by the hash of these, so that it can be told without them."""
    others, found = _split(type_, values)
    return content_hash({**others, _BODIES: bodies or _hash_of_bodies(found)} if bodies or found else others)


_BODIES = ""
"""The name of the hash of bodies among arguments: none has it."""


def hash_of_bodies(type_: ResourceType, values: Values) -> str:
    """Returns the hash of the arguments that are bodies. Empty where there are none, and unless all of them are plain
    texts, as they are read from files."""
    bodies = _split(type_, values)[1]
    is_plain = all(type(value) is str and not type_.attrs[key].secret for key, value in bodies.items())
    return _hash_of_bodies(bodies) if bodies and is_plain else ""


def _hash_of_bodies(bodies: Values) -> str:
    """The hash of bodies; of texts as they are: JSON would be written once more to be hashed."""
    return content_hash(
        {
            key: text_hash(value.encode("utf-8", "surrogatepass")) if type(value) is str else [value]
            for key, value in bodies.items()
        }
    )


def _split(type_: ResourceType, values: Values) -> tuple[Values, Values]:
    """Arguments that are no bodies, and those that are."""
    bodies = {key: value for key, value in values.items() if type_.attrs[key].body}
    return {key: value for key, value in values.items() if key not in bodies}, bodies


def complete(block: Block, type_: ResourceType, values: Values, uid: str) -> Desired:
    """Returns the object that `values` ask for, with defaults and the identity `uid` filled in.

    Raises HclError for values that are of the right type and make no sense.
    """
    try:
        for key, attr in type_.attrs.items():
            if attr.replaces and attr.stable and is_secret(values.get(key)):
                raise _secret_identity(key)
        wanted = Desired(type_, type_.complete(str(block.address), block.address.label, values, uid))
        identity = wanted.uid
        if is_secret(identity):
            holder = next((key for key in values if values[key] is identity), "")
            if holder:
                raise _secret_identity(holder)
            body = next((key for key in values if type_.attrs[key].body and is_secret(values[key])), "")
            raise _secret_identity(body, "The uid in ", 'Give the block a uid of its own: uid = "…".')
        return wanted
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem


def _secret_identity(attribute: str, within: str = "", hint: str = "") -> ValueProblem:
    detail = "It is the identity of the object: the state keeps it, and plans show it."
    return ValueProblem(attribute, f"{within}{attribute} cannot be sensitive", detail, hint)


def problem_at(block: Block, problem: ValueProblem) -> Diagnostic:
    """Returns a ValueProblem as a diagnostic at the argument, or at the line of the file that the argument is read
    from."""
    place = block.key_place(problem.attribute) if problem.attribute in block.body else block.place()
    if problem.keys and at(block.body, (problem.attribute, *problem.keys)) is not None:
        find = block.value_place if isinstance(problem.keys[-1], int) else block.key_place
        place = find(problem.attribute, *problem.keys)
    diagnostic = Diagnostic(problem.summary, problem.detail, place, problem.hint, str(block.address))
    if problem.offset < 0:
        return diagnostic
    name = _file_of(block.body.get(problem.attribute))
    if not name or block.source.path is None:
        return diagnostic
    try:
        text = read_file(block.source.path.parent / name).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return diagnostic
    shown = str(Path(block.source.name).parent / name)
    detail = re.sub(r" at line \d+, column \d+", "", problem.detail)  # the place says it
    place = _place_in(shown, text, problem.offset)
    return replace(diagnostic, place=place, summary=f"{shown} is not JSON", detail=detail)


def exposed(type_: ResourceType, values: Values, attributes: Values, *, uid: Value, settled: bool) -> Values:
    """Returns the attributes that other blocks may refer to: arguments except bodies, and computed attributes.

    `attributes` are the last known ones; unless the object is `settled`, only the stable ones among them are used.
    """
    known = {
        key: attributes.get(key, UNKNOWN) if settled or attr.stable else UNKNOWN
        for key, attr in type_.attrs.items()
        if attr.computed
    }
    if settled:
        known = dict(without_slugs(type_, known, sensitive_in(type_, values), uid))
    given = {key: value for key, value in values.items() if key in type_.attrs and not type_.attrs[key].body}
    empty = {key: None for key, attr in type_.attrs.items() if not attr.computed and not attr.body}
    identity = {key: uid for key, attr in type_.attrs.items() if attr.computed and attr.replaces}
    return {**empty, **known, **given, **identity}


def _mark(value: Value) -> Value:
    return value if value is None or value is UNKNOWN or isinstance(value, Secret) else Secret(value)


def _is_literal(value: object) -> bool:
    """Whether the value was checked already, when the configuration was loaded."""
    return next(texts_in(value), None) is None


def _file_of(value: object) -> str:
    """The path in `${file("path")}`."""
    match parse_template(value) if isinstance(value, str) else ():
        case (Expression(literal=str(path), calls=(Call(name="file"),)),):
            return path
    return ""


def _place_in(path: str, text: str, offset: int) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end]
    return Place(path, text.count("\n", 0, offset) + 1, offset - start + 1, line)
