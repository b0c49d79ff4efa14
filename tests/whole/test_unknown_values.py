"""Every argument of every type, known only after apply: planned as such, applied when its turn comes, and kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.schema import Attr
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl, Server
from tests.http_servers import serve_json
from tests.whole.project import Project
from tests.whole.samples import LOOKUPS, PROVIDERS, RESOURCES, Sample, block, named, table

Json = Any

# What the values come of: a data source that is looked up once it is as it will be.
_SOURCE = "data.grafana_data_source.source.json_data"
_OF_EACH = 'data.grafana_data_source.each["one"].json_data'
_LOOKED_UP = """
[data.grafana_data_source.source]
provider = "source"
uid = "source"
depends_on = ["grafana_data_source.source"]

[data.grafana_data_source.each]
provider = "source"
for_each = ["one"]
uid = "source"
depends_on = ["grafana_data_source.source"]
"""
_HEADSPIN = '[provider.headspin]\nurl = "embedded:headspin.db"\nauth = "embedded"\n'
_SHAPES = ("alone", "text", "inside", "each", "module")


class Unknowns:
    """Values that are known only after apply: what is put into the source, and how it is referred to."""

    def __init__(self) -> None:
        self.values: dict[str, Json] = {}

    def put(self, value: Json, source: str = _SOURCE) -> str:
        key = f"v{len(self.values)}"
        self.values[key] = value
        return f"${{{source}.{key}}}"

    def shaped(self, shape: str, value: Json) -> Json:
        """`value`, unknown in that shape; None where it has none of it."""
        match shape:
            case "text":
                is_plain = isinstance(value, str) and value and "${" not in value
                return value[:-1] + self.put(value[-1]) if is_plain else None
            case "inside":
                return self._leaves(value) if isinstance(value, list | Mapping) else None
            case "each":
                return self.put(value, _OF_EACH)
        return self.put(value)

    def source(self, turn: int) -> str:
        """The source, and the lookups of it; with another `turn` they are unknown again."""
        arguments = {
            "provider": "source",
            "uid": "source",
            "name": "source",
            "type": "grafana-testdata-datasource",
            "json_data": {**self.values, "turn": turn},
        }
        return block("resource", "grafana_data_source", "source", arguments) + _LOOKED_UP

    def _leaves(self, value: Json) -> Json:
        if isinstance(value, Mapping):
            return {key: self._leaves(item) for key, item in value.items()}
        return [self._leaves(item) for item in value] if isinstance(value, list) else self.put(value)


def _written(kind: str, type_: str, name: str, arguments: Mapping[str, Json], shape: str, root: Path) -> str:
    """The block, under for_each or in a module where that is its shape."""
    if shape == "each":
        return block(kind, type_, name, {"for_each": ["one"], **arguments})
    if shape != "module":
        return block(kind, type_, name, arguments)
    inputs = {key: value for key, value in arguments.items() if isinstance(value, str) and value.startswith("${")}
    inner = {**arguments, **{key: f"${{var.{key}}}" for key in inputs}}
    needs = {"depends_on": inner.pop("depends_on")} if "depends_on" in inner else {}
    (root / name).mkdir()
    variables = "".join(f"[variable.{key}]\n" for key in inputs)
    (root / name / "main.toml").write_text(variables + block(kind, type_, name, inner))
    return table(f"module.{name}", {"source": f"./{name}", "inputs": inputs, **needs})


def _blocks(
    kind: str, type_: str, sample: Sample, keys: Sequence[str], root: Path, unknowns: Unknowns, prefix: str = ""
) -> Iterator[tuple[Unknowns, str]]:
    """A block for each way to be unknown: each argument alone, and in the other shapes as many as can be in one.
    `prefix` begins their names."""
    for shape in _SHAPES:
        alone = shape == "alone" and not sample.single
        for number, group in enumerate([[key] for key in keys] if alone else sample.together(keys)):
            unknowns = Unknowns() if sample.single else unknowns
            name = f"{prefix}{shape}{number}"
            given = {key: named(name, sample.values[key]) for key in group if sample.values[key] is not None}
            shaped = {key: unknowns.shaped(shape, value) for key, value in given.items()}
            values = {key: value for key, value in shaped.items() if value is not None}
            if values:
                written = _written(kind, type_, name, sample.block(name, values), shape, root)
                yield unknowns, sample.before.replace("NAME", name) + written


def _head(project: Project, provider: str) -> str:
    """The provider of the source, and that of the blocks."""
    source = project.server.provider.replace("provider.grafana", "provider.source") + 'type = "grafana"\n'
    return source + (_HEADSPIN if provider == "headspin" else project.server.provider)


Case = tuple[str, str, Mapping[str, Attr]]


def _cases(kind: str) -> list[Case]:
    """Each type of each provider once, with its attributes."""
    found: dict[int, Case] = {}  # amazon_grafana has those of grafana
    for provider in PROVIDER_TYPES.values():
        for name, type_ in (provider.resources if kind == "resource" else provider.lookups).items():
            found.setdefault(id(type_), (provider.name, name, type_.attrs))
    return [*found.values()]


def _name_of(case: Case) -> str:
    return case[1]


def _check(project: Project, case: Case) -> None:
    """Apply and change the source, with all blocks in one configuration where there may be more than one."""
    provider, type_, attrs = case
    sample, keys = RESOURCES[type_], [key for key, attr in attrs.items() if attr.settable and not attr.sink]
    head = _head(project, provider) + sample.head
    for shape, number in itertools.product(_SHAPES, range(len(keys))):
        sample.make_of_colleagues(project.server, f"{shape}{number}")
    blocks = [*_blocks("resource", type_, sample, keys, project.root, Unknowns())]
    texts = blocks if sample.single else [(unknowns, "".join(text for _, text in blocks)) for unknowns, _ in blocks[:1]]
    for unknowns, text in texts:
        _check_text(project, head, unknowns, text)
    for shape, number in itertools.product(_SHAPES, range(len(keys))):
        sample.remove_of_colleagues(project.server, f"{shape}{number}")


def _check_text(project: Project, head: str, unknowns: Unknowns, text: str) -> None:
    with serve_json({"status": "success"}) as upstream:
        found = []
        for turn in (1, 2):
            (project.root / "main.toml").write_text(head + unknowns.source(turn) + text.replace("UPSTREAM", upstream))
            project.apply()
            found.append([(record["address"], record["uid"]) for record in project.state()["records"]])
        assert found[0] == found[1]
        project.destroy()


@pytest.mark.parametrize("case", _cases("resource"), ids=_name_of)
def test_every_argument_may_be_unknown(hcl: Hcl, server: Server, tmp_path: Path, case: Case) -> None:
    """When the object is made, and when it is there: it stays the same."""
    _check(Project(hcl, server, tmp_path), case)


def test_every_argument_of_a_lookup_may_be_unknown(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """It is read when its turn comes."""
    project, unknowns, texts = Project(hcl, server, tmp_path), Unknowns(), []
    for number, (provider, type_, attrs) in enumerate(_cases("data")):
        keys = [key for key, attr in attrs.items() if attr.settable]
        assert keys == [] or provider == "grafana"
        texts += _blocks("data", type_, LOOKUPS[type_], keys, tmp_path, unknowns, f"l{number}") if keys else []
    _check_text(project, _head(project, "grafana"), unknowns, "".join(text for _, text in texts))


@pytest.mark.parametrize("type_", PROVIDER_TYPES)
def test_every_setting_of_a_provider_may_be_unknown(hcl: Hcl, embedded: Server, tmp_path: Path, type_: str) -> None:
    """It is opened when its turn comes; what is on its server is not looked at before."""
    sample, keys, unknowns = PROVIDERS[type_], [*PROVIDER_TYPES[type_].settings], Unknowns()
    text = embedded.provider.replace("provider.grafana", "provider.source") + 'type = "grafana"\n'
    for shape in ("alone", "text", "inside"):
        for number, group in enumerate([[key] for key in keys] if shape == "alone" else [keys]):
            name = f"{shape}{number}"
            shaped = {key: unknowns.shaped(shape, named(name, sample.values[key])) for key in group}
            values = {key: value for key, value in shaped.items() if value is not None}
            if values:
                text += table(f"provider.{name}", {"type": type_, **sample.block(name, values)})
                text += sample.before.replace("NAME", name)
    (tmp_path / "any.pem").touch()
    project = Project(hcl, embedded, tmp_path)
    for turn in (1, 2):
        (tmp_path / "main.toml").write_text(text + unknowns.source(turn))
        assert turn == 2 or "is set up during the apply" in project.run("plan")
        project.apply()
    project.destroy()
