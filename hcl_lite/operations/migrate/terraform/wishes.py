"""The wishes for the blocks of objects that a state tells of: names, instances and expressions as the .tf files have
them, values as the state tells them, and the rest as it is on the server. Pure but for reading what .tf files read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.bulk_import.blocks import laid_out, make_draft
from hcl_lite.operations.bulk_import.model import Found, LeftOut, Wish
from hcl_lite.operations.bulk_import.names import file_stem, nouns_of
from hcl_lite.operations.migrate.terraform.evaluate import Known, Unknown, evaluate
from hcl_lite.operations.migrate.terraform.expressions import Names, Untranslatable, translate
from hcl_lite.operations.migrate.terraform.files import Given
from hcl_lite.operations.migrate.terraform.instances import Instances, chosen
from hcl_lite.operations.migrate.terraform.lifecycle import meta_arguments
from hcl_lite.operations.migrate.terraform.objects import Stated, is_same, same_json
from hcl_lite.operations.migrate.terraform.syntax import Block, Call, Expression, Name, Path, Table, walk

_HEADER_NAME = re.compile(r"httpHeaderName\d+")
_SAFE = re.compile(r"[A-Za-z0-9][\w.-]{0,60}", re.ASCII)
_READING = frozenset({"file", "templatefile", "filebase64"})
_LITERAL = "what it says cannot be said here, so that its value stands there"


@dataclass(frozen=True, slots=True)
class Member:
    """An instance of a block: as the state tells it, and as its server has it."""

    stated: Stated
    found: Found

    @property
    def key(self) -> str | int | None:
        """The key of for_each, or the number of count."""
        return self.stated.instance.key


@dataclass(frozen=True, slots=True)
class Group:
    """The instances of a block of the state: `name` is that of the block here, `block` what the .tf files say of it."""

    name: str
    file: str
    members: Sequence[Member]
    block: Block | None = None

    @property
    def address(self) -> str:
        """TYPE.NAME."""
        return f"{self.members[0].found.type.name}.{self.name}"


@dataclass(frozen=True, slots=True)
class Wished:
    """The members of a group with their wishes; `notes` are what could not be carried over, `texts` files that its
    expressions read."""

    found: Sequence[Found] = ()
    notes: Sequence[LeftOut] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def wish_for(group: Group, names: Names, known: Known, given: Given) -> Wished:
    """The wishes for a group: where a plan has something to do for what the .tf files say of it, its values are to
    stand there instead."""
    there = [_arguments_of(one.found) for one in group.members]
    plain = _Writer(replace(group, block=None), there, names, known, given).write()
    if group.block is None:
        return plain
    written = _Writer(group, there, names, known, given).write()
    found = [
        replace(one, wish=replace(one.wish, otherwise=other.wish))
        for one, other in zip(written.found, plain.found, strict=True)
    ]
    return replace(written, found=found)


def _arguments_of(found: Found) -> Mapping[str, Any]:
    """The arguments of an object as its server has it, without those that are files."""
    bodies = {key: "" for key, attr in found.type.attrs.items() if attr.body and attr.json}  # not laid out for nothing
    draft = make_draft(replace(found, wish=Wish(texts=bodies)), "")
    return {key: value for key, value in draft.arguments.items() if key not in draft.files}


class _Writer:
    """Writes one group: `there` are the arguments of each object as its server has it, `notes` what cannot be carried
    over; `shared` are the arguments of all instances, `own` those of each, `bodies` and `texts` the files of each."""

    def __init__(
        self, group: Group, there: Sequence[Mapping[str, Any]], names: Names, known: Known, given: Given
    ) -> None:
        self._group = group
        self._names = names
        self._given = given
        self._type = group.members[0].found.type
        self._attributes = group.block.attributes if group.block is not None else {}
        self._instances = Instances.of([one.key for one in group.members], group.block, names)
        loop = self._attributes.get("for_each")
        self._known = [
            known.of_instance(one.key, loop.value if loop else None) if one.key is not None else known
            for one in group.members
        ]
        self._notes: list[LeftOut] = []
        self._shared: dict[str, Any] = {}
        self._remarks: list[str] = []
        self._there = there
        self._own: list[dict[str, Any]] = [dict(one) for one in self._there]
        self._drifted = [False for _ in group.members]
        self._bodies: list[dict[str, str]] = [{} for _ in group.members]
        self._texts: list[dict[str, str]] = [{} for _ in group.members]
        self._read: dict[str, str] = {}

    def write(self) -> Wished:
        if self._instances.problem and self._group.block is not None:
            self._note("for_each" if "for_each" in self._attributes else "count", self._instances.problem)
        for key, attr in self._type.attrs.items():
            if not attr.settable or attr.secret or key == "json_data_encoded":
                continue
            if attr.body and attr.json:
                self._body(key)
            elif not self._carried(key, attr):
                self._stated(key, attr)
        self._nested()
        self._spread()
        block = self._group.block
        if block is not None:
            arguments, notes = meta_arguments(block, self._group.address, self._names)
            self._shared |= arguments
            self._notes += notes
        return Wished([self._wished(number) for number in range(len(self._own))], self._notes, self._read)

    def _wished(self, number: int) -> Found:
        member = self._group.members[number]
        there = self._there[number]
        own = {key: item for key, item in self._own[number].items() if key not in there or there[key] != item}
        wish = Wish(
            self._group.name,
            member.key,
            self._group.file,
            self._bodies[number],
            self._texts[number],
            {**self._instances.arguments, **own, **self._shared},
            self._drifted[number],
            remarks=tuple(self._remarks),
        )
        return replace(member.found, wish=wish)

    def _note(self, key: str, reason: str) -> None:
        assert self._group.block is not None
        where = self._group.block.place(key)
        self._notes.append(LeftOut(f"{where} {self._group.address}: {key}", f"{_LITERAL}: {reason}"))
        self._remarks.append(f"{key}: its value, in place of the expression at {where}")

    # --- arguments ----------------------------------------------------------------------------------------------------

    def _carried(self, key: str, attr: Attr) -> bool:
        """Whether an argument is said as the .tf files say it."""
        given = self._attributes.get(key)
        if key == "json_data" and "json_data_encoded" in self._attributes:
            return self._settings(self._attributes["json_data_encoded"].value)
        if given is None or attr.body:
            return False
        kind = type_of(attr)
        if kind.name not in ("string", "number", "bool") and str(kind) not in ("list(string)", "set(string)"):
            return False
        value = self._translated(key, given.value)
        if value is None:
            return False
        self._shared[key] = _fitting(kind.name, value)
        return True

    def _settings(self, value: Expression) -> bool:
        """The settings of a data source as a table, with the names of the headers that http_headers gives it."""
        if not (isinstance(value, Call) and value.name == "jsonencode" and isinstance(value.arguments[0], Table)):
            return False
        table = self._translated("json_data_encoded", value.arguments[0])
        if not isinstance(table, dict):
            return False
        for own in self._own:
            own["json_data"] = {**table, **_headers(own.get("json_data") or {})}
        return True

    def _translated(self, key: str, value: Expression) -> Any:
        """Returns the translation of an expression; None, with a note, for one that has none."""
        try:
            if not self._instances.is_carried and _uses_value(value):
                raise Untranslatable("for_each is not carried over")
            return translate(value, self._names)
        except Untranslatable as why:
            self._note(key, str(why))
            return None

    def _stated(self, key: str, attr: Attr) -> None:
        """An argument as the state tells it, or else as it is on the server."""
        is_open = attr.computed and self._group.block is not None and key not in self._attributes
        for number, member in enumerate(self._group.members):
            told = member.stated.values.get(key)
            there = member.found.values.get(key)
            if key == "json_data":
                self._stated_settings(number, told or {}, there or {})
            elif is_open or (attr.computed and told is None and not attr.replaces):
                if self._type.name != "grafana_contact_point":
                    self._own[number][key] = None
            elif _is_compared(attr, told) and not is_same(type_of(attr), told, there):
                self._own[number][key] = told
                self._drifted[number] = True

    def _stated_settings(self, number: int, told: Mapping[str, Any], there: Mapping[str, Any]) -> None:
        """The settings of a data source: what the provider puts into them beside counts for nothing."""
        if any(there.get(key) != value for key, value in told.items()):
            self._own[number]["json_data"] = {**told, **_headers(there)}
            self._drifted[number] = True

    def _nested(self) -> None:
        """Notes the blocks that are made by expressions."""
        block = self._group.block
        for dynamic in block.of("dynamic") if block is not None else ():
            what = dynamic.labels[0] if dynamic.labels else ""
            self._notes.append(LeftOut(f"{dynamic.where} {self._group.address}: dynamic {what}", f"{_LITERAL}."))

    def _spread(self) -> None:
        """The arguments in which the instances differ, said by one expression."""
        if self._group.members[0].key is None:
            return
        keys = dict.fromkeys(key for own in self._own for key in own if key not in self._shared)
        differing = {
            key: [own.get(key) for own in self._own]
            for key in keys
            if any(own.get(key) != self._own[0].get(key) for own in self._own)
        }
        arguments, self._instances = self._instances.spread(differing)
        self._shared |= arguments

    # --- bodies -------------------------------------------------------------------------------------------------------

    def _body(self, key: str) -> None:
        """JSON: a table where it is written as one, the file that the .tf files name, or a file made here."""
        for number, member in enumerate(self._group.members):
            told = member.stated.values.get(key)
            if told is not None and not same_json(told, member.found.values.get(key)):
                self._drifted[number] = True
        given = self._attributes.get(key)
        if given is not None and (self._as_table(key, given.value) or self._as_files(key, given.value)):
            return
        self._as_new_files(key)

    def _as_table(self, key: str, value: Expression) -> bool:
        if not (isinstance(value, Call) and value.name == "jsonencode" and len(value.arguments) == 1):
            return False
        if key != "config_json" or not isinstance(value.arguments[0], Table):
            return False
        try:
            table = translate(value.arguments[0], self._names)
        except Untranslatable:
            return False
        if not isinstance(table, dict):
            return False
        self._shared |= {"config": table, key: None}
        return True

    def _as_files(self, key: str, value: Expression) -> bool:
        """Whether an expression that reads files is carried over, with these."""
        code = self._translated(key, value)
        if code is None:
            return False
        try:
            read = [dict(self._files_of(value, known)) for known in self._known]
        except Unknown:
            self._note(key, "which files it reads is not known before")
            return False
        if isinstance(value, Call) and value.name == "file":
            for number, files in enumerate(read):
                [(path, text)] = files.items()
                self._bodies[number][key], self._texts[number][key] = path, text
                if not same_json(text, self._group.members[number].found.values.get(key)):
                    self._drifted[number] = True
        else:
            self._read |= {path: text for files in read for path, text in files.items()}
        self._shared[key] = code
        return True

    def _files_of(self, value: Expression, known: Known) -> Iterator[tuple[str, str]]:
        """The files that an expression reads, with their texts. Raises Unknown."""
        for one in walk(value):
            if isinstance(one, Call) and one.name in _READING:
                path = _normal(str(evaluate(one.arguments[0], known)))
                text = self._given.read(path)
                if text is None or not path:
                    raise Unknown
                yield path, text

    def _as_new_files(self, key: str) -> None:
        paths = []
        for number, member in enumerate(self._group.members):
            told = member.stated.values.get(key)
            if self._drifted[number] and isinstance(told, str):
                self._texts[number][key] = laid_out(told)
            if member.key is not None:
                directory = f"{nouns_of(self._type.name)}/{file_stem(self._group.name)}"
                paths.append(f"{directory}/{_file_name(member.key)}")
                self._bodies[number][key] = paths[-1]
        if paths and len(set(paths)) < len(paths):
            paths = [path.replace(".json", f"-{number}.json") for number, path in enumerate(paths)]
            for number, path in enumerate(paths):
                self._bodies[number][key] = path
        if paths:
            self._shared[key] = Code(f"${{file({chosen([one.key for one in self._group.members], paths)})}}")


def _headers(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The names of the headers that a data source sends, which http_headers gives it."""
    return {key: item for key, item in settings.items() if _HEADER_NAME.fullmatch(key)}


def _is_compared(attr: Attr, told: Any) -> bool:
    """Whether the state tells of an attribute what the object is to be."""
    return told is not None and not attr.exclusive and not attr.client_only


def _file_name(key: str | int) -> str:
    """The name of the file of an instance: its key, where that can be one."""
    stem = str(key).removesuffix(".json")
    return f"{stem if _SAFE.fullmatch(stem) else file_stem(stem)}.json"


def _normal(path: str) -> str:
    steps = [step for step in path.split("/") if step not in ("", ".")]
    return "" if ".." in steps or path.startswith("/") else "/".join(steps)


def _uses_value(value: Expression) -> bool:
    """Whether an expression rests on each.value."""
    return any(
        isinstance(one, Path) and one.base == Name("each") and [*one.steps[:1]] == ["value"] for one in walk(value)
    )


def _fitting(kind: str, value: Any) -> Any:
    """A literal of the type that is asked for: Terraform takes "3" for 3."""
    if kind == "string" and isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "bool" and value in ("true", "false"):
        return value == "true"
    if kind == "number" and isinstance(value, str):
        return float(value) if "." in value else int(value) if value.lstrip("-").isdigit() else value
    return value
